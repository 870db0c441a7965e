"""Cases in lists: those that the reader is in, what waits for them in these, and which cases belong together.

Like all of `views.cases` they are made of rows that the reader may read, and of cases that the reader is in.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from counterflow import clock
from counterflow.casework.cases.deadlines import WAITING, deadline, mine, overdue, waits
from counterflow.casework.cases.slices import HEAD, Slice, slices
from counterflow.errors import NotFound, UsageError
from counterflow.model import dates
from counterflow.views.cases import KIND, leads, reader, versions
from counterflow.views.marking import marking

if TYPE_CHECKING:
    from counterflow.casework.cases.versions import Version
    from counterflow.model.principal import Session
    from counterflow.pipeline import Line

__all__ = ["cases", "related", "work"]

Row = dict[str, Any]

FOUND = 3
"""Rows in which a text was found that are shown of one case."""


def cases(
    line: Line, session: Session | None, *, status: str = "", q: str = "", assignee: str = "", due: str = ""
) -> dict[str, Any]:
    """The cases that the reader is in, open ones first, the newest first.

    :param status: open or closed; :param q: a text that is in them
    :param assignee: name of a member for whom something waits in them, ``me``: for the reader
    :param due: partial date until which something waits in them
    :returns: {total, statuses, cases}; statuses counts all of them, whatever else is asked for
    :raises UsageError: no such status, or no date
    """
    if status not in ("", "open", "closed"):
        raise UsageError(f"status is open or closed, not '{status}'.")
    until = _day(due)
    found = _with(line, session, None if q.strip() else ("case", "member", *WAITING))
    labels, today = line.labels(), _today()
    told = []
    for one in found.values():
        head, waiting = one.head.fields, [*_waiting(one)]
        days = sorted(d for v in waiting if (d := deadline(v.kind, v.fields)))
        hits = [*_hits(one, q)] if q.strip() else []
        told.append({
            "id": one.id, "opened": one.rows[HEAD][0].at, "role": one.role, "leads": leads(one),
            "members": len(one.members), **{k: head[k] for k in ("title", "purpose", "basis", "status", "outcome")},
            "waiting": len(waiting), "mine": sum(mine(one, v.kind, v.fields) for v in waiting),
            "overdue": sum(overdue(v.kind, v.fields, today) for v in waiting), "due": days[0] if days else "",
            "hits": hits[:FOUND], "found": len(hits), **marking(labels, one.head.labels),
        })  # fmt: skip
        wanted = (
            status in ("", head["status"])
            and (not q.strip() or hits)
            and (not assignee or any(_is_for(one, v, assignee) for v in waiting))
            and (until is None or any(dates.latest(day) <= until for day in days))
        )
        told[-1]["kept"] = bool(wanted)
    told.sort(key=lambda c: c["opened"], reverse=True)
    told.sort(key=lambda c: c["status"] != "open")
    statuses = dict(sorted(Counter(c["status"] for c in told).items()))
    kept = [c for c in told if c.pop("kept")]
    return {"total": len(kept), "statuses": statuses, "cases": kept}


def work(line: Line, session: Session | None) -> dict[str, Any]:
    """What waits for the reader in open cases: tasks, requests and referrals, the most urgent first."""
    labels, today = line.labels(), _today()
    rows = [
        {
            "case": one.id, "title": one.head.fields["title"], "kind": v.kind, "row": v.row,
            "what": v.fields[{"task": "title", "request": "question", "referral": "what"}[v.kind]],
            "for": v.fields[WAITING[v.kind][2]], "state": v.fields["state"], "due": deadline(v.kind, v.fields),
            "overdue": overdue(v.kind, v.fields, today), **marking(labels, v.labels | one.head.labels),
        }
        for one in _with(line, session, ("case", "member", *WAITING)).values()
        for v in _waiting(one)
        if mine(one, v.kind, v.fields)
    ]  # fmt: skip
    rows.sort(key=lambda r: str(r["due"] and dates.latest(r["due"]).isoformat()) or "9999-99-99")
    return {"total": len(rows), "overdue": sum(r["overdue"] for r in rows), "work": rows}


def related(line: Line, session: Session | None, id: str) -> dict[str, Any]:
    """Other cases of the reader that are about the same things, or that somebody has linked with this one.

    :raises NotFound: the reader is not in the case, or there is none
    """
    found = _with(line, session, ("case", "member", "thing"))
    if id not in found:
        raise NotFound("case", id)
    labels, own = line.labels(), _things(found[id])
    rows = []
    for one in found.values():
        theirs = _things(one)
        same = sorted((own.keys() & theirs.keys()) - {("case", id), ("case", one.id)})
        linked = ("case", one.id) in own or ("case", id) in theirs
        if one.id != id and (same or linked):
            every = one.head.labels.union(*(own[key].labels | theirs[key].labels for key in same))
            rows.append({
                "id": one.id, **{k: one.head.fields[k] for k in ("title", "status", "outcome")}, "linked": linked,
                "shared": [{"thing": key[0], "id": key[1], "caption": own[key].fields["caption"]} for key in same],
                **marking(labels, every),
            })  # fmt: skip
    rows.sort(key=lambda r: (not r["linked"], -len(r["shared"]), r["title"], r["id"]))
    return {"case": id, "total": len(rows), "related": rows}


def _with(line: Line, session: Session | None, kinds: tuple[str, ...] | None) -> dict[str, Slice]:
    """The reader's cases with rows of these kinds only. :param kinds: None: of all"""
    who = reader(line, session)
    if kinds is None:
        return slices(versions(line), who)
    named = [f"{KIND}{kind}" for kind in kinds]

    def read() -> dict[str, Slice]:
        return slices(sorted((v for kind in named for v in versions(line, kind)), key=lambda v: v.seq), who)

    found: dict[str, Slice] = line.unless_written(named, who, read)
    return found


def _waiting(one: Slice) -> Iterator[Version]:
    """Rows that wait for somebody; none does in a case that is closed."""
    if one.head.fields["status"] == "open":
        yield from (v for kind in WAITING for v in one.of(kind) if waits(kind, v.fields))


def _is_for(one: Slice, v: Version, assignee: str) -> bool:
    return mine(one, v.kind, v.fields) if assignee == "me" else v.fields[WAITING[v.kind][2]] == assignee


def _hits(one: Slice, q: str) -> Iterator[Row]:
    """Rows in which a text is, capitals or not, each with the field that has it."""
    wanted = " ".join(q.split()).casefold()
    if wanted in one.id:
        yield {"kind": "case", "row": HEAD, "text": one.id}
    for row, heads in one.heads.items():
        for value in heads[-1].fields.values():
            if isinstance(value, str) and wanted in " ".join(value.split()).casefold():
                yield {"kind": heads[-1].kind, "row": row, "text": value[:300]}
                break


def _things(one: Slice) -> dict[tuple[str, str], Version]:
    return {(v.fields["thing"], v.fields["id"]): v for v in one.of("thing") if v.fields["state"] == "in"}


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    clean = dates.clean(text)
    if clean is None:
        raise UsageError(f"due: '{text}' is not a date. Valid: 2027, 2027-06 or 2027-06-30.")
    return dates.latest(clean)


def _today() -> dt.date:
    return clock.now().date()
