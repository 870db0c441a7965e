"""Cases in print: one case, its history, what is new, and what waits for a second person. Lists: `case_lists`.

Everything is made from the rows of `storage.writings` that the reader may read (`casework.cases.slices`): its counts,
its order and its ids tell of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow import clock
from counterflow.casework.cases import deadlines, four_eyes, snapshots
from counterflow.casework.cases.names import Look, Names, nobody
from counterflow.casework.cases.slices import HEAD, Reader, Slice, news, slices
from counterflow.casework.cases.versions import Version, in_force, version
from counterflow.errors import NotFound
from counterflow.model.case import Member, terms
from counterflow.views.marking import marking

if TYPE_CHECKING:
    from counterflow.model.handling import Label
    from counterflow.model.principal import Session
    from counterflow.pipeline import Line

__all__ = [
    "KIND", "SEEN", "case", "compared", "events", "history", "leads", "names", "one",
    "proposals", "proposed", "reader", "row", "snapshot", "versions", "whats_new",
]  # fmt: skip

KIND = "case/"
"""Of `storage.writings`: all kinds of row of a case begin so."""

FEW = 40
"""Cases whose rows are looked up by their ids, rather than all rows read."""

SEEN = "seen"
"""Likewise: how far somebody has looked."""

Row = dict[str, Any]


def reader(line: Line, session: Session | None) -> Reader:
    """Who looks."""
    who = line.audience
    return Reader(who.organisation, session.principal.unit if session else "", who.readers, who.owner)


def versions(line: Line, kind: str = KIND, under: str | Sequence[str] = "", after: int = 0) -> list[Version]:
    """Rows of cases that may be read, in the order they were written."""
    return line.written(kind, version, under=under, after=after)


def one(line: Line, session: Session | None, id: str) -> Slice:
    """A case. :raises NotFound: the reader is not in it, or there is none"""
    found = slices(versions(line, under=f"{id}/"), reader(line, session)).get(id) if id and "/" not in id else None
    if found is None:
        raise NotFound("case", id)
    return found


def _mine(line: Line, session: Session | None) -> dict[str, Slice]:
    """The cases that the reader is in, each with its head and its members only; read anew when such a row was written,
    or another label may be read."""
    kinds = ("case/case", "case/member")
    who = reader(line, session)

    def read() -> dict[str, Slice]:
        return slices([v for kind in kinds for v in versions(line, kind)], who)

    found: dict[str, Slice] = line.unless_written(kinds, who, read)
    return found


def names(line: Line, session: Session | None, versions: Iterable[Version], look: Look) -> Names:
    """What this reader calls whoever wrote these."""
    return Names(versions, reader(line, session), look, local=session is None)


def case(line: Line, session: Session | None, id: str, rules: str | None = None, look: Look = nobody) -> dict[str, Any]:
    """One case, as far as the reader may see it.

    :param rules: of four eyes, in place of the shipped ones; none hold for who has the workspace to themselves
    """
    found = one(line, session, id)
    labels, who = line.labels(), names(line, session, found.versions, look)
    kinds = ("member", "thing", "task", "note", "request", "referral", "decision", "snapshot", "proposal")
    rows = {kind: [_row(found.heads[v.row], labels, who) for v in found.of(kind)] for kind in kinds}
    head = _row(found.heads[HEAD], labels, who)
    for row in rows["member"]:
        row["name"] = _name(row)
    today = clock.now().date()
    for row in (*rows["task"], *rows["request"]):
        row["overdue"] = head["status"] == "open" and deadlines.overdue(row["kind"], row, today)
        row["mine"] = deadlines.mine(found, row["kind"], row)
    _name_cases(line, session, rows["thing"])
    parts = {row["row"]: found.parts(row["row"]) for row in rows["snapshot"]}
    for row in rows["snapshot"]:
        row["nodes"] = sum(len(p.fields["nodes"]) for p in parts[row["row"]])
    rows["decision"].reverse()
    every = {label for v in found.versions for label in v.labels}
    return {
        "id": id, "opened": found.rows[HEAD][0].at, "opened_by": who.of(found.rows[HEAD][0].by), "role": found.role,
        "leads": leads(found), **{k: v for k, v in head.items() if k not in ("kind", "row")},
        **{f"{kind}s" if kind != "thing" else "things": some for kind, some in rows.items()},
        "counts": {kind: len(some) for kind, some in rows.items()},
        "all_handling": marking(labels, every)["handling"], "terms": terms(),
        "four_eyes": {} if session is None else dict(four_eyes.rules(rules)),
    }  # fmt: skip


def history(
    line: Line, session: Session | None, id: str, row: str | None = None, look: Look = nobody
) -> dict[str, Any]:
    """Every version that may be read, the newest first, with what each changed."""
    found = one(line, session, id)
    if row is not None:
        found.row(row)
    labels, who = line.labels(), names(line, session, found.versions, look)
    known = {v.id: v for v in found.versions}
    told = []
    for v in reversed(found.versions):
        if v.kind == "part" or (row is not None and v.row != row):
            continue
        before = [known[i] for i in sorted(v.follows & known.keys(), key=lambda i: known[i].seq)]
        old, new = who.told(before[-1].fields) if before else {}, who.told(v.fields)
        told.append({
            **_stamp(v, who), "row": v.row, "kind": v.kind, "follows": [b.id for b in before],
            "changed": {k: [old.get(k), value] for k, value in new.items() if old.get(k) != value} if old else {},
            "fields": new if not old else {}, **marking(labels, v.labels),
        })  # fmt: skip
    return {"case": id, "total": len(told), "versions": told}


def whats_new(
    line: Line, session: Session | None, who: str, *, everything: bool = False, limit: int = 100
) -> dict[str, Any]:
    """Pointers to what others wrote in the reader's cases, the newest first: kind, ids, time; nothing of what it says.

    :param everything: also what has been seen; :param limit: of pointers, not of what is counted
    """
    rows = [row for row in line.writings(SEEN, under=who) if row["key"] == who]
    upto = int(rows[-1]["content"]["seq"]) if rows else 0
    every = _news(line, session, 0 if everything else upto)
    others = [v for v in reversed(every) if v.by != who]
    told = [{**_pointer(v), "seen": v.seq <= upto} for v in others[:limit]]
    return {"total": len(others), "unseen": sum(v.seq > upto for v in others), "news": told}


def events(line: Line, session: Session | None, after: int, who: str) -> list[tuple[int, Row]]:
    """Place and pointer of what was written after a place of the casebook, oldest first, with ``mine``: it is the
    reader's own. Places are not to be shown."""
    return [(v.seq, {**_pointer(v), "mine": v.by == who}) for v in _news(line, session, after)]


def _news(line: Line, session: Session | None, after: int) -> list[Version]:
    mine = _mine(line, session)
    some = [f"{id}/" for id in mine] if len(mine) <= FEW else ""
    return news(versions(line, under=some, after=after), mine) if mine else []


def _pointer(v: Version) -> Row:
    """What a notification or an event may say. Its id is random: none before it can be counted."""
    return {"id": v.id, "kind": v.kind, "case": v.case, "row": v.row, "at": v.at}


def proposals(line: Line, session: Session | None) -> list[Version]:
    """What waits for a second person and may be read: of cases that the reader is in, or of none."""
    rows = versions(line, "case/proposal")
    mine = _mine(line, session) if rows else {}
    by: dict[str, list[Version]] = {}
    for v in rows:
        by.setdefault(v.row, []).append(v)
    heads = (in_force(every)[-1] for every in by.values())
    return [v for v in heads if v.fields["state"] == "waiting" and (v.case == "-" or v.case in mine)]


def proposed(line: Line, session: Session | None, me: str, look: Look = nobody) -> dict[str, Any]:
    """The same in print, the oldest first. ``mine``: who proposed it may not agree to it"""
    labels, waiting = line.labels(), proposals(line, session)
    mine = _mine(line, session)
    who = {
        case: names(line, session, [*(mine[case].versions if case in mine else ()), *waiting], look)
        for case in {v.case for v in waiting}
    }
    rows = [
        {**_row([v], labels, who[v.case]), "case": None if v.case == "-" else v.case,
         "mine": session is not None and v.by == me}
        for v in waiting
    ]  # fmt: skip
    return {"total": len(rows), "proposals": rows}


def row(line: Line, session: Session | None, id: str, row: str, look: Look = nobody) -> dict[str, Any]:
    """One row of a case. :raises NotFound: no such row, or no such case, that may be read"""
    found = one(line, session, id)
    return _row(found.row(row), line.labels(), names(line, session, found.versions, look))


def snapshot(line: Line, session: Session | None, id: str, row: str, look: Look = nobody) -> dict[str, Any]:
    """A chart as it was, as far as the reader may see it. :raises NotFound: no such snapshot that may be read"""
    found = one(line, session, id)
    head = found.row(row)[-1]
    if head.kind != "snapshot":
        raise NotFound("snapshot", row)
    parts = found.parts(row)
    under = head.labels.union(*(p.labels for p in parts))
    return {
        **_stamp(head, names(line, session, found.versions, look)), "case": id, "row": row,
        "finding": "", **head.fields,  # older ones name none
        **snapshots.together(head.fields, [p.fields for p in parts]), **marking(line.labels(), under),
    }  # fmt: skip


def compared(line: Line, session: Session | None, id: str, first: str, second: str) -> dict[str, Any]:
    """What came, went and changed between two snapshots, as one reader sees both."""
    a, b = (snapshot(line, session, id, row) for row in (first, second))
    keys = ("row", "title", "as_of", "known_on", "handling")
    return {"before": {k: a[k] for k in keys}, "after": {k: b[k] for k in keys}, **snapshots.compared(a, b),
            "handling": b["handling"]}  # fmt: skip


# -- rows in print ---------------------------------------------------------------------------------------------------


def _row(heads: list[Version], labels: Mapping[str, Label], who: Names) -> Row:
    """A row in force; ``beside``: versions that nobody has joined with it."""
    lead = heads[-1]
    return {
        **_stamp(lead, who), "row": lead.row, "kind": lead.kind, **who.told(lead.fields),
        **marking(labels, lead.labels),
        "beside": [{**_stamp(v, who), "fields": who.told(v.fields), **marking(labels, v.labels)} for v in heads[:-1]],
    }  # fmt: skip


def _stamp(v: Version, who: Names) -> Row:
    return {"version": v.id, "by": who.of(v.by), "at": v.at}


def _name_cases(line: Line, session: Session | None, things: Iterable[Row]) -> None:
    """Cases that this one is linked with get their title, where the reader is in them too; else they have none."""
    linked = [row for row in things if row["thing"] == "case"]
    known = _mine(line, session) if linked else {}
    for row in linked:
        row["caption"] = known[row["id"]].head.fields["title"] if row["id"] in known else ""


def _name(fields: Mapping[str, Any]) -> str:
    return Member(**{key: fields[key] for key in ("organisation", "unit", "person")}).name


def leads(found: Slice) -> list[str]:
    """Names of the members who lead it."""
    return [_name(m.fields) for m in found.members if m.fields["role"] == "lead"]
