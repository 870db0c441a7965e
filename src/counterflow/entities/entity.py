"""Entities: one row for each party or thing that resolution has made of its subjects.

Set-based: claims are joined to members and added up by entity on the engine; only names come back one by one, to choose
the caption.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from counterflow.claims.repetition import rooted
from counterflow.entities.profile import COUNTRIES, NAMES, most_specific
from counterflow.entities.transliterate import cut_by_script
from counterflow.model import schema as vocabulary
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.entities.remembered import Memory
    from counterflow.storage.ports import Scope

__all__ = ["caption", "entities", "renewed"]


def entities(scope: Scope, members: pa.Table) -> pa.Table:
    """Rows of `storage.tables.ENTITIES`, sorted by entity.

    :param members: what `counterflow.entities.resolve.resolve` returned for the same scope
    """
    import ibis

    of = ibis.memtable(members.select(["subject", "entity"]))
    claims = scope.table("claims")
    told = rooted(scope, claims).inner_join(of, "subject")
    rows = {row["entity"]: row for row in scope.run(_sums(told)).to_pylist()}
    named: dict[str, list[dict[str, Any]]] = {}
    for row in scope.run(_names(told)).to_pylist():
        named.setdefault(row["entity"], []).append(row)
    valued: dict[str, dict[str, set[str]]] = {}
    for row in scope.run(_values(told)).to_pylist():
        valued.setdefault(row["entity"], {}).setdefault(row["what"], set()).add(row["value"])
    sanctioned = {row["entity"] for row in scope.run(_sanctioned(claims, of)).to_pylist()}
    referents: dict[str, list[str]] = {}
    for row in members.to_pylist():
        referents.setdefault(row["entity"], []).append(row["subject"])
    found = []
    for id, subjects in sorted(referents.items()):
        row, names, values = rows.get(id, {}), named.get(id, []), valued.get(id, {})
        topics = values.get("topics", set())
        schema = most_specific(row["schemata"]) if row else "LegalEntity"
        found.append(
            {
                "entity": id,
                "schema": schema,
                "caption": caption(id, names) or _other_caption(schema, values) or id.partition(":")[2],
                "names": _in_order(names),
                "countries": sorted(values.get("country", ())),
                "topics": sorted(topics),
                "datasets": sorted(row["datasets"]) if row else [],
                "referents": [id, *(s for s in sorted(subjects) if s != id)],
                "listed": "sanction" in topics or id in sanctioned,
                "claims": row["claims"] if row else 0,
                "origins": row["origins"] if row else 0,
                "label_ids": sorted(row["label_ids"]) if row else [],
            }
        )
    return pa.Table.from_pylist(found, schema=DERIVED["entities"].schema)


def renewed(scope: Scope, before: pa.Table, then: Memory, now: Memory) -> pa.Table:
    """The same as `entities` for the members of `now`, made from the rows of an earlier run.

    A row is made anew where a member came or went, or another thing is claimed of one, or a sanction names it.

    :param before: the earlier run's rows, with the same origins; :param then: what that run remembered
    """
    at = pc.index_in(now.parties["subject"], value_set=then.parties["subject"].combine_chunks())
    there = at.combine_chunks().is_valid()
    same = there
    for table, other, names in (
        (now.parties, then.parties, ("claims", "named")),
        (now.members, then.members, ("entity",)),
    ):
        for name in names:
            was = other[name].combine_chunks().take(at.combine_chunks())
            same = pc.and_(same, pc.fill_null(pc.equal(table[name].combine_chunks(), was), False))
    changed = now.members["entity"].combine_chunks().filter(pc.invert(same))
    stays = pc.is_in(then.parties["subject"], value_set=now.parties["subject"].combine_chunks())
    moved = then.members["entity"].filter(pc.invert(stays)).combine_chunks()
    moved = pa.concat_arrays([moved, then.members["entity"].combine_chunks().take(at.combine_chunks().filter(
        pc.and_(there, pc.invert(same))))])  # fmt: skip
    touched = pc.unique(pa.concat_arrays([changed, moved]))
    anew = now.members.filter(pc.is_in(now.members["entity"], value_set=touched))
    current = pc.unique(now.members["entity"].combine_chunks())
    kept = before.filter(
        pc.and_(pc.is_in(before["entity"], value_set=current), pc.invert(pc.is_in(before["entity"], value_set=touched)))
    )
    schema = DERIVED["entities"].schema
    rows = entities(scope, anew) if len(anew) else schema.empty_table()
    return pa.concat_tables([kept.cast(schema), rows.cast(schema)]).sort_by("entity").combine_chunks()


def _sums(told: ibis.Table) -> ibis.Table:
    return told.group_by("entity").agg(
        schemata=told["schema"].collect(distinct=True),
        datasets=told.dataset.collect(distinct=True),
        claims=told.claim_id.nunique(),
        origins=told.root.nunique(),
        label_ids=told.label_id.collect(distinct=True),
    )


def _names(told: ibis.Table) -> ibis.Table:
    """Every name that is asserted, once for each subject and property."""
    rows = told.filter((told.stance != "denies") & told.property.isin(NAMES))
    return rows.select("entity", "subject", "property", "value", "verified").distinct()


def _values(told: ibis.Table) -> ibis.Table:
    """Countries and topics, and what may serve as a caption where there is no name."""
    import ibis

    captions = sorted({p for s in vocabulary.all().values() for p in s.caption} - set(NAMES))
    what = ibis.cases((told.property.isin(COUNTRIES), "country"), else_=told.property)
    rows = told.filter((told.stance != "denies") & told.property.isin([*COUNTRIES, "topics", *captions]))
    return rows.select("entity", "value", what=what).distinct()


def _sanctioned(claims: ibis.Table, of: ibis.Table) -> ibis.Table:
    """Entities that a Sanction record names."""
    measures = claims.filter(
        (claims["schema"] == "Sanction") & (claims.property == "entity") & (claims.stance == "asserts")
    )
    return measures.select(subject=measures.value).inner_join(of, "subject").select("entity").distinct()


def caption(id: str, names: Iterable[Mapping[str, Any]]) -> str:
    """The name to print: a main name before an alias, in Latin letters, of the first subject before others, verified
    before not, the shorter, the first in the alphabet; not in capitals where the same name is also written otherwise.

    :param names: rows with subject, property, value and verified
    """
    rows = sorted(
        names,
        key=lambda n: (
            NAMES.index(n["property"]) > 0,
            not _is_latin(n["value"]),
            n["subject"] != id,
            not n["verified"],
            NAMES.index(n["property"]),
            len(n["value"]),
            n["value"],
        ),
    )
    if not rows:
        return ""
    best = str(rows[0]["value"])
    if best.isupper():
        for row in rows:
            if row["value"].upper() == best and not row["value"].isupper():
                return str(row["value"])
    return best


def _is_latin(text: str) -> bool:
    return all(script == "Latin" for script, _ in cut_by_script(text))


def _other_caption(schema: str, values: Mapping[str, set[str]]) -> str:
    return next((min(values[p]) for p in vocabulary.get(schema).caption if values.get(p)), "")


def _in_order(names: Iterable[Mapping[str, Any]]) -> list[str]:
    """All names once, main names first."""
    rows = sorted(names, key=lambda n: (NAMES.index(n["property"]), n["value"]))
    return list(dict.fromkeys(str(row["value"]) for row in rows))
