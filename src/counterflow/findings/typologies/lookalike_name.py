"""Lookalike: a company named almost as a listed or well-known one, elsewhere and without a recorded tie to it.

Names are compared as letters and digits without legal form. Alike means equal or one letter off, found over the names
with each letter left out in turn, so that no pair is compared that cannot be alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, facts

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = dict[str, Any]


def named(data: Data) -> ibis.Table:
    """entity, listed, names, countries, links (how many a company has)."""
    entities, links = data.table("entities"), data.table("links")
    rows = entities.filter(entities["schema"].isin(COMPANIES))
    known = links.group_by("target").agg(links=links.link.nunique())
    rows = rows.left_join(known, rows.entity == known.target)
    columns = ("entity", "names", "countries", "links")
    return rows.select(*columns, listed=rows.listed.fill_null(False)).order_by("entity")


def tied(data: Data) -> ibis.Table:
    """source, target of every asserted link."""
    links = data.table("links").filter(lambda t: t.stance == "asserts")
    return links.select("source", "target").distinct()


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each imitating company: the least known of two that are alike."""
    rows = {row["entity"]: row for row in data.run(named(data)).to_pylist()}
    keys = {entity: _keys(row["names"] or (), int(dial["letters"])) for entity, row in rows.items()}
    pairs = _alike(keys)
    if not pairs:
        return
    linked = {frozenset(row.values()) for row in data.run(tied(data)).to_pylist()}
    claims = _claims(data, {entity for pair in pairs for entity in pair})
    told: set[str] = set()
    for left, right in sorted(pairs):
        old, new = sorted((left, right), key=lambda e: (not rows[e]["listed"], -(rows[e]["links"] or 0), e))
        model = rows[old]
        apart = set(model["countries"] or ()).isdisjoint(rows[new]["countries"] or ())
        known = model["listed"] or (model["links"] or 0) >= dial["links"]
        if known and apart and not rows[new]["listed"] and frozenset((old, new)) not in linked and new not in told:
            told.add(new)
            says = f"bears almost the name of {data.caption(old)}, in another country and without a recorded tie"
            yield sign(TYPOLOGY, data, [new], says, 3.0, {*claims[new], *claims[old]}, others=[old])


def _keys(names: Any, letters: int) -> set[str]:
    from counterflow.entities.names import analyse

    found = set()
    for name in names:
        for form in analyse(name, "organisation").forms[:1]:
            key = "".join(sorted(form.tokens, key=form.tokens.index)).replace(" ", "")
            found |= {key} if len(key) >= letters else set()
    return found


def _alike(keys: Mapping[str, set[str]]) -> set[tuple[str, str]]:
    """Pairs of entities with a key equal or at most one letter apart."""
    from rapidfuzz.distance import OSA

    bearers: dict[str, set[str]] = {}
    for entity, own in keys.items():
        for key in own:
            bearers.setdefault(key, set()).add(entity)
    shortened: dict[str, list[str]] = {}
    for key in sorted(bearers):
        for short in {key, *(key[:n] + key[n + 1 :] for n in range(len(key)))}:
            shortened.setdefault(short, []).append(key)
    pairs = set()
    for group in shortened.values():
        for n, one in enumerate(group):
            for other in group[n:]:
                if one == other or OSA.distance(one, other, score_cutoff=1) <= 1:
                    pairs |= {(min(a, b), max(a, b)) for a in bearers[one] for b in bearers[other] if a != b}
    return pairs


def _claims(data: Data, entities: set[str]) -> dict[str, list[str]]:
    said = facts(data, "name", "alias", "previousName").filter(lambda t: t.entity.isin(sorted(entities)))
    found: dict[str, list[str]] = {entity: [] for entity in entities}
    for row in data.run(said.order_by("entity", "claim_id")).to_pylist():
        found[row["entity"]].append(row["claim_id"])
    return found


TYPOLOGY = Typology(
    name="lookalike_name",
    title="Name like another company's",
    kind="ownership",
    what="A company bears, to a letter, the name of a listed or well-connected company in another country with which "
    "no tie is recorded.",
    why="A borrowed name passes the eye of a bank, and separates the front from its model on paper.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018), annex E; UN Panel of Experts under "
    "resolution 1874 on companies that use the names of others",
    needs=("entities", "claims", "members"),
    parameters={
        "letters": Parameter(8, "letters", "of the name without legal form; shorter names are alike by chance"),
        "links": Parameter(5, "links", "from which a company that no list names counts as well known"),
    },
    benign=("a foreign branch or subsidiary whose tie no register shows", "a common name"),
    refutes="Registers that show both for longer than either could copy the other.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
