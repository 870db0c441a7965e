"""Verbs of custody: custody show, bag, check."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json

PATH = click.Path(path_type=Path)


@main.group()
def custody() -> None:
    """Where a file came from, what was done with it, and where it went, by hash; with proof."""


@custody.command()
@click.argument("what", metavar="SHA256|FILE")
@as_json
@pass_context
def show(context: Context, what: str, as_json: bool) -> None:
    """The chain of an original, or of a file that was released: each step is an entry of the audit log."""
    found = context.workspace().custody(what, audience=context.audience)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found['sha256']}  {', '.join(found['names']) or 'released'}")
    for row in found["came"]:
        place = ", ".join(str(v) for v in (row["publisher"], row["url"], row["edition"]) if v)
        click.echo(f"  came {row['recorded_at'][:19]} as {row['dataset']}{f' from {place}' if place else ''}")
    for digest in found["originals"]:
        click.echo(f"  made of {digest}")
    for step in found["steps"]:
        told = {k: v for k, v in step.items() if k not in ("n", "at", "who", "action") and v}
        words = ", ".join(f"{key} {value}" for key, value in told.items())
        click.echo(f"  {step['n']:>6}  {step['at'][:19]}  {step['who']:12}  {step['action']:8}  {words}")


@custody.command()
@click.argument("what", metavar="SHA256|FILE")
@click.option("--out", required=True, type=PATH, help="Folder to write, a bag of RFC 8493.")
@as_json
@pass_context
def bag(context: Context, what: str, out: Path, as_json: bool) -> None:
    """Pack the original with its chain, and a proof of each step that can be checked anywhere."""
    made = context.workspace().custody_bag(what, out, audience=context.audience)
    if as_json:
        print_json(made)
        return
    click.echo(
        f"{made['bag']}: {made['files']:,} files, {made['proofs']:,} proofs; check it with the key {made['key']}"
    )


@custody.command()
@click.argument("bag", type=PATH)
@click.option("--key", required=True, metavar="KEY", help="Public key of the audit log that it is about.")
@as_json
def check(bag: Path, key: str, as_json: bool) -> None:
    """Check a bag with no workspace: files as they were packed, each step in the signed log."""
    from counterflow.casework.bag import check as checked

    found = checked(bag, key)
    if as_json:
        print_json(found)
        return
    click.echo(
        f"{found['files']:,} files are as they were packed; {found['proofs']:,} steps are in the log of ", nl=False
    )
    click.echo(f"{found['entries']:,} entries signed {str(found['signed'])[:19]}.")
