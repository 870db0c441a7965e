"""Is a goAML report as it must be? By our own table of nodes, by what a profile wants, by the user's own XSD.

Whatever is read here may be hostile: no entity is expanded, nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.casework.goaml.profile import Profile, structure
from counterflow.errors import InputError

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Gap", "gaps", "misplaced", "schema_problems"]

_FORMS = {
    "id": re.compile(r"[1-9]\d{0,9}"),
    "amount": re.compile(r"-?\d{1,16}(\.\d{1,13})?"),
    "time": re.compile(r"(17[6-9]\d|1[89]\d\d|[2-9]\d{3})-\d\d-\d\dT\d\d:\d\d:\d\d"),
    "currency": re.compile(r"[A-Z0-9]{3,5}"),
    "country": re.compile(r"[A-Z]{2}|-"),
    "flag": re.compile(r"true|false"),
}
_ASSERT = "{http://www.w3.org/2001/XMLSchema}assert"
_REFERS = tuple(f"{{http://www.w3.org/2001/XMLSchema}}{name}" for name in ("include", "import", "redefine", "override"))
_CODED = ("account_role", "communication", "contact", "funds", "identifier", "legal_form", "party_role", "transmode")
"""Lists of which a profile may have a code for where the data say nothing."""
_SIDES = (("t_from", "t_from_my_client"), ("t_to", "t_to_my_client"))


@dataclass(frozen=True)
class Gap:
    """What a profile wants and the data do not have, or have otherwise.

    :param path: of the node in the report: ``transaction[3]/t_from/from_account``; :param field: its child
    :param record: the row or entity that would have to say it; :param reason: in words
    :param key: by which the reporter can state it (see `profile.profile`); empty: it cannot be stated
    """

    path: str
    field: str
    record: str
    reason: str = "not in the data"
    key: str = ""

    def to_dict(self) -> dict[str, str]:
        """Plain data."""
        return {"path": self.path, "field": self.field, "record": self.record, "reason": self.reason, "key": self.key}


def gaps(kind: str, node: Mapping[str, Any], profile: Profile, path: str, record: str = "") -> Iterator[Gap]:
    """What a node and those below it lack. :param node: child → value, node or list of them; ``#`` is its record"""
    record = str(node.get("#", record))
    yield from _absent(kind, node, profile, path, record)
    for key, what in structure()[kind].items():
        name = key.rstrip("*")
        value = node.get(name)
        if value is None:
            continue
        word, _, of = what.partition(" ")
        if word == "code" and of in profile.lists:
            for code in value if isinstance(value, list) else [value]:
                if code not in profile.lists[of]:
                    reason = f"'{code}' is no code of the profile's list '{of}'"
                    yield Gap(path, name, record, reason, _key(kind, name, record))
        elif word == "node":
            each = value if isinstance(value, list) else [value]
            for n, one in enumerate(each, 1):
                yield from gaps(of, one, profile, f"{path}/{name}[{n}]" if key.endswith("*") else f"{path}/{name}",
                                record)  # fmt: skip


def _absent(kind: str, node: Mapping[str, Any], profile: Profile, path: str, record: str) -> Iterator[Gap]:
    """What a node itself lacks."""
    wanted = [name for name in profile.required.get(kind, ()) if node.get(name) in (None, "", [])]
    for name in wanted:
        currency = _currency(node) if name == "amount_local" else ""
        reason = f"not in the data, which say it in {currency}" if currency else "not in the data"
        yield Gap(path, name, record, reason, f"rate.{currency}" if currency else _key(kind, name, record))
    for either in profile.either.get(kind, ()):
        if not any(node.get(name) for name in either):
            yield Gap(path, " or ".join(either), record, key=_key(kind, either[0], record))
    if kind == "transaction" and "involved_parties" not in node:
        for side in _SIDES:
            if not any(name in node for name in side):
                yield Gap(path, " or ".join(side), record)
    if kind in {name for side in _SIDES for name in side} and not any(
        name.endswith(("_account", "_person", "_entity")) for name in node
    ):
        yield Gap(path, "account, person or entity", record)


def _key(kind: str, name: str, record: str) -> str:
    """By which key a child of a node is stated: of the report as it is, of codes and countries for all at once."""
    if kind == "report":
        return "indicators" if name == "report_indicators" else name
    if kind == "report_indicators":
        return "indicators"
    word, _, of = structure()[kind].get(name, structure()[kind].get(f"{name}*", "")).partition(" ")
    if word == "node":
        return ""
    if word == "code" and of in _CODED:
        return f"default.{of}"
    if word == "country" and kind.startswith(("t_from", "t_to", "party")):
        return "default.country"
    return f"{name}@{record}"


def _currency(node: Mapping[str, Any]) -> str:
    """In what a payment was made, where that is not the reporting country's currency."""
    sides = [(child, way) for pair, way in zip(_SIDES, ("from", "to"), strict=True) for child in pair]
    for child, way in sides:
        foreign = node.get(child, {}).get(f"{way}_foreign_currency")
        if foreign:
            return str(foreign.get("foreign_currency_code", ""))
    parties = node.get("involved_parties", {}).get("party", ())
    return next((str(p["foreign_currency"]["foreign_currency_code"]) for p in parties if "foreign_currency" in p), "")


def misplaced(root: _Element) -> list[str]:
    """What of a report is not as our table of nodes has it, in words: order, repetition, kinds of values, lengths."""
    return list(_misplaced(root, "report", "report"))


def _misplaced(element: _Element, kind: str, path: str) -> Iterator[str]:
    known = structure()[kind]
    order = [key.rstrip("*") for key in known]
    last = -1
    for child in element.iterchildren("*"):
        name = str(child.tag)
        if name not in order:
            yield f"{path}: {name} does not belong here"
            continue
        at = order.index(name)
        if at < last or (at == last and f"{name}*" not in known):
            yield f"{path}: {name} is out of order or given twice"
        last = at
        what, _, of = known[name if name in known else f"{name}*"].partition(" ")
        text = child.text or ""
        if what == "node":
            yield from _misplaced(child, of, f"{path}/{name}")
        elif len(child):
            yield f"{path}: {name} holds nodes, and should hold a value"
        elif what == "text" and not 0 < len(text) <= int(of):
            yield f"{path}: {name} has {len(text)} characters, and may have 1 to {of}"
        elif what in _FORMS and not _FORMS[what].fullmatch(text):
            yield f"{path}: '{text}' is no {what} ({name})"
    if kind == "transaction":
        there = {str(c.tag) for c in element.iterchildren("*")}
        if "involved_parties" in there and any(name in there for side in _SIDES for name in side):
            yield f"{path}: a transaction has two sides or several parties, not both"


def schema_problems(report: Path, schema: Path) -> list[str]:
    """What the user's own XSD says against a report; empty: nothing.

    Assertions of XSD 1.1 cannot be checked by libxml2: they are left out, and that is told.

    :raises InputError: the schema is none
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.parse(str(schema), parser)
        far = [e.get("schemaLocation", "") for e in tree.iter(*_REFERS) if ":" in e.get("schemaLocation", "")]
        if far:
            raise InputError(f"refers to {far[0]}: nothing is fetched; put it beside the file", file=str(schema))
        beyond = list(tree.iter(_ASSERT))
        for one in beyond:
            parent = one.getparent()
            if parent is not None:
                parent.remove(one)
        known = etree.XMLSchema(tree)
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError, OSError) as e:
        raise InputError(f"is no XML schema that can be used ({e})", file=str(schema)) from e
    found = etree.parse(str(report), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    known.validate(found)
    told = [f"line {e.line}: {e.message}" for e in known.error_log]  # type: ignore[attr-defined]
    if beyond:
        told.append(f"{len(beyond)} assertions of XSD 1.1 in {schema.name} were not checked")
    return told
