"""People of several organisations who are signed in, each with rights of their own; and what strangers do meanwhile.

Somebody asks as the workspace has them: by the cookie of a session, or as an audience of the settings where the
workspace is one person's. `D` is an organisation that nobody who is compared belongs to.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow.casework.identity import sessions
from counterflow.casework.identity.tokens import digest
from counterflow.model.handling import TLP, Audience

if TYPE_CHECKING:
    from counterflow.storage.identity import Directory

__all__ = ["ORGANISATIONS", "STRANGERS", "Reader", "admitted", "settle", "stir"]

ORGANISATIONS = ("A", "B", "C")
STRANGERS = "D"
_NAMES = ("ann", "bob", "cem", "eve", "fay", "gus", "hal")
_ROLES = (
    ("analyst",), ("supervisor",), ("disseminator", "analyst"), ("collector", "modeller"), ("analyst", "modeller"),
    ("administrator",), ("auditor",),
)  # fmt: skip
"""Of `_NAMES`, in this order: each role is somebody's."""

_SECRET = "x" * 43


@dataclass(frozen=True)
class Reader:
    """Who asks. :param principal: id of whom; empty: an audience of the settings
    :param headers: that show who it is; :param verbs: what they may do"""

    audience: Audience
    principal: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    verbs: frozenset[str] = frozenset()

    @property
    def reads(self) -> bool:
        """Whether they read records at all: an administrator and an auditor do not."""
        return not self.principal or "read" in self.verbs


def settle(directory: Directory, r: random.Random) -> list[str]:
    """Organisations, people with roles and clearances, their sessions, passkeys, tokens and notices. Returns their ids.

    Ids come of `r`, so that a world can be made twice.
    """
    at = _now()
    for name in (*ORGANISATIONS, STRANGERS):
        kind = r.choice(("fiu", "police", "customs"))
        directory.put(
            "organisations",
            {"id": f"o-{name}", "name": name, "folded": name.lower(), "kind": kind, "created_at": at},
        )
    for name, whose in (("SEA", "A"), ("SKY", "B"), ("DEEP", STRANGERS)):
        directory.put("compartments", {"id": name, "organisation": whose, "created_at": at})
    found = []
    for n, name in enumerate(_NAMES):
        home = r.choice(ORGANISATIONS) if n else "A"
        found.append(_person(directory, r, name, home, _ROLES[n], at))
    _person(directory, r, "dan", STRANGERS, ("supervisor",), at)
    return found


def _person(directory: Directory, r: random.Random, name: str, home: str, roles: Sequence[str], at: str) -> str:
    id = f"p-{name}{r.randrange(16**8):08x}"
    directory.put("principals", {
        "id": id, "kind": "person", "name": name, "folded": name, "organisation": f"o-{home}",
        "unit": r.choice(("", "U")), "owner": "", "roles": sorted(roles),
        "ceiling": int(r.choice([*TLP, TLP.AMBER, TLP.AMBER_STRICT])),
        "compartments": [c for c in ("SEA", "SKY") if r.random() < 0.3], "purposes": ["tax"], "created_at": at,
    })  # fmt: skip
    _session(directory, r, id, at)
    directory.put("tokens", {
        "id": f"t-{r.randrange(16**8):08x}", "principal": id, "hash": digest(str(r.random())), "verbs": ["read"],
        "purpose": "", "ceiling": 0, "note": "nightly", "created_by": id, "created_at": at,
        "expires_at": _now(dt.timedelta(days=30)),
    })  # fmt: skip
    directory.put("credentials", {
        "id": f"k-{r.randrange(16**8):08x}", "principal": id, "kind": "passkey", "handle": f"{r.randrange(16**8):08x}",
        "secret": "", "count": 0, "note": r.choice(("phone", "key")), "created_at": at,
    })  # fmt: skip
    _notice(directory, r, id, at)
    return id


def _session(directory: Directory, r: random.Random, principal: str, at: str) -> None:
    id = f"s-{r.randrange(16**8):08x}"
    directory.put("sessions", {
        "id": id, "principal": principal, "hash": digest(_SECRET), "purpose": r.choice(("", "tax")),
        "case": r.choice(("", "case-1")), "address": "127.0.0.1", "agent": "", "created_at": at, "seen_at": at,
        "expires_at": _now(dt.timedelta(hours=10)), "proved_at": at,
    })  # fmt: skip


def _notice(directory: Directory, r: random.Random, principal: str, at: str) -> None:
    directory.put("notices", {
        "id": f"n-{r.randrange(16**8):08x}", "principal": principal, "kind": "rights", "about": principal,
        "text": "Rights were set.", "created_at": at,
    })  # fmt: skip


def admitted(directory: Directory, principals: Sequence[str]) -> list[Reader]:
    """These, as they are signed in."""
    found = []
    for principal in principals:
        row = directory.rows("sessions", principal=principal)[0]
        resumed = sessions.resume(directory, f"{row['id']}.{_SECRET}", row["address"], row["agent"])
        if resumed is None or resumed[1] is None:
            raise AssertionError(f"{principal} is not signed in")
        cookie = ("cookie", f"counterflow-8039={row['id']}.{_SECRET}"), ("x-counterflow", "1")
        found.append(Reader(resumed[1].audience, principal, cookie, resumed[1].principal.verbs))
    return found


def stir(directory: Directory, r: random.Random) -> None:
    """Something that strangers do among themselves: somebody comes, signs in, asks for more rights, is told, tries too
    often."""
    home = f"o-{STRANGERS}"
    at = _now()
    theirs = [row["id"] for row in directory.rows("principals", organisation=home)]
    for act in r.sample(("person", "session", "emergency", "notice", "limit"), 2):
        whose = r.choice(theirs)
        if act == "person":
            _person(directory, r, f"d{r.randrange(16**8):08x}", STRANGERS, (r.choice(("analyst", "auditor")),), at)
        elif act == "session":
            _session(directory, r, whose, at)
        elif act == "emergency":
            directory.put("emergencies", _emergency(r, whose, at))
        elif act == "notice":
            _notice(directory, r, whose, at)
        else:  # tried too often
            id = r.randbytes(16).hex()
            directory.put("buckets", {"id": id, "level": 0.0, "at": dt.datetime.now(dt.UTC).timestamp()})


def _emergency(r: random.Random, whose: str, at: str) -> dict[str, Any]:
    return {
        "id": f"e-{r.randrange(16**8):08x}", "principal": whose, "case": r.choice(("case-1", "case-2")),
        "reason": "It cannot wait until tomorrow.", "ceiling": 4, "compartments": ["DEEP"], "minutes": 60,
        "asked_at": at,
    }  # fmt: skip


def _now(later: dt.timedelta = dt.timedelta(0)) -> str:
    return (dt.datetime.now(dt.UTC) + later).isoformat(timespec="microseconds")
