"""The verb `grades`: what an Admiralty grade is taken to be worth, and what known claims say it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json


@main.command()
@click.option(
    "--fit", "file", type=click.Path(path_type=Path), metavar="FILE",
    help="Fit it to claims whose truth is known: CSV with fact, origin, grade, says, true.",
)  # fmt: skip
@as_json
@pass_context
def grades(context: Context, file: Path | None, as_json: bool) -> None:
    """The probability that stands for each Admiralty grade, and how it was come by.

    Change cells under [grades] in counterflow.toml. With --fit, half of the facts fit a table and the other half score
    it; what is printed can be put there.
    """
    view = context.view("grades")
    found = view.grades() if file is None else view.grades_fitted(file)
    print_json(found) if as_json else click.echo(_table(found) if file is None else _fitted(found))


def _table(found: dict[str, Any]) -> str:
    lines = ["   " + "".join(f"{digit:>8}" for digit in range(1, 7))]
    for letter in "ABCDEF":
        cells = ((f"{letter}{digit}", found["probability"][f"{letter}{digit}"]) for digit in range(1, 7))
        lines.append(f"{letter}  " + "".join(f"{p:>7.3f}{'*' if g in found['own'] else ' '}" for g, p in cells))
    own = ["", "* set in counterflow.toml"] if found["own"] else []
    return "\n".join([*lines, *own, "", found["made"]])


def _fitted(found: dict[str, Any]) -> str:
    s = found["scored"]
    scored = (
        f"# Fitted on {s['fitted_on']} facts, scored on {s['facts']} others. Calibration error: {s['per_origin']:.3f}"
        f" one per origin, {s['per_article']:.3f} one per article, {s['before']:.3f} by the table before."
    )
    return "\n".join([scored, "[grades]", *(f"{grade} = {p:g}" for grade, p in sorted(found["probability"].items()))])
