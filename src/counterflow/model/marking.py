"""A label in print, and back: ``TLP:AMBER//EXERCISE//ORCON FIU-A//ORIG FIU-A//REL CUSTOMS-B, POLICE-C``.

Invariant: `parsed` is the inverse of `printed`, and nothing that a reader must obey is left out or abbreviated. Only an
originator whose record is not restricted goes unsaid: it obliges nobody, and would be printed on every page.

First the circle, then what may be done (PAP) and the caveats as bare words, then what a word in front tells apart:

- ``COMPARTMENTS A, B`` must all be held · ``ORCON A`` who must give leave before it is released on
- ``ORIG A`` whose record it is · ``FROM A, B`` whose records it was derived from
- ``REL A, B`` organisations inside · ``READERS A, B`` persons inside · ``PURPOSES A, B`` one must be acted for
- ``EXPIRES DATE`` last day · ``REVIEW BY DATE``

A name that could be mistaken stands in quotation marks, as in JSON; ``(none)`` is the empty list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from counterflow.errors import UsageError
from counterflow.model.handling import NO_PURPOSE, PAP, TLP, Label

__all__ = ["parsed", "printed"]

_LISTS = {
    "COMPARTMENTS": "compartments", "ORCON": "orcon", "ORIG": "originator", "FROM": "sources", "REL": "releasable_to",
    "READERS": "readers", "PURPOSES": "purposes",
}  # fmt: skip
_DAYS = {"EXPIRES": "expires", "REVIEW BY": "review_by"}
_NONE = "(none)"
_KEYWORD = re.compile(rf"({'|'.join([*_LISTS, *_DAYS])})(?:\s+TO(?=\s))?(?:\s+|$)", re.IGNORECASE)
_PLAIN = re.compile(r'[^\s",/][^",/]*(?<!\s)')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PARTS = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^"/]|/(?!/))*)(?://|$)', re.DOTALL)


def printed(label: Label) -> str:
    """The whole marking."""
    parts = [label.tlp.text]
    if label.pap:
        parts.append(label.pap.text)
    parts += [_quoted(word) if _KEYWORD.match(word) else word for word in sorted(label.caveats)]
    for word, key in _LISTS.items():
        found: Any = getattr(label, key)
        if key == "originator":
            found = {found} if found and (label.tlp >= TLP.AMBER or label.releasable_to is not None) else None
        elif key in ("compartments", "orcon", "sources", "purposes"):
            found = found or None  # no limit; an empty list of organisations or persons is one
        if found is not None:
            none = not found or (key == "purposes" and found == {NO_PURPOSE})
            parts.append(f"{word} {_NONE if none else ', '.join(map(_name, sorted(found)))}")
    parts += [f"{word} {getattr(label, key)}" for word, key in _DAYS.items() if getattr(label, key)]
    return "//".join(parts)


def _name(name: str) -> str:
    """A name that needs no telling apart as it is, another one in quotation marks."""
    if _PLAIN.fullmatch(name) and name.isprintable() and name != _NONE and not name.upper().startswith("TO "):
        return name
    return _quoted(name)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def parsed(text: str, own: str = "") -> Label:
    """The label that a marking stands for.

    :param own: organisation that writes it: the originator of a restricted record that names none
    :raises UsageError: it does not begin with a TLP 2.0 label, or a part of it is none; says which, and what is valid
    """
    first, *rest = _parts(text)
    data: dict[str, Any] = {"tlp": TLP.parse(first).text, "caveats": []}
    bare = False
    for part in rest:
        word = _KEYWORD.match(part)
        if part.upper().startswith("PAP:"):
            _once(data, "pap", part, PAP.parse(part).text)
        elif word is None:
            data["caveats"].append(_unquoted(part) if part.startswith('"') else part)
        elif (key := _keyword(word)) in _DAYS:
            _once(data, _DAYS[key], key, part[word.end() :])
        elif key == "ORCON" and not part[word.end() :]:
            bare = True
        else:
            _once(data, _LISTS[key], key, _names(key, part[word.end() :]))
    whose = data.pop("originator", [])
    if len(whose) > 1:
        raise UsageError(f"ORIG names one organisation, not {len(whose)}. Of a record derived from several: FROM A, B.")
    if data.get("purposes") == []:
        data["purposes"] = [NO_PURPOSE]
    limited = data["tlp"] in (TLP.AMBER.text, TLP.AMBER_STRICT.text) or "releasable_to" in data or bare
    data["originator"] = whose[0] if whose else own if limited and not data.get("sources") else ""
    if bare:
        if not data["originator"]:
            raise UsageError("ORCON needs to say whose leave is wanted: ORCON FIU-A, or ORIG FIU-A//ORCON.")
        data["orcon"] = [*data.get("orcon", []), data["originator"]]
    return Label.from_dict(data)


def _parts(text: str) -> list[str]:
    """What stands between ``//``, quotation marks respected."""
    parts, at = [], 0
    while at < len(text):
        found = _PARTS.match(text, at)
        if found is None:
            raise UsageError(f"In '{text}' a quotation mark is not closed.")
        parts.append(found[1].strip())
        at = found.end()
    if not parts or not all(parts) or text.rstrip().endswith("//"):
        raise UsageError(f"'{text}' is no marking: nothing stands before or after a '//'. Valid: TLP:AMBER//REL A, B.")
    return parts


def _keyword(found: re.Match[str]) -> str:
    return " ".join(found[1].upper().split())


def _once(data: dict[str, Any], key: str, word: str, value: Any) -> None:
    if key in data:
        raise UsageError(f"{word} stands in the marking twice. Write it once, with all its names.")
    data[key] = value


def _names(word: str, text: str) -> list[str]:
    if text.strip() == _NONE:
        return []
    return list(_each(word, text))


def _each(word: str, text: str) -> Iterator[str]:
    at = 0
    while True:
        at += len(text[at:]) - len(text[at:].lstrip())
        found = _QUOTED.match(text, at) or _PLAIN.match(text, at)
        if found is None:
            raise UsageError(
                f"{word} wants names with commas between them, e.g. {word} FIU-A, CUSTOMS-B; not '{text}'."
            )
        yield _unquoted(found[0]) if found[0].startswith('"') else found[0]
        rest = text[found.end() :].lstrip()
        if not rest:
            return
        if not rest.startswith(","):
            raise UsageError(f"In '{word} {text}' a comma is missing before '{rest}'.")
        at = len(text) - len(rest) + 1


def _unquoted(text: str) -> str:
    try:
        found = json.loads(text, strict=False)
    except ValueError as e:
        raise UsageError(f"{text} is no name in quotation marks ({e}).") from e
    return str(found)
