"""Four eyes for who is behind an account: what an administrator opened a way into waits for another person's word.

An invitation is whoever's that holds its code, so that an administrator could come in as somebody who does not exist,
or in a colleague's place. Hence an account into which somebody came by an administrator's invitation, or that an
administrator linked to a provider's account, may do nothing until somebody else of the organisation (an administrator
or a supervisor, or on the command line the folder's owner) has asked the person and confirmed it. Refused, it is as it
was before: what was set up since is void.
"""

from __future__ import annotations

from typing import Any

from counterflow.casework.identity import people, roles
from counterflow.casework.identity.people import By
from counterflow.errors import NotFound
from counterflow.model.principal import Principal
from counterflow.storage.identity import Change, Directory, now

__all__ = ["confirm", "hold", "listed"]


def hold(directory: Directory, principal: str, how: str, asked_by: str, address: str = "") -> None:
    """Have an account wait. :param how: the way in; :param asked_by: id of the administrator who opened it"""
    row = {
        "id": people.made("h"), "principal": principal, "how": how, "asked_by": asked_by, "address": address,
        "created_at": now(),
    }  # fmt: skip
    with directory.changing(asked_by, "account wait", row) as change:
        change.put("confirmations", row)
        _tell(directory, change, row, f"waits: is it the right person who came in by {how}? Ask them, then confirm it")


def listed(directory: Directory, who: Principal | None) -> list[dict[str, Any]]:
    """Accounts that wait for one's word: id, principal, name, how, address, created_at. :param who: None: all"""
    rows = directory.rows("confirmations", decided_at=None)
    return [shown(directory, row) for row in rows if who is None or _may(directory, row, who)]


def confirm(directory: Directory, id: str, agreed: bool, by: By) -> dict[str, Any]:
    """Say that the right person is behind an account, or that it is not.

    :raises NotFound: none that waits for this one's word
    """
    row = directory.one("confirmations", id=id, decided_at=None)
    if row is None or (by.principal is not None and not _may(directory, row, by.principal)):
        raise NotFound("account that waits", id)
    after = {"decided_by": by.who, "decided_at": now(), "agreed": agreed}
    told = {"id": id, "principal": row["principal"], **after}
    with directory.changing(by.who, "account confirm", told) as change:
        if change.change("confirmations", after, id=id, decided_at=None) != 1:  # somebody else was faster
            raise NotFound("account that waits", id)
        if not agreed:
            _undo(directory, change, row)
        _tell(directory, change, row, "was confirmed" if agreed else "was refused: who came in is out", by.who)
    return shown(directory, {**row, **after})


def shown(directory: Directory, row: dict[str, Any]) -> dict[str, Any]:
    """One as it is printed."""
    who = directory.one("principals", id=row["principal"])
    asked = directory.one("principals", id=row["asked_by"])
    names = {"name": who["name"] if who else "", "asked_by_name": asked["name"] if asked else ""}
    return {**{k: row[k] for k in ("id", "principal", "how", "asked_by", "address", "created_at")}, **names}


def _may(directory: Directory, row: dict[str, Any], who: Principal) -> bool:
    """Whether somebody may decide: of the same organisation, neither the one who opened the way nor the one behind."""
    account = directory.one("principals", id=row["principal"])
    home = directory.one("organisations", id=account["organisation"]) if account else None
    return (
        home is not None
        and who.organisation == home["name"]
        and bool(who.verbs & {"approve", "administer"})
        and who.id not in (row["asked_by"], row["principal"])
    )


def _undo(directory: Directory, change: Change, row: dict[str, Any]) -> None:
    """What was set up since somebody came in is void, and they are out; what was there before holds again."""
    at, whose, since = now(), row["principal"], row["created_at"]
    for table in ("credentials", "tokens"):
        for one in directory.rows(table, principal=whose):
            if one["created_at"] >= since and one["revoked_at"] is None:
                change.change(table, {"revoked_at": at}, id=one["id"])
    for one in directory.rows("credentials", principal=whose, kind="password"):
        if one["created_at"] < since <= (one["revoked_at"] or ""):  # that whoever came in put another in its place
            change.change("credentials", {"revoked_at": None}, id=one["id"])
    change.change("sessions", {"ended_at": at, "ended_why": "refused"}, principal=whose, ended_at=None)
    change.change("codes", {"used_at": at}, principal=whose, kind="invitation", used_at=None)


def _tell(directory: Directory, change: Change, row: dict[str, Any], what: str, by: str = "") -> None:
    """The person, and everybody of the organisation who may decide or approve, hears of it."""
    account = directory.one("principals", id=row["principal"])
    if account is None:
        return
    for one in directory.rows("principals", organisation=account["organisation"], closed_at=None, kind="person"):
        concerned = roles.verbs_of(one["roles"]) & {"approve", "administer"} or one["id"] == row["principal"]
        if concerned and one["id"] != by:
            change.put("notices", {
                "id": people.made("n"), "principal": one["id"], "kind": "account", "about": row["id"],
                "text": f"The account of {account['name']} {what}.", "created_at": now(),
            })  # fmt: skip
