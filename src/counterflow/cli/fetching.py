"""The verb that asks the network: fetch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from counterflow.cli.app import Context, as_json, fail, main, pass_context, print_json, progress
from counterflow.errors import CounterflowError, UsageError


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "every", is_flag=True, help="Everything that can be fetched.")
@click.option("--list", "listing", is_flag=True, help="Only say what can be fetched, from where, and what is there.")
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where editions are kept (default: `fetched` in the workspace).")  # fmt: skip
@click.option("--ingest", "then", is_flag=True, help="Read each new edition into the ledger.")
@as_json
@pass_context
def fetch(context: Context, /, names: tuple[str, ...], every: bool, listing: bool, folder: Path | None, then: bool,
          as_json: bool) -> None:  # fmt: skip
    """Fetch lists from their publishers' own addresses; earlier editions stay beside the new one.

    An edition that has not changed is not sent again; one that is broken, cut or not what it should be is refused. What
    breaks off goes on the next time. Proxies are those of the environment (HTTPS_PROXY, NO_PROXY).
    """
    from counterflow.sources.fetch import fetchable

    known = fetchable()
    if listing:
        rows = [_offer(context, name, folder) for name in names or known]
        print_json(rows) if as_json else click.echo("\n".join(map(_listed, rows)))
        return
    if not names and not every:
        raise UsageError(f"Name what to fetch, or --all. Known: {', '.join(known)}.")
    workspace = context.workspace()
    failed: list[CounterflowError] = []
    for name in known if every else names:
        try:
            edition = workspace.fetch(name, folder=folder, progress=_bytes)
            row: dict[str, Any] = {"name": name, **edition.to_dict()}
            if then:
                row["ingest"] = workspace.ingest(edition.place, dataset=edition.dataset).to_dict()
        except CounterflowError as e:  # one publisher's trouble does not keep the others out
            failed.append(e)
            fail(e)
            continue
        print_json(row) if as_json else click.echo(_fetched(row))
    if failed:
        raise click.exceptions.Exit(failed[0].exit_code)


def _bytes(name: str, have: int, total: int | None) -> None:
    of = f" of {total / 1e6:,.1f}" if total else ""
    progress(f"{name}: {have / 1e6:,.1f}{of} MB", 0)


def _offer(context: Context, name: str, folder: Path | None) -> dict[str, Any]:
    from counterflow.sources.fetch import named, newest

    name, d = named(name)
    have = newest(folder or context.path / "fetched", d)
    return {
        "name": name, "dataset": d.dataset, "title": d.title, "publisher": d.publisher, "licence": d.licence,
        "schedule": d.schedule, "urls": [file.url for file in d.downloads],
        "newest": have.fetched_at if have else None, "place": str(have.place) if have else None,
    }  # fmt: skip


def _listed(row: dict[str, Any]) -> str:
    have = f"fetched {row['newest']}" if row["newest"] else "not fetched yet"
    return "\n".join([f"{row['name']:20} {row['title']} ({row['publisher']}), {row['schedule']}; {have}",
                      *(f"{'':20} {url}" for url in row["urls"])])  # fmt: skip


def _fetched(row: dict[str, Any]) -> str:
    what = "new edition" if row["changed"] else "unchanged since"
    line = f"{row['name']}: {what} {row['fetched_at']}, {row['bytes'] / 1e6:,.1f} MB  {row['place']}"
    read = row.get("ingest")
    if read is None:
        return line
    claims = f"{read['added']:,} claims new, {read['retracted']:,} retracted"
    return f"{line}\n{row['name']}: {read['parties']:,} parties, {claims}"
