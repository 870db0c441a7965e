"""Figures of ranking as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["amlworld", "card", "drift", "evaluation"]

Row = Mapping[str, Any]


def card(found: Row) -> str:
    """A model card."""
    from counterflow.findings.ranking.card import in_print

    return f"{found['model']}\n\n{in_print(found)}"


def drift(found: Row) -> str:
    """What changed most, first."""
    changed = f"changed: {', '.join(found['changed'])}" if found["changed"] else "nothing has changed much"
    lines = [f"{found['model']}  ·  {found['payments']:,} payments since  ·  score {found['score']:.3f}  ·  {changed}"]
    lines += [f"  {index:>8.3f}  {name}" for name, index in list(found["columns"].items())[:20]]
    return "\n".join([*lines, "  under 0.1: alike; from 0.25 on: changed, its figures no longer hold"])


def evaluation(found: Row) -> str:
    """What was judged, then a line for each cut-off, then for each pattern."""
    told = found["answers"]
    lines = [
        f"Answers: {told['from']} ({told['set_aside']} rows set aside). Ranked by {found['ranked_by']}, judged from "
        f"{found['since']} on.",
        *(f"  {note}" for note in told["notes"]),
        *([f"  the model in force is not used: {found['model_not_used']}"] if "model_not_used" in found else []),
        f"{found['payments']:,} payments ({found['laundering_payments']:,} laundering), {found['accounts']:,} accounts,"
        f" {found['attempts']:,} attempts of {found['least_payments']} payments or more, {found['smaller_attempts']:,} "
        f"smaller, {found['findings']:,} findings",
        f"Area under precision and recall: payments {found['pr_auc_payments']} (by {found['payments_ranked_by']}), "
        f"attempts hit {found['pr_auc_attempts']}, whole {found['pr_auc_whole_attempts']}",
        "",
        f"{'findings':>9} {'whole':>18} {'hit':>18} {'smaller hit':>12} {'true':>7} {'edge prec.':>10} "
        f"{'edge rec.':>9} {'per 1,000 acc.':>14} {'minutes':>10}",
    ]  # fmt: skip
    lines += [
        f"{c['findings']:>9,} {_share(c['whole'])} {_share(c['hit'])} {_plain(c['smaller_hit']):>12} "
        f"{_plain(c['true_findings']):>7} {_plain(c['edge_precision']):>10} {_plain(c['edge_recall']):>9} "
        f"{c['findings_per_1000_accounts']:>14} {c['analyst_minutes']:>10,}"
        for c in found["cut_offs"]
    ]
    lines += ["", f"{'pattern':24} {'attempts':>8} {'whole':>18} {'hit':>18}"]
    lines += [
        f"{name:24} {x['attempts']:>8,} {_share(x['whole'])} {_share(x['hit'])}"
        for name, x in found["patterns"].items()
    ]
    lines += ["", f"{'typology':24} {'findings':>8} {'true':>18}"]
    lines += [f"{name:24} {x['findings']:>8,} {_share(x['true'])}" for name, x in found["typologies"].items()]
    return "\n".join(lines)


def _share(x: Row) -> str:
    """``0.93 (0.88-0.96)``, 18 wide."""
    told = "–" if x["share"] is None else f"{x['share']:.2f} ({x['low']:.2f}-{x['high']:.2f})"
    return f"{told:>18}"


def _plain(x: Row) -> str:
    return "–" if x["share"] is None else f"{x['share']:.3f}"


def amlworld(found: Row) -> str:
    """Both figures, then where the time went."""
    lines = [
        f"{found['payments']:,} payments, {found['laundering']:,} laundering, {found['accounts']:,} accounts; "
        f"{found['columns']} columns, {'which look ahead within each part' if found['looks_ahead'] else 'causal'}, "
        f"{len(found['seeds'])} seeds",
        *(f"  {name:7} {x['from']} to {x['to']}  {x['payments']:>10,} payments {x['laundering']:>7,} laundering"
          for name, x in found["parts"].items()),
        *(f"  {note}" for note in found["notes"]), "",
        f"{'':14} {'F1':>16} {'precision':>16} {'recall':>16} {'PR-AUC':>16} {'F1, no tail':>16}",
    ]  # fmt: skip
    keys = ("f1", "precision", "recall", "pr_auc", "tail_free_f1")
    for name in ("with_format", "format_blind"):
        lines.append(f"{name:14} " + " ".join(_spread(found[name][key]) for key in keys))
    lines += ["", f"{'pattern':24} {'attempts':>8} {'reached, format-blind':>24}"]
    lines += [
        f"{name:24} {x['attempts']:>8,} {_share(x):>24}"
        for name, x in found["format_blind"]["attempts_reached"].items()
    ]
    told = ", ".join(f"{name} {x['wall']} s ({x['processor']} s of processor)" for name, x in found["seconds"].items())
    return "\n".join([*lines, "", f"{told}; at most {found['peak_gib']} GiB"])


def customs(found: Row) -> str:
    """Ours, the published method and the look-up, on all declarations and on those that repeat none."""
    n = found["declarations"]
    lines = [
        f"learnt from {n['learnt_from']:,} declarations ({n['fraud_learnt_from']:,} fraud), judged on {n['judged']:,} "
        f"({n['fraud_judged']:,} fraud); {n['repeated']:,} of these repeat one that was learnt from",
        f"{found['columns']} columns, {len(found['seeds'])} seeds", "",
        f"{'':14} {'judged on':14} {'PR-AUC':>8} {'ROC-AUC':>8} {'at 1 %':>8} {'at 5 %':>8} {'at 10 %':>8}",
    ]  # fmt: skip
    for part, words in (("all", "all"), ("not_repeated", "not repeated")):
        for name in ("counterflow", "baseline", "look_up"):
            x = found[name][part]
            at = " ".join(f"{x[f'precision_at_{share}']['share']:>8.3f}" for share in ("1%", "5%", "10%"))
            lines.append(f"{name:14} {words:14} {x['pr_auc']:>8.4f} {x['roc_auc']:>8.4f} {at}")
    for told in found["reasons"]:
        lines += ["", f"declaration {told['declaration']}, probability {told['probability']:.2f}"]
        lines += [f"  {reason}" for reason in told["reasons"]]
    seconds = ", ".join(f"{name} {value} s" for name, value in found["processor_seconds"].items())
    return "\n".join([*lines, "", f"processor: {seconds}"])


def inspections(found: Row) -> str:
    """The card of a model of declarations: what it was made from, how good it is, what it looks at."""
    answers = found["answers"]
    words = {"train": "learnt from", "choose": "calibrated on", "judge": "judged on"}
    lines = [
        f"{found['model']}: answers {answers['from']}, {answers['set_aside']} rows set aside; "
        f"{found['not_inspected']:,} declarations were not inspected",
        *(f"  {words[name]:14} {x['from']} to {x['to']}  {x['declarations']:>9,} declarations {x['fraud']:>8,} fraud"
          for name, x in found["parts"].items()), "",
        f"{'':14} {'PR-AUC':>8} {'ROC-AUC':>8} {'at 1 %':>8} {'at 5 %':>8} {'at 10 %':>8}",
    ]  # fmt: skip
    told = {"all": found["all"], "not repeated": found["not_repeated"], "look-up": found["look_up"]["all"]}
    for name, x in told.items():
        at = " ".join(f"{x[f'precision_at_{share}']['share']:>8.3f}" for share in ("1%", "5%", "10%"))
        lines.append(f"{name:14} {x['pr_auc']:>8.4f} {x['roc_auc']:>8.4f} {at}")
    lines += ["", "what it looks at most:", *(f"  {c['gain']:>6.1%}  {c['says']}" for c in found["columns"][:8])]
    return "\n".join([*lines, *found.get("limits", ())])


def _spread(x: Row) -> str:
    return f"{100 * x['mean']:>8.2f} ± {100 * x['sd']:<5.2f}"
