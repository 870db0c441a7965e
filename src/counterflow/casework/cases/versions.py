"""Versions of rows: which is in force for a reader, and which change comes too late.

A row's versions are a tree: each names those that it follows. Of those that a reader may read, the ones that none of
the others follows are in force; the last of them leads, the others stand beside it.

Invariant: whether a change is refused depends only on versions that everybody who may read the change may read as well.
So a refusal never tells of a version that is kept from somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterflow.errors import Conflict

__all__ = ["Version", "by_row", "in_force", "outdated", "version"]


@dataclass(frozen=True)
class Version:
    """A row of a case as it once was.

    :param seq: place in the casebook, never shown; :param id: random; :param follows: ids it was based on
    :param labels: ids; all of them must be readable
    """

    seq: int
    case: str
    row: str
    kind: str
    id: str
    follows: frozenset[str]
    labels: frozenset[str]
    by: str
    at: str
    fields: Mapping[str, Any]


def version(row: Mapping[str, Any]) -> Version:
    """From a row of `storage.writings`."""
    case, _, key = row["key"].partition("/")
    told = row["content"]
    return Version(
        row["id"], case, key, row["kind"].partition("/")[2], told["version"], frozenset(told["follows"]),
        frozenset(row["labels"]), row["by"], row["at"], told["fields"],
    )  # fmt: skip


def by_row(versions: Iterable[Version]) -> dict[tuple[str, str], list[Version]]:
    """(case, row) → its versions, each in the order they were written."""
    found: dict[tuple[str, str], list[Version]] = {}
    for one in versions:
        found.setdefault((one.case, one.row), []).append(one)
    return found


def in_force(versions: Sequence[Version]) -> list[Version]:
    """Versions of one row that none of the others follows; the one that leads is the last."""
    followed = frozenset[str]().union(*(one.follows for one in versions))
    return [one for one in versions if one.id not in followed]


def outdated(base: frozenset[str], labels: frozenset[str], versions: Iterable[Version]) -> Version | None:
    """The version that a change to be written under `labels` comes too late for; None where it does not.

    :param base: ids that the change is based on
    """
    late = [one for one in versions if one.follows & base and one.labels <= labels]
    return late[-1] if late else None


def refuse(mine: Mapping[str, Any], theirs: Version) -> None:
    """:raises Conflict: always; with both"""
    told = {"version": theirs.id, "by": theirs.by, "at": theirs.at, "fields": dict(theirs.fields)}
    raise Conflict(f"{theirs.kind} {theirs.row}", dict(mine), told)
