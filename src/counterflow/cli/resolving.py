"""Verbs of resolution: resolve, review, judge, judgements."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterflow.cli import output
from counterflow.cli.app import Context, as_json, main, pass_context, print_json, progress, say
from counterflow.cli.writing import make
from counterflow.errors import UsageError

if TYPE_CHECKING:
    from counterflow.workspace import Workspace


@main.command()
@click.argument("tables", nargs=-1, type=click.Path(path_type=Path), metavar="[TABLE]...")
@click.option("--columns", type=click.Path(path_type=Path), help="YAML that says what the tables' columns mean.")
@click.option("--out", type=click.Path(path_type=Path), help="Clusters of the rows: .csv, .parquet or .jsonl.")
@click.option(
    "--pairs", type=click.Path(path_type=Path), help="Also the pairs behind them, with what each column said."
)
@as_json
@pass_context
def resolve(
    context: Context,
    tables: tuple[Path, ...],
    columns: Path | None,
    out: Path | None,
    pairs: Path | None,
    as_json: bool,
) -> None:
    """Work out who is who over everything in the workspace, or in plain TABLEs.

    With one TABLE (CSV or Parquet) its duplicates are found, with two the second is linked to the first. No workspace
    is needed then: --columns says which column is a name, a date, a number…
    """
    if not tables:
        if columns or out or pairs:
            raise UsageError("--columns, --out and --pairs are for plain tables: name a TABLE.")
        make(context, "resolve", as_json)
        return
    if columns is None or out is None or len(tables) > 2:
        raise UsageError("Plain tables: one TABLE or two, --columns FILE.yaml and --out FILE.")
    from counterflow.entities.plain import files, spec
    from counterflow.entities.plain.resolve import resolve as resolved

    told = spec.read(columns)
    found = resolved([(path.name, files.read(path)) for path in tables], told, progress)
    files.write(found.clusters, out)
    if pairs is not None:
        files.write(found.pairs, pairs)
    if as_json:
        print_json({"out": str(out), **found.report})
        return
    r = found.report
    click.echo(
        f"{out}: {r['rows']:,} rows, {r['clusters']:,} parties, the largest of {r['largest']} rows; "
        f"{r['pairs']:,} pairs compared"
    )
    click.echo(f"  {output.found(r['blocking'])}")
    for rule in r["rules"]:
        if rule["rows_passed_over"]:
            click.echo(
                f"  passed over by '{rule['rule']}': {rule['rows_passed_over']:,} rows, each in a block of more than "
                f"{rule['cap']}"
            )


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
