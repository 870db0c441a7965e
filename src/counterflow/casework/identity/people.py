"""Organisations, the people and services in them, their roles and clearances.

An administrator looks after the own organisation, and only that; compartments are given by the organisation that keeps
them. Nobody changes their own rights. Whoever has the workspace's folder to themselves may do all of it (`By.local`).
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from counterflow.casework.identity import roles
from counterflow.errors import Forbidden, NotFound, UsageError
from counterflow.model.agency import kind as kind_of
from counterflow.model.handling import TLP
from counterflow.model.principal import Principal
from counterflow.storage.identity import Change, Directory, now

__all__ = [
    "By", "add_organisation", "add_person", "assign", "clear", "close", "colleagues", "compartments", "found", "made",
    "move", "organisations", "people", "principal", "shown", "tell",
]  # fmt: skip

LONGEST = 80
"""Characters of a name."""


@dataclass(frozen=True)
class By:
    """Who changes something. :param who: as the log names them; :param principal: None: the owner of the folder"""

    who: str
    principal: Principal | None = None

    @property
    def local(self) -> bool:
        """Whether this is whoever has the workspace's folder to themselves."""
        return self.principal is None

    def within(self, organisation: str) -> bool:
        """Whether what belongs to that organisation is for this one to change."""
        return self.principal is None or self.principal.organisation == organisation


def made(kind: str) -> str:
    """A new id: random, so that none is ever constant or used again. :param kind: a letter to tell ids apart by"""
    return f"{kind}-{secrets.token_hex(10)}"


def _name(text: str, what: str) -> tuple[str, str]:
    """A name as it is kept, and as it is compared: no two differ by capitals, spaces or forms of letters alone.

    :raises UsageError: no name
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not name or len(name) > LONGEST or not name.isprintable() or "/" in name:
        raise UsageError(
            f"'{text}' is no name of {what}. Valid: 1 to {LONGEST} printable characters, none of them '/'."
        )
    return name, name.casefold()


def _unit(text: str) -> str:
    return _name(text, "a unit")[0] if text.strip() else ""


# -- organisations -----------------------------------------------------------------------------------------------------


def add_organisation(directory: Directory, name: str, kind: str, by: By) -> dict[str, Any]:
    """A new organisation. :raises UsageError: the name is taken, or was once; :raises UnknownName: no such kind"""
    name, folded = _name(name, "an organisation")
    kind = kind_of(kind)
    if directory.one("organisations", folded=folded) is not None:
        raise UsageError(f"There is, or was, an organisation '{name}'. Names are never given twice.")
    row = {"id": made("o"), "name": name, "folded": folded, "kind": kind, "created_at": now()}
    with directory.changing(by.who, "organisation add", {"id": row["id"], "name": name, "kind": kind}) as change:
        change.put("organisations", row)
    return row


def organisations(directory: Directory) -> list[dict[str, Any]]:
    """All that are open: id, name, kind."""
    rows = directory.rows("organisations", closed_at=None)
    return [{"id": row["id"], "name": row["name"], "kind": kind_of(row["kind"])} for row in rows]


def _organisation(directory: Directory, name: str) -> dict[str, Any]:
    row = directory.one("organisations", folded=_name(name, "an organisation")[1], closed_at=None)
    if row is None:
        raise NotFound("organisation", name)
    return row


# -- people ------------------------------------------------------------------------------------------------------------


def add_person(
    directory: Directory, name: str, organisation: str, by: By, *, unit: str = "", held: Collection[str] = (),
    owner: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A new person, or a service for which a person answers; cleared for TLP:CLEAR and no compartment so far.

    An administrator may also add to an organisation that has nobody yet its first administrator.

    :param owner: of a service: the person, by name or id
    :raises UsageError: the name is taken, or was once; :raises NotFound: no such organisation or owner
    """
    name, folded = _name(name, "a person")
    home = _organisation(directory, organisation)
    kind = "person" if owner is None else "service"
    held = roles.checked(held, kind)
    first = held == ["administrator"] and not directory.rows("principals", organisation=home["id"])
    if not by.within(home["name"]) and not first:
        raise Forbidden("administer")
    answers = "" if owner is None else found(directory, owner, by)["id"]
    if directory.one("principals", folded=folded) is not None:
        raise UsageError(f"'{name}' is, or was, somebody's name. Names are never given twice: add a middle initial.")
    row = {
        "id": made("p"), "kind": kind, "name": name, "folded": folded, "organisation": home["id"], "unit": _unit(unit),
        "owner": answers, "roles": held, "ceiling": int(TLP.CLEAR), "compartments": [], "purposes": [],
        "created_at": now(),
    }  # fmt: skip
    told = {k: row[k] for k in ("id", "kind", "name", "organisation", "unit", "owner", "roles")}
    with directory.changing(by.who, f"{kind} add", told) as change:
        change.put("principals", row)
        _tell_supervisors(directory, change, row, by)
    return row


def found(directory: Directory, who: str, by: By) -> dict[str, Any]:
    """The row of somebody who is there, by id or name, as far as one may look.

    :raises NotFound: nobody, or somebody of another organisation
    """
    row = directory.one("principals", id=who) or directory.one("principals", folded=_name(who, "a person")[1])
    if row is None or row["closed_at"] is not None or not by.within(_home(directory, row)):
        raise NotFound("person", who)
    return row


def _home(directory: Directory, row: dict[str, Any]) -> str:
    home = directory.one("organisations", id=row["organisation"])
    return "" if home is None else str(home["name"])


def people(directory: Directory, by: By) -> list[dict[str, Any]]:
    """Everybody one looks after, as `shown`."""
    homes = {row["id"]: row["name"] for row in directory.rows("organisations")}
    rows = directory.rows("principals", closed_at=None)
    return [shown(row, homes[row["organisation"]]) for row in rows if by.within(homes[row["organisation"]])]


def shown(row: dict[str, Any], organisation: str) -> dict[str, Any]:
    """A principal as it is printed."""
    told = {k: row[k] for k in ("id", "kind", "name", "unit", "owner", "roles", "compartments", "purposes")}
    return {**told, "organisation": organisation, "ceiling": TLP(row["ceiling"]).text}


def principal(directory: Directory, id: str) -> Principal | None:
    """Who acts under that id, with the rights of now; None: nobody, or one whose account or organisation is closed.

    A service has no right that the person who answers for it has not.
    """
    row = directory.one("principals", id=id, closed_at=None)
    home = None if row is None else directory.one("organisations", id=row["organisation"], closed_at=None)
    if row is None or home is None:
        return None
    own = Principal(
        id=row["id"],
        name=row["name"],
        organisation=home["name"],
        unit=row["unit"],
        verbs=roles.verbs_of(row["roles"]),
        ceiling=TLP(row["ceiling"]),
        compartments=frozenset(row["compartments"]),
        purposes=frozenset(row["purposes"]),
    )
    if directory.one("confirmations", principal=row["id"], decided_at=None) is not None:
        own = replace(own, verbs=frozenset(), waiting=True)  # until another person has said who it is
    if not row["owner"]:
        return own
    owner = principal(directory, row["owner"])
    return None if owner is None else replace(
        own,
        verbs=own.verbs & owner.verbs,
        ceiling=min(own.ceiling, owner.ceiling),
        compartments=own.compartments & owner.compartments,
        purposes=own.purposes & owner.purposes,
    )  # fmt: skip


def move(directory: Directory, who: str, unit: str, by: By) -> dict[str, Any]:
    """Somebody works in that unit of their organisation from now on; empty: in none."""
    row = _anothers(directory, who, by)
    unit = _unit(unit)
    with directory.changing(by.who, "move", {"id": row["id"], "before": row["unit"], "after": unit}) as change:
        change.change("principals", {"unit": unit}, id=row["id"])
        _tell_supervisors(directory, change, row, by)
    return {**row, "unit": unit}


def colleagues(directory: Directory, organisation: str | None) -> dict[str, Any]:
    """Whom a case may name: all organisations with their kind, and the people who read in one of them with its units.

    :param organisation: whose people are told; None: everybody's
    :returns: {organisations: [{name, kind, units}], people: [{name, organisation, unit}]}
    """
    homes = directory.rows("organisations", closed_at=None)
    names = {row["id"]: row["name"] for row in homes}
    told = [
        {"name": row["name"], "organisation": names[row["organisation"]], "unit": row["unit"]}
        for row in directory.rows("principals", closed_at=None, kind="person")
        if "read" in roles.verbs_of(row["roles"]) and organisation in (None, names.get(row["organisation"]))
        and row["organisation"] in names
    ]  # fmt: skip
    units = {(p["organisation"], p["unit"]) for p in told if p["unit"]}
    organisations = [
        {"name": row["name"], "kind": kind_of(row["kind"]), "units": sorted(u for o, u in units if o == row["name"])}
        for row in homes
    ]
    return {name: sorted(rows, key=lambda row: str(row["name"]).casefold())
            for name, rows in (("organisations", organisations), ("people", told))}  # fmt: skip


# -- rights ------------------------------------------------------------------------------------------------------------


def assign(directory: Directory, who: str, held: Collection[str], by: By) -> dict[str, Any]:
    """Give somebody these roles in place of those before. They count from the next request on."""
    row = _anothers(directory, who, by)
    held = roles.checked(held, row["kind"])
    told = {"id": row["id"], "before": row["roles"], "after": held}
    with directory.changing(by.who, "role", told) as change:
        change.change("principals", {"roles": held}, id=row["id"])
        _tell_supervisors(directory, change, row, by)
    return {**row, "roles": held}


def clear(
    directory: Directory, who: str, by: By, *, ceiling: str | None = None, compartments: Collection[str] | None = None,
    purposes: Collection[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Clear somebody for a TLP circle, compartments and purposes; what is not named stays as it is.

    Compartments are given and taken by the organisation that keeps them, to whom it likes; somebody of another one is
    named by id. All else is for the person's own organisation. What others keep stays as it is, and no answer tells
    whether there is such a name, of a compartment or of a person, somewhere else.

    :raises UsageError: a compartment that the organisation does not keep, and that is no new one of its own
    """
    row = _anothers(directory, who, by, anywhere=ceiling is None and purposes is None)
    after: dict[str, Any] = {}
    if ceiling is not None:
        after["ceiling"] = int(TLP.parse(ceiling))
    if purposes is not None:
        after["purposes"] = sorted({_name(p, "a purpose")[0] for p in purposes})
    fresh: set[str] = set()
    if compartments is not None:
        wanted = {_name(c, "a compartment")[0] for c in compartments}
        after["compartments"], fresh = _compartments(directory, row, wanted, by)
    told = {"id": row["id"], "before": {k: row[k] for k in after}, "after": after}
    with directory.changing(by.who, "clear", told) as change:
        for compartment in sorted(fresh):
            keeper = by.principal.organisation if by.principal else _home(directory, row)
            change.put("compartments", {"id": compartment, "organisation": keeper, "created_at": now()})
        if after:
            change.change("principals", after, id=row["id"])
        _tell_supervisors(directory, change, row, by)
    return {**row, **after}


def _compartments(directory: Directory, row: dict[str, Any], wanted: set[str], by: By) -> tuple[list[str], set[str]]:
    """What somebody holds from now on, and those that nobody kept before. Of what is not one's own to give one is told
    the same whether it is there or not: a new one bears the organisation's name."""
    keepers = {one["id"]: one["organisation"] for one in directory.rows("compartments")}
    if by.principal is None:
        return sorted(wanted), wanted - keepers.keys()
    held, mine = set(row["compartments"]), {name for name, keeper in keepers.items() if by.within(keeper)}
    own = f"{by.principal.organisation}: "
    fresh = {name for name in wanted - keepers.keys() if name.startswith(own)}
    seen = held if by.within(_home(directory, row)) else set()
    for name in sorted(wanted - mine - fresh - seen):
        raise UsageError(
            f"Compartment '{name}' is not one that your organisation gives. A new one begins with its name: '{own}…'."
        )
    return sorted(wanted & (mine | fresh) | held - mine), fresh


def compartments(directory: Directory, by: By) -> list[str]:
    """Names of the compartments that one may give."""
    return [row["id"] for row in directory.rows("compartments") if by.within(row["organisation"])]


def close(directory: Directory, who: str, by: By) -> None:
    """Close an account: its sessions end, its tokens and those of its services are void. The name stays taken."""
    row = _anothers(directory, who, by)
    at = now()
    with directory.changing(by.who, "person close", {"id": row["id"], "name": row["name"]}) as change:
        for one in [row, *directory.rows("principals", owner=row["id"], closed_at=None)]:
            change.change("principals", {"closed_at": at}, id=one["id"])
            change.change("tokens", {"revoked_at": at}, principal=one["id"], revoked_at=None)
            change.change("credentials", {"revoked_at": at}, principal=one["id"], revoked_at=None)
            change.change("sessions", {"ended_at": at, "ended_why": "closed"}, principal=one["id"], ended_at=None)


def _anothers(directory: Directory, who: str, by: By, *, anywhere: bool = False) -> dict[str, Any]:
    """As `found`, but not oneself: nobody changes their own rights. :param anywhere: by id, in whatever organisation"""
    named = directory.one("principals", id=who, closed_at=None) if anywhere else None
    row = found(directory, who, by) if named is None else named
    if by.principal is not None and by.principal.id == row["id"]:
        raise Forbidden("administer")
    return row


def tell(directory: Directory, row: dict[str, Any], by: By, text: str) -> None:
    """Somebody, and those who may approve in the organisation, hear of what an administrator did about the account."""
    for one in directory.rows("principals", organisation=row["organisation"], closed_at=None):
        if (one["id"] == row["id"] or "approve" in roles.verbs_of(one["roles"])) and one["id"] != by.who:
            directory.put("notices", {
                "id": made("n"), "principal": one["id"], "kind": "rights", "about": row["id"], "text": text,
                "created_at": now(),
            })  # fmt: skip


def _tell_supervisors(directory: Directory, change: Change, row: dict[str, Any], by: By) -> None:
    """Those who may approve in an organisation hear when an administrator gives or takes rights in it."""
    for one in directory.rows("principals", organisation=row["organisation"], closed_at=None):
        if "approve" in roles.verbs_of(one["roles"]) and one["id"] not in (by.who, row["id"]):
            change.put("notices", {
                "id": made("n"), "principal": one["id"], "kind": "rights", "about": row["id"],
                "text": f"The rights of {row['name']} were set.", "created_at": now(),
            })  # fmt: skip
