"""Verbs of mappings: suggest one for a table, and show how a file would be read through it."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli.app import as_json, main, print_json, say
from counterflow.errors import UsageError

_FILE = click.Path(path_type=Path, readable=False)


@main.group()
def mapping() -> None:
    """Mappings: which column of somebody's table is which of ours."""


@mapping.command()
@click.argument("file", type=_FILE)
@click.option("--table", metavar="NAME", help="payments, positions, shipments… (default: what the columns fit best).")
@click.option("--out", type=click.Path(path_type=Path), help="Write the mapping to this file instead.")
@as_json
def suggest(file: Path, table: str | None, out: Path | None, as_json: bool) -> None:
    """Suggest a mapping for FILE, with its confidence and reason for each column."""
    from counterflow.sources.reader import check_path
    from counterflow.sources.suggest import suggest, to_yaml

    check_path(file)
    found = suggest(file, table)
    text = to_yaml(found)
    if out is not None:
        if out.exists():
            raise UsageError(f"{out} exists already. Name a new file, or remove it first.")
        out.write_text(text, encoding="utf-8")
        say(f"Wrote {out}. Next: counterflow mapping preview {file} --mapping {out} --table {found.table}")
    if as_json:
        print_json(found.to_dict())
    elif out is None:
        click.echo(text, nl=False)


@mapping.command()
@click.argument("file", type=_FILE)
@click.option("--mapping", "given", required=True, metavar="FILE", help="YAML mapping of columns.")
@click.option("--table", default="payments", show_default=True, metavar="NAME", help="What the rows are.")
@click.option("--rows", default=20, show_default=True, type=click.IntRange(0, 1000), help="Rows to show.")
@as_json
def preview(file: Path, given: str, table: str, rows: int, as_json: bool) -> None:
    """Show how FILE would be read: first rows, what would be set aside and why, counts. Nothing is kept."""
    from counterflow.cli.output import mapping_preview
    from counterflow.sources.preview import preview
    from counterflow.sources.reader import check_path

    check_path(file)
    found = preview(file, given, table, rows=rows).to_dict()
    print_json(found) if as_json else click.echo(mapping_preview(found))
