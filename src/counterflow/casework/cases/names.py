"""Who wrote and decided what in a case, by name: as far as one reader may know the person.

Somebody is known by name in their own organisation, and wherever a member's row that may be read names them; else by
their organisation, where one of these rows does; else not at all. Rows keep ids; names are put in for a reader.

Invariant: what is told follows from who reads, from who has an account, and from rows that the reader may read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow.model.case import Member

if TYPE_CHECKING:
    from counterflow.casework.cases.slices import Reader
    from counterflow.casework.cases.versions import Version

__all__ = ["KEEPER", "UNKNOWN", "Look", "Names", "Person", "nobody"]

UNKNOWN = "another member"
"""Somebody of whom the reader may know nothing more."""

KEEPER = "who keeps the workspace"
"""Whoever has the workspace's folder, and acts without an account."""

DECIDED = ("proposed_by", "approved_by")
"""Fields that name somebody, as `by` does."""


@dataclass(frozen=True)
class Person:
    """Who has an account. :param name: never given twice"""

    name: str
    organisation: str


Look = Callable[[Collection[str]], Mapping[str, Person]]
"""Ids → those among them that are, or were, of an account."""


def nobody(_ids: Collection[str]) -> Mapping[str, Person]:
    """Where people have no accounts."""
    return {}


class Names:
    """Names for one reader in one case.

    :param versions: all that the reader may read of it; of what belongs to no case, what is shown of that
    :param local: the reader has the machine, and may know what its users are called
    """

    def __init__(self, versions: Iterable[Version], reader: Reader, look: Look, *, local: bool) -> None:
        rows = [*versions]
        self._reader, self._local = reader, local
        members = [Member(**row.fields) for row in rows if row.kind == "member"]
        self._organisations = {one.organisation for one in members}
        self._named = {(one.organisation, one.person) for one in members if one.person}
        ids = {row.by for row in rows}.union(*({row.fields.get(key, "") for key in DECIDED} for row in rows))
        self._people = look(sorted(ids - {""}))

    def of(self, id: str) -> str:
        """What the reader calls whoever has that id."""
        who = self._people.get(id)
        if who is None:
            return id if self._local or not id else KEEPER
        if who.organisation == self._reader.organisation:
            return who.name
        if self._reader.owner or (who.organisation, who.name) in self._named:
            return f"{who.name} ({who.organisation})"
        return who.organisation if who.organisation in self._organisations else UNKNOWN

    def told(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Fields of a row, whoever they name by name."""
        return {key: self.of(value) if key in DECIDED else value for key, value in fields.items()}
