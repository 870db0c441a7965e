"""Verbs of the assessment: assess, whatif, interdict, report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from counterflow.cli import output
from counterflow.cli.app import Context, as_json, as_of, main, pass_context, print_json, say
from counterflow.config import read_yaml
from counterflow.errors import InputError


@main.command()
@click.option("--with-exercise", is_flag=True, help="Let the exercise layer into the figures (never by default).")
@as_of
@as_json
@pass_context
def assess(context: Context, with_exercise: bool, as_of: str | None, as_json: bool) -> None:
    """How much flows where, and which measures cut it most."""
    found = context.view("assess", as_of=as_of).assess(as_of, with_exercise=with_exercise)
    print_json({k: found[k] for k in ("flow", "measures", "plan")}) if as_json else click.echo(output.assessment(found))


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--budget", type=float, help="Points that may be spent.")
@click.option("--must", multiple=True, metavar="ID", help="A measure the plan must hold; may be repeated.")
@click.option("--never", multiple=True, metavar="ID", help="A measure the plan must not hold; may be repeated.")
@as_of
@as_json
@pass_context
def whatif(context: Context, /, file: Path | None, as_json: bool, **options: Any) -> None:
    """The best plan within a budget: before, after, and after the adversary reroutes.

    FILE is YAML with any of: budget, must, never, measures, as_of. Options win over it.
    """
    request = {**_request(file), **{k: list(v) if isinstance(v, tuple) else v for k, v in options.items() if v}}
    found = context.view("whatif", request=request).whatif(request)
    print_json(found) if as_json else click.echo(output.plan(found))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--budget", type=float, help="What may be spent; default: what the file says.")
@click.option("--budgets", metavar="LIST", help="Several: 1,2,5 or LOW:HIGH:HOW_MANY.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Stop then with the best plan and its honest gap.")
@click.option(
    "--format", "format", type=click.Choice(["mfi", "snip", "knapsack"]), help="Default: what FILE looks like."
)
@click.option("--snipno", type=click.IntRange(0, 4), default=1, show_default=True, help="Variant of a SNIP instance.")
@as_json
def interdict(
    file: Path,
    budget: float | None,
    budgets: str | None,
    time_limit: float | None,
    format: str | None,
    snipno: int,
    as_json: bool,
) -> None:
    """Solve an interdiction instance exactly: .mfi, .ki (knapsack), or a SNIP folder.

    What to take within the budget so that least is left, with a bound that proves it. Ctrl-C stops with the best plan.
    """
    from counterflow.assessment.instances import budgets_from, solve

    wanted = ([] if budget is None else [budget]) + (budgets_from(budgets) if budgets else [])
    several = budgets is not None
    found = []
    for answer in solve(file, wanted, format=format, snipno=snipno, time_limit=time_limit):
        found.append(answer)
        if not as_json:
            click.echo(output.interdiction(answer, short=several))
    if as_json:
        print_json({"file": str(file), "frontier": found} if several else {"file": str(file), **found[0]})


def _request(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    found = read_yaml(file)
    if not isinstance(found, dict):
        raise InputError("must be a table of budget, must, never, measures, as_of", file=str(file))
    return found


@main.command()
@click.option("--format", "format", type=click.Choice(["html", "md", "json"]), default="md", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout.")
@as_of
@as_json
@pass_context
def report(context: Context, format: str, out: Path | None, as_of: str | None, as_json: bool) -> None:
    """The written assessment with numbered endnotes, generated from the claims it cites."""
    view = context.view("report", format=format)
    if as_json or format == "json":
        print_json(view.report(as_of))
        return
    text = view.report_text(format, as_of)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text, encoding="utf-8")
        say(f"Wrote {out}.")
