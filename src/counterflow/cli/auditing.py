"""Verbs of the audit log: audit log, head, rotate, successor, verify, prove, check, export, shred."""

from __future__ import annotations

import json
from pathlib import Path

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.errors import Corrupt, UnreadableFile, UsageError

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@main.group("audit")
def group() -> None:
    """The audit log: read it, show that nobody altered it, purge what it tells of persons."""


@group.command("log")
@click.option("--first", default=0, show_default=True, help="Number of the first entry to print.")
@as_json
@pass_context
def log(context: Context, first: int, as_json: bool) -> None:
    """Every entry: number, time, who, what, and what about; oldest first."""
    for entry in context.workspace().audit_entries(context.audience, first):
        detail = None if entry["detail"] is None else json.loads(entry["detail"])
        if as_json:
            print_json({**entry, "detail": detail})
        else:
            told = "(shredded)" if detail is None else json.dumps(detail, ensure_ascii=False)
            click.echo(f"{entry['n']:>8}  {entry['at'][:19]}  {entry['who']:12}  {entry['action']:12}  {told}")


@group.command("head")
@click.option("--key", "only_key", is_flag=True, help="Print the public key that checks heads, and nothing else.")
@pass_context
def head(context: Context, only_key: bool) -> None:
    """Sign the log as it is now, and print that head: keep it where this machine's administrator cannot change it."""
    note, key = context.workspace().audit_head()
    click.echo(key if only_key else note, nl=only_key)


@group.command("rotate")
@click.option("--reason", required=True, help="Why; kept on the log.")
@pass_context
def rotate(context: Context, reason: str) -> None:
    """Replace the key that signs heads, and print the note by which both keys say so: hand it to those who kept one."""
    note = context.workspace().audit_rotate(context.audience, reason)
    say("The old key is gone. Who has kept its public key: counterflow audit successor NOTE --key OLD")
    click.echo(note, nl=False)


@group.command("successor")
@click.argument("note", type=FILE)
@click.option("--key", required=True, metavar="KEY", help="The public key that was kept.")
def successor(note: Path, key: str) -> None:
    """Print the key that follows KEY, if NOTE of `audit rotate` is signed by both; needs no workspace."""
    from counterflow.storage import succession

    click.echo(succession.successor(_note(note), key))


def _note(path: Path) -> str:
    """A signed note. :raises UnreadableFile: it is no text"""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as e:
        raise UnreadableFile(f"is no signed note: byte {e.start + 1} is not UTF-8 text", file=str(path)) from e


@group.command("verify")
@click.argument("file", required=False, type=FILE)
@click.option("--head", "head_file", type=FILE, help="A signed head that was kept elsewhere.")
@click.option("--key", metavar="KEY", help="Public key that every head must be signed by, or by its successors.")
@as_json
@pass_context
def verify(context: Context, file: Path | None, head_file: Path | None, key: str | None, as_json: bool) -> None:
    """Check that no entry was changed, left out or put in since it was appended.

    FILE: an exported log, checked with --head and --key and without a workspace.
    """
    note = _note(head_file) if head_file else None
    if file is not None:
        from counterflow.workspace.auditing import verify_file

        if note is None or key is None:
            raise UsageError("A file is checked against a head and a key: --head FILE --key KEY.")
        covered = verify_file(file, note, key)
        told = f"{covered:,} entries are as they were signed."
        print_json({"ok": True, "entries": covered}) if as_json else click.echo(told)
        return
    problems = context.workspace().audit_problems(note, key)
    if as_json:
        print_json({"ok": not problems, "problems": problems})
    if problems:
        raise Corrupt(problems)
    if not as_json:
        click.echo("The audit log is as it was appended and signed.")


@group.command("prove")
@click.argument("n", type=int)
@pass_context
def prove(context: Context, n: int) -> None:
    """Print a proof that entry N is in the log, for somebody who does not have the log: they `audit check` it."""
    print_json(context.workspace().audit_proof(context.audience, n))


@group.command("check")
@click.argument("proof", type=FILE)
@click.option("--key", required=True, metavar="KEY", help="Public key of the log that it is about.")
def check(proof: Path, key: str) -> None:
    """Check a proof of `audit prove`, with no workspace."""
    from counterflow.storage import audit_checks

    try:
        given = json.loads(proof.read_text(encoding="utf-8"))
    except ValueError as e:
        raise UsageError(f"{proof} is no proof: {e}") from e
    found = audit_checks.check(given, key)
    entry = json.loads(given["entry"])
    click.echo(
        f"Entry {entry['n']} of {entry['at'][:19]} ({entry['action']}, by {entry['who']}) is in the log of ", nl=False
    )
    click.echo(f"{found.size:,} entries signed {found.at[:19]}.")


@group.command("export")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@pass_context
def export(context: Context, out: Path) -> None:
    """Write the log to a file, what it tells of persons sealed; print the signed head and the key that check it."""
    report = context.workspace().audit_export(context.audience, out)
    say(f"{report['file']}: {report['entries']:,} entries, key {report['key']}")
    click.echo(report["head"], nl=False)


@group.command("shred")
@click.option("--before", required=True, metavar="YYYY-MM", help="Entries of earlier months.")
@click.option("--reason", required=True, help="Why; kept on the log.")
@pass_context
def shred(context: Context, before: str, reason: str) -> None:
    """Destroy the keys of old entries: who did what and when stays, what it was about can no longer be read."""
    months = context.workspace().audit_shred(context.audience, before, reason)
    say(
        f"Nobody can read any more what the entries of {', '.join(months)} tell."
        if months
        else "There was nothing so old."
    )
