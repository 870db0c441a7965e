"""Layouts: how a list that is a plain table says its parties. Data, one YAML file a list, in ``layouts/``.

Keys of a file::

    descriptor: uk-conlist            # whose list it is
    about: ...                        # the reader's page
    required: [Group ID, Name 6]      # columns by which it is known; rows above the header are passed over
    delimiter: ","
    encoding: cp1252                  # of CSV, where it is not UTF-8
    xml: {record: Designation, parts: [Names/Name]}   # where it is also published as XML: see `tables`
    dates: day-first                  # 21/12/2011, 00/00/1980; century: "20" for years of two digits; or year-first
    nothing: ["-"]                    # how it writes that there is nothing
    authority: ...; country: gb       # who lists
    key: [Group ID]                   # columns of the publisher's number; rows of one number are one party
    named: [Type, Name]               # instead, or where the number is blank: columns that tell parties apart
    or_named: [Wallet]                # instead of those, where they are blank
    section: '^Order .*'              # a row of one cell like this is a title of those below it
    apart: true                       # rows that these columns do not tell apart are parties of their own
    listing: [Date]                   # columns that tell one listing of a party from another
    schema: [{column: Group Type, matches: Individual, is: Person}, {is: Organization}] # the first that fits
    names:
      parts: [Name 1, Name 6]
      kind: {column: Alias Type, values: {AKA: alias}}
      weak: {column: Alias Quality, matches: low}
    columns: {Column: target}

A target is a property (``birthDate``), a list of properties of which the first that the party's schema has takes the
value, a property of the listing (``Sanction.program``) or of the row's address (``Address.city``), or a
mapping::

    {to: …, also: [Other header], split: [";"] | enumerated, packed: true, values: {given: ours}, matches: regex,
     find: {property: regex}, sole: [property], kind: words for a document or relationship, lang: ara, note: …}

with ``to: place`` (an address in one piece), ``document`` (with ``number: [passportNumber]``; ``remark`` names a column
that says more about it), ``link`` (with ``schema: Ownership``, ``reverse: true``, ``other: Company``), ``wallet``,
``part`` (of a name), or with ``left out: why``. ``goes with`` names a column in whose target the value is told; without
a value there it is told by itself. What is found for a ``sole`` property in several parties is none's. ``drop`` is
taken out of a value. Several mappings in a list are cases: the value is split as the first says, and each piece goes to
the first whose ``matches`` fits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

from counterflow.errors import InputError
from counterflow.model import schema
from counterflow.sources.sanctions.listed import homes

__all__ = ["Layout", "Target", "flat", "load", "names"]


def flat(header: str) -> str:
    """A column's name as it is compared: letters and digits only."""
    return "".join(c for c in header.casefold() if c.isalnum())


@dataclass(frozen=True)
class Target:
    """Where a column's values go; see the module."""

    to: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    packed: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    matches: str = ""
    find: Mapping[str, str] = field(default_factory=dict)
    sole: tuple[str, ...] = ()
    kind: str = ""
    number: tuple[str, ...] = ()
    schema: str = ""
    reverse: bool = False
    lang: str | None = None
    note: str | None = None
    other: str = "LegalEntity"
    remark: str = ""
    goes_with: str = ""
    drop: str = ""
    left_out: str = ""

    @classmethod
    def of(cls, given: Any) -> Target:
        """A target as YAML has it."""
        if isinstance(given, str | list):
            return cls(to=_tuple(given))
        data = {key.replace(" ", "_"): value for key, value in given.items()}
        for key in ("to", "also", "split", "number", "sole"):
            if key in data:
                data[key] = _tuple(data[key])
        return cls(**data)


@dataclass(frozen=True)
class Layout:
    """One list; see the module. :param columns: our name of a column → its cases"""

    name: str
    descriptor: str
    about: str
    required: tuple[str, ...]
    columns: Mapping[str, tuple[Target, ...]]
    authority: str
    country: str | None = None
    delimiter: str = ","
    encoding: str = ""
    xml: Mapping[str, Any] = field(default_factory=dict)
    dates: str = ""
    century: str = ""
    nothing: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    strip: str = ""
    or_named: tuple[str, ...] = ()
    section: str = ""
    apart: bool = False
    listing: tuple[str, ...] = ()
    schema: tuple[Mapping[str, str], ...] = ({"is": "LegalEntity"},)
    names: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def known(self) -> dict[str, str]:
        """Every header under which a column is met, flattened → our name of it."""
        found = {}
        for column, cases in self.columns.items():
            for header in (column, *(also for case in cases for also in case.also)):
                found[flat(header)] = column
        return found

    @cached_property
    def needed(self) -> frozenset[str]:
        """Our names of the columns by which the list is known."""
        return frozenset(self.required)

    def columns_of(self, header: Sequence[str]) -> list[str] | None:
        """Our name of each column of a header (its own name where it is not known); None where it is none of ours."""
        found = [self.known.get(flat(cell), cell) for cell in header]
        return found if self.needed <= set(found) else None

    @cached_property
    def fields(self) -> dict[str, str]:
        """What `Reader.fields` promises, column by column."""
        schemata = tuple(dict.fromkeys(rule["is"] for rule in self.schema))
        found = {column: "; or ".join(dict.fromkeys(self._arrival(column, c, schemata) for c in cases))
                 for column, cases in self.columns.items()}  # fmt: skip
        if any(to.startswith("Address.") for cases in self.columns.values() for case in cases for to in case.to):
            found["(the columns of an address together)"] = ", ".join(_WHOLE_ADDRESS)
        found["(a title above the columns, or between the rows)"] = "Sanction.program"
        found["(every entry)"] = (
            "Thing.topics, Sanction.entity, Sanction.authority, Sanction.country; Sanction.authorityId and "
            "Sanction.recordId with the publisher's number; what a field's type refuses: Thing.notes, "
            "Sanction.description"
        )
        return found

    def _arrival(self, column: str, target: Target, schemata: Sequence[str]) -> str:
        if target.left_out:
            return f"left out: {target.left_out}"
        found: list[str] = []
        for to in target.to:
            found += [to] if "." in to else self._homes(to, target, schemata)
        for to in target.find:
            found += [to] if "." in to else homes(to, schemata)
        if target.goes_with:
            found.append(f"Identification.summary with {target.goes_with}")
        return ", ".join(dict.fromkeys(found)) or "Thing.notes"

    def _homes(self, to: str, target: Target, schemata: Sequence[str]) -> list[str]:
        """Where what `to` says arrives: a property, or one of the words of the module."""
        if to == "place":
            return ["Thing.address", "Thing.addressEntity", "Address.full", "Thing.country"]
        if to == "wallet":
            return [f"CryptoWallet.{p}" for p in ("publicKey", "accountId", "currency", "holder", "topics")]
        if to == "document":
            return _document_homes(target, schemata)
        if to == "link":
            edge = schema.get(target.schema).edge
            assert edge is not None, target.schema
            return [f"{target.schema}.{p}" for p in (edge.source, edge.target, "role")] + ["Thing.name"]
        if to == "part":
            weak = ["weakAlias"] if "weak" in self.names else []
            kinds = ["name", *self.names.get("kind", {}).get("values", {}).values(), *weak]
            own = [home for p in self.names.get("properties", {}).values() for home in homes(p, schemata)]
            return [*dict.fromkeys(f"Thing.{k}" for k in kinds), *own]
        return homes(to, schemata)


_WHOLE_ADDRESS = ["Address.full", "Address.remarks", "Thing.address", "Thing.addressEntity", "Thing.country"]


def _document_homes(target: Target, schemata: Sequence[str]) -> list[str]:
    own = [home for number in target.number for home in homes(number, schemata)]
    kind = "Passport" if "passportNumber" in target.number else "Identification"
    more = [f"{kind}.{p}" for p in ("holder", "type", "number", "country", "startDate", "endDate", "summary")]
    return [*own, *more, *(["Passport.passportNumber"] if kind == "Passport" else []), "Thing.notes"]


def _tuple(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def names() -> list[str]:
    """The layouts there are."""
    folder = resources.files(__package__) / "layouts"
    return sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))


@cache
def load(name: str) -> Layout:
    """The layout in ``layouts/<name>.yaml``.

    :raises InputError: a key that a layout does not have, or one that is missing
    """
    import yaml

    file = resources.files(__package__) / "layouts" / f"{name}.yaml"
    data: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    try:
        columns = {
            column: tuple(Target.of(case) for case in given) if _cases(given) else (Target.of(given),)
            for column, given in data.pop("columns").items()
        }
        for key in ("required", "nothing", "key", "named", "or_named", "listing", "schema"):
            if key in data:
                data[key] = _tuple(data[key])
        return Layout(name=name, columns=columns, **data)
    except (TypeError, re.error, KeyError) as error:
        raise InputError(str(error), file=f"layouts/{name}.yaml") from error


def _cases(given: Any) -> bool:
    return isinstance(given, list) and any(isinstance(case, dict) for case in given)
