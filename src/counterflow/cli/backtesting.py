"""The verb `backtest`: what would have been found of known affairs, and how long before they were public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterflow.cli.app import as_json, main, print_json, progress, say

if TYPE_CHECKING:
    from counterflow.backtest import Affair, Told

__all__ = ["days"]


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--only", multiple=True, metavar="NAME", help="Only this affair; may be repeated.")
@as_json
def backtest(folder: Path, only: tuple[str, ...], as_json: bool) -> None:
    """Freeze the facts of known affairs on each day, run all typologies, and tell which fired first on what day.

    Twice: on what had been published by then, and on what somebody held by then, had it been put together. What did not
    fire is listed with the reason. FOLDER holds a backtest.yaml, or folders that do; see examples/backtests. An affair
    takes a minute or two.
    """
    from counterflow.backtest import load, run

    affairs = [one for one in load(folder) if not only or one.name in only]
    for number, affair in enumerate(affairs):
        progress(affair.title, number / len(affairs))
        told = list(run(affair))
        print_json([asdict(one) for one in told]) if as_json else _print(affair, told)
    if not affairs:
        say(f"No such affair in {folder}.")


def _print(affair: Affair, told: Sequence[Told]) -> None:
    click.echo(f"{affair.title}\n  {affair.event['day']}: {affair.event['what']}")
    modes: dict[str, dict[str, Any]] = {}
    for one in told:
        modes.setdefault(one.typology, {})[one.mode] = one
    for typology, of in sorted(modes.items(), key=lambda m: (not any(t.sentence for t in m[1].values()), m[0])):
        line = "  ".join(f"{mode}: {days(one.early, one.undated)}" for mode, one in of.items())
        click.echo(f"  {typology:22} {line}")
        said = next((t.sentence for t in of.values() if t.sentence), "") or next(iter(of.values())).why
        click.echo(f"  {'':22} {said}")


def days(early: int | None, undated: bool = False) -> str:
    """Days before an affair was public, or after it, in words."""
    if undated:
        return "at any time, for the facts bear no date"
    if early is None:
        return "never"
    return "on the day" if early == 0 else f"{abs(early):,} days {'before' if early > 0 else 'after'}"
