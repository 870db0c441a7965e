"""The queue of findings as text for a terminal: what, how likely, how much, where, and what it does not show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["attempt", "detected", "finding", "findings", "not_looked_at"]

Row = Mapping[str, Any]


def findings(rows: Iterable[Row]) -> str:
    """The queue of findings; of an attempt in payments also its size, time, sums, places and what else it shows."""
    lines = []
    for r in rows:
        lines.append(f"{r['id']}  {r['likelihood']:18} {r['typology']:16} {r['sentence']}  [{r['handling']}]")
        if told := attempt(r):
            lines.append(f"{'':20}{told}")
    return "\n".join(lines) or "No typology fired."


def attempt(r: Row) -> str:
    """An attempt's figures in a line; empty where it is none."""
    detail = r["detail"]
    if "sums" not in detail:
        return ""
    sums = [f"{amount:,.0f} {currency}".rstrip() for currency, amount in detail["sums"].items()]
    if detail["sum_usd"] is not None and list(detail["sums"]) != ["USD"]:
        sums.append(f"together {detail['sum_usd']:,.0f} USD")
    parts = [
        f"{len(r['payments'])} payments, {len(r['accounts'])} accounts, {len(detail['banks'])} banks",
        f"{r['start'][:16].replace('T', ' ')} to {r['end'][:16].replace('T', ' ')}",
        " + ".join(sums[:4]) + (" + …" if len(sums) > 4 else ""),
    ]
    if detail["jurisdictions"]:
        parts.append(", ".join(detail["jurisdictions"]).upper())
    if others := sorted({p["typology"] for p in detail.get("patterns", ())}):
        parts.append(f"also {', '.join(others)}")
    if gave_up := detail.get("searches_out_of_budget"):
        parts.append(f"{gave_up:,} searches gave up")
    return " · ".join(parts)


def detected(found: Row, printed: int) -> list[str]:
    """What a list of findings does not show: those beyond the limit, and payments that were not looked at."""
    total = len(found["findings"])
    beyond = [f"{printed} of {total:,} findings."] if printed < total else []
    return beyond + not_looked_at(found["left_out"])


def not_looked_at(left_out: Mapping[str, int]) -> list[str]:
    """Payments, positions and seizures that no pattern was looked for in. :param left_out: as in
    `findings.run.Detected`"""
    lines = []
    for what in ("payment", "position", "seizure"):
        mine = {reason: n for kind, reason, n in map(_reason, left_out.items()) if kind == what}
        if mine:
            why = ", ".join(f"{n:,} with {reason}" for reason, n in sorted(mine.items()))
            total = sum(mine.values())
            lines.append(f"No pattern was looked for in {total:,} {what}{'s' * (total != 1)}: {why}.")
    return lines


def _reason(item: tuple[str, int]) -> tuple[str, str, int]:
    """What, why and how many, of ``positions: no time``: 7; without a kind before it, payments."""
    kind, colon, reason = item[0].partition("s: ")
    return (kind, reason, item[1]) if colon and kind in ("position", "seizure") else ("payment", *item)


def finding(f: Row) -> str:
    """One finding with its evidence."""
    told = [line for line in (attempt(f),) if line]
    also = [f"Also {p['typology']} ({p['likelihood']}): {p['sentence']}" for p in f["detail"].get("patterns", ())]
    lines = [
        f"{f['sentence']}  [{f['handling']}]",
        f"{f['title']}: {f['likelihood']} ({f['probability']:.2f}, by {f['basis']})",
        *told,
        *(f"Weighs {weight:g}: {sign}" for sign, weight in f["detail"].get("factors", {}).items()),
        *(f"Model: {reason['text']}" for reason in f["detail"].get("reasons", ())),
        *also,
        f"Would refute it: {f['refutes']}",
        *(f"Benign explanation: {text}" for text in f["benign"]),
        "Evidence:",
        *(f"  {e['kind']} {e['id']}  {e['role']}" for e in f["evidence"]),
    ]
    return "\n".join(lines)
