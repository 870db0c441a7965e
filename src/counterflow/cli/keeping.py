"""Verbs that keep the sources in order: diff, accept, reject, quarantine."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli import output
from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.cli.writing import tell
from counterflow.config import read_yaml
from counterflow.errors import UsageError


@main.command()
@click.argument("source")
@click.argument("dates", nargs=-1, metavar="[DATE DATE]")
@as_json
@pass_context
def diff(context: Context, source: str, dates: tuple[str, ...], as_json: bool) -> None:
    """What two editions of a list say differently, in words: by default the last two, else those of two dates."""
    if len(dates) not in (0, 2):
        raise UsageError("diff takes a source and no date or two: counterflow diff un 2018-08 2024-10")
    found = context.view("diff", source=source, dates=list(dates)).diff(source, *dates)
    print_json(found["changes"]) if as_json else click.echo(output.diff(found))


@main.command()
@click.argument("source")
@click.option("--reason", default="", help="Why; kept on the audit log.")
@as_json
@pass_context
def accept(context: Context, source: str, reason: str, as_json: bool) -> None:
    """Take the edition of a source that was held back because an assertion about it failed."""
    report = context.workspace().accept(source, reason, audience=context.audience).to_dict()
    print_json(report) if as_json else tell(report)


@main.command()
@click.argument("source")
@click.option("--reason", default="", help="Why; kept on the audit log.")
@as_json
@pass_context
def reject(context: Context, source: str, reason: str, as_json: bool) -> None:
    """Drop the edition of a source that was held back, with its original."""
    context.workspace().reject(source, reason, audience=context.audience)
    if as_json:
        print_json({"source": source, "rejected": True})
    else:
        say(f"Dropped. The edition of {source} in force is as it was.")


class _ListFirst(click.Group):
    """A group whose first command is meant where none is named: ``quarantine un`` is ``quarantine list un``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the first command's name in front, unless another is named or help is asked for."""
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were added."""
        return list(self.commands)


@main.group(cls=_ListFirst)
def quarantine() -> None:
    """List rows that were set aside, write them to a file, or try them again.

    `counterflow quarantine SOURCE` lists those of a source.
    """


@quarantine.command("list")
@click.argument("source", required=False)
@as_json
@pass_context
def list_rows(context: Context, source: str | None, as_json: bool) -> None:
    """List rows that were set aside and still wait, with file, line, field and reason."""
    found = context.view("quarantine", source=source).quarantine(source)
    print_json(found) if as_json else click.echo(output.quarantine(found))


@quarantine.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--source", help="Only the rows of this source.")
@as_json
@pass_context
def export(context: Context, file: Path, source: str | None, as_json: bool) -> None:
    """Write the rows that wait as CSV; no cell of it is a formula to a spreadsheet."""
    n = context.view("quarantine export", source=source, file=file.name).quarantine_file(file, source)
    print_json({"file": str(file), "rows": n}) if as_json else say(f"Wrote {file}: {n:,} rows.")


@quarantine.command()
@click.argument("source")
@click.option("--mapping", type=click.Path(path_type=Path), help="YAML mapping of columns to use instead.")
@as_json
@pass_context
def retry(context: Context, source: str, mapping: Path | None, as_json: bool) -> None:
    """Read once more what was set aside: what is understood now is added, the rest stays, nothing is doubled."""
    told = read_yaml(mapping) if mapping else None
    if mapping is not None and not isinstance(told, dict):
        raise UsageError(f"{mapping}: a mapping has keys such as `columns:`.")
    for report in context.workspace().retry(source, told, audience=context.audience):
        print_json(report.to_dict()) if as_json else tell(report.to_dict())
