"""Evidence: from the records that a pattern was found in to ids that can be unfolded, parties, and handling.

Invariant: a finding's evidence is complete (it names every record the typology leaned on) and resolvable (each id is a
row that this audience may read); its labels are those of its evidence, no more and no less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from counterflow.model.finding import Evidence, Finding

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = [
    "Holder", "among", "claims", "holders", "iso", "labelled", "listings", "money", "number_key", "of_rows",
    "origins", "span",
]  # fmt: skip

_KEYS = {"claim": ("claims", "claim_id")}


@dataclass(frozen=True)
class Holder:
    """Who stands behind an account or a ship number.

    :param entity: canonical id, or the key itself where nobody is known
    :param caption: the name to print
    """

    key: str
    entity: str
    caption: str
    known: bool
    listed: bool
    claim_ids: tuple[str, ...] = ()


def number_key(number: str) -> str:
    """Key of `storage.tables.HOLDERS` for an account number: no blanks, no dashes, upper case."""
    upper = number.upper()
    if not (upper.isascii() and upper.isalnum()):
        upper = "".join(c for c in upper if c.isascii() and c.isalnum())
    return "account:" + upper


def holders(data: Data, keys: Iterable[str]) -> dict[str, Holder]:
    """key → who holds it. :param keys: ``account:…``, ``imo:…``, ``mmsi:…`` as in the holders table"""
    wanted = sorted(set(keys))
    table = data.table("holders")
    rows = data.run(among(table, "key", wanted).order_by("key")).to_pylist() if wanted else []
    known = {row["key"]: row for row in rows}
    found = {}
    for key in wanted:
        row = known.get(key)
        if row is None:
            kind, _, number = key.partition(":")
            found[key] = Holder(key, key, f"{_KINDS.get(kind, kind)} {number}", known=False, listed=False)
        else:
            entity = row["entity"]
            found[key] = Holder(
                key, entity, data.caption(entity), True, data.listed(entity), tuple(sorted(row["claim_ids"] or ()))
            )
    return found


_KINDS = {"account": "account", "imo": "the ship IMO", "mmsi": "the ship MMSI"}


def among(table: ibis.Table, column: str, values: Sequence[str]) -> ibis.Table:
    """Rows of a table that have one of these values: few are written into the question, many stand in a table."""
    import ibis
    import pyarrow as pa

    if len(values) <= _FEW:
        return table.filter(table[column].isin(list(values)))
    asked = ibis.memtable(pa.table({column: pa.array(values, pa.string())}))
    return table.filter(table[column].isin(asked[column]))


_FEW = 200
"""Values from which planning a question with all of them takes longer than joining."""


def claims(ids: Iterable[str], role: str) -> tuple[Evidence, ...]:
    """Evidence of claims, sorted."""
    return tuple(Evidence("claim", id, role) for id in sorted(set(ids)))


def origins(data: Data, ids: Iterable[str]) -> dict[str, str]:
    """claim_id → source that first said it."""
    import ibis

    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = among(data.table("claims"), "claim_id", wanted)
    rows = rows.select("claim_id", origin=ibis.coalesce(rows.origin, rows.source_id))
    return {row["claim_id"]: row["origin"] for row in data.run(rows).to_pylist()}


def listings(data: Data, entities: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """entity → claims that a sanctions list names it; none for those whom no list names."""
    import ibis

    wanted = sorted(set(entities))
    if not wanted:
        return {}
    said = data.table("claims")
    members = among(data.table("members"), "entity", wanted).select("entity", "subject")
    named = said.filter((said["schema"] == "Sanction") & (said.property == "entity"))
    marked = said.filter((said.property == "topics") & (said.value == "sanction"))
    rows = ibis.union(
        named.join(members, named.value == members.subject).select("entity", "claim_id"),
        marked.join(members, "subject").select("entity", "claim_id"),
        distinct=True,
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in data.run(rows.order_by("entity", "claim_id")).to_pylist():
        found[row["entity"]] = (*found.get(row["entity"], ()), row["claim_id"])
    return found


def of_rows(table: str, ids: Iterable[str], role: str) -> tuple[Evidence, ...]:
    """Evidence of observation rows, in the order given, each once."""
    return tuple(Evidence(table, id, role) for id in dict.fromkeys(ids))


def labelled(findings: Sequence[Finding], data: Data) -> list[Finding]:
    """The findings with the labels of their evidence.

    :raises LookupError: evidence that is no record of this audience: the typology is broken
    """
    wanted: dict[str, set[str]] = {}
    for finding in findings:
        for item in finding.evidence:
            wanted.setdefault(item.kind, set()).add(item.id)
    labels: dict[tuple[str, str], str] = {}
    for kind in sorted(wanted):
        name, key = _KEYS.get(kind, (kind, "row_id"))
        table = data.table(name)
        rows = data.run(among(table, key, sorted(wanted[kind])).select(key, "label_id"))
        ids, marks = (rows.column(c).to_pylist() for c in (key, "label_id"))
        labels.update({(kind, id): mark for id, mark in zip(ids, marks, strict=True)})
    out = []
    for finding in findings:
        found = {labels.get((e.kind, e.id), "") for e in finding.evidence}
        if "" in found:
            missing = next(e.id for e in finding.evidence if (e.kind, e.id) not in labels)
            raise LookupError(f"typology {finding.typology}: no record {missing} for this audience")
        out.append(replace(finding, label_ids=tuple(sorted(found))))
    return out


def iso(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC."""
    import datetime as dt

    return dt.datetime.fromtimestamp(int(seconds), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def span(seconds: float) -> str:
    """A length of time in words: ``40 minutes``, ``5 hours``, ``3 days``."""
    hours = seconds / 3600
    if hours < 2:
        return f"{round(seconds / 60)} minutes"
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"


def money(rows: Sequence[dict[str, Any]]) -> str:
    """Sums of payments by currency, largest first: ``1,250,000 USD and 80,000 EUR``."""
    sums: dict[str, float] = {}
    for row in rows:
        sums[row["currency"]] = sums.get(row["currency"], 0.0) + row["amount"]
    parts = [f"{amount:,.0f} {currency}" for currency, amount in sorted(sums.items(), key=lambda s: (-s[1], s[0]))]
    return " and ".join(parts)
