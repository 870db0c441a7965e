"""A case as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["printed"]

Row = Mapping[str, Any]


def printed(c: Row) -> str:
    """Its head, then every kind of row that there is."""
    lines = [
        f"{c['title']}  [{c['handling']}]",
        f"{c['id']}  {c['status']}{' (' + c['outcome'] + ')' if c['outcome'] else ''}, opened {c['opened'][:10]} by "
        f"{c['opened_by']}, version {c['version']}",
        f"For {c['purpose']}; basis {c['basis']}{': ' + c['predicate'] if c['predicate'] else ''}",
    ]
    for title, rows, told in (
        ("Members", c["members"], _member), ("Things", c["things"], _thing), ("Tasks", c["tasks"], _task),
        ("Notes", c["notes"], _note), ("Requests", c["requests"], _request), ("Referrals", c["referrals"], _referral),
        ("Decisions", c["decisions"], _decision), ("Snapshots", c["snapshots"], _snapshot),
        ("Proposals", c["proposals"], _proposal),
    ):  # fmt: skip
        if rows:
            lines += ["", title]
        for row in rows:
            lines.append(f"  {row['row']}  {told(row)}  [{row['handling']}]")
            lines += [f"      beside it: version {b['version']} by {b['by']} {b['at'][:16]}" for b in row["beside"]]
    return "\n".join(lines)


def _member(r: Row) -> str:
    return f"{r['name']} ({r['agency']}), {r['role']}"


def _thing(r: Row) -> str:
    out = " (taken out)" if r["state"] == "out" else ""
    return f"{r['thing']} {r['id']}: {r['caption']}{out}{' — ' + r['why'] if r['why'] else ''}"


def _task(r: Row) -> str:
    who = f", {r['assignee']}" if r["assignee"] else ""
    return f"{r['state']}: {r['title']}{who}{', due ' + r['due'] if r['due'] else ''}{_late(r)}"


def _note(r: Row) -> str:
    cites = f" (cites {', '.join(r['cites'])})" if r["cites"] else ""
    return f"{r['at'][:10]} {r['by']} {r['grade']}: {r['text']}{cites}"


def _request(r: Row) -> str:
    due = f" by {r['deadline']}" if r["deadline"] else ""
    answer = f" — {r['answer']}" if r["answer"] else ""
    score = f" (useful: {r['score']} of 4)" if r["score"] is not None else ""
    return f"{r['state']}, to {r['to']}{due}{_late(r)}: {r['question']}{answer}{score}"


def _late(r: Row) -> str:
    return " (overdue)" if r["overdue"] else ""


def _referral(r: Row) -> str:
    return f"{r['state']}, to {r['to']}: {r['what']}{' — ' + r['reason'] if r['reason'] else ''}"


def _decision(r: Row) -> str:
    two = f" (proposed by {r['proposed_by']}, agreed by {r['approved_by']})" if r["proposed_by"] else ""
    return f"{r['at'][:16]} {r['by']}: {r['what']}{' — ' + r['because'] if r['because'] else ''}{two}"


def _snapshot(r: Row) -> str:
    return f"{r['title']}, {r['nodes']} nodes, known on {r['known_on'][:10]}, as of {r['as_of'] or 'all time'}"


def _proposal(r: Row) -> str:
    return f"{r['state']}: {r['act']}, by {r['by']} {r['at'][:10]}"
