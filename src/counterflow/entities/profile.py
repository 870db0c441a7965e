"""Profiles: what is known about one subject that can tell it from another.

One set-based expression asks the ledger for names, dates, countries, numbers and topics of every subject; all later
steps work on the answer in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.entities.identifiers import PROPERTIES, Identifier, parse
from counterflow.entities.names import Form, Name, analyse, kind_of, sound_codes
from counterflow.model import dates
from counterflow.model import schema as vocabulary

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = [
    "COUNTRIES",
    "DETAILS",
    "NAMES",
    "Named",
    "Profile",
    "Row",
    "build",
    "merge",
    "most_specific",
    "profiles",
    "things",
]

NAMES = ("name", "alias", "previousName", "abbreviation", "weakAlias")
"""Properties that hold whole names, most telling first."""

_BIRTHS = ("birthDate", "incorporationDate", "buildDate")
_NATIONS = ("nationality", "citizenship")
COUNTRIES = (*_NATIONS, "country", "jurisdiction", "mainCountry", "flag")
"""Properties that tie a party to a country."""

DETAILS = (
    "birthPlace", "birthCountry", "deathDate", "address", "email", "phone", "website", "position",
    "pastFlags", "grossRegisteredTonnage", "deadweightTonnage", "tonnage",
)  # fmt: skip
"""Properties that tell a little more where both sides have them."""

_NUMBERED = frozenset(PROPERTIES)
_NUMBERS = ("unscId", "ofacId")
_TOLD = [*NAMES, *_BIRTHS, *COUNTRIES, *PROPERTIES, *DETAILS, "gender", "topics"]


@dataclass(frozen=True, slots=True)
class Named:
    """A name as one subject bears it. :param property: key in `NAMES`; :param subject: whose claim it is"""

    name: Name
    property: str
    subject: str


@dataclass(frozen=True, slots=True)
class Row:
    """One form of one name, ready to compare. :param flat: its words sorted, one string;
    :param sound: its Korean syllables in coarse code, sorted; ``""`` where it is not Korean"""

    flat: str
    sound: str
    form: Form
    named: Named

    @property
    def blunt(self) -> bool:
        """Whether it hides the syllables of a name that has a form with them."""
        return not self.sound and any(f.sounds for f in self.named.name.forms)


@dataclass(frozen=True)
class Profile:
    """What is compared. All tuples are sorted, names by property first.

    :param id: subject, or canonical id where several subjects have been merged into it
    :param datasets: datasets that speak of it
    :param first: order of its first claim: (microseconds of recording, zero-filled; 0 for a case file, 1 for a list)
    :param dates: dates of birth, incorporation or build: partial ISO dates
    :param countries: every country it is tied to; `nations` only those it is a citizen of
    :param numbers: the list publishers' own numbers, (property, value as printed)
    :param details: (property of `DETAILS`, value)
    """

    id: str
    schema: str
    datasets: tuple[str, ...] = ()
    first: tuple[str, int] = ("", 0)
    names: tuple[Named, ...] = ()
    dates: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    nations: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    topics: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    subjects: tuple[str, ...] = field(default=())
    details: tuple[tuple[str, str], ...] = ()

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every form of every name once; one that may be Korean stands for the same words without sounds."""
        rows: dict[str, Row] = {}
        for named in self.names:
            for form in named.name.forms:
                sound = " ".join(sorted(sound_codes(form)))
                flat = " ".join(sorted(form.tokens))
                if flat not in rows or (sound and not rows[flat].sound):
                    rows[flat] = Row(flat, sound, form, named)
        return tuple(rows.values())

    @cached_property
    def detail(self) -> dict[str, list[str]]:
        """`details` by property."""
        found: dict[str, list[str]] = {}
        for name, value in self.details:
            found.setdefault(name, []).append(value)
        return found

    @cached_property
    def kind(self) -> str:
        """``person``, ``ship`` or ``body``; see `counterflow.entities.names.kind_of`."""
        return kind_of(self.schema)

    @cached_property
    def comparable(self) -> bool:
        """Whether such parties can turn out to be one: persons, bodies, ships, aircraft, accounts and wallets."""
        schema = vocabulary.get(self.schema)
        return any(schema.is_a(k) for k in ("LegalEntity", "Vehicle", "BankAccount", "CryptoWallet"))


def build(
    id: str,
    schema: str,
    properties: Mapping[str, Iterable[str]],
    *,
    dataset: str = "",
    first: tuple[str, int] = ("", 0),
) -> Profile:
    """A profile from FollowTheMoney-shaped properties; those that tell nobody apart are passed over.

    :raises UnknownName: no such schema
    """
    schema = vocabulary.get(schema).name
    kind = kind_of(schema)
    values = {key: sorted(set(found)) for key, found in properties.items() if found}
    named = []
    for key in NAMES:
        for text in values.get(key, ()):
            for part in text.split(";"):  # some lists pack several names into one field
                if (name := analyse(part, kind)).forms:
                    named.append(Named(name, key, id))
    numbers = {parse(key, text, schema, dataset) for key in values.keys() & _NUMBERED for text in values[key]}
    return Profile(
        id=id,
        schema=schema,
        datasets=(dataset,) if dataset else (),
        first=first,
        names=tuple(dict.fromkeys(named)),
        dates=_gather(values, _BIRTHS),
        countries=_gather(values, COUNTRIES),
        nations=_gather(values, _NATIONS),
        genders=_gather(values, ("gender",)),
        identifiers=tuple(sorted(n for n in numbers if n is not None)),
        topics=_gather(values, ("topics",)),
        numbers=tuple((key, text) for key in _NUMBERS for text in values.get(key, ())),
        subjects=(id,),
        details=tuple((key, text) for key in DETAILS for text in values.get(key, ())),
    )


def _gather(values: Mapping[str, Sequence[str]], keys: Iterable[str]) -> tuple[str, ...]:
    found = [texts for key in keys if (texts := values.get(key))]
    if len(found) < 2:
        return tuple(found[0]) if found else ()
    return tuple(sorted({text for texts in found for text in texts}))


def merge(id: str, parts: Sequence[Profile]) -> Profile:
    """The profile of an entity from those of its subjects."""

    def union(attribute: str) -> tuple[Any, ...]:
        return tuple(sorted({value for p in parts for value in getattr(p, attribute)}))

    names = sorted((n for p in parts for n in p.names), key=lambda n: (NAMES.index(n.property), n.subject, n.name.text))
    return Profile(
        id=id,
        schema=most_specific([p.schema for p in parts]),
        datasets=union("datasets"),
        first=min(p.first for p in parts),
        names=tuple(names),
        dates=union("dates"),
        countries=union("countries"),
        nations=union("nations"),
        genders=union("genders"),
        identifiers=_numbers_once(i for p in parts for i in p.identifiers),
        topics=union("topics"),
        numbers=union("numbers"),
        subjects=tuple(s for p in parts for s in p.subjects),
        details=union("details"),
    )


def _numbers_once(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Each number once, the publisher's own word for it before another's quotation."""
    return tuple({i.key: i for i in sorted(set(found), reverse=True)}.values())[::-1]


def most_specific(schemata: Iterable[str]) -> str:
    """The schema with most ancestors; where two are equally deep the commoner, then the first in the alphabet."""
    found = list(schemata)
    return min(set(found), key=lambda s: (-len(vocabulary.get(s).ancestors), -found.count(s), s))


def things() -> list[str]:
    """Names of the schemata of things, which are not relationships."""
    return [s.name for s in vocabulary.all().values() if s.is_a("Thing") and s.edge is None]


def _values(claims: ibis.Table) -> ibis.Table:
    """One row for each subject and property: its values, and when it was first heard of."""
    kept = claims.filter(claims["schema"].isin(things()))
    told = (kept.stance == "asserts") & kept.property.isin(_TOLD)
    grouped = kept.mutate(told=told.ifelse(kept.property, "")).group_by(["subject", "schema", "dataset", "told"])
    return grouped.agg(
        values=kept.value.collect(),
        first=kept.recorded_at.min(),
        cites=(kept.source_id != kept.dataset).cast("int8").max(),
    )


def _on(claims: ibis.Table, day: str) -> ibis.Table:
    """Claims that may have held on a day, or some day of a partial date; they are text, compared as such."""
    begun = claims.valid_from.isnull() | (claims.valid_from <= dates.latest(day).isoformat())
    lasts = claims.valid_to.isnull() | (claims.valid_to.concat("~") >= dates.earliest(day).isoformat())
    return claims.filter(begun & lasts)


def profiles(scope: Scope, as_of: str | None = None, only: Iterable[str] | None = None) -> list[Profile]:
    """The profile of every subject that is a thing (not a relationship), sorted by subject.

    Statements that a source denies are not used: they describe what somebody is not.

    :param as_of: partial ISO date: by what may have held then; None: by all that is claimed
    :param only: subjects that are wanted; None: all
    """
    claims = scope.table("claims")
    if only is not None:
        import ibis

        claims = claims.semi_join(ibis.memtable(pa.table({"subject": pa.array(sorted(only), pa.string())})), "subject")
    rows = scope.run(_values(claims if as_of is None else _on(claims, as_of)))
    columns = (rows.column(name).to_pylist() for name in ("subject", "schema", "dataset", "told", "values", "cites"))
    recorded = map(str, rows.column("first").cast("int64").fill_null(0).to_pylist())
    found: dict[str, tuple[list[str], dict[str, list[str]], str, list[tuple[str, int]]]] = {}
    for subject, schema, dataset, told, values, cites, first in zip(*columns, recorded, strict=True):
        schemata, properties, _, firsts = found.setdefault(subject, ([], {}, dataset, []))
        schemata.append(schema)
        firsts.append((first.zfill(20), 0 if cites else 1))
        if told:
            properties.setdefault(told, []).extend(values)
    return [
        build(
            subject,
            most_specific(schemata),
            properties,
            dataset=dataset,
            first=(min(f[0] for f in firsts), min(f[1] for f in firsts)),
        )
        for subject, (schemata, properties, dataset, firsts) in sorted(found.items())
    ]
