"""Verbs of cases that change or end something: change, answer, close, refer, release, approve, snapshots, news."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from counterflow.cli.app import Context, as_json, as_of, pass_context, print_json, say
from counterflow.cli.case_rows import labelled, stated
from counterflow.cli.cases import case
from counterflow.errors import UsageError


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("row")
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--base", help="Version that the change is based on; by default the one in force.")
@labelled
@as_json
@pass_context
def change(context: Context, /, id: str, row: str, changes: tuple[str, ...], base: str | None, as_json: bool,
           **label: Any) -> None:  # fmt: skip
    """Change fields of a ROW of CASE: state=done, due=2027-02. Refused where somebody has changed it since --base."""
    told: dict[str, Any] = {}
    for text in changes:
        field, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"'{text}' is no change. Valid: FIELD=VALUE, e.g. state=done.")
        told[field] = int(value) if field == "score" and value.isdecimal() else value
    _changed(context, id, row, told, base, stated(label), as_json)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("row")
@click.argument("text")
@click.option("--base", help="Version that the answer is based on.")
@labelled
@as_json
@pass_context
def answer(context: Context, /, id: str, row: str, text: str, base: str | None, as_json: bool, **label: Any) -> None:
    """Answer a request for information (ROW of CASE)."""
    _changed(context, id, row, {"state": "answered", "answer": text}, base, stated(label), as_json)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("row")
@click.argument("score", type=click.IntRange(0, 4))
@click.option("--feedback", default="", help="In words.")
@as_json
@pass_context
def rate(context: Context, /, id: str, row: str, score: int, feedback: str, as_json: bool) -> None:
    """Say how useful an answer was: 0 of no use, 4 decisive."""
    _changed(context, id, row, {"score": score, "feedback": feedback}, None, None, as_json)


def _changed(context: Context, /, id: str, row: str, changes: dict[str, Any], base: str | None,
             label: dict[str, Any] | None, as_json: bool) -> None:  # fmt: skip
    workspace = context.workspace()
    workspace.change_row(id, row, changes, base=base, label=label, audience=context.audience)
    now = workspace.view(context.audience, exercise=context.exercise).case_row(id, row)
    print_json(now) if as_json else say(f"Changed: version {now['version']}. The one before stays in the history.")


def _done(told: dict[str, Any], as_json: bool, what: str) -> None:
    if as_json:
        print_json(told)
    elif told["done"]:
        say(f"{what}.")
    else:
        say(f"Proposed: {told['row']}. Somebody else must agree: counterflow case approve {told['row']}")


@case.command()
@click.argument("id", metavar="CASE")
@click.option("--outcome", required=True, metavar="WORD", help="How it ended; `case terms` lists them.")
@click.option("--because", required=True)
@click.option("--into", default="", metavar="CASE", help="Of one that is merged: the case that it goes on in.")
@as_json
@pass_context
def close(context: Context, /, id: str, outcome: str, because: str, into: str, as_json: bool) -> None:
    """Close CASE, or propose to where two must agree."""
    told = context.workspace().close_case(id, outcome, because, into=into, audience=context.audience)
    _done(told, as_json, "Closed")


@case.command()
@click.argument("id", metavar="CASE")
@click.option("--because", required=True)
@as_json
@pass_context
def reopen(context: Context, /, id: str, because: str, as_json: bool) -> None:
    """Open CASE again."""
    context.workspace().reopen_case(id, because, audience=context.audience)
    print_json({"case": id, "status": "open"}) if as_json else say("Open again.")


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("member")
@click.option("--because", default="")
@as_json
@pass_context
def handover(context: Context, /, id: str, member: str, because: str, as_json: bool) -> None:
    """Make MEMBER the lead of CASE."""
    context.workspace().hand_over(id, member, because, audience=context.audience)
    print_json({"case": id, "lead": member}) if as_json else say(f"{member} leads the case.")


@case.command()
@click.argument("id", metavar="CASE")
@click.option("--to", required=True, metavar="ORG", help="Organisation or unit.")
@click.option("--what", required=True)
@click.option("--why", required=True)
@click.option("--predicate", required=True, help="What gives that unit the right to take it on.")
@click.option("--agency", default="other", help="Kind of unit; `case terms` lists them.")
@click.option("--cite", "cites", multiple=True, metavar="ID", help="Repeatable.")
@labelled
@as_json
@pass_context
def refer(context: Context, /, id: str, as_json: bool, **options: Any) -> None:
    """Refer something of CASE to another unit, or propose to where two must agree."""
    label = stated(options)
    fields = {**options, "cites": list(options["cites"])}
    _done(context.workspace().refer(id, fields, label=label, audience=context.audience), as_json, "Referred")


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("row")
@click.option("--to", required=True, multiple=True, metavar="ORG", help="Repeatable.")
@click.option("--because", required=True)
@as_json
@pass_context
def release(context: Context, /, id: str, row: str, to: tuple[str, ...], because: str, as_json: bool) -> None:
    """Let further organisations read a ROW of CASE (`case`: the case itself), or propose to where two must agree."""
    _done(context.workspace().release_row(id, row, to, because, audience=context.audience), as_json, "Let out")


@case.command()
@as_json
@pass_context
def approvals(context: Context, as_json: bool) -> None:
    """What waits for a second person."""
    found = context.view("proposals").proposals()["proposals"]
    if as_json:
        print_json(found)
        return
    for p in found:
        where = f" in {p['case']}" if p["case"] else ""
        mine = " (yours)" if p["mine"] else ""
        click.echo(
            f"{p['row']}  {p['act']}{where}, by {p['by']} {p['at'][:10]}{mine}  {p['because']}  [{p['handling']}]"
        )
    if not found:
        say("Nothing waits for a second person.")


@case.command()
@click.argument("proposal")
@click.option("--decline", is_flag=True, help="Say no; with a reason.")
@click.option("--withdraw", is_flag=True, help="Take back what you have proposed yourself.")
@click.option("--reason", default="")
@as_json
@pass_context
def approve(context: Context, proposal: str, decline: bool, withdraw: bool, reason: str, as_json: bool) -> None:
    """Agree to a PROPOSAL of somebody else, which does it; or decline it."""
    workspace = context.workspace()
    if withdraw:
        workspace.withdraw_proposal(proposal, reason, audience=context.audience)
        told = {"proposal": proposal, "state": "withdrawn", "reason": reason}
    else:
        told = workspace.consent(proposal, not decline, reason, audience=context.audience)
    print_json(told) if as_json else say(f"{told['state'].capitalize()}: {proposal}.")


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("entity", required=False, default="")
@click.option("--finding", default="", metavar="ID", help="The chart of this finding's attempt, in place of ENTITY.")
@click.option("--title", required=True)
@click.option("--hops", default=1, show_default=True, type=click.IntRange(1, 4))
@click.option("--until", default="", metavar="DATE")
@click.option("--expand", multiple=True, metavar="ENTITY", help="With the neighbours of this one as well; repeatable.")
@labelled
@as_of
@as_json
@pass_context
def snapshot(context: Context, /, id: str, entity: str, finding: str, title: str, hops: int, until: str,
             expand: tuple[str, ...], as_of: str | None, as_json: bool, **label: Any) -> None:  # fmt: skip
    """Keep the link chart around ENTITY, or of a finding's attempt, in CASE, as it is now."""
    row = context.workspace().snapshot(
        id, entity, title, finding=finding, hops=hops, as_of=as_of or "", until=until, expand=expand,
        known_on=context.known_on, label=stated(label), audience=context.audience,
    )  # fmt: skip
    print_json({"case": id, "row": row}) if as_json else click.echo(row)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("row")
@as_json
@pass_context
def chart(context: Context, /, id: str, row: str, as_json: bool) -> None:
    """A snapshot (ROW of CASE) as it was."""
    found = context.view("snapshot", case=id, row=row).snapshot(id, row)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found['title']}  [{found['handling']}]")
    click.echo(f"known on {found['known_on'][:19]}, as of {found['as_of'] or 'all time'}; sha256 {found['sha256']}")
    if not found["intact"]:
        say("It is not as it was kept: run counterflow audit verify.")
    names = {node["id"]: node["caption"] for node in found["nodes"]}
    for edge in found["edges"]:
        click.echo(f"  {names[edge['source']]}  {edge['label']}  {names[edge['target']]}")


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("first")
@click.argument("second")
@as_json
@pass_context
def compare(context: Context, /, id: str, first: str, second: str, as_json: bool) -> None:
    """What came, went and changed between two snapshots of CASE."""
    found = context.view("snapshots", case=id).snapshots_compared(id, first, second)
    if as_json:
        print_json(found)
        return
    for what in ("nodes", "edges"):
        for how, sign in (("came", "+"), ("went", "-")):
            for one in found[what][how]:
                click.echo(f"{sign} {one.get('caption') or one['label']}  {one['id']}")
        for one in found[what]["changed"]:
            told = "; ".join(f"{k}: {a!r} → {b!r}" for k, (a, b) in one["fields"].items())
            click.echo(f"~ {one['id']}  {told}")


@case.command()
@click.option("--all", "everything", is_flag=True, help="Also what you have seen.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The newest of them.")
@click.option("--seen", is_flag=True, help="Mark all as seen.")
@click.option("--mail", type=click.Path(path_type=Path, dir_okay=False), help="Write them as an e-mail to this file.")
@click.option("--send", is_flag=True, help="Hand the e-mail to the server of [mail] in the settings.")
@as_json
@pass_context
def news(
    context: Context, everything: bool, limit: int, seen: bool, mail: Path | None, send: bool, as_json: bool
) -> None:
    """What others did in your cases: kind, ids and time, nothing of what it says."""
    from counterflow.workspace.mail import letter, sent

    found = context.view("news").news(everything, limit)
    workspace = context.workspace()
    if mail or send:
        text = letter(found, workspace.settings.mail)
        if mail:
            mail.write_bytes(bytes(text))
        if send:
            sent(text, workspace.settings.mail)
    if seen:
        workspace.seen(audience=context.audience)
    if as_json:
        print_json(found["news"])
        return
    for n in found["news"]:
        click.echo(f"{n['at'][:19]}  {n['kind']:10} {n['case']} {n['row']}")
    if older := found["total"] - len(found["news"]):
        say(f"And {older} older.")
    if not found["news"]:
        say("Nothing new in your cases.")
