"""Verbs of the network: network, control."""

from __future__ import annotations

import click

from counterflow.cli import output
from counterflow.cli.app import Context, as_json, as_of, main, pass_context, print_json
from counterflow.errors import UsageError


@main.command()
@click.argument("center")
@click.option("--hops", default=1, show_default=True)
@click.option("--limit", default=300, show_default=True, help="Nodes at most, nearest first.")
@click.option("--to", "target", metavar="ID", help="Instead: a shortest chain of links to this entity.")
@as_of
@as_json
@pass_context
def network(
    context: Context, center: str, hops: int, limit: int, target: str | None, as_of: str | None, as_json: bool
) -> None:
    """The links around an entity, or between two, as of a date."""
    view = context.view("network", center=center)
    chart = view.path(center, target, as_of) if target else view.network(center, hops, as_of, limit)
    print_json(chart) if as_json else click.echo(output.chart(chart))


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
    for answer in view.controlled(regime, as_of, [entity] if entity else (), statuses):
        print_json(answer) if as_json else click.echo(output.control(answer))
