"""Verbs of retention: retention due, review, purge, purged."""

from __future__ import annotations

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.errors import UsageError


@main.group()
def retention() -> None:
    """What has to be looked at anew after five years: kept with the reason why, or purged."""


@retention.command()
@click.option("--on", metavar="DATE", help="To be reviewed by this day; without it, by today.")
@as_json
@pass_context
def due(context: Context, on: str | None, as_json: bool) -> None:
    """Records to be reviewed, the longest overdue first."""
    from counterflow.model import dates

    if on is not None and (len(on) != 10 or dates.clean(on) is None):
        raise UsageError(f"--on '{on}' is no day. Valid: 2031-06-30.")
    found = context.workspace().retention_due(on, audience=context.audience)
    if as_json:
        print_json(found)
        return
    for row in found:
        click.echo(
            f"{row['due']}  {row['dataset']}: {row['records']:,} records of {row['recorded']}  [{row['handling']}]"
        )
    if not found:
        say("Nothing is to be reviewed.")


@retention.command()
@click.argument("dataset")
@click.option("--keep", is_flag=True, required=True, help="It is kept; what is not is purged.")
@click.option("--reason", required=True, help="Why it is still needed.")
@click.option("--predicate", required=True, help="The suspicion that still holds.")
@pass_context
def review(context: Context, dataset: str, keep: bool, reason: str, predicate: str) -> None:
    """Record that a dataset was looked at anew, and is kept."""
    made = context.workspace().retention_keep(dataset, reason, predicate, audience=context.audience)
    say(f"{dataset} is kept until {made['until']}." if keep else "")


@retention.command()
@click.option("--dataset", metavar="NAME", help="All of a dataset.")
@click.option("--reason", required=True, help="Why; it stands on each tombstone.")
@click.option("--yes", is_flag=True, help="Do not ask: nothing brings it back.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@as_json
@pass_context
def purge(context: Context, dataset: str | None, reason: str, yes: bool, ids: tuple[str, ...], as_json: bool) -> None:
    """Take records out for good: of a dataset, or all that is told of some parties; what was derived of them too.

    The files that any of it was read from go whole. What stays is the hash of each record, and why it went.
    """
    if not yes:
        click.confirm(f"Purge {dataset or ', '.join(ids)}? Nothing brings it back.", abort=True, err=True)
    found = context.workspace().purge(ids, dataset=dataset, reason=reason, audience=context.audience)
    if as_json:
        print_json(found)
        return
    told = ", ".join(f"{n:,} {table}" for table, n in sorted(found["rows"].items())) or "nothing"
    click.echo(f"Purged: {told}; {found['originals']:,} originals, {found['writings']:,} writings, "
               f"{found['judgements']:,} judgements.")  # fmt: skip


@retention.command()
@as_json
@pass_context
def purged(context: Context, as_json: bool) -> None:
    """Tombstones: what was purged, by its hash, when, by whom and why."""
    found = context.workspace().purged(audience=context.audience)
    if as_json:
        print_json(found)
        return
    for row in found:
        click.echo(f"{row['at'][:10]}  {row['table']:12}  {row['hash']}  {row['by']}: {row['reason']}")
