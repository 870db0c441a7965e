"""The remarks of OFAC's legacy files: phrases between semicolons, each a fact in OFAC's words or a free remark.

``DOB 10 Dec 1948; POB Tehran, Iran; Passport A123 (Iran) issued 23 Jun 1999 expires 05 Feb 2004; Linked To: MY AIR.``
"""

from __future__ import annotations

import re

from counterflow.sources.sanctions.ofac_entry import Entry, Fact
from counterflow.sources.sanctions.ofac_terms import find, label

__all__ = ["tell"]

_ALIAS = re.compile(r"(?P<kind>[afn]\.k\.a\.)\s+'(?P<name>.+?)'?(?:\s*\((?P<note>[^()]*)\))?")
_LINKED = re.compile(r"\(Linked To:\s*(?P<inner>.+?)\s*\)|Linked To:\s*(?P<name>.+)", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"(?P<number>.*?)(?:\s*\((?P<country>[^()]*)\))?(?:\s+issued\s+(?P<issued>.*?))?(?:\s+expires\s+(?P<expires>.*?))?"
)
_UNLISTED = re.compile(
    r"(?P<type>[A-Z][\w.'/ -]*?(?:No\.|Number|ID|Code|Card|#))\s+"
    r"(?P<rest>[^\s(]*\d[^(]*(?:\([^()]*\)(?: issued.*| expires.*)?)?)"
)


def tell(entry: Entry, remarks: str) -> None:
    """Say all that `remarks` says about `entry`; phrases of no known kind become notes."""
    for phrase in remarks.strip().removesuffix(".").split(";"):
        text = " ".join(phrase.split())
        if text:
            _phrase(entry, text)


def _phrase(entry: Entry, text: str) -> None:
    plain = text.removeprefix("alt. ").removeprefix("Alt. ")
    alias, linked = _ALIAS.fullmatch(plain), _LINKED.fullmatch(plain)
    if alias:
        entry.alias(alias["name"], alias["kind"], weak=True, note=alias["note"])
        return
    if linked:
        entry.linked_to(linked["name"] or linked["inner"])
        return
    fact = _fact(plain)
    if fact is None:
        entry.main.say("notes", text)
    else:
        entry.fact(fact)


def _fact(text: str) -> Fact | None:
    type = label(text)
    if type is None:
        match = _UNLISTED.fullmatch(text)
        return _document(match["type"], match["rest"]) if match else None
    rest = text[len(type) :].strip(" :")
    if not rest:
        return None
    kind = find(type).kind
    if type.endswith("Address - "):  # the currency stands first
        currency, _, address = rest.partition(" ")
        return Fact(type + currency, address) if address else None
    if kind == "document":
        return _document(type, rest)
    if kind == "listing":
        head, colon, value = text.partition(": ")
        return Fact(head + colon, value) if value and colon else Fact(type, rest)
    return Fact(type, rest)


def _document(type: str, rest: str) -> Fact | None:
    """A numbered document; without a figure in it, it is a phrase that only begins like one."""
    match = _DOCUMENT.fullmatch(rest)
    if match is None or not any(c.isdigit() for c in match["number"]):
        return None
    return Fact(type, match["number"].strip(" ,"), match["country"], match["issued"], match["expires"])
