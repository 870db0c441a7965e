"""Organisations as those to whom something is released: how far each is cleared, and who in it is told.

A clearance says what may be sent to an organisation as a whole; what its people read here is by their own. Nobody
clears the own organisation, and a compartment is given by the organisation that keeps it. An organisation that nobody
has cleared is given what is TLP:CLEAR.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from counterflow.casework.identity import people, roles
from counterflow.casework.identity.people import By
from counterflow.errors import Forbidden, NotFound, UsageError
from counterflow.model.handling import TLP, Audience, Label, readable
from counterflow.storage.identity import Directory, now

__all__ = ["audience", "clear", "recipients", "tell"]


def recipients(directory: Directory) -> list[dict[str, Any]]:
    """Every organisation that is open, by name: id, name, kind, ceiling, compartments."""
    known = {row["id"]: row for row in directory.rows("clearances")}
    found = [_shown(row, known.get(row["id"])) for row in people.organisations(directory)]
    return sorted(found, key=lambda row: str(row["name"]).casefold())


def audience(directory: Directory, name: str) -> Audience:
    """An organisation as those who would read what is released to it. :raises UsageError: none of that name or id"""
    found = recipients(directory)
    for row in found:
        if name == row["id"] or " ".join(name.split()).casefold() == row["name"].casefold():
            return Audience(row["name"], organisation=row["name"], ceiling=TLP.parse(row["ceiling"]),
                            compartments=frozenset(row["compartments"]))  # fmt: skip
    raise UsageError(f"'{name}' is nobody to release to. Known: {', '.join(row['name'] for row in found)}.")


def clear(
    directory: Directory, name: str, by: By, *, ceiling: str | None = None, compartments: Collection[str] | None = None
) -> dict[str, Any]:
    """Say how far an organisation is cleared; what is not named stays as it is.

    :param name: of the organisation, or its id
    :raises NotFound: no such organisation; Forbidden: it is one's own; UsageError: a compartment that another keeps
    """
    row = next((r for r in recipients(directory) if name in (r["id"], r["name"])), None)
    if row is None:
        raise NotFound("organisation", name)
    if by.principal is not None and by.principal.organisation == row["name"]:
        raise Forbidden("administer")
    circle = TLP.parse(row["ceiling"] if ceiling is None else ceiling)
    held = sorted(set(row["compartments"] if compartments is None else compartments))
    for compartment in sorted(set(held) ^ set(row["compartments"])):
        kept = directory.one("compartments", id=compartment)
        if kept is None or not by.within(kept["organisation"]):
            raise UsageError(f"Compartment '{compartment}' is not one that your organisation gives.")
    before = {key: row[key] for key in ("ceiling", "compartments")}
    after = {"ceiling": circle.text, "compartments": held}
    told = {"id": row["id"], "before": before, "after": after}
    fresh = {"ceiling": int(circle), "compartments": held, "set_by": by.who, "set_at": now()}
    with directory.changing(by.who, "organisation clear", told) as change:
        if not change.change("clearances", fresh, id=row["id"]):
            change.put("clearances", {"id": row["id"], **fresh})
    return {**row, **after}


def tell(directory: Directory, name: str, about: str, text: str, labels: Iterable[Label], who: str) -> None:
    """Those of an organisation who work in cases hear of a release, by a pointer; only who may read all that it holds.

    :param labels: of what it holds; :param who: does it, and need not be told
    """
    home = next((row for row in directory.rows("organisations", closed_at=None) if row["name"] == name), None)
    held = list(labels)
    for row in directory.rows("principals", organisation=home["id"], closed_at=None) if home else ():
        one = people.principal(directory, row["id"])
        if one is None or row["id"] == who or not {"read", "case"} <= roles.verbs_of(row["roles"]):
            continue
        reader = Audience(one.name, organisation=name, readers=frozenset({one.name}), ceiling=one.ceiling,
                          compartments=one.compartments, purposes=one.purposes)  # fmt: skip
        if all(readable(label, reader) for label in held):
            directory.put("notices", {
                "id": people.made("n"), "principal": row["id"], "kind": "release", "about": about, "text": text,
                "created_at": now(),
            })  # fmt: skip


def _shown(row: dict[str, Any], cleared: dict[str, Any] | None) -> dict[str, Any]:
    ceiling = TLP.CLEAR if cleared is None else TLP(cleared["ceiling"])
    return {**row, "ceiling": ceiling.text, "compartments": [] if cleared is None else cleared["compartments"]}
