"""Verbs of dispositions: what analysts decided about screening hits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.errors import NotFound, UsageError


@main.group()
def disposition() -> None:
    """Decisions on screening hits, remembered until what is known of either side changes."""


@disposition.command("list")
@click.option("--party", metavar="ID", help="Only of this party that was screened.")
@click.option("--entity", metavar="ID", help="Only of this entity.")
@as_json
@pass_context
def list_(context: Context, party: str | None, entity: str | None, as_json: bool) -> None:
    """Decisions, the newest first, and which of them no longer count and why."""
    rows = context.view("disposition list", party=party, entity=entity).dispositions(party, entity)["dispositions"]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        until = f" until {row['until']}" if row["until"] else ""
        click.echo(f"{row['party']} ({row['name']}) and {row['entity']} ({row['caption']}): {row['verdict']}{until}")
        click.echo(f"    {row['by']}, {row['at'][:10]}: {row['reason']}  [{row['handling']}]")
        for why in row["lapsed"]:
            click.echo(f"    no longer counts: {why}")
    if not rows:
        say("Nothing was decided yet: counterflow disposition set QUERY ENTITY VERDICT --reason …")


@disposition.command("set")
@click.argument("query")
@click.argument("entity")
@click.argument("verdict", type=click.Choice(["false-positive", "true-match", "undecided"]))
@click.option("--id", metavar="ID", help="Which query, where QUERY is a file.")
@click.option("--reason", required=True, help="Why; kept with the decision.")
@click.option("--until", metavar="DATE", help="Last day on which it counts; without it, until either side changes.")
@click.option("--label", metavar="TLP", help="Handling, where it should be stricter than the entity's.")
@as_json
@pass_context
def set_(
    context: Context, query: str, entity: str, verdict: str, id: str | None, reason: str, until: str | None,
    label: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Record what you decided about a hit: QUERY as it was screened (a NAME, or a file with --id), and the ENTITY."""
    told = context.workspace().dispose(
        _asked(query, id), entity, verdict, reason, until=until, label=label, audience=context.audience
    )
    print_json(told) if as_json else say(f"Recorded: {told['party']} and {told['entity']}, {verdict}.")


@disposition.command()
@click.argument("party")
@click.argument("entity")
@click.option("--reason", required=True, help="Why; kept with the decision.")
@as_json
@pass_context
def withdraw(context: Context, party: str, entity: str, reason: str, as_json: bool) -> None:
    """Take a decision back; PARTY as `disposition list` prints it."""
    told = context.workspace().dispose({"party": party}, entity, "withdrawn", reason, audience=context.audience)
    print_json(told) if as_json else say("Taken back. The hit stands as if nothing had been decided.")


def _asked(query: str, id: str | None) -> Mapping[str, Any]:
    """:raises UsageError: a file and no id; NotFound: no query of that id in the file"""
    from counterflow.sources.reader import unpacked_name
    from counterflow.views.questions import SUFFIXES, read_questions

    path = Path(query)
    if Path(unpacked_name(path)).suffix not in SUFFIXES:
        return {"id": id, "properties": {"name": [query]}}
    if id is None:
        raise UsageError(f"Which query of {path}? Name it: --id ID")
    found = [question for question in read_questions(path) if str(question.get("id")) == id]
    if not found:
        raise NotFound(f"query of {path}", id)
    return found[0]
