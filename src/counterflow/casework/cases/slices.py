"""A case as one reader sees it: the rows in force of what they may read, if they are in the case at all.

Invariant: made of nothing but rows that the reader may read. Who is no member, as far as these rows say, sees nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from counterflow.casework.cases.versions import Version, by_row, in_force
from counterflow.errors import NotFound
from counterflow.model.case import Member

__all__ = ["HEAD", "Reader", "Slice", "news", "slices"]

HEAD = "case"
"""Id of the row that a case begins with."""


@dataclass(frozen=True)
class Reader:
    """Who looks. :param owner: has the workspace to themselves, and is in every case"""

    organisation: str = ""
    unit: str = ""
    persons: frozenset[str] = frozenset()
    owner: bool = False

    def named_by(self, member: Mapping[str, Any]) -> bool:
        """Whether a member's row speaks of this reader: of the person, the unit or the organisation."""
        return (
            member["organisation"] == self.organisation != ""
            and member["unit"] in ("", self.unit)
            and (not member["person"] or member["person"] in self.persons)
        )


class Slice:
    """One case. :param versions: all that the reader may read of it, in the order they were written"""

    def __init__(self, id: str, versions: Sequence[Version], reader: Reader) -> None:
        self.id, self.reader = id, reader
        self.versions = versions
        self.rows = {row: every for (_, row), every in by_row(versions).items()}

    @cached_property
    def heads(self) -> dict[str, list[Version]]:
        """Row → its versions in force, the one that leads last; parts of snapshots left out, they are no rows."""
        return {row: in_force(every) for row, every in self.rows.items() if every[0].kind != "part"}

    def of(self, kind: str) -> list[Version]:
        """Rows of a kind, the leading version of each, in the order in which the reader could first see them."""
        return [heads[-1] for heads in self.heads.values() if heads[-1].kind == kind]

    def row(self, row: str) -> list[Version]:
        """Versions in force of one row. :raises NotFound: none that may be read"""
        if row not in self.heads:
            raise NotFound("row of a case", row)
        return self.heads[row]

    @cached_property
    def head(self) -> Version:
        """The row that the case begins with."""
        return self.heads[HEAD][-1]

    @cached_property
    def members(self) -> list[Version]:
        """Those who are in it."""
        return [one for one in self.of("member") if one.fields["role"] != "left"]

    @cached_property
    def role(self) -> str | None:
        """``lead``, ``member``, or None: the reader is not in it."""
        if self.reader.owner:
            return "lead"
        roles = {one.fields["role"] for one in self.members if self.reader.named_by(one.fields)}
        return "lead" if "lead" in roles else "member" if roles else None

    @property
    def open_to_reader(self) -> bool:
        """Whether the case is there at all for this reader."""
        return HEAD in self.heads and self.role is not None

    def member(self, name: str) -> Version:
        """The member of that name, as tasks name it. :raises NotFound: none that may be read"""
        found = next((one for one in self.members if Member(**one.fields).name == name), None)
        if found is None:
            raise NotFound("member of the case", name)
        return found

    def parts(self, snapshot: str) -> list[Version]:
        """What may be read of a snapshot."""
        return [one for one in self.rows.get(f"{snapshot}/part", ()) if one.kind == "part"]


def slices(versions: Iterable[Version], reader: Reader) -> dict[str, Slice]:
    """Case → slice, of those that are there for the reader."""
    of: dict[str, list[Version]] = {}
    for one in versions:
        of.setdefault(one.case, []).append(one)
    found = {id: Slice(id, every, reader) for id, every in of.items()}
    return {id: one for id, one in found.items() if one.open_to_reader}


def news(versions: Iterable[Version], mine: Container[str]) -> list[Version]:
    """What was written in some cases, in order; a snapshot once, however many parts it has."""
    return [one for one in versions if one.case in mine and one.kind != "part"]
