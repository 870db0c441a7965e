"""Verbs that add to a workspace: init, ingest, run, demo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from counterflow.cli.app import Context, as_json, fail, main, pass_context, print_json, progress, say
from counterflow.cli.output import rejected, resolution
from counterflow.cli.queue import not_looked_at
from counterflow.errors import InputError, UsageError


@main.command()
@click.option("--title", default="Counterflow workspace", help="What it is about.")
@click.option("--case", default="", help="Id of the entity that the assessment is about.")
@click.option(
    "--casebook", default="", metavar="URL", help="Empty PostgreSQL database for decisions and the catalogue."
)
@as_json
@pass_context
def init(context: Context, title: str, case: str, casebook: str, as_json: bool) -> None:
    """Make a new, empty workspace."""
    from counterflow.workspace import Workspace

    Workspace.create(context.path, title=title, case=case, casebook=casebook).close()
    if as_json:
        print_json({"workspace": str(context.path)})
    else:
        say(f"Made {context.path}. Next: counterflow --workspace {context.path} ingest FILE…")


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("--reader", metavar="NAME", help="Reader to use (default: the one that recognises the content).")
@click.option("--dataset", metavar="NAME", help="Dataset to record it under (default: the reader's).")
@click.option("--grade", metavar="A1…F6", help="Admiralty grade of what it says.")
@click.option(
    "--label",
    metavar="TLP",
    help="Handling, e.g. TLP:AMBER//REL FIU-B (default: the publisher's, else your organisation's alone).",
)
@click.option("--caveat", "caveats", multiple=True, help="Caveat to print beside the handling; may be repeated.")
@click.option("--mapping", metavar="FILE", help="YAML mapping of columns.")
@click.option("--edition", metavar="DATE", help="Date of the edition, where the file does not state it.")
@click.option("--accept", is_flag=True, help="Take an edition although an assertion fails, or it is an older one.")
@as_json
@pass_context
def ingest(context: Context, /, paths: tuple[Path, ...], mapping: str | None, as_json: bool, **how: Any) -> None:
    """Read files or folders into the ledger, each whole or not at all."""
    workspace = context.workspace()
    options = {"mapping": mapping} if mapping else {}
    failed: list[InputError] = []
    for path in paths:
        try:
            report = workspace.ingest(path, options=options, progress=_rows, **how)
        except InputError as e:  # one broken file does not keep the others out
            failed.append(e)
            fail(e)
            continue
        if as_json:
            print_json(report.to_dict())
        else:
            tell(report.to_dict())
    if failed:
        raise click.exceptions.Exit(failed[0].exit_code)


def _rows(what: str, number: int, share: float) -> None:
    progress(f"{what}: {number:,} records", share)


def tell(report: dict[str, Any]) -> None:
    """What an ingest did, in a line, and the first rows that were set aside."""
    if report["unchanged"]:
        click.echo(f"{report['file']}: nothing new ({report['source']})")
        return
    click.echo(
        f"{report['file']}: {report['parties']:,} parties, {report['claims']:,} claims ({report['added']:,} new, "
        f"{report['retracted']:,} retracted), {report['observations']:,} observations, "
        f"{report['aside']:,} set aside, {report['seconds']:.1f} s  [{report['source']}, {report['reader']}]"
    )
    say(f"  handled as {report['handling']}, unless the file itself says otherwise")
    for note in report["notes"]:
        say(f"  {note}")
    if report["archived"]:
        say(f"  the edition of {report['edition']} is older than the one in force: kept to compare with")
    for count, what in (
        (report["repeated"], "in this file more than once"),
        (report["known"], "in the ledger already"),
    ):
        if count:
            say(f"  {count:,} rows stand {what}: each is one observation")
    if report["unread"]:
        say(f"  {report['unread']:,} earlier claims stay in force: what is said of their subjects now was set aside")
    for q in report["quarantined"][:5]:
        say(f"  set aside: {rejected(q)}")
    if report["aside"] > 5:
        say(f"  … and {report['aside'] - 5:,} more: counterflow quarantine")


@main.command()
@as_json
@pass_context
def run(context: Context, as_json: bool) -> None:
    """Make every stage that changed, and only those. Safe to interrupt and repeat."""
    make(context, "detect", as_json)


def make(context: Context, upto: str, as_json: bool) -> None:
    """Make the stages up to one, and say of each whether it was made."""
    workspace = context.workspace()
    made = workspace.run(context.audience, exercise=context.exercise, upto=upto, progress=progress)
    workspace.audit("run", {"audience": context.audience, "upto": upto})
    for stage in made:
        report = stage.report if stage.stage == upto else None
        if as_json:
            print_json({"stage": stage.stage, "fresh": stage.fresh, **({"report": report} if report else {})})
        else:
            click.echo(f"{stage.stage}: {'made' if stage.fresh else 'unchanged'}")
            if report and (lines := _SAID[upto](report)):
                click.echo("\n".join(lines))


_SAID: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "resolve": lambda report: [resolution(report)],
    "detect": lambda report: [
        *(f"  {line}" for line in not_looked_at(report["left_out"])),
        *(f"  the model in force is not used: {why}" for why in [report.get("model_not_used", "")] if why),
    ],
}
"""What a stage's report says, in lines."""


@main.command()
@click.option("--lists", multiple=True, type=click.Path(path_type=Path), help="Folder of sanctions lists to add.")
@click.option("--seed", default=39, show_default=True, help="Seed of the exercise layer.")
@click.option("--no-serve", is_flag=True, help="Stop after the summary and the written report.")
@click.option("--port", default=8039, show_default=True, help="Port of the workbench on 127.0.0.1.")
@as_json
@pass_context
def demo(context: Context, lists: tuple[Path, ...], seed: int, no_serve: bool, port: int, as_json: bool) -> None:
    """Build the Office #39 case with an exercise layer, and open it."""
    from counterflow.demo import build
    from counterflow.workspace import Workspace

    for folder in lists:
        if not folder.is_dir():
            raise UsageError(f"--lists takes a folder; there is none at {folder}.")
    workspace: Workspace = build(context.path, lists=lists, seed=seed, progress=progress, say=say)
    view = workspace.view(context.audience, exercise=context.exercise, progress=progress)
    report = context.path / "report.html"
    report.write_bytes(view.report_file("html"))
    summary = view.summary()
    if as_json:
        print_json({**summary, "report_file": str(report)})
    else:
        from counterflow.cli.output import summary_screen

        click.echo(summary_screen(summary, str(report)))
    if not no_serve:
        from counterflow.cli.running import serve_forever

        serve_forever(workspace, "127.0.0.1", port, audience=context.audience)
