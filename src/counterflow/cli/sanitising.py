"""Verbs for less to more readers: tear-line, redact."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli.app import Context, main, pass_context, say
from counterflow.errors import UsageError


@main.command("tear-line")
@click.argument("claim")
@click.option("--value", required=True, help="What may be said instead.")
@click.option("--label", required=True, metavar="MARKING", help="Who may read it, e.g. TLP:GREEN.")
@click.option("--reason", required=True, help="What was left out, and why; only who may read the original sees it.")
@click.option("--grade", metavar="B2", help="Admiralty grade of the restatement.")
@pass_context
def tear_line(context: Context, claim: str, value: str, label: str, reason: str, grade: str | None) -> None:
    """Restate a claim for a wider circle, without a trace of the original in it."""
    made = context.workspace().tear_line(claim, value, label, reason=reason, grade=grade, audience=context.audience)
    click.echo(f"{made['claim']}  {made['subject']}: {made['value']}  [{made['handling']}]")


@main.command()
@click.argument("document")
@click.option("--page", type=int, help="Page of the passage.")
@click.option("--text", default="", help="The passage; without it, the whole page.")
@click.option("--code", help="Why: b1 … b7F, SRC, ORCON, THIRD, SCOPE.")
@click.option("--reason", default="", help="In words; kept, not printed.")
@click.option("--back", is_flag=True, help="Take it back: the passage stays in.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the document: .pdf .docx .txt")
@pass_context
def redact(
    context: Context, document: str, page: int | None, text: str, code: str | None, reason: str, back: bool,
    out: Path | None,
) -> None:  # fmt: skip
    """Take passages out of a document before it is released: mark them one by one, then write it."""
    workspace = context.workspace()
    if page is not None and back:
        workspace.keep_in(document, page, text, reason=reason, audience=context.audience)
        say(f"{'The passage' if text.strip() else f'Page {page}'} stays in.")
    elif page is not None:
        if code is None:
            raise UsageError("Say why: --code CODE.")
        made = workspace.redact(document, page, text, code, reason=reason, audience=context.audience)
        say(
            f"Page {made['page']} of {made['document']}: {'a passage' if made['words'] else 'all of it'} goes ({code})."
        )
    elif out is None:
        raise UsageError("Mark a passage with --page N --code CODE, or write the document with --out FILE.")
    if out is not None:
        report = workspace.redacted(document, out, audience=context.audience)
        click.echo(f"{report['file']}: {report['pages']} pages, {report['marks']} passages taken out"
                   f"  [{report['handling']}]  sha256 {report['sha256']}")  # fmt: skip
