"""Sections of the report that answer the founding document's questions, from the answers as `views.asking` gives them.

What a model computes is said as what the model does; what is judged bears the probability that its draws give it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from counterflow.assessment.analysis import money
from counterflow.assessment.band_chart import Line, band_chart, bar_chart
from counterflow.assessment.editing import cite_anew
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.press import Figure, Press
from counterflow.assessment.proofreading import refuse, units
from counterflow.assessment.writing import Draft, Judgement, Section, Sentence, it_is, join

__all__ = ["with_answers"]

BEFORE = "What is not known"
"""The section before which the answers stand."""


@dataclass(frozen=True)
class _Part:
    heading: str
    paragraphs: tuple[tuple[Sentence, ...], ...]
    judgements: tuple[Judgement, ...] = ()
    figures: tuple[Figure, ...] = ()


def with_answers(paper: Mapping[str, Any], answers: Iterable[Mapping[str, Any]], evidence: Evidence) -> dict[str, Any]:
    """A paper with a section an answer, its judgements and drawings, cited and marked as one.

    :param answers: the shape of ``GET /api/questions/{question}``; those that nobody knows how to write are left out
    :raises Unsupported: the linter refuses a sentence
    """
    parts = [p for a in answers if a["question"] in _WRITERS and (p := _WRITERS[a["question"]](a)) is not None]
    sections = tuple(Section(p.heading, tuple(x for x in p.paragraphs if x)) for p in parts)
    draft = Draft("", (), tuple(j for p in parts for j in p.judgements), sections)
    more = Press(evidence, draft, [f for p in parts for f in p.figures]).paper()
    made = {key: list(value) if isinstance(value, list) else value for key, value in paper.items()}
    at = next((n for n, s in enumerate(made["sections"]) if s["heading"] == BEFORE), len(made["sections"]))
    made["sections"][at:at] = more["sections"]
    made["key_judgements"] += more["key_judgements"]
    made["figures"] += more["figures"]
    notes = {note["source_id"]: note for note in [*more["endnotes"], *made["endnotes"]]}
    of = {c: n["source_id"] for n in (*made["endnotes"], *more["endnotes"]) for c in n["claim_ids"]}
    made["endnotes"] = [
        {**note, "claim_ids": sorted(c for c, s in of.items() if s == source)} if source not in _both(made, more)
        else {**note, "claim_ids": []}
        for source, note in notes.items()
    ]  # fmt: skip
    cite_anew(made, evidence)
    told = [*(u for _, u in units(made)), *made["figures"]]
    rows = evidence.claims({c for one in told for c in one["claim_ids"]})
    made["handling"] = evidence.handling({r["label_id"] for r in rows.values()}).text
    made["answers"] = True
    refuse(made)
    return made


def _both(a: Mapping[str, Any], b: Mapping[str, Any]) -> set[str]:
    """Sources that both cite: their notes are written anew, with the grades and places of all claims."""
    return {n["source_id"] for n in a["endnotes"]} & {n["source_id"] for n in b["endnotes"]}


def _substitution(a: Mapping[str, Any]) -> _Part | None:
    claims = tuple(sorted({c for ids in a["claim_ids"].values() for c in ids}))
    if not claims:
        return None
    found, because = a["answer"], a["identifiability"]["words"].split(".")[0].lower()

    def judged(key: str, that: str) -> Judgement:
        p = min(0.97, max(0.03, found[key]["probability"]))
        return Judgement(f"{it_is(p)} {that}.", p, "low", because, claims)

    fan = a["fan"]
    dates = fan["dates"]
    series = [("Crime and evasion", fan["illicit"]), ("All activities", fan["all"])]
    lines = [
        Line(title, tuple((float(n), *p) for n, p in enumerate(zip(s["low"], s["central"], s["high"], strict=True))))
        for title, s in series
    ]
    ticks = [(float(n), d[:4]) for n, d in enumerate(dates) if d.endswith("-01")]
    marks = [(float(sum(d < s["date"] for d in dates)), s["title"]) for s in fan["shocks"] if s["date"] <= dates[-1]]
    drawn = band_chart(lines, across="year", up=f"Income, {a['unit']}", ticks=ticks, marks=marks)
    heading = "Will income from crime and evasion rise?"
    moved = [
        (to["central"], row["caption"], to["code"])
        for row in a["matrix"]["rows"] for to in row["to"] if to["central"] and to["central"] >= 0.05
    ]  # fmt: skip
    names = {x["code"]: x["caption"] for x in a["matrix"]["activities"]}
    most = sorted(moved, reverse=True)[:3]
    text = (
        Sentence(
            f"By the model, crime and evasion earn {money(found['illicit_now'])} million USD a year in {a['day']} and"
            f" {money(found['illicit_then'])} in {a['until']}; without the measures it would be"
            f" {money(found['illicit_then_without'])}.",
            claims,
        ),
        *(
            [Sentence(
                f"Of a million lost in one line, most comes back in another:"
                f" {join(f'{share:.2f} from {source} in {names.get(code, code)}' for share, source, code in most)}.",
                claims,
            )] if most else []
        ),
        Sentence(_whole(a["backtest"]["words"]), method=True),
        Sentence(_whole(a["identifiability"]["words"]), method=True),
    )  # fmt: skip
    return _Part(
        heading, (text,),
        (
            judged("rise", f"income from crime and evasion is higher in {a['until']} than in {a['day']}"),
            judged("more_than_without", f"this income is higher in {a['until']} than without the measures"),
        ),
        (Figure("fan", heading, "Income over time", drawn, claims,
                f"Income, {a['unit']}: middle and 90 % interval; upright, the shocks."),),
    )  # fmt: skip


def _merger(a: Mapping[str, Any]) -> _Part | None:
    if not a["curves"]:
        return None
    heading = "What does the merger change?"
    claims = tuple(sorted({c for row in a["chronology"] for c in row["claim_ids"]}))
    told = tuple(
        Sentence(f"{row['what'].rstrip('.')} ({', '.join(x for x in (row['start'], row['grade']) if x)}).",
                 tuple(row["claim_ids"])) for row in a["chronology"] if row["stance"] == "asserts"
    )  # fmt: skip
    flips = join(f"{f['exposure']:.0%} at {f['budget']:g} points" for f in a["flips_at"] if f["exposure"] is not None)
    said = [a["theorem"], *([f"The sign flips at a chance of exposure of {flips}."] if flips else []), a["note"]]
    lines = [
        Line(f"{c['how']}, {c['measures']}",
             tuple((p["budget"], p["low"], p["central"], p["high"]) for p in c["points"]))
        for c in a["curves"]
    ]  # fmt: skip
    ticks = [(p[0], f"{p[0]:g}") for p in lines[0].points]
    drawn = band_chart(lines, across="points spent", up=f"What is left, {a['unit']}", ticks=ticks)
    method = tuple(Sentence(_whole(s), method=True) for s in said)
    return _Part(heading, (told, method), (), (
        Figure("merger", heading, "Split or merged", drawn, claims,
               f"What reaches the uses after rerouting, {a['unit']}, by the points spent; offices split or merged,"
               " measures against arcs only or against offices too. Bands: 90 %."),
    ))  # fmt: skip


def _cashbox(a: Mapping[str, Any]) -> _Part | None:
    if a["why_empty"] or not a["measures"]:
        return None
    heading = "Which measures hit the cash-box most?"
    first = [m for m in a["measures"] if m["contribution"] is not None][:8]
    if not first:
        return None
    said = [
        f"Within {a['budget']:g} points, over {a['draws']} draws of the flow, these measures contribute most:"
        f" {join(m['title'] + ' (' + format(m['contribution'], ',.0f') + ')' for m in first[:5])}.",
        a["note"],
    ]
    for test in a["back_test"] if isinstance(a["back_test"], list) else []:
        rank = next((b["rank"] for b in test["banks"] if b["bank"] == test["target"]["id"]), None)
        if rank:
            known = f", from sources published by {test['published_by']}" if test.get("published_by") else ""
            said.append(
                f"Back-test: with the evidence as of {test['day']}{known}, {test['target']['caption']} ranks {rank} of"
                f" {len(test['banks'])} banks; one case proves little."
            )
    rows = [
        (m["title"], m["contribution"], f"{m['contribution']:,.0f}; in {m['inclusion']:.0%} of plans") for m in first
    ]
    claims = tuple(sorted({c for test in _tests(a) for b in test["banks"] for c in b["claim_ids"]}))
    return _Part(heading, (tuple(Sentence(_whole(s), method=True) for s in said),), (), (
        Figure("contribution", heading, "What each measure contributes",
               bar_chart(rows, up=f"Contribution, {a['unit']}"), claims,
               f"Contribution of each measure, {a['unit']} (Shapley), and how often it is in the best plan."),
    ))  # fmt: skip


def _tests(a: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return a["back_test"] if isinstance(a["back_test"], list) else []


def _coordination(a: Mapping[str, Any]) -> _Part | None:
    if a["why_empty"]:
        return None
    heading = "What does acting together add?"
    told = join(f"{s['title'].rstrip('.').lower()} {money(s)}" for s in a["stages"])
    said = [
        f"Of {money(a['baseline'])} {a['unit']}, with {a['budget']:g} points in all, what is cut after rerouting is:"
        f" {told}.",
        f"The agencies' own claims add up to {a['claims']['sum']:,.0f}: no effect, but a sum that counts twice.",
    ]
    if a["withholding"]:
        said.append(f"Withholding costs most where {a['withholding'][0]['agency']} withholds"
                    f" ({a['withholding'][0]['price']:,.0f}).")  # fmt: skip
    said.append(a["note"])
    rows = [(s["title"], s["central"], f"{money(s)}; {s['share']:.0%}") for s in a["stages"]]
    rows.append(("Sum of the agencies' own claims (misleading)", a["claims"]["sum"], f"{a['claims']['sum']:,.0f}"))
    return _Part(heading, (tuple(Sentence(_whole(s), method=True) for s in said),), (), (
        Figure("coordination", heading, "What acting together adds", bar_chart(rows, up=f"Cut, {a['unit']}"), (),
               f"What is cut, {a['unit']}, by how agencies plan; with 90 % interval. The last is no effect."),
    ))  # fmt: skip


def _whole(text: str) -> str:
    return text.strip() if text.strip().endswith((".", ":", "?")) else text.strip() + "."


_WRITERS: Mapping[str, Callable[[Mapping[str, Any]], _Part | None]] = {
    "substitution": _substitution,
    "merger": _merger,
    "cashbox": _cashbox,
    "coordination": _coordination,
}
