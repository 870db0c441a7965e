"""Circular ownership: companies that own one another in a ring, so that nobody stands at the end.

A strongly connected component of the holdings in force; told by its shortest ring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Typology
from counterflow.model.dates import latest
from counterflow.model.finding import Finding
from counterflow.network.ties import holdings

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

__all__ = ["TYPOLOGY"]

Row = dict[str, Any]


def in_force(data: Data) -> ibis.Table:
    """source, target, share_low, share_high, claim_ids of holdings that have not ended."""
    rows = holdings(data, "Ownership")
    ended = rows.end.notnull()
    if data.as_of is not None:
        day = latest(data.as_of).isoformat()
        ended = ended & (rows.end < day) & ~rows.end.isin([day[:4], day[:7]])
    rows = rows.filter(~ended)
    return rows.select("source", "target", "share_low", "share_high", "claim_ids").order_by("source", "target")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each ring, the shortest of its component."""
    for component in _components(data.run(in_force(data))):
        ring = _shortest(component)
        companies = [row["source"] for row in ring]
        names = " owns ".join(data.caption(company) for company in [*companies, companies[0]])
        says = f"stands in a ring of holdings: {names}"
        claims = {id for row in ring for id in row["claim_ids"] or ()}
        members = {row["source"] for row in component}
        yield sign(TYPOLOGY, data, companies, says, 8.0, claims, detail={"ring": len(ring), "component": len(members)})


def _components(rows: pa.Table) -> Iterator[list[Row]]:
    """Holdings inside each strongly connected component of more than one party, largest holder's name first."""
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not rows.num_rows:
        return
    ends = pa.chunked_array([*rows.column("source").chunks, *rows.column("target").chunks]).combine_chunks()
    coded = ends.dictionary_encode()
    source, target = np.split(coded.indices.to_numpy(), 2)
    number = len(coded.dictionary)
    graph = coo_array((np.ones(rows.num_rows), (source, target)), shape=(number, number))
    _, of = connected_components(graph, directed=True, connection="strong")
    kept = np.flatnonzero(of[source] == of[target])  # a party alone has no holding in itself
    inside: dict[int, list[Row]] = {}
    for row, component in zip(rows.take(kept).to_pylist(), of[source[kept]], strict=True):
        inside.setdefault(int(component), []).append(row)
    yield from sorted(inside.values(), key=lambda component: str(component[0]["source"]))


def _shortest(component: list[Row]) -> list[Row]:
    """The shortest ring of a component; among equals the one that begins with the first name."""
    out: dict[str, list[Row]] = {}
    for row in component:
        out.setdefault(row["source"], []).append(row)
    best: list[Row] = []
    for start in sorted(out):
        ways: list[list[Row]] = [[row] for row in out[start]]
        seen = {start}
        while ways and (not best or len(ways[0]) < len(best)):
            closed = next((way for way in ways if way[-1]["target"] == start), None)
            if closed is not None:
                best = closed
                break
            reached = [way for way in ways if way[-1]["target"] not in seen]
            seen |= {way[-1]["target"] for way in reached}
            ways = [[*way, row] for way in reached for row in out.get(way[-1]["target"], ())]
    return best


TYPOLOGY = Typology(
    name="circular_ownership",
    title="Circular ownership",
    kind="ownership",
    what="Companies hold one another in a ring.",
    why="A ring has no owner at its end: it hides who decides, and inflates capital.",
    standard="Global Witness and DataKind, The Companies We Keep (2018): 328 companies in circular ownership; FATF and "
    "Egmont Group, Concealment of Beneficial Ownership (2018)",
    needs=("links", "entities"),
    parameters={},
    benign=("cross-holdings of a listed group that it reports itself", "a holding sold on, whose end nobody recorded"),
    refutes="A register extract of one day in which a link of the ring is missing.",
    detect=detect,
    part_of=GATHERED_BY,
)
