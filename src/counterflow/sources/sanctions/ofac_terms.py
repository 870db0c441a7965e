"""The words of OFAC (``terms/ofac.yaml``): which kind of fact a type is, and which property takes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from counterflow.sources.sanctions import fields as own_fields
from counterflow.sources.sanctions.listed import homes

__all__ = ["ADDRESS_PARTS", "Term", "fields", "find", "label", "language", "nothing", "relationship"]

ADDRESS_PARTS = {
    "ADDRESS1": "street",
    "ADDRESS2": "street",
    "ADDRESS3": "street",
    "CITY": "city",
    "STATE/PROVINCE": "state",
    "REGION": "region",
    "POSTAL CODE": "postalCode",
}
"""OFAC's parts of an address → FollowTheMoney's."""

Kind = Literal["document", "feature", "named", "listing", "wallet", "unknown"]

_SECTIONS: dict[str, Kind] = {"documents": "document", "features": "feature", "named": "named", "listing": "listing"}
_KINDS = ("Person", "Organization", "Company", "Vessel", "Airplane")
_WALLET = "Digital Currency Address - "
_DOCUMENT = re.compile(r"\b(?:No\.?|Number|ID|Code|Card|Document|Passport)$|#$")


@dataclass(frozen=True)
class Term:
    """:param property: property of the party (of its Sanction, for a ``listing``) that takes the value;
    for a ``wallet`` the currency"""

    kind: Kind
    property: str = ""


@cache
def _terms() -> dict[str, Any]:
    import yaml

    text = (resources.files(__package__) / "terms" / "ofac.yaml").read_text("utf-8")
    terms: dict[str, Any] = yaml.safe_load(text)
    return terms


@cache
def _exact() -> dict[str, Term]:
    return {
        name.casefold(): Term(kind, property)
        for section, kind in _SECTIONS.items()
        for property, names in _terms()[section].items()
        for name in names
    }


@cache
def find(type: str) -> Term:
    """What a type of document or feature is; a document's name is known by its ending even where it is not listed."""
    name = " ".join(type.split())
    found = _exact().get(name.casefold())
    if found is not None:
        return found
    if name.startswith(_WALLET):
        return Term("wallet", name.removeprefix(_WALLET))
    for property, beginnings in _terms()["listing"].items():
        if name.startswith(tuple(beginnings)):
            return Term("listing", property)
    return Term("document", "idNumber") if _DOCUMENT.search(name) else Term("unknown")


def label(text: str) -> str | None:
    """The longest listed type that `text` begins with, as whole words."""
    for name in _labels().get(text[:2], ()):
        if text.startswith(name) and (name[-1] in " :-" or text[len(name) : len(name) + 1] in ("", " ", ":")):
            return name
    return None


@cache
def _labels() -> dict[str, list[str]]:
    """Every listed type by its first two letters, longest first."""
    names = {name for section in _SECTIONS for found in _terms()[section].values() for name in found} | {_WALLET}
    by_start: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        by_start.setdefault(name[:2], []).append(name)
    return by_start


def relationship(type: str) -> tuple[str, bool]:
    """(schema, whether the other party is the acting end) of a type of relationship; UnknownLink where it says less."""
    found = _terms()["relationships"].get(type, {})
    return found.get("schema", "UnknownLink"), found.get("reverse", False)


def language(script: str) -> str | None:
    """The language that a script tells, where it tells one."""
    found: str | None = _terms()["scripts"].get(script)
    return found


def fields(reader: str) -> dict[str, str]:
    """Where each field of an OFAC reader arrives: its own names, then what all formats have, then each type."""
    found = {**own_fields.load(reader), **own_fields.load("ofac")}
    for property, names in _terms()["documents"].items():
        also = ["LegalEntity.leiCode (an LEI)"] if property == "registrationNumber" else []
        arrival = ", ".join([*homes(property, _KINDS), *also]) + " (a document, as above)"
        found |= {f"document type {name}": arrival for name in names}
    for property, names in _terms()["features"].items():
        arrival = ", ".join(homes(property, _KINDS))
        found |= {f"feature or remark {name.strip(' :')}": arrival for name in names}
    for property, names in _terms()["named"].items():
        owner = ["Ownership.owner", "Ownership.asset", "Ownership.role"]
        ends = owner if property == "owner" else homes(property, _KINDS)
        found |= {f"feature {name}": ", ".join([*ends, "Thing.name"]) for name in names}
    for property, names in _terms()["listing"].items():
        found |= {f"feature or remark {name.strip(' :-')}": f"Sanction.{property}" for name in names}
    return found


def nothing(value: str | None) -> bool:
    """Whether the list writes that there is nothing."""
    return value is None or value.strip().strip(".") in _terms()["nothing"]
