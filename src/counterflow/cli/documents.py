"""Verbs of documents: documents, mentions, mark, unmark."""

from __future__ import annotations

from typing import Any

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say


@main.command()
@click.argument("document", required=False)
@click.option("--page", type=int, metavar="N", help="Print the text of this page.")
@as_json
@pass_context
def documents(context: Context, document: str | None, page: int | None, as_json: bool) -> None:
    """List the documents, or show one: its pages, its references, the claims that cite it; or print a page."""
    view = context.view("documents", document=document, page=page)
    if document is None:
        rows = view.documents()["documents"]
        print_json(rows) if as_json else click.echo("\n".join(map(_line, rows)) or "No document has been ingested.")
    elif page is None:
        found = view.document(document)
        print_json(found) if as_json else click.echo(_document(found))
    else:
        found = view.page(document, page)
        print_json(found) if as_json else click.echo(f"{found['text']}\n[{found['handling']}]")


@main.command()
@click.argument("document")
@click.option("--page", type=int, metavar="N", help="Of this page only.")
@click.option(
    "--suggest",
    default="",
    metavar="COMMAND",
    help="Also ask a program of your own, a language model for one: it gets the text, and prints JSON lines.",
)
@as_json
@pass_context
def mentions(context: Context, document: str, page: int | None, suggest: str, as_json: bool) -> None:
    """What is named in a document: known entities in any script, dates, amounts, countries, resolutions, and numbers of
    ships, companies, accounts and wallets. A mention is no claim; `mark` makes one.

    COMMAND gets the text of one page on its standard input and prints {"text": …, "kind": …, "value": …} a line; what
    does not stand in the text is left out, the rest is offered as unsure. Without it no text leaves this program.
    """
    view = context.view("mentions", document=document, page=page, suggest=suggest)
    found = view.mentions(document, page, suggest=suggest)["mentions"]
    print_json(found) if as_json else click.echo("\n".join(map(_mention, found)) or "Nothing known is named in it.")


@main.command()
@click.argument("document")
@click.option("--page", type=int, required=True, metavar="N", help="Page of the passage.")
@click.option("--text", default="", help="The passage, as it stands there.")
@click.option("--from", "start", type=int, metavar="N", help="Instead: its first character, counted from 0…")
@click.option("--to", "end", type=int, metavar="N", help="… and the one behind its last.")
@click.option("--subject", default="", metavar="ID", help="Whom it is about.")
@click.option("--schema", default="", metavar="NAME", help="Instead: somebody new, of this schema.")
@click.option("--property", "property_", required=True, metavar="NAME", help="What the passage says of them.")
@click.option("--value", default="", help="What it is, if not the passage as it stands; of an entity, its id.")
@click.option("--grade", metavar="A1…F6", help="Admiralty grade (default: the document's letter, and 6).")
@click.option("--label", metavar="TLP", help="Stricter handling than the document's own.")
@click.option("--origin", default="", metavar="ID", help="Source that the document itself rests on there.")
@click.option("--note", default="", help="A remark; kept with the claim.")
@as_json
@pass_context
def mark(context: Context, /, document: str, page: int, property_: str, as_json: bool, **what: Any) -> None:
    """Turn a passage of a document into a claim, with its page and place as locator."""
    told = context.workspace().mark(document, page, property=property_, audience=context.audience, **what)
    if as_json:
        print_json(told)
    else:
        click.echo(f"{told['claim']}  {told['subject']} {told['property']}: {told['value']}  [{told['handling']}]")


@main.command()
@click.argument("claim")
@click.option("--reason", required=True, help="Why; kept with the retraction.")
@as_json
@pass_context
def unmark(context: Context, claim: str, reason: str, as_json: bool) -> None:
    """Take back a claim that was made by marking a passage."""
    context.workspace().unmark(claim, reason, audience=context.audience)
    if as_json:
        print_json({"claim": claim, "taken_back": True, "reason": reason})
    else:
        say("Taken back. It stays on record that it was made.")


def _line(d: dict[str, Any]) -> str:
    about = ", ".join(part for part in (d["author"], d["publisher"], d["date"]) if part)
    size = f"{d['format']}, {d['pages']} pages, {d['references']} references, {d['claims']} claims"
    return f"{d['id']}  {d['title']}{f' ({about})' if about else ''}  {size}  [{d['handling']}]"


def _document(d: dict[str, Any]) -> str:
    lines = [_line(d), *([f"  {d['part']}"] if d["part"] else []), *([f"  {d['note']}"] if d["note"] else [])]
    lines += [f"  page {n}: {size:,} characters" for n, size in d["page_sizes"][:20]]
    lines += [f"  … {len(d['page_sizes']) - 20} more pages"] if len(d["page_sizes"]) > 20 else []
    lines += [f"  [{r['number']}] {r['title']} ({r['author'] or r['publisher'] or '?'}, {r['date'] or '?'})  {r['id']}"
              for r in d["reference_list"]]  # fmt: skip
    lines += [f"  {m['claim']}  {m['subject']} {m['property']}: {m['value']}  ({m['locator']})  [{m['handling']}]"
              for m in d["marks"]]  # fmt: skip
    return "\n".join(lines)


def _mention(m: dict[str, Any]) -> str:
    check = {True: ", check digits agree", False: ", CHECK DIGITS DO NOT AGREE", None: ""}[m["valid"]]
    who = "; ".join(f"{e['caption']} {e['id']}{' LISTED' if e['listed'] else ''}" for e in m["entities"])
    unit = f" {m['unit']}" if m["unit"] else ""
    value = f" {m['value']}{unit}" if m["kind"] != "entity" else ("" if m["sure"] else " (one word)")
    text = " ".join(m["text"].split())
    return (
        f'page {m["page"]}, {m["start"]}-{m["end"]}  {m["kind"]}{value}{check}  "{text}"{f"  → {who}" if who else ""}'
    )
