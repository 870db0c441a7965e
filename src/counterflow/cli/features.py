"""The verb features: columns for models."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from counterflow.cli.app import as_json, main, print_json, progress, say


@main.command()
@click.argument("payments", type=click.Path(path_type=Path, readable=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Parquet file to write.")
@click.option(
    "--window", "windows", multiple=True, metavar="NAME=SPAN", help="stats=1d,7d, fans=12h, cycle=5d, relay=5d, short."
)
@click.option("--mapping", metavar="FILE", help="YAML mapping of columns.")
@as_json
def features(payments: Path, out: Path, windows: tuple[str, ...], mapping: str | None, as_json: bool) -> None:
    """Describe each payment in the file PAYMENTS by what was known before it, as columns for a model.

    No workspace is needed. Rows that cannot be read go to a file beside the one that is written, with line and reason.
    """
    from counterflow.findings.features.file import write
    from counterflow.findings.features.windows import asked
    from counterflow.sources.reader import check_path

    check_path(payments)
    report = write(payments, out, asked(windows), options={"mapping": mapping} if mapping else None, progress=progress)
    progress("\n", 0.0)
    if as_json:
        print_json(asdict(report))
        return
    click.echo(
        f"{report.out}: {report.payments:,} payments between {report.accounts:,} accounts, {report.columns} columns, "
        f"{report.aside:,} set aside, {report.seconds:.1f} s"
    )
    if report.rejected:
        say(f"  set aside, with line and reason: {report.rejected}")
