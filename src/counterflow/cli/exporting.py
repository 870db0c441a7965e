"""Verbs that let something out: export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.errors import UsageError

__all__ = ["export", "format_options", "options_of", "print_report"]


def format_options(command: Any) -> Any:
    """Options that some formats have of their own."""
    for option in (
        click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="goAML: a field of the report itself."),
        click.option("--schema", type=click.Path(path_type=Path), help="goAML: your unit's own XSD."),
        click.option("--profile", metavar="NAME|FILE", help="goAML: what the receiving unit wants, e.g. ae, ch, lk."),
    ):
        command = option(command)
    return command


def options_of(name: str, profile: str | None, schema: Path | None, sets: tuple[str, ...]) -> dict[str, Any]:
    """What the format is configured with. :raises UsageError: a field that is not KEY=VALUE"""
    fields = {}
    for text in sets:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"'{text}' is not KEY=VALUE, e.g. --set rentity_id=1234.")
        fields[key] = value
    given = {"profile": profile, "schema": schema, "report": fields}
    options = {key: value for key, value in given.items() if value}
    if name == "goaml":
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
        options["report"] = {"submission_date": now, **fields}
    return options


@main.command()
@click.option("--format", "name", required=True, metavar="NAME", help="Exporter to use, e.g. ftm, graphml, goaml, pdf.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write; one that is there goes.")
@format_options
@click.argument("ids", nargs=-1, metavar="[ID]...")
@as_json
@pass_context
def export(
    context: Context, name: str, out: Path, profile: str | None, schema: Path | None, sets: tuple[str, ...],
    ids: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Write what the audience may read as a file of another format.

    With an ID or more: these entities, every relationship they are an end of, and the entities at its other end; of a
    finding its subjects and, where the format has them, its payments. What the format cannot carry is told.
    """
    options = options_of(name, profile, schema, sets)
    report = context.view("export", format=name, ids=list(ids)).export(name, out, ids, options)
    if as_json:
        print_json(report)
        return
    print_report(report)


def print_report(report: dict[str, Any]) -> None:
    """What left, what was left out, and what the receiver will miss."""
    click.echo(f"{report['file']}: {report['records']:,} records  [{report['handling']}]  sha256 {report['sha256']}")
    for loss in report["losses"]:
        if loss["left_out"]:
            click.echo(f"  left out {loss['left_out']:,}: {loss['field']} ({loss['reason']})")
    for gap in report["gaps"]:
        click.echo(f"  missing {gap['path']}: {gap['field']} ({gap['reason']}; record {gap['record'] or 'the report'})"
                   + (f"  --set {gap['key']}=…" if gap["key"] else ""))  # fmt: skip
    for problem in report["problems"]:
        click.echo(f"  not as it must be: {problem}")
    if report["gaps"] or report["problems"]:
        say("The file is a draft: its receiver wants more than it holds.")
