"""Divestment: a listed party's holding that fell below the line, told by when it fell and how far.

A sale is lawful more often than not; one to just below the line, or shortly before the listing, is what an examiner
asks about first (OFAC FAQ 402 on divestment; EU Best Practices on transfers before and after a listing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow.model import dates
from counterflow.network.regime import measure_of

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.network.listings import Listing

__all__ = ["JUST_BELOW", "SHORTLY_BEFORE", "Divestment", "divestments"]

JUST_BELOW = 5.0
"""Per cent points below the line that count as just below it."""
SHORTLY_BEFORE = 180
"""Days before a listing that count as shortly before it."""
_NEEDED = [
    "source", "target", "stance", "interest", "directness", "start", "end", "share_low", "share_high", "low_open",
]  # fmt: skip


@dataclass(frozen=True)
class Divestment:
    """:param before: per cent held until `day`, at the least; :param after: at most, from then on
    :param signs: ``just below the line``, ``shortly before the listing``, ``after the listing``; at least one of them
    """

    owner: str
    owned: str
    day: str
    before: float
    after: float
    signs: tuple[str, ...]
    rows: tuple[int, ...]


def divestments(
    links: pa.Table, listed: Mapping[str, Sequence[Listing]], line: float, *, above: bool, as_of: str | None
) -> list[Divestment]:
    """Every fall of a listed party's shares from the line to below it, by owner and date."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mine = pc.is_in(links.column("source"), pa.array(sorted(listed), pa.string()))
    owned = pc.and_(mine, pc.equal(links.column("schema"), "Ownership"))
    held: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = {}
    numbers = pc.indices_nonzero(pc.fill_null(owned, False))
    for row, said in zip(numbers.to_pylist(), links.select(_NEEDED).take(numbers).to_pylist(), strict=True):
        if said["stance"] == "asserts" and measure_of("Ownership", said["interest"], said["directness"]) == "shares":
            held.setdefault((said["source"], said["target"]), []).append((row, said))
    found = [f for pair, records in sorted(held.items()) for f in _falls(pair, records, listed[pair[0]], line, above)]
    return [f for f in found if as_of is None or dates.earliest(f.day) <= dates.latest(as_of)]


def _falls(
    pair: tuple[str, str],
    records: list[tuple[int, dict[str, Any]]],
    listed: Sequence[Listing],
    line: float,
    above: bool,
) -> Iterable[Divestment]:
    for row, said in records:
        low, end = said["share_low"], said["end"]
        if low is None or end is None or dates.clean(end) is None or not _reaches(low, line, above, said["low_open"]):
            continue
        later = [
            (other, r)
            for r, other in records
            if r != row and (other["start"] is None or dates.latest(other["start"]) >= dates.earliest(end))
            and (other["end"] is None or dates.latest(other["end"]) > dates.latest(end))
        ]  # fmt: skip
        after = max((100.0 if o["share_high"] is None else float(o["share_high"]) for o, _ in later), default=0.0)
        if _reaches(after, line, above, False):
            continue
        signs = ["just below the line"] if after and after >= line - JUST_BELOW else []
        signs += sorted({sign for listing in listed if (sign := _when(end, listing.start))})
        if signs:
            rows = (row, *sorted(r for _, r in later))
            yield Divestment(*pair, end, float(low), after, tuple(signs), rows)


def _reaches(share: float, line: float, above: bool, is_open: bool | None) -> bool:
    return share > line or (share == line and (not above or bool(is_open)))


def _when(end: str, listing: str | None) -> str | None:
    if listing is None or len(end) < 7 or len(listing) < 7:  # a bare year decides nothing
        return None
    if dates.earliest(end) > dates.latest(listing):
        return "after the listing"
    days = (dates.latest(listing) - dates.earliest(end)).days
    return "shortly before the listing" if 0 <= days <= SHORTLY_BEFORE else None
