"""Dispositions in print: what was decided of which hit, and whether it still counts for what is known now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from counterflow import clock
from counterflow.entities.identifiers import PROPERTIES
from counterflow.entities.profile import COUNTRIES, DETAILS, NAMES
from counterflow.errors import UsageError
from counterflow.model import disposition
from counterflow.model import schema as vocabulary
from counterflow.model.disposition import WITHDRAWN, Disposition
from counterflow.model.values import clean
from counterflow.pipeline import Line
from counterflow.views.marking import marking

__all__ = ["KIND", "Decided", "checked", "dispositions", "facts_of_entity", "facts_of_query", "kept"]

KIND = "disposition"
"""Of `storage.writings`."""

_COMPARED = frozenset(
    {
        *NAMES,
        *COUNTRIES,
        *PROPERTIES,
        *DETAILS,
        "birthDate",
        "incorporationDate",
        "buildDate",
        "gender",
        "unscId",
        "ofacId",
    }
)
"""Properties that tell parties apart: what screening compares."""

_PARTS = ("firstName", "secondName", "middleName", "fatherName", "lastName")


def facts_of_query(asked: Mapping[str, Any]) -> tuple[str, ...]:
    """``property: value`` of all that would be compared in a question, the schema first; values in clean form where
    they have one.

    :param asked: FollowTheMoney-shaped: schema, properties
    """
    properties = asked.get("properties")
    found = {f"schema: {asked.get('schema') or 'Thing'}"}
    for name, values in properties.items() if isinstance(properties, Mapping) else ():
        if name not in _COMPARED and name not in _PARTS:
            continue
        prop = _known(str(name))
        for value in values if isinstance(values, (list, tuple)) else [values]:
            text = " ".join(str(value).split()) if isinstance(value, (str, int, float)) else ""
            if text:
                found.add(f"{name}: {(clean(prop.type, text, prop.format) if prop else None) or text}")
    return tuple(sorted(found, key=lambda fact: (not fact.startswith("schema: "), fact)))


def _known(name: str) -> vocabulary.Property | None:
    return next((s.properties[name] for s in vocabulary.all().values() if name in s.properties), None)


def facts_of_entity(line: Line, row: Mapping[str, Any]) -> tuple[str, ...]:
    """``property: value`` of all that is compared of an entity, the schema first, as far as the audience may read it.

    :param row: of the entities table
    """
    claims = line.scope.find("claims", "subject", row["referents"]).to_pylist()
    told = {f"{c['property']}: {c['value']}" for c in claims
            if c["property"] in _COMPARED and c["stance"] == "asserts"}  # fmt: skip
    return (f"schema: {row['schema']}", *sorted(told))


class Decided:
    """What the audience may know of decisions, ready to be asked of one hit after the other.

    :param line: its stages; nothing is made or read for a workspace in which nothing was decided
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._today = clock.today()
        self._labels = line.labels()  # as they are now: a decision may bear one that no record has
        self._facts: dict[str, tuple[str, ...]] = {}
        self._entities: dict[str, dict[str, Any]] = {}
        self.latest: dict[tuple[str, str], tuple[Disposition, list[str]]] = {}
        rows = line.writings(KIND)
        if not rows:
            return
        line.run("resolve")
        told = [Disposition.from_row(row) for row in rows]
        canonical = _rows(line, "members", "subject", {d.entity for d in told})
        ids = {str(row["entity"]) for row in canonical.values()}
        self._entities = _rows(line, "entities", "entity", ids)
        for row, found in zip(rows, told, strict=True):
            entity = str(canonical.get(found.entity, {}).get("entity"))
            if found.verdict == WITHDRAWN:
                self.latest.pop((found.party, entity), None)
            elif entity in self._entities:
                self.latest[found.party, entity] = found, row["labels"]

    def of(self, asked: Mapping[str, Any], entity: str) -> dict[str, Any] | None:
        """The decision on one hit, in print; None where there is none. :param entity: canonical id"""
        if not self.latest:
            return None
        facts = facts_of_query(asked)
        for party in {disposition.party_of(asked.get("id"), facts): 0, disposition.party_of(None, facts): 1}:
            key = party, entity
            # an id under which nothing of before is known now is somebody else's: a key used again
            if key in self.latest and set(facts[1:]) & set(self.latest[key][0].party_facts):
                return self.printed(key, facts)
        return None

    def printed(self, key: tuple[str, str], party_facts: Sequence[str] | None = None) -> dict[str, Any]:
        """A decision with ``in_force`` and ``lapsed``, why it no longer counts.

        :param party_facts: of the party screened as it is now; None: as it was
        """
        found, labels = self.latest[key]
        row = self._entities[key[1]]
        if key[1] not in self._facts:
            self._facts[key[1]] = facts_of_entity(self._line, row)
        party_facts = found.party_facts if party_facts is None else party_facts
        why = disposition.lapsed(found, party_facts, self._facts[key[1]], today=self._today)
        return {
            **{name: getattr(found, name) for name in ("party", "name", "verdict", "reason", "until", "by", "at")},
            "entity": key[1],
            "caption": row["caption"],
            "in_force": not why,
            "lapsed": list(why),
            **marking(self._labels, labels),
        }


def _rows(line: Line, table: str, column: str, values: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Rows of a derived table by the value that they have in a column, of those values only."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = line.tables[table]
    found = whole.filter(pc.is_in(whole.column(column), pa.array(sorted(values), pa.string())))
    return {str(row[column]): row for row in found.to_pylist()}


def dispositions(line: Line, party: str | None = None, entity: str | None = None) -> list[dict[str, Any]]:
    """Decisions, the newest first; of one party, of one entity, or all. Facts of the party are taken as they were."""
    every = Decided(line)
    if not every.latest:
        return []
    member = _rows(line, "members", "subject", [entity]) if entity else {}
    wanted = str(member[entity]["entity"]) if entity and entity in member else entity
    rows = [every.printed(key) for key in every.latest if party in (None, key[0]) and wanted in (None, key[1])]
    return sorted(rows, key=lambda row: (row["at"], row["party"], row["entity"]), reverse=True)


def checked(show: str) -> None:
    """:raises UsageError: what to show of hits that were decided is neither ``all`` nor ``open``"""
    if show not in ("all", "open"):
        raise UsageError(f"dispositions '{show}' is neither 'all' nor 'open'.")


def kept(
    asked: Mapping[str, Any], hits: Iterable[dict[str, Any]], every: Decided, show: str = "all"
) -> list[dict[str, Any]]:
    """Hits with their ``disposition``; those called false positives are left out where only what is open is wanted.

    :param show: ``all`` or ``open``
    """
    found = []
    for hit in hits:
        told = every.of(asked, str(hit["id"]))
        if show == "all" or told is None or not (told["in_force"] and told["verdict"] == "false-positive"):
            found.append({**hit, "disposition": told})
    return found
