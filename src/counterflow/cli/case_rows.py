"""Verbs of cases: open one, fill it, change what is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from counterflow.cli.app import Context, as_json, pass_context, print_json, say
from counterflow.cli.cases import case
from counterflow.errors import UsageError

__all__ = ["labelled", "stated"]

F = TypeVar("F", bound=Callable[..., Any])


def labelled(command: F) -> F:
    """Adds the options that state a label."""
    for option in reversed((
        click.option("--label", metavar="TLP", help="Handling, e.g. TLP:AMBER; by default that of the case."),
        click.option("--release-to", multiple=True, metavar="ORG", help="Organisation inside the circle; repeatable."),
        click.option("--reader", multiple=True, metavar="NAME", help="One of the only persons who may read it."),
        click.option("--compartment", multiple=True, metavar="NAME", help="Compartment that a reader must hold."),
    )):  # fmt: skip
        command = option(command)
    return command


def stated(options: dict[str, Any]) -> dict[str, Any] | None:
    """The label that the options of `labelled` state, taken out of them."""
    names = {"label": "tlp", "release_to": "releasable_to", "reader": "readers", "compartment": "compartments"}
    told = {to: options.pop(name) for name, to in names.items()}
    if not any(told.values()):
        return None
    if not told["tlp"]:
        raise UsageError("A label begins with its TLP: --label TLP:AMBER")
    return {key: value if key == "tlp" else list(value) for key, value in told.items() if value}


def _things(texts: tuple[str, ...]) -> list[dict[str, str]]:
    """``finding:ring-4f…`` as kind and id."""
    told = []
    for text in texts:
        kind, colon, id = text.partition(":")
        if not colon or not id:
            raise UsageError(f"'{text}' names no thing. Valid: KIND:ID, e.g. finding:ring-4f12 or entity:office39:e-1.")
        told.append({"thing": kind, "id": id})
    return told


@case.command("open")
@click.argument("title")
@click.option("--purpose", required=True, help="What for, e.g. aml.")
@click.option("--basis", required=True, metavar="WORD", help="Legal basis; `case terms` lists them.")
@click.option("--predicate", default="", help="The facts that give the basis, in words.")
@click.option("--thing", "things", multiple=True, metavar="KIND:ID", help="What it is about; repeatable.")
@labelled
@as_json
@pass_context
def open_(context: Context, /, title: str, purpose: str, basis: str, predicate: str, things: tuple[str, ...],
          as_json: bool, **label: Any) -> None:  # fmt: skip
    """Open a case called TITLE, and lead it. Without a label it is for one's own organisation, strictly."""
    id = context.workspace().open_case(
        title, purpose, basis, predicate, label=stated(label), things=_things(things), audience=context.audience
    )
    print_json({"case": id}) if as_json else click.echo(id)


@case.command("list")
@click.option("--status", type=click.Choice(["open", "closed"]), help="Only these.")
@click.option("--find", "q", default="", metavar="TEXT", help="Only those in which this text is.")
@click.option("--assignee", default="", metavar="NAME", help="Only where something waits for this member; me: for you.")
@click.option("--due", default="", metavar="DATE", help="Only where something waits until this day.")
@as_json
@pass_context
def list_(context: Context, status: str | None, q: str, assignee: str, due: str, as_json: bool) -> None:
    """The cases that you are in: open ones first, the newest first."""
    found = context.view("cases").cases(status or "", q, assignee, due)
    if as_json:
        print_json(found["cases"])
        return
    for c in found["cases"]:
        outcome = f" ({c['outcome']})" if c["outcome"] else ""
        click.echo(f"{c['id']}  {c['status']}{outcome}  {c['title']}  [{c['handling']}]")
        late = f", {c['overdue']} overdue" if c["overdue"] else f", next {c['due']}" if c["due"] else ""
        click.echo(
            f"    opened {c['opened'][:10]}, {c['members']} members, led by {', '.join(c['leads']) or 'nobody'}; "
            f"{c['waiting']} waiting{late}"
        )
        for hit in c["hits"]:
            click.echo(f"    {hit['kind']} {hit['row']}: {' '.join(hit['text'].split())[:120]}")
    if not found["cases"] and found["statuses"]:
        say("None of your cases is so.")
    elif not found["cases"]:
        say('You are in no case. Open one: counterflow case open "TITLE" --purpose … --basis …')


@case.command()
@as_json
@pass_context
def work(context: Context, as_json: bool) -> None:
    """What waits for you, your unit or organisation in your cases: the most urgent first."""
    found = context.view("case work").case_work()
    if as_json:
        print_json(found["work"])
        return
    for w in found["work"]:
        due = f"{w['due'] or 'no day':10}{' overdue' if w['overdue'] else ''}"
        click.echo(f"{due}  {w['kind']} {w['row']} in {w['case']}: {w['what']}  [{w['handling']}]")
    if not found["work"]:
        say("Nothing waits for you.")


@case.command()
@click.argument("id", metavar="CASE")
@as_json
@pass_context
def related(context: Context, /, id: str, as_json: bool) -> None:
    """Other cases of yours about the same things as CASE, or linked with it."""
    found = context.view("related cases", case=id).related_cases(id)
    if as_json:
        print_json(found["related"])
        return
    for r in found["related"]:
        click.echo(f"{r['id']}  {r['status']}  {r['title']}{' (linked)' if r['linked'] else ''}  [{r['handling']}]")
        for one in r["shared"]:
            click.echo(f"    {one['thing']} {one['id']}: {one['caption']}")
    if not found["related"]:
        say("No other case of yours is about the same.")


@case.command()
@as_json
@pass_context
def colleagues(context: Context, as_json: bool) -> None:
    """Whom a case may name: organisations with their kinds, and people and units of your own."""
    found = context.workspace().colleagues()
    if as_json:
        print_json(found)
        return
    for o in found["organisations"]:
        click.echo(f"{o['name']}  ({o['kind']}){': ' + ', '.join(o['units']) if o['units'] else ''}")
        for p in found["people"]:
            if p["organisation"] == o["name"]:
                click.echo(f"    {p['name']}{', ' + p['unit'] if p['unit'] else ''}")


@case.command()
@click.argument("id", metavar="CASE")
@as_json
@pass_context
def show(context: Context, /, id: str, as_json: bool) -> None:
    """Everything in CASE that you may read, each row with its id and version."""
    from counterflow.cli.casefile import printed

    found = context.view("case", case=id).case(id)
    print_json({k: v for k, v in found.items() if k not in ("terms", "four_eyes")}) if as_json else click.echo(
        printed(found)
    )


@case.command()
@click.argument("id", metavar="CASE")
@click.option("--row", help="Only this row; `case`: its head.")
@as_json
@pass_context
def history(context: Context, /, id: str, row: str | None, as_json: bool) -> None:
    """Who changed what in CASE, the newest first."""
    found = context.view("case history", case=id).case_history(id, row)
    if as_json:
        print_json(found["versions"])
        return
    for v in found["versions"]:
        told = "; ".join(f"{k}: {a!r} → {b!r}" for k, (a, b) in v["changed"].items()) or "written"
        click.echo(f"{v['at'][:19]}  {v['by']}  {v['kind']} {v['row']} {v['version']}  {told}  [{v['handling']}]")


@case.command()
@as_json
@pass_context
def terms(context: Context, as_json: bool) -> None:
    """The words in use: legal bases, outcomes, agencies, states; and which acts want a second person."""
    found = context.view("case terms").case_terms()
    if as_json:
        print_json(found)
        return
    for kind, words in found["terms"].items():
        click.echo(f"{kind}:")
        for word, what in words.items():
            click.echo(f"  {word:22} {what if isinstance(what, str) else what['title'] + ': ' + what['use']}")
    click.echo("two must agree to:")
    for act, rule in found["four_eyes"].items():
        least = f", from a probability of {rule['at_least']:g}" if "at_least" in rule else ""
        click.echo(f"  {act:22} {rule['title']}{least}")


def _add(context: Context, /, id: str, kind: str, options: dict[str, Any], as_json: bool) -> None:
    label = stated(options)
    fields = {k: list(v) if isinstance(v, tuple) else v for k, v in options.items() if v not in (None, "", ())}
    row = context.workspace().add_row(id, kind, fields, label=label, audience=context.audience)
    print_json({"case": id, "row": row}) if as_json else click.echo(row)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("thing", metavar="KIND:ID")
@click.option("--why", default="", help="What it has to do with the case.")
@click.option("--asked", default="", help="Of a hit: what was screened.")
@labelled
@as_json
@pass_context
def add(context: Context, /, id: str, thing: str, as_json: bool, **options: Any) -> None:
    """Add something to CASE: `case terms` lists the kinds; case:ID links another case with it."""
    _add(context, id, "thing", {**_things((thing,))[0], **options}, as_json)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("organisation")
@click.option("--unit", help="Only this unit of it.")
@click.option("--person", help="Only this person of it.")
@click.option("--agency", default="other", help="Kind of organisation: fiu, law_enforcement, customs…; `case terms`.")
@click.option("--role", type=click.Choice(["member", "lead"]), default="member")
@labelled
@as_json
@pass_context
def member(context: Context, /, id: str, as_json: bool, **options: Any) -> None:
    """Bring ORGANISATION into CASE, or a unit or person of it. (To take one out: case change CASE ROW role=left.)"""
    _add(context, id, "member", options, as_json)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("title")
@click.option("--detail", default="")
@click.option("--assignee", help="A member, as `case show` names them.")
@click.option("--due", metavar="DATE", help="2027, 2027-06 or 2027-06-30.")
@labelled
@as_json
@pass_context
def task(context: Context, /, id: str, as_json: bool, **options: Any) -> None:
    """Write down what is to be done in CASE."""
    _add(context, id, "task", options, as_json)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("text")
@click.option("--cite", "cites", multiple=True, metavar="ID", help="Claim, record, entity, finding, row; repeatable.")
@click.option("--about", metavar="ENTITY", help="Make it a claim on this entity as well.")
@click.option("--grade", default="F6", show_default=True, help="Admiralty grade.")
@labelled
@as_json
@pass_context
def note(context: Context, /, id: str, as_json: bool, **options: Any) -> None:
    """Write a note in CASE, handled as strictly as all that it cites."""
    _add(context, id, "note", options, as_json)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("question")
@click.option("--to", required=True, metavar="ORG", help="Organisation or unit.")
@click.option("--purpose", required=True, help="What the answer is for.")
@click.option("--deadline", metavar="DATE")
@click.option("--terms", default="", help="What the answer may be used for.")
@labelled
@as_json
@pass_context
def rfi(context: Context, /, id: str, as_json: bool, **options: Any) -> None:
    """Ask another organisation a QUESTION (request for information); answer: case answer."""
    _add(context, id, "request", options, as_json)


@case.command()
@click.argument("id", metavar="CASE")
@click.argument("what")
@click.option("--because", default="")
@click.option("--evidence", multiple=True, metavar="ID", help="What it rests on; repeatable.")
@labelled
@as_json
@pass_context
def decide(context: Context, /, id: str, as_json: bool, **options: Any) -> None:
    """Write WHAT was decided into the log of CASE, for good."""
    _add(context, id, "decision", options, as_json)
