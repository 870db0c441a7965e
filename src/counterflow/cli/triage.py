"""The verb of triage: what analysts decided about findings."""

from __future__ import annotations

from typing import Any

import click

from counterflow.cli.app import Context, as_json, known_on, main, pass_context, print_json, say
from counterflow.errors import UsageError
from counterflow.model.triage import STATES, WITHDRAWN

ALL = 10**9


@main.command()
@click.argument("finding", required=False)
@click.option("--as", "state", type=click.Choice(STATES), help="What to do with FINDING.")
@click.option("--reason", metavar="CODE", default="", help="Why, as a code of --reasons.")
@click.option("--note", default="", help="Why, in words; some reasons need it.")
@click.option("--until", metavar="DATE", help="Last day on which it counts; without it, until the finding changes.")
@click.option("--label", metavar="TLP", help="Handling, where it should be stricter than the finding's.")
@click.option("--undo", is_flag=True, help="Take the decision on FINDING back; it stays in the casebook.")
@click.option("--reasons", "codes", is_flag=True, help="List the codes of reasons, and when to use each.")
@known_on
@as_json
@pass_context
def triage(
    context: Context, finding: str | None, state: str | None, reason: str, note: str, until: str | None,
    label: str | None, undo: bool, codes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Decide about a FINDING of `detect`, or list what was decided: of FINDING, or of all with counts."""
    if codes:
        _codes(as_json)
    elif state or undo:
        if finding is None or (state and undo):
            raise UsageError("Decide about one finding, in one way: counterflow triage FINDING --as dismiss --reason …")
        told = context.workspace().triage(
            finding, state or WITHDRAWN, reason, note, until=until, label=label, audience=context.audience
        )
        print_json(told) if as_json else say(f"Recorded: {finding} {told['standing']}.")
    elif finding is not None:
        found = context.view("triage", finding=finding).triage(finding)
        print_json(found) if as_json else click.echo("\n".join([found["standing"], *map(_line, found["history"])]))
    else:
        found = context.view("triage").triage(limit=ALL)
        print_json(found["decisions"]) if as_json else _listed(found)


def _codes(as_json: bool) -> None:
    from counterflow.views.triage import reasons

    rows = reasons()
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['code']:22} {', '.join(row['states'])}\n    {row['title']}. {row['use']}")


def _listed(found: dict[str, Any]) -> None:
    for row in found["decisions"]:
        click.echo(_line(row))
    for what in ("states", "reasons"):
        click.echo("  ".join(f"{name} {n:,}" for name, n in found[what].items()))
    if not found["decisions"]:
        say("Nothing was decided yet: counterflow triage FINDING --as dismiss --reason … (--reasons lists the codes)")


def _line(row: dict[str, Any]) -> str:
    until = f" until {row['until']}" if row["until"] else ""
    why = f" ({row['reason']})" if row["reason"] else ""
    lines = [f"{row['finding']}  {row['state']}{why}{until}  {row['sentence']}  [{row['handling']}]"]
    lines.append(f"    {row['by']}, {row['at'][:10]}{': ' + row['note'] if row['note'] else ''}")
    return "\n".join(lines + [f"    no longer counts: {why}" for why in row["lapsed"]])
