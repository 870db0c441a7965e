"""Verbs that let something out: export."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json


@main.command()
@click.option("--format", "name", required=True, metavar="NAME", help="Exporter to use, e.g. ftm, graphml, clusters.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write; one that is there goes.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@as_json
@pass_context
def export(context: Context, name: str, out: Path, ids: tuple[str, ...], as_json: bool) -> None:
    """Write what the audience may read as a file of another format.

    With an ID or more: these entities, every relationship they are an end of, and the entities at its other end. What
    the format cannot carry is told.
    """
    report = context.view("export", format=name, ids=list(ids)).export(name, out, ids)
    if as_json:
        print_json(report)
        return
    click.echo(f"{report['file']}: {report['records']:,} records  [{report['handling']}]  sha256 {report['sha256']}")
    for loss in report["losses"]:
        if loss["left_out"]:
            click.echo(f"  left out {loss['left_out']:,}: {loss['field']} ({loss['reason']})")
