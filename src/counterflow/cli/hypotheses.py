"""Verbs of rival hypotheses: bring a question in, weigh it, change a rating."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from counterflow.cli.app import Context, as_json, known_on, main, pass_context, print_json, say


@main.group()
def hypotheses() -> None:
    """Rival hypotheses over graded evidence (ACH): weighed, ranked, and left out piece by piece."""


@hypotheses.command("list")
@known_on
@as_json
@pass_context
def list_(context: Context, as_json: bool) -> None:
    """Questions, each with what the evidence prefers."""
    found = context.view("hypotheses").hypotheses()["questions"]
    if as_json:
        print_json(found)
        return
    for q in found:
        click.echo(f"{q['id']}: {q['title']} [{q['handling']}]")
        click.echo(f"  {q['preferred'] or 'No preference: ' + q['why_none'] + '.'}")
    if not found:
        say("No question yet. Bring one in: counterflow hypotheses load FILE.yaml")


@hypotheses.command()
@click.argument("question")
@click.option("--without", multiple=True, metavar="ID", help="Leave out an item or an origin; may be repeated.")
@click.option("--dependence", type=float, help="0: origins that lean on each other count in full; 1: only one of them.")
@known_on
@as_json
@pass_context
def show(context: Context, question: str, without: tuple[str, ...], dependence: float | None, as_json: bool) -> None:
    """The matrix of QUESTION: hypotheses by what stands against them, evidence by what it tells apart."""
    found = context.view("hypotheses", question=question).matrix(question, without, dependence)
    print_json(found) if as_json else click.echo(_matrix(found))


@hypotheses.command()
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@as_json
@pass_context
def load(context: Context, file: Path, as_json: bool) -> None:
    """Bring in the questions of FILE (YAML): hypotheses, evidence that cites records, ratings."""
    from counterflow.assessment.hypotheses import read

    workspace = context.workspace()
    loaded = [workspace.write_hypotheses(q, audience=context.audience) for q in read(file)]
    print_json([{"question": id} for id in loaded]) if as_json else say(f"Loaded: {', '.join(loaded)}.")


@hypotheses.command()
@click.argument("question")
@click.argument("item")
@click.argument("hypothesis")
@click.argument("rating", type=click.Choice(["CC", "C", "N", "I", "II"]))
@click.option("--reason", required=True, help="Why; kept with the rating.")
@as_json
@pass_context
def rate(context: Context, /, as_json: bool, **what: str) -> None:
    """Record how well ITEM fits HYPOTHESIS: CC, C, N, I, II, from very consistent to very inconsistent."""
    order = ("question", "item", "hypothesis", "rating", "reason")
    context.workspace().rate(*(what[key] for key in order), audience=context.audience)
    print_json(what) if as_json else say("Recorded. The rating before stays in the casebook.")


@hypotheses.command()
@click.argument("question")
@pass_context
def write(context: Context, question: str) -> None:
    """QUESTION as the YAML file that would bring it in again."""
    from counterflow.assessment.hypotheses import to_yaml
    from counterflow.views.hypotheses import question as found

    click.echo(to_yaml(found(context.view("hypotheses", question=question).line, question)), nl=False)


def _matrix(found: dict[str, Any]) -> str:
    """Ranking, preference, and a row an item."""
    preference = found["preference"]
    lines = [f"{found['title']} [{found['handling']}]", ""]
    for h in found["hypotheses"]:
        lines.append(f"{h['rank']}. {h['id']:<14} against it {h['against']:5.2f} bits · {h['likelihood']}: {h['text']}")
    lines += ["", preference["sentence"] or f"No preference: {preference['why_none']}."]
    if preference["sentence"]:
        lines.append(f"Confidence: {preference['confidence']} ({preference['because']}).")
    ids = [h["id"] for h in found["hypotheses"]]
    wide = max([len(i["id"]) for i in found["evidence"]], default=4)
    lines += ["", f"{'item':<{wide}}  grade  tells  " + "  ".join(f"{i[:12]:<12}" for i in ids)]
    for item in sorted(found["evidence"], key=lambda i: (-i["diagnosticity"], i["id"])):
        rated = "  ".join(f"{item['ratings'][i]['rating']:<12}" for i in ids)
        silent = f"  ({item['why_silent']})" if item["why_silent"] else ""
        lines.append(f"{item['id']:<{wide}}  {item['grade']:<5}  {item['diagnosticity']:4.1f}:1 {rated}{silent}")
    hinges = [f"{o['title']} [{o['id']}]" for o in found["origins"] if o["id"] in preference["rests_on"]]
    if hinges:
        lines += ["", f"Without any one of these there would be another answer, or none: {'; '.join(hinges)}."]
    return "\n".join(lines)
