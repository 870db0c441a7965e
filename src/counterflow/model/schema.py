"""Schemata: which kinds of things and relationships exist, and which properties they have.

The vocabulary is data: one YAML file a schema in ``schema/``, beside this module. Names of schemata and properties,
their labels and their inheritance are those of FollowTheMoney 4.11 (MIT licence, OCCRP and OpenSanctions), so that
records can be exchanged; the descriptions are ours. What is ours in substance is marked ``extension: true`` and says
in ``ftm`` what it becomes when written as FollowTheMoney.

A file has these keys, all but ``label`` optional::

    label: Ownership                 # to print
    doc: ...                         # one sentence
    abstract: true                   # only for inheritance; nothing is recorded under this name
    matchable: true                  # two records of it may be compared and found to be the same
    extends: [Interest]              # parents; a property of an earlier one wins over that of a later one
    featured: [owner, asset]         # properties to show first
    caption: [percentage]            # properties that may serve as a name, best first
    edge: {source: owner, target: asset, label: owns, directed: true, caption: [percentage]}
    dates: {start: [startDate, date], end: [endDate]}
    extension: true
    ftm: {schema: Event, properties: {name: role}}    # how it, and what it inherits, is written as FollowTheMoney
    properties:
      owner: {label: Owner, type: entity, range: LegalEntity, reverse: ownershipOwner}
      low: {label: Lower bound, type: number, ftm: summary}
      percentage: {label: Percentage held, single: true}    # it has one value at a time: two are rival accounts

The key ``ftm`` of a property names the FollowTheMoney property that takes its value (as ``label: value`` where that
is a text); a property of an extension without it is not carried over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from counterflow.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TYPES", "Edge", "Property", "Schema", "all", "get"]

TYPES: Mapping[str, bool] = {
    "address": True,
    "checksum": True,
    "country": True,
    "date": True,
    "email": True,
    "entity": True,
    "gender": False,
    "html": False,
    "identifier": True,
    "ip": True,
    "json": False,
    "language": False,
    "mimetype": False,
    "name": True,
    "number": False,
    "phone": True,
    "string": False,
    "text": False,
    "topic": False,
    "url": True,
}
"""Every property type, and whether two records are compared by properties of that type."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a schema.

    :param schema: name of the schema that defines it (an ancestor, where inherited)
    :param type: key of `TYPES`
    :param range: for type ``entity``, the schema that the other end should have
    :param reverse: for type ``entity``, what FollowTheMoney calls the way back from the other end
    :param format: for identifiers, the scheme: ``imo``, ``lei``, ``iban``, ``bic``…
    :param single: whoever has it has one at a time: two values are rival accounts of one fact
    :param extension: not a FollowTheMoney property
    :param ftm: the FollowTheMoney property that takes its value; None: not carried over
    """

    name: str
    label: str
    type: str = "string"
    range: str | None = None
    reverse: str | None = None
    schema: str = ""
    format: str | None = None
    matchable: bool = False
    single: bool = False
    extension: bool = False
    ftm: str | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """How a relationship is drawn. :param source: property that names the acting end; :param target: the other end;
    :param label: verb from source to target; :param caption: properties to print on the line, best first."""

    source: str
    target: str
    label: str
    directed: bool = True
    caption: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Schema:
    """One kind of thing, event or relationship.

    :param extends: direct parents; `ancestors` are all of them, itself included
    :param edge: set where it is a relationship between two ends, inherited or own
    :param start: properties that say when it began, best first; `end` likewise
    :param properties: all, inherited ones included, by name
    :param ftm: the FollowTheMoney schema it is written as: its own name, unless it is an extension
    """

    name: str
    label: str
    doc: str = ""
    extends: tuple[str, ...] = ()
    ancestors: frozenset[str] = frozenset()
    abstract: bool = False
    matchable: bool = False
    featured: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    edge: Edge | None = None
    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    extension: bool = False
    ftm: str = ""
    properties: Mapping[str, Property] = field(default_factory=dict)

    def is_a(self, other: str | Schema) -> bool:
        """Whether it is that schema or descends from it."""
        return (other.name if isinstance(other, Schema) else other) in self.ancestors

    def property(self, name: str) -> Property:
        """The property of that name, own or inherited; UnknownName otherwise."""
        try:
            return self.properties[name]
        except KeyError:
            raise UnknownName(f"property of {self.name}", name, self.properties) from None


def get(name: str) -> Schema:
    """The schema of that name; UnknownName otherwise."""
    schemata = _schemata()
    if name not in schemata:
        raise UnknownName("schema", name, schemata)
    return schemata[name]


def all() -> Mapping[str, Schema]:
    """Every schema by name, in alphabetical order."""
    return _schemata()


@cache
def _schemata() -> Mapping[str, Schema]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    folder = resources.files("counterflow.model") / "schema"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    raw = {f.name.removesuffix(".yaml"): yaml.load(f.read_text("utf-8"), loader) for f in files}  # noqa: S506, a safe one
    built: dict[str, Schema] = {}
    for name in raw:
        _build(name, raw, built)
    return {name: built[name] for name in sorted(built)}


def _build(name: str, raw: Mapping[str, dict[str, Any]], built: dict[str, Schema]) -> Schema:
    """Build one schema after its parents."""
    if name in built:
        return built[name]
    data = raw[name]
    parents = [_build(parent, raw, built) for parent in data.get("extends", ())]
    own = {key: _property(name, key, row, data) for key, row in data.get("properties", {}).items()}
    down = data.get("ftm", {})
    properties: dict[str, Property] = dict(own)
    for parent in parents:
        for key, prop in parent.properties.items():
            properties.setdefault(key, prop)
    if down:
        target = _build(down["schema"], raw, built).properties
        renamed = down.get("properties", {})
        for key, prop in properties.items():
            ftm = renamed.get(key, prop.ftm)
            properties[key] = replace(prop, ftm=ftm if ftm in target else None)
    dates = data.get("dates", {})
    built[name] = schema = Schema(
        name=name,
        label=data["label"],
        doc=data.get("doc", ""),
        extends=tuple(p.name for p in parents),
        ancestors=frozenset({name}).union(*(p.ancestors for p in parents)),
        abstract=data.get("abstract", False),
        matchable=data.get("matchable", False),
        featured=tuple(data.get("featured", ())),
        caption=tuple(data.get("caption", ())) or next((p.caption for p in parents if p.caption), ()),
        edge=_edge(data.get("edge")) or next((p.edge for p in parents if p.edge), None),
        start=tuple(dates.get("start", ())) or next((p.start for p in parents if p.start), ()),
        end=tuple(dates.get("end", ())) or next((p.end for p in parents if p.end), ()),
        extension=data.get("extension", False),
        ftm=down.get("schema", name),
        properties=properties,
    )
    return schema


def _edge(row: dict[str, Any] | None) -> Edge | None:
    if row is None:
        return None
    return Edge(row["source"], row["target"], row["label"], row.get("directed", True), tuple(row.get("caption", ())))


def _property(schema: str, name: str, row: dict[str, Any], data: dict[str, Any]) -> Property:
    kind = row.get("type", "string")
    extension = row.get("extension", data.get("extension", False))
    return Property(
        name=name,
        label=row["label"],
        type=kind,
        range=row.get("range"),
        reverse=row.get("reverse"),
        schema=schema,
        format=row.get("format"),
        matchable=row.get("matchable", TYPES[kind]),
        single=row.get("single", False),
        extension=extension,
        ftm=row.get("ftm", None if extension else name),
        doc=row.get("doc", ""),
    )
