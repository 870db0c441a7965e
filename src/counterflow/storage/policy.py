"""The decision of `model.handling.readable`, compiled: one SQL predicate that decides for all labels at once.

Invariant: for every label and audience the predicate says what `readable` says; a label without a row of rules is shut.
`benchmarks/policy.py` compares ten million decisions on each engine.

Names are kept as hashes: what somebody may be called (quotation marks, NUL, another case, an accent written in two
ways) cannot reach the engine's own rules of text, and nobody learns a compartment from a table of rules. The clauses
stand once, in `predicate`; an engine brings how it compares two lists.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from counterflow import clock
from counterflow.model.handling import TLP, Audience, Label

__all__ = ["DUCKDB", "POSTGRESQL", "SQLITE", "Engine", "asked", "bound", "predicate", "rule", "rules", "today"]

_words = sa.JSON(none_as_null=True).with_variant(ARRAY(sa.Text), "postgresql")

rules = sa.Table(
    "rules",
    sa.MetaData(),
    sa.Column("label_id", sa.String, primary_key=True),
    sa.Column("tlp", sa.Integer, nullable=False),
    sa.Column("expires", sa.String),
    sa.Column("circle", _words),  # organisations inside; null: any
    sa.Column("persons", _words),  # null: any
    sa.Column("compartments", _words, nullable=False),
    sa.Column("purposes", _words),  # null: any
    sa.Column("caveats", _words, nullable=False),
)
"""What a label asks of a reader, name for name as a hash: a row for each interned label."""


@dataclass(frozen=True)
class Engine:
    """How an engine compares. :param any: whether a column of names has one of the audience's; :param all: whether all
    of them are the audience's; :param value: what the audience brings under a key; :param casts: from text"""

    any: str
    all: str
    value: str
    casts: Mapping[str, str] = field(default_factory=dict)


SQLITE = Engine(
    any="EXISTS (SELECT 1 FROM json_each({column}) WHERE value IN (SELECT value FROM json_each(:{key})))",
    all="NOT EXISTS (SELECT 1 FROM json_each({column}) WHERE value NOT IN (SELECT value FROM json_each(:{key})))",
    value=":{key}",
)
"""Lists are JSON; the audience is bound by name, see `bound`."""

DUCKDB = Engine(
    any="list_has_any({column}, ${key}::VARCHAR[])", all="list_has_all(${key}::VARCHAR[], {column})", value="${key}"
)
"""Lists are lists; the audience is bound by name."""

_KEYS = (
    "(SELECT coalesce(jsonb_object_agg(one, true), '{{}}')"
    " FROM jsonb_array_elements_text(CAST(:{key} AS jsonb)) AS one)"
)

POSTGRESQL = Engine(
    any=f"{_KEYS} ?| {{column}}", all=f"{_KEYS} ?& {{column}}", value=":{key}", casts={"today": ' COLLATE "C"'}
)
"""Lists are arrays; the audience's, bound as for SQLite, become keys of an object, once in a statement: of two arrays
each name would be compared with each."""


def predicate(engine: Engine) -> str:
    """The decision in an engine's SQL, over a row of `rules`."""

    def any_of(column: str, key: str) -> str:
        return engine.any.format(column=column, key=key)

    def all_of(column: str, key: str) -> str:
        return engine.all.format(column=column, key=key)

    def value(key: str) -> str:
        return engine.value.format(key=key) + engine.casts.get(key, "")

    inside = any_of("circle", "organisation")
    client = any_of("circle", "client_of")
    limits = [
        all_of("compartments", "compartments"),
        f"(purposes IS NULL OR {any_of('purposes', 'purposes')})",
        f"(expires IS NULL OR expires >= {value('today')})",
        f"tlp <= {value('ceiling')}",
        f"(circle IS NULL OR {inside} OR (tlp <= {TLP.AMBER:d} AND {client}))",
        f"(persons IS NULL OR {any_of('persons', 'readers')})",
    ]
    shut_out = any_of("caveats", "without")
    return f"NOT {value('nobody')} AND NOT {shut_out} AND ({value('owner')} OR ({' AND '.join(limits)}))"


def rule(label_id: str, label: Label) -> dict[str, Any]:
    """The row of `rules` of a label."""
    return {
        "label_id": label_id,
        "tlp": int(label.tlp),
        "expires": label.expires,
        "circle": _hashes(label.circle),
        "persons": _hashes(label.persons),
        "compartments": _hashes(label.compartments),
        "purposes": _hashes(label.serves),
        "caveats": _hashes(label.caveats),
    }


def asked(audience: Audience, day: str) -> dict[str, Any]:
    """What an audience brings to the predicate, as data. :param day: ISO date that labels expire by"""
    return {
        "nobody": audience.nobody,
        "owner": audience.owner,
        "today": day,
        "ceiling": int(audience.ceiling),
        "organisation": _hashes([audience.organisation]),
        "client_of": _hashes(audience.client_of),
        "readers": _hashes(audience.readers),
        "compartments": _hashes(audience.compartments),
        "purposes": _hashes(audience.purposes),
        "without": _hashes(audience.without),
    }


def bound(audience: Audience, day: str) -> dict[str, Any]:
    """The same as SQLite and PostgreSQL take it: lists as JSON."""
    return {k: json.dumps(v) if isinstance(v, list) else v for k, v in asked(audience, day).items()}


def today() -> str:
    """ISO date of the clock, UTC."""
    return clock.today()


def _hashes(words: Iterable[str] | None) -> list[str] | None:
    if words is None:
        return None
    return sorted(hashlib.blake2b(w.encode(errors="surrogatepass"), digest_size=16).hexdigest() for w in words)
