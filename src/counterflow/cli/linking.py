"""Verbs of the network: network, nearest, lineage, control, taint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from counterflow.cli import charts, output
from counterflow.cli.app import Context, as_json, as_of, known_on, main, pass_context, print_json, say
from counterflow.errors import UsageError


@main.command()
@click.argument("center")
@click.option("--hops", default=1, show_default=True)
@click.option("--limit", default=300, show_default=True, help="Nodes at most, nearest first.")
@click.option("--to", "target", metavar="ID", help="Instead: a shortest chain of links to this entity.")
@click.option("--paths", "count", default=1, show_default=True, help="With --to: so many chains, the likeliest first.")
@click.option("--in-time", is_flag=True, help="With --to: a chain whose links hold one after the other.")
@click.option("--kind", "kinds", multiple=True, help="With --to: only through links of this kind; may be repeated.")
@click.option("--until", metavar="DATE", help="Links that held on some day from --as-of to this date.")
@click.option("--compare", metavar="DATE", help="Instead: what began and ended from --as-of to this date.")
@as_of
@as_json
@pass_context
def network(
    context: Context,
    center: str,
    hops: int,
    limit: int,
    target: str | None,
    count: int,
    in_time: bool,
    kinds: tuple[str, ...],
    until: str | None,
    compare: str | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """The links around an entity, or between two, as of a date; or the difference of two dates."""
    if compare is not None and as_of is None:
        raise UsageError("--compare needs --as-of: the date to compare with.")
    view = context.view("network", center=center, target=target, as_of=as_of)
    if compare is not None and as_of is not None:
        changed = view.difference(as_of, compare, center, limit)
        print_json(changed) if as_json else click.echo(charts.difference(changed))
    elif target:
        chain = view.path(center, target, as_of, count, in_time, kinds)
        print_json(chain) if as_json else click.echo(charts.chains(chain))
    else:
        chart = view.network(center, hops, as_of, limit, until)
        print_json(chart) if as_json else click.echo(output.chart(chart))


@main.command()
@click.argument("entity", required=False)
@click.option("--all", "everyone", is_flag=True, help="Everybody from whom a chain leads to a listed party.")
@as_of
@as_json
@pass_context
def nearest(context: Context, entity: str | None, everyone: bool, as_of: str | None, as_json: bool) -> None:
    """The nearest listed party: how many links away, over which, and how weak the weakest of them is.

    No chain runs through a sanctions act, an estimate or a report: to be named together is no tie.
    """
    if (entity is None) != everyone:
        raise UsageError("Name one ENTITY, or say --all.")
    view = context.view("nearest", entity=entity, as_of=as_of)
    if entity is not None:
        chain = view.nearest(entity, as_of)
        print_json(chain) if as_json else click.echo(charts.chains(chain))
        return
    rows = view.nearest_of_all(as_of)
    _tell(rows, charts.distance, as_json, "From nobody here does a chain lead to a listed party.")


@main.command()
@click.argument("entity")
@as_of
@as_json
@pass_context
def lineage(context: Context, entity: str, as_of: str | None, as_json: bool) -> None:
    """What an entity was before and after: mergers, splits and new names, every account of them side by side."""
    found = context.view("lineage", entity=entity, as_of=as_of).lineage(entity, as_of)
    print_json(found) if as_json else click.echo(charts.lineage(found))


@main.command()
@click.argument("entity", required=False)
@click.option("--all", "everyone", is_flag=True, help="Every listed party, and every party that somebody holds.")
@click.option("--regime", default="ofac", show_default=True, help="Whose law: ofac, eu, uk, bis, ch, ca, un.")
@click.option("--status", "statuses", multiple=True, help="With --all: only blocked, may-be-blocked or not-blocked.")
@as_of
@as_json
@pass_context
def control(
    context: Context,
    entity: str | None,
    everyone: bool,
    regime: str,
    statuses: tuple[str, ...],
    as_of: str | None,
    as_json: bool,
) -> None:
    """Who counts as a listed party's own under a regime: the 50 per cent rule and its kin, with the chain.

    Three answers, for shares are often unknown: blocked whatever they are, may be blocked, not blocked; and for the
    second, which holding would decide it. Status is handed on whole, not multiplied.
    """
    from counterflow.network import regime as regimes

    if (entity is None) != everyone:
        raise UsageError("Name one ENTITY, or say --all.")
    regimes.get(regime)
    view = context.view("control", entity=entity, regime=regime, as_of=as_of)
    rows = view.controlled(regime, as_of, [entity] if entity else (), statuses)
    _tell(rows, charts.control, as_json, "Nobody here is listed by this regime's lists, or held by anybody.")


@main.command()
@click.argument("addresses", nargs=-1)
@click.option("--method", default="haircut", show_default=True, help="haircut, fifo or poison.")
@click.option("--hops", default=20, show_default=True, help="Farthest from the address; swaps and bridges are none.")
@click.option("--days", default=365.0, show_default=True, help="Longest time since the money left the address.")
@click.option("--limit", default=100, show_default=True, help="Receivers at most, those with most first.")
@click.option("--ways", is_flag=True, help="Transfers on its ways, bridges, peel chains, where branches meet.")
@click.option("--to", metavar="ADDRESS", default=None, help="The ways to one receiver.")
@as_of
@as_json
@pass_context
def taint(
    context: Context,
    addresses: tuple[str, ...],
    method: str,
    hops: int,
    days: float,
    limit: int,
    ways: bool,
    to: str | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Where the money of blockchain ADDRESSES went, who received how much of it, by when.

    An address, a transaction, or the id of an entity that holds some; none: every address that a source ties to theft,
    crime or sanctions.
    """
    view = context.view("taint", addresses=list(addresses), method=method, as_of=as_of)
    if ways or to:
        went = view.taint_ways(addresses, method, hops, days, as_of, to)
        print_json(went) if as_json else click.echo(charts.ways(went))
        return
    found = view.taint(addresses, method, hops, days, as_of, limit)
    print_json(found) if as_json else click.echo(charts.taint(found))


def _tell(rows: Iterable[dict[str, Any]], text: Callable[[dict[str, Any]], str], as_json: bool, none: str) -> None:
    """Each row as it comes; where there is none, that is said."""
    empty = True
    for row in rows:
        empty = False
        print_json(row) if as_json else click.echo(text(row))
    if empty and not as_json:
        say(none)


@main.command()
@click.option("--from", "first", metavar="DATE", help="Only payments from this partial ISO date on.")
@click.option("--to", "last", metavar="DATE", help="Only payments up to this partial ISO date.")
@click.option("--findings", is_flag=True, help="Only payments that some finding rests on.")
@click.option("--finding", metavar="ID", help="Only payments that this finding rests on.")
@known_on
@as_json
@pass_context
def corridors(
    context: Context, first: str | None, last: str | None, findings: bool, finding: str | None, as_json: bool
) -> None:  # fmt: skip
    """Add payments up between countries, largest first, and say how many have no country on a side."""
    found = context.view("corridors", first=first, last=last).corridors(first, last, findings, finding)
    print_json(found) if as_json else click.echo(charts.corridors(found))
