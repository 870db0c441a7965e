"""Differences: what two editions of one list say differently, party by party, field by field, in words.

What hangs on a party (its addresses, documents, listing) is told as fields of the party. Values are compared, not
rows: a record that moved, or that was merely written anew, is no change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow.model import schema as vocabulary
from counterflow.sources.reader import MENDED

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["Change", "Field", "differences", "parties_in_force"]

_PARTIES = ("LegalEntity", "Vehicle")
_IN_FULL = frozenset({"full", "street", "street2", "postOfficeBox", "city", "state", "region", "postalCode", "country"})
"""What an address record says again: the party's own `address` has it in one line."""

_NAMES = ("name", "alias", "weakAlias", "previousName")

_LONG = 120
"""Characters from which a text is told by the sentences that changed; both texts are in `Field` whole."""

_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One property that changed.

    :param name: ``birthDate``, or ``Sanction.listingDate`` of what hangs on the party
    :param before, after: the values that only one of the editions gives, sorted
    """

    name: str
    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def text(self) -> str:
        """In words: ``birth date 1946 → 1945``, ``alias KIM Yong added``."""
        if len(self.before) == len(self.after) == 1:
            if max(len(self.before[0]), len(self.after[0])) > _LONG:
                return f"{self.label} {_amended(self.before[0], self.after[0])}"
            return f"{self.label} {self.before[0]} → {self.after[0]}"
        told = [
            f"{', '.join(values)} {what}"
            for values, what in ((self.before, "removed"), (self.after, "added"))
            if values
        ]
        return f"{self.label} {'; '.join(told)}"


@dataclass(frozen=True)
class Change:
    """One party that is new, gone or not as it was.

    :param change: added, removed or changed; :param label_ids: labels of the claims that it rests on
    """

    change: str
    subject: str
    schema: str
    caption: str
    fields: tuple[Field, ...]
    label_ids: tuple[str, ...]

    @property
    def text(self) -> str:
        """In words."""
        if self.change != "changed":
            return f"{self.caption}: {self.change}"
        return f"{self.caption}: {'; '.join(f.text for f in self.fields)}"


def _amended(before: str, after: str) -> str:
    """What changed between two long texts: sentences that are gone, and new ones."""
    old, new = _SENTENCE.split(before), _SENTENCE.split(after)
    gone = [f"“{s}” removed" for s in old if s not in new]
    come = [f"“{s}” added" for s in new if s not in old]
    return "; ".join(gone + come) or "in another order"


@dataclass
class _Party:
    schema: str
    rows: list[Row] = field(default_factory=list)


def parties_in_force(scope: Scope, dataset: str) -> set[str]:
    """Subjects of a dataset that are persons, bodies, ships or aircraft."""
    claims = scope.table("claims")
    found = scope.run(claims.filter(claims.dataset == dataset).select("subject", "schema").distinct())
    return {row["subject"] for row in found.to_pylist() if _is_party(row["schema"])}


def differences(before: Iterable[Row], after: Iterable[Row]) -> list[Change]:
    """What changed, added parties first, then removed ones, then changed ones; each sorted by name.

    :param before, after: the claims of one edition each, as rows of `storage.tables.CLAIMS`
    """
    old, new = _parties(before), _parties(after)
    names = {subject: _caption(party, subject) for parties in (old, new) for subject, party in parties.items()}
    found = []
    for subject in {*old, *new}:
        was, now = old.get(subject), new.get(subject)
        fields = _fields(was, now, lambda id: names.get(id, id))
        if was is not None and now is not None and not fields:
            continue
        change = "added" if was is None else "removed" if now is None else "changed"
        rows = [row for party in (was, now) if party is not None for row in party.rows]
        shown = now or was
        assert shown is not None
        labels = tuple(sorted({row["label_id"] for row in rows}))
        found.append(Change(change, subject, shown.schema, names[subject], fields, labels))
    order = ("added", "removed", "changed")
    return sorted(found, key=lambda c: (order.index(c.change), c.caption.casefold(), c.subject))


def _parties(claims: Iterable[Row]) -> dict[str, _Party]:
    """Claims by the party that they are told of: its own, and those of what hangs on it."""
    of: dict[str, list[Row]] = {}
    for row in claims:
        of.setdefault(row["subject"], []).append(row)
    heads = _heads(of)
    found: dict[str, _Party] = {}
    for subject, rows in sorted(of.items()):
        head = heads.get(subject, subject)
        kind = max(row["schema"] for row in of[head])
        found.setdefault(head, _Party(kind)).rows += rows
    return found


def _heads(of: Mapping[str, list[Row]]) -> dict[str, str]:
    """Subject → the party that it hangs on: told in the same place, and one refers to the other or is named for it."""
    places: dict[str, list[str]] = {}
    for subject, rows in of.items():
        for place in {row["locator"] for row in rows if row["locator"]}:
            places.setdefault(place, []).append(subject)
    refers = {s: {row["value"] for row in rows if row["prop_type"] == "entity"} for s, rows in of.items()}
    found = {}
    for subjects in places.values():
        parties = [s for s in subjects if _is_party(of[s][0]["schema"])]
        if len(subjects) == 1 or not parties:
            continue
        head = max(parties, key=lambda s: (len(of[s]), s))
        for subject in subjects:
            tied = subject in refers[head] or head in refers[subject] or subject.startswith(f"{head}-")
            if subject != head and tied:
                found[subject] = head
    return found


def _is_party(schema: str) -> bool:
    known = vocabulary.get(schema)
    return any(known.is_a(kind) for kind in _PARTIES)


def _caption(party: _Party, subject: str) -> str:
    own = [row for row in party.rows if row["subject"] == subject and row["property"] in _NAMES]
    best = min(own, key=lambda row: (_NAMES.index(row["property"]), row["value"]), default=None)
    return best["value"] if best else subject.partition(":")[2]


def _fields(was: _Party | None, now: _Party | None, caption: Callable[[str], str]) -> tuple[Field, ...]:
    sides = [_values(party, caption) for party in (was, now)]
    found = []
    for key in sorted({*sides[0], *sides[1]}):
        before, after = sides[0].get(key, set()), sides[1].get(key, set())
        if before != after:
            found.append(
                Field(key, _label(key, now or was), tuple(sorted(before - after)), tuple(sorted(after - before)))
            )
    return tuple(found)


def _values(party: _Party | None, caption: Callable[[str], str]) -> dict[str, set[str]]:
    """Property → values in print."""
    if party is None:
        return {}
    subjects = {row["subject"] for row in party.rows}
    head = min(subjects, key=lambda s: (not _is_party(_schema_of(party, s)), len(s), s))
    stated = any(row["subject"] == head and row["property"] == "address" for row in party.rows)
    found: dict[str, set[str]] = {}
    for row in party.rows:
        if row["prop_type"] == "entity" and row["value"] in subjects:
            continue
        own = row["subject"] == head
        if not own and stated and row["schema"] == "Address" and row["property"] in _IN_FULL:
            continue
        key = row["property"] if own else f"{row['schema']}.{row['property']}"
        found.setdefault(key, set()).add(_print(row, caption))
    return found


def _schema_of(party: _Party, subject: str) -> str:
    return next(str(row["schema"]) for row in party.rows if row["subject"] == subject)


def _print(row: Row, caption: Callable[[str], str]) -> str:
    value = caption(row["value"]) if row["prop_type"] == "entity" else row["value"]
    held = f"{row['valid_from'] or '…'} to {row['valid_to'] or '…'}" if row["valid_from"] or row["valid_to"] else ""
    stance = "" if row["stance"] in (None, "asserts") else row["stance"]
    note = row["note"] if row["note"] and not row["note"].startswith(MENDED) else ""
    remarks = ", ".join(part for part in (stance, held, note) if part)
    return f"{value} ({remarks})" if remarks else str(value)


def _label(key: str, party: _Party | None) -> str:
    assert party is not None
    kind, _, property = key.rpartition(".")
    schema = vocabulary.get(kind or party.schema)
    label = schema.properties[property].label if property in schema.properties else property
    return f"{schema.label.lower()} {label.lower()}" if kind else label.lower()
