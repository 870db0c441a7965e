"""What the tests of list readers share: a file's statements by subject."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from counterflow.model import schema
from counterflow.model.values import clean
from counterflow.sources.reader import Reader, Rejected, Said, Statements


class Told:
    """All that a reader says about a file. Indexed by subject and property it gives the values, in order."""

    def __init__(self, reader: Reader, path: Path) -> None:
        records = list(reader.read(path, {}))
        self.statements = [r for r in records if isinstance(r, Statements)]
        self.rejected = [r for r in records if isinstance(r, Rejected)]
        self.by_subject = {r.subject: r for r in self.statements}

    def __getitem__(self, key: tuple[str, str]) -> list[str]:
        return [said.value for said in self.said(*key)]

    def said(self, subject: str, property: str) -> list[Said]:
        """The values with what goes with them."""
        return [said for said in self.by_subject[subject].said if said.property == property]

    def one(self, name: str) -> dict[str, list[str]]:
        """Property → values of the only subject of that schema."""
        (found,) = [r for r in self.statements if r.schema == name]
        return values(found)

    def parties(self) -> Counter[str]:
        """How many listed parties of each schema."""
        return Counter(r.schema for r in self.statements if r.party)

    def links(self, name: str) -> list[tuple[str, str, str]]:
        """(source, target, role) of the relationships of one schema, in the words of its edge."""
        edge = schema.get(name).edge
        assert edge is not None
        found = [values(r) for r in self.statements if r.schema == name]
        return [(v[edge.source][0], v[edge.target][0], v["role"][0]) for v in found]

    def unclean(self) -> Counter[tuple[str, str]]:
        """(property, value) that the vocabulary refuses, or a property it does not know."""
        bad: Counter[tuple[str, str]] = Counter()
        for record in self.statements:
            for said in record.said:
                property = schema.get(record.schema).property(said.property)
                if property.type != "entity" and clean(property.type, said.value, property.format) is None:
                    bad[said.property, said.value] += 1
        return bad

    def dangling(self) -> set[str]:
        """References that lead nowhere in the file."""
        found: set[str] = set()
        for record in self.statements:
            properties: Any = schema.get(record.schema).properties
            found |= {said.value for said in record.said if properties[said.property].type == "entity"}
        return found - self.by_subject.keys()


def values(record: Statements) -> dict[str, list[str]]:
    """Property → values."""
    found: dict[str, list[str]] = {}
    for said in record.said:
        found.setdefault(said.property, []).append(said.value)
    return found
