"""Records from outside, FollowTheMoney-shaped, read into profiles: who is asked about, who is compared.

People write such records by hand and export them from anything, so what is read is forgiving (a property may be text
or a list, a date may read ``circa 1949`` or ``3 May 1980``, a number may stand in a remark) and nothing is passed over
in silence: what could not be used is named, and the rest of the record counts.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from counterflow.entities.identifiers import SCHEMES, parse, scheme_of
from counterflow.entities.profile import NAMES, Profile, build
from counterflow.errors import UsageError
from counterflow.model import dates, values
from counterflow.model import schema as vocabulary
from counterflow.sources import written_dates
from counterflow.sources.enumerated import pieces

__all__ = ["ANYTHING", "LONGEST", "read"]

ANYTHING = "Thing"
"""Schema of a record that does not say what it is: a person, a body or a ship."""

LONGEST = 500
"""Letters of a name that are read."""

_MANY = 100
"""Values of a property that are read."""


def read(record: Any, id: str = "", *, dataset: str = "") -> tuple[Profile, list[str]]:
    """The profile of a record, and what in it could not be used, in words.

    :param record: ``{"schema": "Person", "properties": {"name": ["Kim Jong Un"], "birthDate": "1984-01-08"}}``
    :param id: of the profile; the record's own otherwise
    :param dataset: who says so; see `counterflow.entities.identifiers.Identifier.quoted`
    :raises UsageError: it is no such record, its schema is unknown, or nothing in it can be compared
    """
    if not isinstance(record, Mapping):
        raise UsageError('must be an object, e.g. {"schema": "Person", "properties": {"name": ["Kim Jong Un"]}}')
    name = record.get("schema") or ANYTHING
    if not isinstance(name, str):
        raise UsageError(f"schema must be a name such as Person, not {_short(name)}")
    if name not in vocabulary.all():
        raise UsageError(f"no schema {_short(name)}{_did_you_mean(name, vocabulary.all())}")
    schema = vocabulary.get(name)
    given = record.get("properties")
    if not isinstance(given, Mapping) or not given:
        raise UsageError('has no properties, e.g. {"name": ["Kim Jong Un"]}')
    problems: list[str] = []
    kept: dict[str, list[str]] = {}
    for key, value in given.items():
        known = _type_of(schema.name, str(key))
        if known is None:
            problems.append(_unknown(schema.name, str(key)))
            continue
        for text in _texts(value, str(key), problems):
            if known[0] == "name" and len(text) > LONGEST:
                problems.append(f"{key}: {_short(text)}, of which {LONGEST} are read")
            found = _clean(str(key), *known, text, schema.name)
            if not found:
                problems.append(f"{key}: {_short(text)} {_WANTED.get(known[0], 'says nothing')}; left out")
            kept.setdefault(str(key), []).extend(found)
    _whole_name(kept)
    profile = build(id or str(record.get("id") or ""), schema.name, kept, dataset=dataset)
    if not profile.names and not profile.identifiers:
        raise UsageError("; ".join(["has neither a name nor a number to compare", *problems]))
    return profile, problems


_WANTED = {
    "name": "is no name: at least two letters or digits",
    "date": "is not a date such as 1984, 1984-01 or 1984-01-08",
    "country": "is no country we know by that name or code",
    "gender": "is not male, female or other",
    "identifier": "is no number",
    "email": "is no e-mail address",
    "phone": "is no telephone number",
    "url": "is no web address",
    "number": "is not a number",
}


def _texts(value: Any, key: str, problems: list[str]) -> Iterator[str]:
    listed = value if isinstance(value, (list, tuple)) else [value]
    if len(listed) > _MANY:
        problems.append(f"{key}: {len(listed):,} values, of which {_MANY} are read")
    for one in listed[:_MANY]:
        if isinstance(one, (Mapping, list, tuple, bool)):
            problems.append(f"{key}: {_short(one)} must be text; left out")
        elif one is not None and str(one).strip():
            yield str(one)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    size, text = len(text), text[:60]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"'{text}'" if size <= 60 else f"'{text[:57]}…' ({size:,} characters)"


@lru_cache(maxsize=4096)
def _type_of(schema: str, key: str) -> tuple[str, str | None] | None:
    """Type and format of a property; one that only another schema has is read too: a company may have a birth date
    in somebody's table, and an unsaid schema has them all."""
    own = vocabulary.get(schema).properties.get(key)
    prop = own or next((s.properties[key] for s in vocabulary.all().values() if key in s.properties), None)
    return (prop.type, prop.format) if prop else None


@lru_cache(maxsize=4096)
def _unknown(schema: str, key: str) -> str:
    everything = {p for s in vocabulary.all().values() for p in s.properties}
    hint = _did_you_mean(key, vocabulary.get(schema).properties) or _did_you_mean(key, everything)
    return f"no property {_short(key)} of {schema}{hint}; left out"


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


_TWO_LETTERS = re.compile(r"[^\W_].*[^\W_]", re.DOTALL)


@lru_cache(maxsize=65536)
def _clean(key: str, type: str, format: str | None, text: str, schema: str) -> list[str]:
    """The clean values that a text holds; none where it holds none."""
    if type == "name":
        name = values.clean(type, text[:LONGEST])
        return [name] if name and _TWO_LETTERS.search(name) else []
    if type == "date":
        return _date(text)
    if type == "country":
        found = (values.clean(type, part) or values.clean(type, _before_bracket(part)) for part in pieces(text))
        return [code for code in found if code]
    if type == "identifier":
        return _numbers(key, text, schema)
    if type == "entity":
        return []
    cleaned = values.clean(type, text, format)
    return [cleaned] if cleaned else []


def _before_bracket(text: str) -> str:
    return text.partition("(")[0].strip()


@lru_cache(maxsize=65536)
def _date(text: str) -> list[str]:
    """Every day a text may mean: ``11/02/1949`` is one of two; ``circa 1949`` is ``1949~`` (as ISO 8601-2 has it)."""
    if exact := dates.clean(text):
        return [exact]
    text = " ".join(text.split())
    if written := written_dates.read(text):
        about = len(written.values) == 1 and written.note
        return [f"{d[:4]}~" if about else d for d in written.values]
    american = re.sub(r"^(\d{1,2})([./-])(\d{1,2})([./-]\d{4})$", r"\3\2\1\4", text)
    ways = [written_dates.day_first(text), written_dates.day_first(american), written_dates.year_first(text)]
    return list(dict.fromkeys(d for way in ways if way for d in way.values))


_NUMBER_IN_TEXT = re.compile(r"(?<![\w./-])(?=[\w./-]*\d{3})[A-Za-z0-9][\w./-]{3,}(?![\w-])")
_LAW = re.compile(r"\b(?:executive order|directive|resolution|regulation|section|cfr|u\.?s\.?c\.)\b", re.IGNORECASE)
_DAY_IN_TEXT = re.compile(r"(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}|(?:19|20)\d\d)\.?")


def _numbers(key: str, text: str, schema: str) -> list[str]:
    """The number in a text, or those in a remark: ``(1) 1990/345751 (Libyan) (2) 345741, expires 2013``."""
    text = values.clean("identifier", text) or ""
    scheme = scheme_of(key, schema)
    if scheme is None or not (SCHEMES[scheme].check is None and re.search(r"[\s,(:]", text)):
        return [text] if text and (scheme is None or parse(key, text, schema)) else []
    if _LAW.search(text):
        return []  # OFAC prints the orders that somebody is subject to among the numbers
    found = [m[0].rstrip("./-") for m in _NUMBER_IN_TEXT.finditer(text) if not _DAY_IN_TEXT.fullmatch(m[0])]
    if found or re.search(r"[^\W\d_]{3}", text):
        return list(dict.fromkeys(found))
    return [text] if parse(key, text, schema) else []


def _whole_name(kept: dict[str, list[str]]) -> None:
    """A person given only by the parts of a name has the whole of it."""
    if any(kept.get(key) for key in NAMES):
        return
    parts = [kept[k][0] for k in ("firstName", "secondName", "middleName", "fatherName", "lastName") if kept.get(k)]
    if len(parts) > 1:
        kept["name"] = [" ".join(parts)]
