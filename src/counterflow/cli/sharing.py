"""Verbs of sharing: release, and dissemination list, show, leave, approve, feedback, recall, acknowledge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.cli.exporting import format_options, options_of, print_report
from counterflow.errors import UsageError

OUT = click.Path(path_type=Path, dir_okay=False)


@main.command()
@click.option("--to", required=True, metavar="ORG", help="Organisation, or the audience that stands for it.")
@click.option("--format", "name", default="", metavar="NAME", help="Exporter to use, e.g. goaml, stix, pdf.")
@click.option("--out", type=OUT, help="File to write.")
@click.option("--terms", default="", help="On which terms it may be used.")
@click.option("--purpose", default="", help="Why they are to know.")
@click.option("--case", default="", metavar="CASE", help="That it is for; with no ID: its parties and findings leave.")
@click.option("--until", metavar="DATE", help="Last day on which they may use it.")
@click.option("--feedback-by", metavar="DATE", help="By when they are asked how useful it was.")
@click.option("--dry-run", is_flag=True, help="Only tell what would leave, what would stay, and why.")
@format_options
@click.argument("ids", nargs=-1, metavar="[ID]...")
@as_json
@pass_context
def release(
    context: Context, to: str, name: str, out: Path | None, terms: str, purpose: str, case: str, until: str | None,
    feedback_by: str | None, dry_run: bool, profile: str | None, schema: Path | None, sets: tuple[str, ...],
    ids: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Write a file for another organisation: only what it may read, whose originators have given leave.

    That it left is on the dissemination ledger: to whom, which records, on which terms, why. Where the settings ask for
    four eyes, it waits for a second person: `counterflow dissemination approve`.
    """
    workspace = context.workspace()
    if case and not ids:
        things = context.view("release", case=case).case(case)["things"]
        ids = tuple(row["id"] for row in things if row["thing"] in ("entity", "finding"))
        if not ids:
            raise UsageError(f"The case '{case}' holds no party and no finding that could leave.")
    if dry_run:
        plan = workspace.release_plan(to, ids, audience=context.audience, exercise=context.exercise)
        print_json(plan) if as_json else _print_plan(plan)
        return
    if not name or out is None:
        raise UsageError("A release wants --format NAME and --out FILE; --dry-run only tells what would leave.")
    report = workspace.release(
        to, name, out, ids, terms=terms, purpose=purpose, case=case, until=until,
        feedback_by=feedback_by, options=options_of(name, profile, schema, sets),
        audience=context.audience, exercise=context.exercise,
    )  # fmt: skip
    _print_released(report, as_json)


@main.group()
def dissemination() -> None:
    """What left for whom: list it, let it go on, hear how useful it was, call it back."""


@dissemination.command("list")
@as_json
@pass_context
def list_(context: Context, as_json: bool) -> None:
    """Every release that you made or were given, the newest first, and those that wait for a second person."""
    found = context.view("dissemination").dissemination()
    if as_json:
        print_json(found["releases"])
        return
    for row in found["proposals"]:
        click.echo(f"{row['proposal']}  waits      to {row['to']}: {row['purpose']}  [{row['handling']}]")
    for row in found["releases"]:
        way = f"from {row['from']}" if row["direction"] == "in" else f"to {row['to']}"
        term = f", until {row['until']}" if row["until"] else ""
        score = f", useful {row['feedback'][-1]['score']} of 5" if row["feedback"] else ""
        click.echo(f"{row['release']}  {row['at'][:10]}  {row['state']:12}  {way}: {row['purpose']}"
                   f" ({row['count']:,} records, {row['format']}{term}{score})  [{row['handling']}]")  # fmt: skip


@dissemination.command()
@click.argument("release")
@pass_context
def show(context: Context, release: str) -> None:
    """One release: terms, records, feedback, recalls; as JSON."""
    print_json(context.view("dissemination", release=release).dissemination_of(release))


@dissemination.command()
@click.option("--originator", required=True, metavar="ORG", help="Whose records they are.")
@click.option("--to", required=True, metavar="ORG", help="To whom they may go on.")
@click.option("--reference", required=True, help="The letter or message in which the originator says so.")
@click.option("--until", metavar="DATE", help="Last day of it.")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@pass_context
def leave(context: Context, originator: str, to: str, reference: str, until: str | None, ids: tuple[str, ...]) -> None:
    """Record that an originator lets what is told of these IDs go on to an organisation."""
    from counterflow.model import dates

    if until is not None and (len(until) != 10 or dates.clean(until) is None):
        raise UsageError(f"--until '{until}' is no day. Valid: 2027-06-30.")
    made = context.workspace().leave(originator, to, ids, reference=reference, until=until, audience=context.audience)
    say(f"{originator} lets records of {len(made['labels'])} labels go on to {made['to']}.")


@dissemination.command()
@click.argument("proposal")
@click.option("--out", required=True, type=OUT, help="File to write.")
@as_json
@pass_context
def approve(context: Context, proposal: str, out: Path, as_json: bool) -> None:
    """Agree to a release that somebody else has proposed, and make it."""
    _print_released(context.workspace().approve_release(proposal, out, audience=context.audience), as_json)


@dissemination.command()
@click.argument("release")
@click.option("--score", required=True, type=int, help="1 (of no use) to 5 (decisive).")
@click.option("--text", default="", help="In their words.")
@pass_context
def feedback(context: Context, release: str, score: int, text: str) -> None:
    """Record how useful a recipient found a release."""
    context.workspace().release_feedback(release, score, text, audience=context.audience)
    say("Recorded.")


@dissemination.command()
@click.argument("what")
@click.option("--reason", required=True, help="Why; it stands in the notice.")
@as_json
@pass_context
def recall(context: Context, what: str, reason: str, as_json: bool) -> None:
    """Call back a release, or every release that holds a record: print a signed notice for each recipient.

    WHAT: id of a release, a claim or a row, or the SHA-256 of a released file.
    """
    made = context.workspace().recall(what, reason, audience=context.audience)
    if as_json:
        print_json(made)
        return
    for row in made:
        say(f"To {row['to']}, who checks it with the key {row['key']}:")
        click.echo(row["notice"])


@dissemination.command()
@click.argument("release")
@click.option("--by", default="", help="Who says so there; without it, you.")
@pass_context
def acknowledge(context: Context, release: str, by: str) -> None:
    """Record that a recipient has deleted or put aside what was recalled."""
    context.workspace().acknowledge_recall(release, by, audience=context.audience)
    say("Recorded.")


def _print_released(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    if "proposal" in report:
        click.echo(f"{report['proposal']}: waits for a second person (counterflow dissemination approve)")
    else:
        print_report(report)
        click.echo(f"  release {report['release']} to {report['to']}")
    _print_withheld(report)


def _print_plan(plan: dict[str, Any]) -> None:
    whole = "everything that it may read" if plan["ids"] is None else f"{len(plan['ids'])} parties"
    click.echo(f"To {plan['to']} (ceiling {plan['ceiling']}): {whole}, {len(plan['findings'])} findings")
    _print_withheld(plan)


def _print_withheld(told: dict[str, Any]) -> None:
    for id in told["nothing_of"]:
        click.echo(f"  nothing of {id} leaves")
    for row in told["withheld"]:
        click.echo(f"  withheld {row['records']:,} records [{row['marking']}]: {row['reason']}")
