"""Verbs of resolution: resolve, review, judge, judgements."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from counterflow.cli import output
from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.cli.writing import make
from counterflow.errors import UsageError

if TYPE_CHECKING:
    from counterflow.workspace import Workspace


@main.command()
@as_json
@pass_context
def resolve(context: Context, as_json: bool) -> None:
    """Work out who is who over everything in the workspace."""
    make(context, "resolve", as_json)


@main.command()
@click.option("--limit", default=20, show_default=True, help="Pairs at most.")
@click.option("--offset", default=0, show_default=True, help="Pairs to pass over.")
@click.option("--entity", metavar="ID", help="Only pairs that touch this entity.")
@click.option("--outcome", type=click.Choice(["joined", "open", "refused"]), help="Only pairs that stand so now.")
@click.option("--ask", is_flag=True, help="Go through them one by one and record what you decide.")
@as_json
@pass_context
def review(
    context: Context, limit: int, offset: int, entity: str | None, outcome: str | None, ask: bool, as_json: bool
) -> None:
    """Pairs that a person should look at, what matters most first; --ask to judge them here.

    The order is how likely what stands now is wrong, times what hangs on it: a listed party, records and ties that
    would move.
    """
    if ask and (as_json or not sys.stdin.isatty()):
        raise UsageError("--ask needs a terminal and no --json; a script records with: counterflow judge")
    found = context.view("review", entity=entity, outcome=outcome).review(limit, offset, entity, outcome)
    if as_json:
        print_json(found["pairs"])
        return
    if not ask:
        click.echo(output.review(found, offset))
        return
    workspace = context.workspace()
    for n, pair in enumerate(found["pairs"], 1 + offset):
        click.echo(output.pair(pair, n))
        if not _asked(workspace, context.audience, pair):
            break


def _asked(workspace: Workspace, audience: str | None, pair: dict[str, Any]) -> bool:
    """Ask for one pair and record the answer. Returns whether to go on."""
    verdicts = {"s": "same", "d": "different", "u": "unsure"}
    key = click.prompt("[s]ame [d]ifferent [u]nsure, [n]ext, [q]uit", type=click.Choice([*verdicts, "n", "q"]))
    if key in verdicts:
        reason = click.prompt("Why")
        workspace.judge(pair["left"]["subject"], pair["right"]["subject"], verdicts[key], reason, audience=audience)
    return bool(key != "q")


@main.command()
@click.argument("left")
@click.argument("right")
@click.argument("verdict", type=click.Choice(["same", "different", "unsure", "withdrawn"]))
@click.option("--reason", required=True, help="Why; kept with the judgement.")
@as_json
@pass_context
def judge(context: Context, left: str, right: str, verdict: str, reason: str, as_json: bool) -> None:
    """Record that two subjects are the same party or not; 'withdrawn' takes an earlier judgement back."""
    context.workspace().judge(left, right, verdict, reason, audience=context.audience)
    if as_json:
        print_json({"left": left, "right": right, "verdict": verdict, "reason": reason})
    else:
        say("Recorded. The next run takes it into account.")


@main.command()
@as_json
@pass_context
def judgements(context: Context, as_json: bool) -> None:
    """Judgements on who is who that are in force, the newest first."""
    rows = context.view("judgements").judgements()["judgements"]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['at'][:10]}  {row['verdict']:9}  {row['left']} ({row['left_caption']})  {row['right']} "
            f"({row['right_caption']})  {row['by']}: {row['reason']}"
        )
    if not rows:
        say("Nobody has judged a pair yet.")
