"""Answers to the four questions as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["listed", "told"]

Row = Mapping[str, Any]


def listed(found: Row) -> str:
    """The questions there are."""
    return "\n".join(f"{q['question']:14} {q['title']}" for q in found["questions"])


def told(answer: Row) -> str:
    """One answer: its title with handling, then what matters first."""
    shape = {"substitution": _substitution, "merger": _merger, "cashbox": _cashbox, "coordination": _coordination}
    as_of = f"  as of {answer['as_of']}" if answer["as_of"] else ""
    head = f"{answer['title']}{as_of}  [{answer['handling']}]"
    if answer.get("why_empty"):
        return f"{head}\n\n  {answer['why_empty']}"
    return "\n".join([head, "", *shape[answer["question"]](answer)])


def _span(band: Row, digits: int = 0) -> str:
    return f"{band['central']:,.{digits}f} ({band['low']:,.{digits}f} to {band['high']:,.{digits}f})"


def _substitution(answer: Row) -> list[str]:
    said = answer["answer"]
    lines = [
        f"  Net illicit income in {answer['until']} above that of {answer['day']}: {said['rise']['likelihood']['word']}"
        f" (by the model {said['rise']['probability']:.0%})",
        f"  and above what it would be without the shocks: {said['more_than_without']['likelihood']['word']}"
        f" ({said['more_than_without']['probability']:.0%})",
        f"  {answer['day']}: {_span(said['illicit_now'])}; {answer['until']}: {_span(said['illicit_then'])}; without"
        f" shocks {_span(said['illicit_then_without'])} {answer['unit']}",
        "",
        f"  Of each million closed for good, gained elsewhere within {answer['matrix']['months']} months (net):",
        *(f"    {r['caption']:28} {_span(r['all'], 2)}" for r in answer["matrix"]["rows"]),
        "",
        f"  Back-test, one shock left out at a time: {answer['backtest']['words']}",
        *(
            f"    {r['shock']:6} {r['activity']:15} {r['what']:7} {r['from']} to {r['until']}: seen {r['seen']:g},"
            f" predicted {_span(r, 2)}{'' if r['inside'] else '  OUTSIDE'};"
            f" {_dull(r['dull'])}"
            for r in answer["backtest"]["rows"]
        ),
        "",
        f"  {answer['identifiability']['words']}",
        "  Rival explanations:",
        *(f"    {r['name']}: {r['says']} It would show in this: {r['would_show']}." for r in answer["rivals"]),
    ]
    if answer["left_out"]:
        lines.append(f"  Figures that are not readable or not known here: {', '.join(answer['left_out'])}")
    return lines


def _dull(rivals: Row) -> str:
    return "; ".join(f"{name} {said['value']:,.2f}" for name, said in rivals.items())


def _merger(answer: Row) -> list[str]:
    flips = [
        f"  With {f['budget']:g} points the merger harms the regime from an exposure of {f['exposure']:g} on."
        if f["exposure"] is not None
        else f"  With {f['budget']:g} points the merger harms the regime at no exposure that was tried."
        for f in answer["flips_at"]
    ]
    return [
        f"  {answer['theorem']}",
        "",
        f"  {answer['merged']['caption']} into {answer['into']['caption']}; left, {answer['unit']}, by budget:",
        *(
            f"    {c['how']:7} {c['measures']:15} " + "   ".join(f"{p['budget']:g}: {_span(p)}" for p in c["points"])
            for c in answer["curves"]
        ),
        "",
        f"  (against a collector itself: {answer['node_cost']:g} points, exposure {answer['exposure']:g})",
        *flips,
        "",
        "  When it happened, as told:",
        *(
            f"    {c['start'] or '?'} to {c['end'] or '…'}  {c['what']}  {c['grade']}"
            f"{'' if c['stance'] == 'asserts' else ' (' + c['stance'] + ')'}  {c['conflict']}".rstrip()
            for c in answer["chronology"]
        ),
        f"  {answer['chronology_note']}",
        f"  {answer['note']}",
    ]


def _cashbox(answer: Row) -> list[str]:
    plan = answer["plan"]
    lines = [
        f"  {answer['budget']:g} points leave {_span(answer['left'])} of {_span(answer['baseline'])} {answer['unit']}",
        f"  ({plan['certificate']}; gap {plan['gap']:.1%})",
        "",
        f"  {'points':>6} {'alone':>7} {'share':>7} {'in':>5}   of {answer['draws']} draws",
        *(
            f"  {m['cost']:>6g} {m['alone']:>7.1f} {m['contribution'] if m['contribution'] is not None else 0:>7.1f}"
            f" {m['inclusion']:>5.0%} {'*' if m['in_plan'] else ' '} {m['title']}  ({m['agency']})"
            for m in answer["measures"]
            if m["in_plan"] or m["inclusion"] > 0
        ),
        "  * in the plan; share: Shapley value within the plan, adding up to its effect",
        "",
        "  Budget and what is left:",
        *(f"    {p['budget']:>7g}  {_span(p)}" for p in answer["frontier"]),
        "",
        f"  With what is in force taken out of the figures: {_span(answer['in_force']['cashbox'])}"
        f" ({sum(m['counted'] for m in answer['in_force']['measures'])} measures counted)",
        f"  {answer['note']}",
    ]
    for b in answer["back_test"]:
        known = f"what was published by {b['published_by']}" if b["published_by"] else "what held then, as known now"
        where = (
            f"ranks {b['rank']} of {b['of']} banks abroad (in the top three in {b['top_three']:.0%} of draws)"
            if b["rank"]
            else f"is in none of that evidence ({b['of']} banks abroad are)"
        )
        lines += ["", f"  Back-test {b['day']}, {known}: {b['target']['caption']} {where}."]
        if b["rank"]:
            lines += [
                f"    By money seen at it: rank {b['rank_by_value']}. {b['words']}",
                f"    Predicted to withdraw too: {_names(b['contagion']['predicted'])}; did:"
                f" {_names(b['contagion']['withdrew'])}. Share that finds another way: {b['rerouted']:.0%}.",
            ]
    return lines


def _names(rows: list[Row]) -> str:
    return ", ".join(r["caption"] for r in rows) or "none"


def _coordination(answer: Row) -> list[str]:
    return [
        f"  Of {_span(answer['baseline'])} {answer['unit']}, cut by {answer['budget']:g} points in all:",
        *(f"    {s['title']:44} {_span(s)}  {s['share']:.0%}" for s in answer["stages"]),
        f"    {'sum of the agencies own claims':44} {answer['claims']['sum']:,.0f}  {answer['claims']['share']:.0%}"
        "  (not an effect)",
        "",
        "  If one agency withholds, of the joint effect is lost:",
        *(f"    {w['agency']:36} {w['price']:,.1f}" for w in answer["withholding"]),
        "  What each fact is worth when it is shared:",
        *(f"    {f['title']:60} {f['worth']:,.1f}" for f in answer["facts"]),
        f"  {answer['note']}",
    ]
