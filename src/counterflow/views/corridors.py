"""Corridors in print: what was paid from country to country in a window of time, and what has no country."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from counterflow.model import dates
from counterflow.model.values import table as values
from counterflow.network.corridors import BASES, between_countries
from counterflow.views.findings import by_id
from counterflow.views.network import checked_date
from counterflow.views.picture import Picture

__all__ = ["corridors"]

Row = dict[str, Any]


def corridors(
    picture: Picture, first: str | None = None, last: str | None = None, *, findings: bool = False,
    finding: str | None = None,
) -> Row:  # fmt: skip
    """Between countries, within one, and with no country on a side; largest first.

    :param first: partial ISO date from which, `last` up to which; None: open. A payment without a time is in no window
    :param findings: only payments that some finding rests on; :param finding: only those of this one
    :raises UsageError: a date that does not exist; NotFound: no such finding
    """
    first, last = checked_date(first), checked_date(last)
    wanted = by_id(picture, finding)["id"] if finding else "findings" if findings else "all"
    rows = picture.once(("corridors", wanted), lambda: _rows(picture, wanted))
    inside = [row for row in rows if _within(row["period"], first, last)]
    known = [r for r in inside if r["source"] and r["target"]]
    unknown = [r for r in inside if not (r["source"] and r["target"])]
    codes = {code for r in known for code in (r["source"], r["target"])}
    places = values("country_places")
    bases = Counter[str]()
    for row in inside:
        for side in ("source", "target"):
            bases[row[f"{side}_basis"] or "not known"] += row["payments"]
    return {
        "from": first,
        "to": last,
        "only": None if wanted == "all" else wanted,
        **_sum(inside),
        "corridors": _added(picture, (r for r in known if r["source"] != r["target"])),
        "within": _added(picture, (r for r in known if r["source"] == r["target"])),
        "unknown": {
            **_sum(unknown),
            "payer": sum(r["payments"] for r in unknown if not r["source"]),
            "payee": sum(r["payments"] for r in unknown if not r["target"]),
        },
        "bases": {name: bases[name] for name in (*BASES, "not known") if bases[name]},
        "places": {code: places[code] for code in sorted(codes) if code in places},
        "periods": dict(sorted(_periods(rows).items())),
        **picture.handling({id for r in inside for id in r["label_ids"]}),
    }


def _rows(picture: Picture, wanted: str) -> list[Row]:
    ids = None
    if wanted != "all":
        found = [f for f in picture.findings if wanted in ("findings", f["id"])]
        ids = sorted({e["id"] for f in found for e in f["evidence"] if e["kind"] == "payments"})
    return list(between_countries(picture.scope, ids).to_pylist())


def _within(period: str | None, first: str | None, last: str | None) -> bool:
    """Whether any day of the period lies in the window."""
    if first is None and last is None:
        return True
    if period is None:
        return False
    return (last is None or dates.earliest(period) <= dates.latest(last)) and (
        first is None or dates.latest(period) >= dates.earliest(first)
    )


def _sum(rows: Iterable[Row]) -> Row:
    """``payments``, ``usd`` of those whose worth is known, and ``unrated``, how many are left out of it."""
    n = rated = 0
    usd = 0.0
    for row in rows:
        n += row["payments"]
        rated += row["rated"]
        usd += row["amount_usd"] or 0.0
    return {"payments": n, "usd": round(usd, 2), "unrated": n - rated}


def _added(picture: Picture, rows: Iterable[Row]) -> list[Row]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["source"], row["target"]].append(row)
    found = []
    for (source, target), group in groups.items():
        periods = sorted(row["period"] for row in group if row["period"])
        found.append({
            "id": f"{source}>{target}", "source": source, "target": target, **_sum(group),
            "start": periods[0] if periods else None, "end": periods[-1] if periods else None,
            **picture.handling({id for row in group for id in row["label_ids"]}),
        })  # fmt: skip
    return sorted(found, key=lambda row: (-row["usd"], -row["payments"], row["id"]))


def _periods(rows: Iterable[Row]) -> Counter[str]:
    counted = Counter[str]()
    for row in rows:
        if row["period"]:
            counted[row["period"]] += row["payments"]
    return counted
