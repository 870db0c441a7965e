"""The model card: what a model was made from, how good it is and for what, and where it must not be relied upon.

After Mitchell et al., Model Cards for Model Reporting (2019). Made of figures alone, so that it cannot say what was not
measured; Markdown for people, JSON for programs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.evidence import iso
from counterflow.findings.ranking import metrics
from counterflow.findings.ranking.drift import CHANGED

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log
    from counterflow.findings.ranking.calibration import Calibration
    from counterflow.findings.ranking.inputs import Kind
    from counterflow.findings.ranking.truth import Answers, Truth

__all__ = ["facts", "in_print", "limits", "payments"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

_PARTS = {"train": "learnt from", "choose": "calibrated and threshold chosen on", "judge": "judged on"}
_FEW = 100


def facts(log: Log, truth: Truth, known: Answers, parts: Mapping[str, slice]) -> dict[str, Any]:
    """What the model was made from."""
    return {
        "answers": {"from": truth.name, "set_aside": len(truth.aside), "notes": list(known.notes)},
        "left_out_of_the_log": dict(log.left_out),
        "accounts": len(log.accounts),
        "parts": {
            name: {
                "from": iso(log.at[part.start]) if part.start < part.stop else None,
                "to": iso(log.at[part.stop - 1]) if part.start < part.stop else None,
                "payments": part.stop - part.start,
                "laundering": int(known.guilty[part].sum()),
                "unknown": int((~known.known[part]).sum()),
                "attempts": len(np.unique(a[a >= 0])) if len(a := known.attempt[part]) else 0,
            }
            for name, part in parts.items()
        },
    }


def payments(
    known: Answers, scores: Floats, by_seed: Sequence[Floats], chosen: Ints, judged: Ints, threshold: float,
    curve: Calibration,
) -> dict[str, Any]:  # fmt: skip
    """How the payments of the last part were ranked, called and believed."""
    true = known.guilty[judged]
    of = scores[judged]
    p = curve(of)
    seeds = []
    for own in by_seed:
        at = metrics.best_threshold(own[chosen], known.guilty[chosen])
        seeds.append({"pr_auc": metrics.area(own[judged], true), **metrics.at_threshold(own[judged], true, at)})
    called = metrics.at_threshold(of, true, threshold)
    spread = {
        key: {"mean": round(float(np.mean([s[key] for s in seeds])), 4),
              "sd": round(float(np.std([s[key] for s in seeds])), 4)}
        for key in ("pr_auc", "f1", "precision", "recall")
    }  # fmt: skip
    return {
        "base_rate": round(float(true.mean()), 6) if len(true) else None,
        "pr_auc": round(metrics.area(of, true), 4),
        **{key: round(value, 4) for key, value in called.items()},
        "threshold_probability": round(float(curve(np.array([threshold]))[0]), 4) if np.isfinite(threshold) else None,
        "each_seed": spread,
        "brier": round(float(np.mean((p - true) ** 2)), 6) if len(true) else None,
        "reliability": metrics.reliability(p, true),
        "patterns": _patterns(known, of >= threshold, judged),
    }


def _patterns(known: Answers, called: Any, judged: Ints) -> dict[str, Any]:
    """Of each pattern: payments called, and attempts of which at least one is."""
    number = known.attempt[judged]
    found = {}
    names = np.array([*known.patterns, ""], dtype=object)
    of = names[number]  # -1 is the last: no attempt
    for name in sorted({str(n) for n in of[known.guilty[judged]]}):
        rows = known.guilty[judged] & (of == name)
        n, hits = int(rows.sum()), int((rows & called).sum())
        low, high = metrics.wilson(hits, n)
        told: dict[str, Any] = {"payments": n, "called": hits, "recall": round(hits / n, 4), "low": round(low, 4),
                                "high": round(high, 4)}  # fmt: skip
        of_attempts = rows & (number >= 0)
        if of_attempts.any():
            whole, reached = np.unique(number[of_attempts]), np.unique(number[of_attempts & called])
            low, high = metrics.wilson(len(reached), len(whole))
            told["attempts"] = {"n": len(whole), "reached": len(reached), "share": round(len(reached) / len(whole), 4),
                                "low": round(low, 4), "high": round(high, 4)}  # fmt: skip
        found[name or "outside attempts"] = told
    return found


def limits(card: Mapping[str, Any], kind: Kind) -> list[str]:
    """What the figures themselves say against it."""
    parts, told = card["parts"], []
    if parts["judge"]["laundering"] < _FEW:
        told.append(
            f"Judged on {parts['judge']['laundering']} laundering payments: the figures may be far from what they "
            "would be on more."
        )
    if parts["train"]["laundering"] < _FEW:
        told.append(f"Learnt from {parts['train']['laundering']} laundering payments only.")
    if kind.methods is not None:
        told.append(
            "It looks at the payment format, which in generated data gives the answer away: do not expect these "
            "figures elsewhere."
        )
    if changed := card["drift"]["changed"]:
        told.append(
            f"Between the parts {len(changed)} columns or the score changed much (index ≥ {CHANGED}): "
            f"{', '.join(changed[:5])}."
        )
    if card["findings"] is None or "pr_auc_by_model" not in card["findings"]:
        told.append("Too few findings with an answer to learn their ranking from: findings keep their rule's score.")
    told.append(
        "Attempts that cross from one part to the next are in both. It knows the laundering that the answers name, as "
        "it was then; what nobody found is taken for clean."
    )
    return told


def in_print(card: Mapping[str, Any]) -> str:
    """Markdown."""
    p, drift = card["payments"], card["drift"]
    answers = card["answers"]
    lines = [
        "# Model card: ranking of payments and findings", "",
        f"Gradient-boosted trees of {len(card['settings']['seeds'])} seeds over {len(card['columns'])} columns, "
        f"calibrated ({card['calibration']['method']}). Answers: {answers['from']}, {answers['set_aside']} rows set "
        "aside.",
        *(f"* {note}" for note in answers["notes"]), "",
        "| part | from | to | payments | laundering | attempts |", "| --- | --- | --- | --- | --- | --- |",
        *(f"| {_PARTS[name]} | {x['from']} | {x['to']} | {x['payments']:,} | {x['laundering']:,} | {x['attempts']:,} |"
          for name, x in card["parts"].items()), "",
        "## On the last part, which nothing was chosen on", "",
        f"Area under precision and recall {p['pr_auc']} (at random: {p['base_rate']}); F1 {p['f1']}, precision "
        f"{p['precision']}, recall {p['recall']} at a probability of {p['threshold_probability']}. Brier score "
        f"{p['brier']}. Single seeds: "
        + ", ".join(f"{key} {x['mean']} (sd {x['sd']})" for key, x in p["each_seed"].items()) + ".", "",
        "| pattern | payments | called | recall (95 %) | attempts reached (95 %) |", "| --- | --- | --- | --- | --- |",
        *(_pattern(name, x) for name, x in p["patterns"].items()), "",
        "| said | came true (95 %) | payments |", "| --- | --- | --- |",
        *(f"| {x['said']:.4f} | {x['came_true']:.4f} ({x['low']:.4f} to {x['high']:.4f}) | {x['n']:,} |"
          for x in p["reliability"]), "",
        *_of_findings(card["findings"]),
        "## What it looks at", "",
        "No time stamp" + ("" if any(c["name"] == "method" for c in card["columns"]) else " and no payment format")
        + " is among the columns.", "",
        "| column | meaning | share of gain | change since (index) |", "| --- | --- | --- | --- |",
        *(f"| {c['name']} | {c['says']} | {c['gain']:.3f} | {drift['columns'].get(c['name'], 0):.3f} |"
          for c in card["columns"][:30]), "",
        f"The score itself changed by {drift['score']:.3f} (under 0.1: alike; from {CHANGED} on: changed).", "",
        "## Limits", "", *(f"* {text}" for text in card["limits"]), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _pattern(name: str, x: Mapping[str, Any]) -> str:
    a = x.get("attempts")
    reached = f"{a['reached']} of {a['n']}: {a['share']} ({a['low']} to {a['high']})" if a else "–"
    return f"| {name} | {x['payments']} | {x['called']} | {x['recall']} ({x['low']} to {x['high']}) | {reached} |"


def _of_findings(told: Mapping[str, Any] | None) -> list[str]:
    if told is None:
        return []
    by_model = f", by the model {told['pr_auc_by_model']}" if "pr_auc_by_model" in told else ""
    return [
        "## Findings", "",
        f"Learnt from {told['learnt_from']} findings ({told['true_among_them']} true), judged on {told['judged']} "
        f"({told['true_among_judged']} true). Area under precision and recall by the rules {told['pr_auc_by_rule']}"
        f"{by_model}.", "",
    ]  # fmt: skip
