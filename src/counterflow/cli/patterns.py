"""The verb `patterns`: findings that are likely traces of one activity, told together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from counterflow.cli.app import Context, as_json, as_of, main, pass_context, print_json, say

Row = Mapping[str, Any]


@main.command()
@click.option("--across", is_flag=True, help="Only those that join findings of several kinds.")
@click.option("--limit", type=click.IntRange(min=1), help="Print so many, the likeliest ones.")
@as_of
@as_json
@pass_context
def patterns(context: Context, across: bool, limit: int | None, as_of: str | None, as_json: bool) -> None:
    """Join findings that share rare parties, place and time into patterns of activity, likeliest first.

    Each with its timeline, the innocent explanation that would explain it all, and the one further record that would
    confirm or refute it. `counterflow show p-…` prints one whole.
    """
    found = context.view("patterns", as_of=as_of).all_patterns(as_of)
    rows = [row for row in found if not across or len(row["kinds"]) > 1][:limit]
    print_json(rows) if as_json else click.echo("\n".join(map(line, rows)) or "No findings belong together.")
    if limit and len(rows) < len(found):
        say(f"{len(rows)} of {len(found):,} patterns.")


def line(p: Row) -> str:
    """A pattern in a few lines: what it is, when, and what to ask for."""
    lines = [f"{p['id']}  {p['likelihood']:18} {p['sentence']}  [{p['handling']}]"]
    if asked := p["next_record"]:
        lines.append(f"{'':20}ask for: {_record(asked, p['probability'])}")
    return "\n".join(lines)


def whole(p: Row) -> str:
    """One pattern: its steps in time, who is in it, why it is thought to be one, and what would change that."""
    names = {m["id"]: m["title"] for m in p["members"]}
    asked = [a for a in (p["next_record"], *p["other_records"]) if a]
    benign = p["benign"]
    left = f"; it leaves {', '.join(sorted({names[f] for f in benign['leaves']}))}" if benign["leaves"] else ""
    return "\n".join(
        [
            f"{p['sentence']}  [{p['handling']}]",
            f"{p['likelihood']} ({p['probability']:.2f}, by {p['basis']}): {', '.join(p['activities'])}",
            *(f"{a['what']}: {a['amount']:,.2f} {a['unit']}" for a in p["amounts"]),
            "Timeline:",
            *(f"  {(s['start'] or 'undated')[:16].replace('T', ' '):16}  {s['what']}" for s in p["timeline"]),
            "Parties:",
            *(f"  {x['caption']}{' (listed)' if x['listed'] else ''}: {'; '.join(x['roles'])}" for x in p["parties"]),
            "Why together:",
            *(
                f"  {names[t['one']]} and {names[t['other']]}: {'; '.join(b['what'] for b in t['because'])}"
                for t in p["ties"]
            ),
            f"It may innocently be: {benign['text']} ({benign['share']:.0%} explained{left})",
            "Records that would tell:",
            *(f"  {_record(a, p['probability'])}" for a in asked),
            "Findings:",
            *(f"  {m['id']}  {m['likelihood']:18} {m['sentence']}" for m in p["members"]),
        ]
    )


def _record(asked: Row, probability: float) -> str:
    yes, no = asked["if_it_shows"], asked["if_not"]
    told = f"now {probability:.2f}, {yes:.2f} if it shows {asked['shows']}, else {no:.2f}"
    return f"{asked['record']} ({asked['holder']}); {told}"
