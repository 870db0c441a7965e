"""What of people, sessions, requests and notices somebody may know; all else is taken out as if it had never been.

Invariant: every table of identity has a rule here. What one may know follows from the roles: an administrator looks
after the own organisation, who may approve knows the requests of colleagues, who audits knows all requests.

Some things are told on purpose: which organisations there are, their kind and what each may be sent; to administrators,
by id, that there is somebody elsewhere, for a compartment is given to people anywhere; and when a name is asked for,
that it is taken, since labels name readers.
"""
# ruff: noqa: S608 - names of tables and columns are those of the casebook itself

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from counterflow.casework.identity.limits import AN_HOUR, LIMITS
from counterflow.casework.identity.roles import verbs_of
from counterflow.storage.identity import TABLES

__all__ = ["forget_strangers"]

_ADDRESS = "127.0.0.1"
"""From which everybody asks."""


@dataclass(frozen=True)
class _Known:
    """:param kin: whose account one sees: oneself, one's services, whom one looks after; :param asked: of whom one
    knows requests; :param home: people of the organisation; :param name: of it; :param every: whether all people are
    there"""

    me: str
    kin: Collection[str]
    asked: Collection[str]
    home: Collection[str]
    name: str
    every: bool
    buckets: Collection[str]


def forget_strangers(db: sqlite3.Connection, principal: str) -> None:
    """Delete what that one may not know of. :param principal: id; empty: whoever has the folder, who knows all"""
    if not principal:
        return
    known = _known(db, principal)
    for name in TABLES:
        keep = _RULES[name]
        for row in _rows(db, name):
            if not keep(known, row):
                db.execute(f'DELETE FROM "identity_{name}" WHERE id = ?', (row["id"],))


def _known(db: sqlite3.Connection, principal: str) -> _Known:
    rows = {str(row["id"]): row for row in _rows(db, "principals")}
    me = rows[principal]
    verbs = verbs_of(json.loads(str(me["roles"])))
    home = {id for id, row in rows.items() if row["organisation"] == me["organisation"]}
    kin = {principal, *(id for id, row in rows.items() if row["owner"] == principal)}
    kin |= {str(me["owner"])} - {""}  # whose rights bound those of a service
    kin |= home if "administer" in verbs else set()
    asked = {*rows} if "audit" in verbs else home if "approve" in verbs else {principal}
    named = {f"{row[key]}" for id in kin for row in [rows[id]] for key in ("id", "folded")}
    name = next(str(row["name"]) for row in _rows(db, "organisations") if row["id"] == me["organisation"])
    buckets = {_bucket(kind, whose) for kind in (*LIMITS, *AN_HOUR) for whose in (*named, _ADDRESS)}
    return _Known(principal, kin, asked, home, name, "administer" in verbs, buckets)


_Row = Mapping[str, object]
_RULES: Mapping[str, Callable[[_Known, _Row], bool]] = {
    "organisations": lambda _k, _row: True,
    "clearances": lambda _k, _row: True,
    "compartments": lambda k, row: row["organisation"] == k.name,
    "principals": lambda k, row: k.every or row["id"] in {*k.home, *k.kin, *k.asked},
    "confirmations": lambda k, row: row["principal"] in k.home,
    "credentials": lambda k, row: row["principal"] in k.kin,
    "tokens": lambda k, row: row["principal"] in k.kin,
    "sessions": lambda k, row: row["principal"] in k.kin,
    "codes": lambda k, row: row["principal"] in k.kin or row["kind"] == "first",
    "buckets": lambda k, row: row["id"] in k.buckets,
    "emergencies": lambda k, row: row["principal"] in k.asked,
    "notices": lambda k, row: row["principal"] == k.me,
}  # fmt: skip


def _bucket(kind: str, whose: str) -> str:
    """As `casework.identity.limits` names it."""
    return hashlib.blake2b(f"{kind} {whose}".encode("utf-8", "replace"), digest_size=16).hexdigest()


def _rows(db: sqlite3.Connection, name: str) -> list[dict[str, object]]:
    found = db.execute(f'SELECT * FROM "identity_{name}"')
    keys = [column[0] for column in found.description]
    return [dict(zip(keys, row, strict=True)) for row in found.fetchall()]
