"""Under which labels a row of a case is written: never fewer than those of the case and of what the row tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from counterflow.casework.cases.versions import Version
from counterflow.errors import UnknownName, UsageError
from counterflow.model.handling import Label

__all__ = ["of_case", "stated"]

_KEYS = ("tlp", "releasable_to", "readers", "compartments", "purposes")


def stated(given: Mapping[str, Any] | None, organisation: str) -> Label | None:
    """A label as somebody states it, for a record of their organisation; None where they state none.

    :param given: tlp (or a whole marking), releasable_to, readers, compartments, purposes; only the first is needed
    :raises UnknownName: another key; UsageError: no TLP, or not lists of texts
    """
    if not given:
        return None
    for key, value in given.items():
        if key not in _KEYS:
            raise UnknownName("key of a label", key, _KEYS)
        if key != "tlp" and not (isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)):
            raise UsageError(f"'{key}' of a label is a list of texts.")
    if not given.get("tlp"):
        raise UsageError("A label begins with its TLP, e.g. TLP:AMBER.")
    label = Label.parse(str(given["tlp"]), own=organisation)
    sets: dict[str, Any] = {key: frozenset(given[key]) for key in _KEYS[1:] if given.get(key)}
    if "releasable_to" in sets and organisation:
        sets |= {
            "originator": label.originator or organisation,
            "releasable_to": sets["releasable_to"] | {organisation},
        }
    return replace(label, **sets)


def of_case(head: Sequence[Version]) -> frozenset[str]:
    """Labels under which a case is known: what each of its rows bears at least.

    They are those of its first row, until that is let out to more readers.

    :param head: versions of the first row that the writer may read, oldest first
    """
    known = {one.id: one.labels for one in head}
    found = head[0].labels
    for one in head:
        if any(not known[id] <= one.labels for id in one.follows & known.keys()):
            found = one.labels
    return found
