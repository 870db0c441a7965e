"""Values: the clean form of a text, for each property type, or None where it is not a value of that type.

Invariant: nothing is guessed. Cleaning only takes away what carries no meaning (spaces, case, separators) or replaces a
name by its code; a text that could mean two things is no value, and whoever asked sets it aside with its reason.
Cleaning a clean value changes nothing.

The tables of countries, languages, topics and kinds of interest are data beside this module, in ``values/``.
"""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from counterflow.model import dates

__all__ = ["clean", "country_name", "table", "topic_label"]

_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
"""Soft hyphen, byte order mark, marks of writing direction: they hide in names and make equal ones differ."""

_NUMBER = re.compile(r"([+-]?)\s?(\d{1,3}(?:[,\s]\d{3})+|\d+)?(\.\d+)?(?:\s*([^\s\d]+))?")
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}", re.UNICODE)
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@(?:[\w-]+\.)+[^\W\d_]{2,}")
_MIMETYPE = re.compile(r"[a-z0-9][\w.+-]*/[a-z0-9*][\w.+*-]*")
_IMO = re.compile(r"(?:IMO\s*(?:number|no\.?)?[\s:#]*)?(\d{7})", re.IGNORECASE)
_GENDERS = {"m": "male", "f": "female", "man": "male", "woman": "female", "male": "male", "female": "female"} | {
    "o": "other",
    "other": "other",
}


def clean(prop_type: str, text: str, format: str | None = None) -> str | None:
    """The clean form of `text`.

    :param prop_type: key of `counterflow.model.schema.TYPES`; KeyError for any other
    :param format: scheme of an identifier (``imo``, ``lei``, ``iban``…); a number that does not look like one is kept
        as written, since a wrong number in a source is still what the source says
    :returns: None where `text` is not a value of that type
    """
    if prop_type == "identifier" and format is not None:
        return _formatted(_text(text), format)
    return _CLEANERS[prop_type](text)


def country_name(code: str) -> str:
    """English name of a country code; the code itself where it is unknown."""
    return str(table("countries").get(code, [code])[0])


def topic_label(topic: str) -> str:
    """What a FollowTheMoney topic says; the topic itself where it is unknown."""
    return str(table("topics").get(topic, topic))


def _text(text: str) -> str | None:
    """Composed Unicode, invisible marks and control characters gone, runs of white space made one space."""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c in "\u200c\u200d" else " " if c.isspace() else "" for c in text)
    return unicodedata.normalize("NFC", " ".join(text.split())) or None


def _long(text: str) -> str | None:
    """A longer text: lines are kept."""
    lines = (_text(line) or "" for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or None


def _meaningful(text: str) -> str | None:
    """A text with at least one letter or digit of any script."""
    found = _text(text)
    return found if found is not None and (found[0].isalnum() or any(map(str.isalnum, found))) else None


def _entity(text: str) -> str | None:
    text = text.strip()
    return text if text and len(text.split()) == 1 and text.isprintable() else None


@lru_cache(4096)
def _country(text: str) -> str | None:
    return _countries().get(_key(text) or text.strip().casefold())


def _key(name: str) -> str:
    """What two spellings of a country's name share: letters without accents or case, words in alphabetical order."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()
    words = re.findall(r"[^\W_]+", re.sub(r"['’`.]", "", plain))
    return " ".join(sorted(w for w in words if w not in ("the", "of", "and")))


@cache
def _countries() -> dict[str, str]:
    found = {_key(name) or name.casefold(): code for code, names in table("countries").items() for name in names}
    return found | {_key(code): code for code in table("countries")}


@cache
def _languages() -> dict[str, str]:
    found = {name.casefold(): code for code, names in table("languages").items() for name in names}
    return found | {code: code for code in table("languages")}


@cache
def table(name: str) -> dict[str, Any]:
    """One of the tables that stand beside this module: ``countries``, ``languages``, ``topics``, ``interests``."""
    import yaml

    text = (resources.files("counterflow.model") / "values" / f"{name}.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, a safe one
    return found


def _topic(text: str) -> str | None:
    text = text.strip().casefold()
    return text if text in table("topics") else None


def _number(text: str) -> str | None:
    """Digits with a point; thousands separators gone; a unit, if any, after one space."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or not (match[2] or match[3]):
        return None
    digits = re.sub(r"[,\s]", "", match[2] or "0") + (match[3] or "")
    return ("-" if match[1] == "-" else "") + digits + (f" {match[4]}" if match[4] else "")


def _url(text: str) -> str | None:
    text = text.strip()
    if "://" not in text:
        text = f"http://{text}"
    scheme, _, rest = text.partition("://")
    host = re.split(r"[/?#]", rest.rpartition("@")[2] if "@" in rest.split("/")[0] else rest, maxsplit=1)[0]
    name, _, port = host.partition(":")
    if (
        scheme.lower() not in ("http", "https", "ftp")
        or any(c.isspace() for c in text)
        or (port and not port.isdigit())
    ):
        return None
    if not (_HOST.fullmatch(name) or _ip(name)):
        return None
    return f"{scheme.lower()}://{rest}"


def _email(text: str) -> str | None:
    text = text.strip().removeprefix("mailto:")
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}" if _EMAIL.fullmatch(text) else None


def _phone(text: str) -> str | None:
    """Kept as written: the country is seldom known, and an extension matters."""
    found = _text(text)
    return found if found and sum(c.isdigit() for c in found) >= 5 else None


def _ip(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None


def _mimetype(text: str) -> str | None:
    text = text.strip().lower().partition(";")[0].strip()
    return text if _MIMETYPE.fullmatch(text) else None


def _checksum(text: str) -> str | None:
    text = text.strip().lower()
    return text if re.fullmatch(r"[0-9a-f]{32,128}", text) else None


def _json(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True)
    except ValueError:
        return None


def _formatted(text: str | None, format: str) -> str | None:
    """An identifier in the form of its scheme: no separators, upper case; ships' numbers without their prefix."""
    if text is None or not any(c.isalnum() for c in text):
        return None
    if format == "imo":
        match = _IMO.fullmatch(text)
        return match[1] if match else text
    if format in ("iban", "bic", "lei", "isin", "uscc", "inn", "ogrn"):
        return re.sub(r"[\s.-]", "", text).upper()
    return text


_CLEANERS: dict[str, Callable[[str], str | None]] = {
    "address": _meaningful,
    "checksum": _checksum,
    "country": _country,
    "date": dates.clean,
    "email": _email,
    "entity": _entity,
    "gender": lambda text: _GENDERS.get(text.strip().casefold()),
    "html": lambda text: text.strip() or None,
    "identifier": _meaningful,
    "ip": _ip,
    "json": _json,
    "language": lambda text: _languages().get(text.strip().casefold()),
    "mimetype": _mimetype,
    "name": _meaningful,
    "number": _number,
    "phone": _phone,
    "string": _text,
    "text": _long,
    "topic": _topic,
    "url": _url,
}
