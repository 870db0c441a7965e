"""What changed between two papers on one matter: sentences, judgements, figures, and the claims behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from counterflow.assessment.proofreading import units

__all__ = ["changes"]


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], *, known: Collection[str], as_generated: bool = True
) -> dict[str, Any]:
    """``{counts, changes: [{kind, place, id, before, after, claims_gone, claims_new, why}]}``, in the paper's order.

    Kinds: ``added``, ``gone``, ``changed`` (its words or numbers), ``moved`` (a judgement to another band of
    likelihood), ``rests`` (same words, other claims), ``figure``.

    :param known: ids of claims that are in force and readable now
    :param as_generated: compare what the records said, leaving out what was reworded by hand
    """
    old, new = dict(_told(before, as_generated)), dict(_told(after, as_generated))
    found = [_change(id, old.get(id), one, known) for id, one in new.items()]
    found += [_change(id, one, None, known) for id, one in old.items() if id not in new]
    drawn = {f["id"]: f for f in before["figures"]}
    fresh = {f["id"]: f for f in after["figures"]}
    for id in {**drawn, **fresh}:
        a, b = drawn.get(id), fresh.get(id)
        if (a or {}).get("svg") != (b or {}).get("svg"):
            shown = b or a or {}
            found.append(
                {"kind": "figure", "place": shown["section"], "id": id, "before": a["title"] if a else None,
                 "after": b["title"] if b else None, "claims_gone": [], "claims_new": [],
                 "why": "drawn anew from figures that changed" if a and b else "gone" if a else "new"}
            )  # fmt: skip
    told = [c for c in found if c is not None]
    kinds = ("added", "gone", "changed", "moved", "rests", "figure")
    return {"counts": {k: sum(c["kind"] == k for c in told) for k in kinds}, "changes": told}


def _told(paper: Mapping[str, Any], as_generated: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, unit in units(paper):
        if as_generated and unit["id"].startswith("new-"):
            continue
        text = unit.get("generated", unit["text"]) if as_generated else unit["text"]
        yield unit["id"], {**unit, "place": place, "text": text}


def _change(
    id: str, old: dict[str, Any] | None, new: dict[str, Any] | None, known: Collection[str]
) -> dict[str, Any] | None:
    had, has = set(old["claim_ids"] if old else ()), set(new["claim_ids"] if new else ())
    if old is None:
        kind = "added"
    elif new is None:
        kind = "gone"
    elif old.get("likelihood") != new.get("likelihood"):
        kind = "moved"
    elif old["text"] != new["text"]:
        kind = "changed"
    elif had != has:
        kind = "rests"
    else:
        return None
    gone = sorted(had - has)
    shown = new or old or {}
    return {
        "kind": kind,
        "place": shown["place"],
        "id": id,
        "before": old["text"] if old else None,
        "after": new["text"] if new else None,
        "claims_gone": gone,
        "claims_new": sorted(has - had),
        "why": _why(len(has - had), len(gone), sum(c not in known for c in gone)),
    }


def _why(new: int, gone: int, lost: int) -> str:
    parts = [f"{new} more claim{'s' * (new > 1)}"] if new else []
    parts += [f"{lost} claim{'s' * (lost > 1)} taken back or no longer readable"] if lost else []
    parts += [f"{gone - lost} no longer cited"] if gone > lost else []
    return "; ".join(parts) or "the claims are the same: the figures beside them, or how it was written, changed"
