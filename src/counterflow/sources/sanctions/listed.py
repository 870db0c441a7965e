"""One listed party of any list but OFAC's (`ofac_entry`): typed values, names, documents, addresses, links, listing.

Invariant: what a value's type refuses is kept as a note of the party, in the publisher's words, and set aside once with
its field and reason. A bad date never costs the party, nor the date's text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from counterflow.model import schema
from counterflow.model.values import clean
from counterflow.sources import written_dates
from counterflow.sources.packed_names import unpack
from counterflow.sources.party import Party, digest
from counterflow.sources.reader import Rejected, Statements

__all__ = ["Dates", "Document", "Listed", "Names", "country", "document", "homes"]

Dates = Callable[[str], "written_dates.Written | None"]

_REMARKED = re.compile(r"(?P<name>[^()]+?)\s*\((?P<remark>[^()]+)\)\.?")
_SEVERAL = re.compile(r"\s+and\s+|\s*/\s*")
_CITIZEN = re.compile(r"\b(?:citizen(?:ship)?|national(?:ity)?)\b\.?", re.IGNORECASE)
_NUMBER = (
    r"(?=[\w./ -]{0,7}\d)(?:[A-Za-z]{1,4}[ /-]|[A-Za-z]{1,2}-[A-Za-z])?"
    r"(?=\w*\d)[A-Za-z\d][\w./-]*[A-Za-z\d]"
)
_NUMBERED = re.compile(rf"\b(?:no|nos|numbers?|№)\b\.?\s*:?\s*(?:[A-Z]{{2,4}} )?(?P<number>{_NUMBER})", re.IGNORECASE)
_LEADING = re.compile(rf"(?P<number>{_NUMBER})(?=$|[\s,;:(.])")
_ADDRESS = 25
"""Characters of the shortest address on a blockchain."""
_DIGITS = 4
"""Figures that a word needs to be taken for a number where nothing says that it is one."""
_TOKEN = re.compile(r"[A-Za-z\d/-]{5,}")
_AFTERWARDS = re.compile(r"[(,;]|\b(?:issued|expire[sd]?|valid|born|dated)\b", re.IGNORECASE)
_WHOSE = re.compile(
    r"(?P<country>[A-Z][\w. ]+?) (?:diplomatic |official |service |travel |national |identity |fiscal )*"
    r"(?:passports?|identi\w+|id|ni|card|code|document|civil|number|no)\b",
    re.IGNORECASE,
)
_WHEN = r"(?P<date>\d{1,2} \w+\.? \d{4}|\d{1,2}[./]\d{1,2}[./]\d{4}|\w+ \d{4}|\d{4})"
_ISSUED = re.compile(rf"\bissued\b(?:[^()\d]|\((?=issued))*?(?:on |in )?{_WHEN}", re.IGNORECASE)
_EXPIRES = re.compile(rf"\b(?:expir\w+|valid until|until)\b[^()\d]*?{_WHEN}", re.IGNORECASE)


_NAMES = ("name", "alias", "weakAlias", "previousName")
_FULL_WIDTH = str.maketrans({"（": "(", "）": ")", "；": ";", "：": ":", "\u3000": " "})


def homes(property: str, schemata: Iterable[str]) -> list[str]:
    """Where a property stands in these schemata, as ``Schema.property`` of the schema that brings it."""
    found = []
    for name in schemata:
        known = schema.get(name).properties.get(property)
        if known is not None and f"{known.schema}.{property}" not in found:
            found.append(f"{known.schema}.{property}")
    return found


@dataclass(frozen=True)
class Document:
    """A number read out of a sentence. Dates are exact or partial ISO dates."""

    number: str
    country: str | None = None
    issued: str | None = None
    expires: str | None = None


def document(text: str, dates: Dates = written_dates.read) -> Document | None:
    """The document in ``2255278 (Syria)`` or ``CAR Diplomatic Passport No D00000897 issued 5 April 2013, valid until 4
    April 2018``; None where no number stands first, behind the word for it, or alone among the words."""
    text = text.strip()
    match = _NUMBERED.match(text) or _LEADING.match(text) or _NUMBERED.search(text)
    if match is not None:
        number = match["number"]
    else:
        tokens = _TOKEN.findall(_AFTERWARDS.split(text)[0])
        lone = [token for token in tokens if sum(c.isdigit() for c in token) >= _DIGITS]
        if len(lone) != 1:
            return None
        number = lone[0]
    whose = _WHOSE.match(text)
    words = [*re.findall(r"\(([^()]+)\)", text), whose["country"] if whose else "", text.partition(number)[0].strip()]
    country = next((word for word in words if len(word) > 2 and clean("country", word)), None)
    return Document(number, country, _when(_ISSUED, text, dates), _when(_EXPIRES, text, dates))


def _when(pattern: re.Pattern[str], text: str, dates: Dates) -> str | None:
    match = pattern.search(text)
    written = (dates(match["date"]) or written_dates.read(match["date"])) if match else None
    return written.values[0] if written and len(written.values) == 1 else None


def country(text: str) -> tuple[str | None, str | None]:
    """(country, remark) of ``Pakistan (since 2009)``, ``Ukrainian SSR (now Ukraine)``, ``Latakia Province, Syria``; the
    country is None where no part that could only be one is known."""
    match = _REMARKED.fullmatch(text.strip())
    if clean("country", text) is not None:
        return text, None
    if match and clean("country", match["name"]):
        return match["name"], match["remark"]
    if match and match["remark"].startswith("now ") and clean("country", match["remark"].removeprefix("now ")):
        return match["remark"].removeprefix("now "), text
    last = text.rpartition(",")[2].strip(" .")
    for word in (last, _CITIZEN.sub("", text).strip()):
        if clean("country", word) is not None:
            return word, text
    return None, None


class Names:
    """Which entry bears a primary name: what a remark that names another party refers to. A name that several bear says
    nothing."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """:param names: (primary name, entry number) of every entry of the file"""
        listed = list(names)
        self._exact = self._unique((self._key(name), uid) for name, uid in listed)
        self._loose = self._unique((self._key(name).rstrip("."), uid) for name, uid in listed)

    def __call__(self, name: str) -> str | None:
        """The number of the one entry of that name; a last full stop may be missing, as remarks lose theirs."""
        key = self._key(name)
        return self._exact.get(key) or self._loose.get(key.rstrip("."))

    @staticmethod
    def _unique(keys: Iterable[tuple[str, str]]) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for key, uid in keys:
            found.setdefault(key, set()).add(uid)
        return {key: uids.pop() for key, uids in found.items() if len(uids) == 1}

    @staticmethod
    def _key(name: str) -> str:
        return " ".join(name.casefold().split())


@dataclass
class Listed:
    """Collects one party; `records` gives out its statements.

    :param uid: the publisher's number of the party
    :param authority: who lists; :param country: and for which country
    :param dates: how the list writes dates, tried before `written_dates.read`
    :param topic: empty for a party that is no longer listed
    :param by_name: id of the party of that primary name, where there is exactly one
    """

    uid: str
    schema: str
    locator: str
    line: int
    authority: str
    country: str | None = None
    file: str = ""
    dates: Dates = written_dates.read
    by_name: Callable[[str], str | None] = field(default=lambda _: None)
    party: Party = field(init=False)
    rejected: list[Rejected] = field(default_factory=list)
    topic: str = "sanction"
    told: set[tuple[str, str, str, str | None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.party = Party(Statements(self.uid, self.schema, locator=self.locator, file=self.file, line=self.line))

    @property
    def main(self) -> Statements:
        """The party's own statements."""
        return self.party.main

    @property
    def listing(self) -> Statements:
        """Its listing, where it has only one."""
        return self.listing_of("sanction")

    def listing_of(self, key: str) -> Statements:
        """The listing of that key: one party may be listed several times."""
        values = {"entity": self.uid, "authority": self.authority, "country": self.country}
        return self.party.helper(f"{self.uid}-{key}", "Sanction", values)

    def records(self) -> Iterator[Statements | Rejected]:
        """Everything collected, the party first."""
        self.tell("topics", self.topic, "topics")
        yield from self.party.records()
        yield from self.rejected

    # -- values ----------------------------------------------------------------------------------------------------

    def tell(
        self,
        properties: str | Sequence[str],
        text: str | None,
        field: str,
        *,
        record: Statements | None = None,
        note: str | None = None,
        lang: str | None = None,
        original: str | None = None,
    ) -> None:
        """Say a value under the first of `properties` that the record's schema has; a note where it has none of them.

        :param field: the publisher's name of the field; :param record: instead of the party itself
        """
        text = " ".join((text or "").split())
        if not text:
            return
        record = record or self.main
        own = schema.get(record.schema).properties
        name = next((p for p in ([properties] if isinstance(properties, str) else properties) if p in own), None)
        if name is None:
            self._note(record, f"{field}: {text}")
        elif own[name].type == "date":
            self._date(record, name, text, field, note)
        elif own[name].type == "country":
            self._country(record, name, text, field, note)
        elif clean(own[name].type, text, own[name].format) is None:
            self.refuse(record, text, field, f"is no {own[name].type}", name)
        else:
            self._say(record, name, text, note=note, lang=lang, original=original)

    def refuse(self, record: Statements, text: str, field: str, reason: str, property: str = "") -> None:
        """Keep a value as a note, and set it aside with its reason, once."""
        if (record.subject, field, text, None) in self.told:
            return
        self.told.add((record.subject, field, text, None))
        self._note(record, f"{field}: {text}")
        raw, why = f"{self.uid}: {text}"[:500], f"'{text[:80]}' {reason}; kept as a note"
        self.rejected.append(Rejected(self.line, field, why, raw, self.file, record.subject, property))

    def _note(self, record: Statements, text: str) -> None:
        own = schema.get(record.schema).properties
        self._say(record, "notes" if "notes" in own else "description", text)

    def _say(self, record: Statements, property: str, value: str, **meta: str | None) -> None:
        keys = {
            (record.subject, p, value, meta.get("lang"))
            for p in ("name", property)
            if property in _NAMES or p == property
        }
        if keys.isdisjoint(self.told):  # the name itself is no other name
            self.told.add((record.subject, property, value, meta.get("lang")))
            record.say(property, value, **meta)

    def _date(self, record: Statements, name: str, text: str, field: str, note: str | None) -> None:
        written = self.dates(text) or written_dates.read(text)
        if written is None:
            self.refuse(record, text, field, "is not a date that can be read without guessing", name)
        for value in written.values if written else ():
            remark = ", ".join(n for n in (note, written.note if written else None) if n) or None
            self._say(record, name, value, original=text if text != value else None, note=remark)

    def _country(self, record: Statements, name: str, text: str, field: str, note: str | None) -> None:
        found, remark = country(text)
        parts = _SEVERAL.split(text)
        if found is None and len(parts) > 1 and all(country(part)[0] for part in parts):
            for part in parts:
                self._country(record, name, part, field, ", ".join(filter(None, [note, text])))
        elif found is None:
            self.refuse(record, text, field, "is no country that is known by that name", name)
        else:
            note = ", ".join(part for part in (remark, note) if part) or None
            self._say(record, name, found, original=text if found != text else None, note=note)

    def known(self, text: str | None, field: str) -> str | None:
        """A country of a document or listing; what is none becomes a note, once."""
        if not text or country(text)[0]:
            return country(text)[0] if text else None
        self.refuse(self.main, text, field, "is no country that is known by that name")
        return None

    def day(self, text: str | None, field: str) -> str | None:
        """One exact or partial date of a document; what is none becomes a note, once."""
        written = (self.dates(text) or written_dates.read(text)) if text else None
        if text and (written is None or len(written.values) != 1):
            self.refuse(self.main, text, field, "is not a date that can be read without guessing")
            return None
        return written.values[0] if written else None

    # -- names, documents, places, relationships -------------------------------------------------------------------

    def name(
        self,
        text: str | None,
        property: str = "name",
        *,
        packed: bool = False,
        lang: str | None = None,
        note: str | None = None,
    ) -> None:
        """A name. :param packed: it may be several, in several scripts, with remarks (`packed_names`), or bear its
        language in front: ``Russian: …``"""
        text = " ".join((text or "").translate(_FULL_WIDTH).split())
        if not packed:
            return self.tell(property, text, "name", lang=lang, note=note)
        found = unpack(text)
        for n, piece in enumerate(found.names):
            own = "alias" if n and property == "name" else property
            word, colon, rest = piece.partition(":")
            tongue = clean("language", word) if colon and rest.strip() else None
            name = rest.strip() if tongue else piece
            self.tell(own, name, "name", original=text if name != text else None, lang=tongue or lang, note=note)
        for remark in found.remarks:
            self.tell("notes", f"{found.names[0]}: {remark}" if found.names else remark, "name")
        return None

    def document(self, kind: str, text: str, properties: Sequence[str], remark: str | None = None) -> None:
        """A number given by an authority, within a sentence; where no number can be told, the sentence is a note.

        :param properties: the first that the party's schema has takes the number
        """
        text = text.translate(_FULL_WIDTH)
        found = document(text, self.dates)
        own = schema.get(self.main.schema).properties
        if found is None:
            return self._note(self.main, f"{kind}: {', '.join(part for part in (text, remark) if part)}")
        more = found if remark is None else document(f"{text}. {remark}", self.dates) or found
        rest = ", ".join(part for part in (text if text != found.number else None, remark) if part)
        property = next((p for p in properties if p in own), "notes")
        details = {"country": more.country, "startDate": more.issued, "endDate": more.expires, "summary": rest}
        key = (self.uid, property, found.number, kind)
        if key not in self.told:
            self.told.add(key)
            self.party.document(kind, found.number, property, details)
        return None

    def address(self, parts: Mapping[str, str | None], nation: str | None, subject: str | None = None) -> None:
        """An address in parts; a country with a remark behind it gives the remark to the address."""
        parts = dict(parts)
        found, remark = country(nation) if nation else (None, None)
        if nation and found is None:
            parts["region"] = ", ".join(p for p in (parts.get("region"), nation) if p)
        elif remark:
            parts["remarks"] = ", ".join(p for p in (parts.get("remarks"), remark) if p)
        if found and not any(v for k, v in parts.items() if k != "remarks"):
            return self.tell("country", nation, "country", note=parts.get("remarks") if not remark else None)
        key = (self.uid, "address", repr(sorted((k, v) for k, v in parts.items() if v)), found)
        if key not in self.told:
            self.told.add(key)
            self.party.address(parts, found, subject)
        return None

    def place(self, text: str | None) -> None:
        """An address in one piece, as the list prints it; a country's name alone is said of the party."""
        text = " ".join((text or "").split()).strip(" ;,")
        if not text:
            return
        if clean("country", text) is not None:
            self.tell("country", text, "address")
        elif (self.uid, "address", text, None) not in self.told:
            self.told.add((self.uid, "address", text, None))
            subject = f"{self.uid}-address-{digest(text)}"
            self.party.helper(subject, "Address", {"full": text})
            self.main.say("address", text)
            self.main.say("addressEntity", subject)

    def link(self, name: str, other: str, role: str, *, kind: str = "LegalEntity", reverse: bool = False) -> Statements:
        """A relationship to a party that is named: to the entry of that name, or to a party that is only named."""
        if name == "Ownership" and reverse and self.main.schema == "Organization":
            self.main.schema = "Company"  # only what can be owned has an owner
        found = self.by_name(other)
        if found is None or found == self.uid:
            found = self.party.named(other, kind, f"named-{digest(other)}")
        return self.party.link(name, found, role, reverse=reverse)

    def wallet(self, address: str, currency: str | None = None) -> None:
        """A wallet that the party holds, or is: an address on a blockchain, or the shorter number of an account."""
        key = "publicKey" if len(address) >= _ADDRESS else "accountId"
        if self.schema == "CryptoWallet":
            self.tell(key, address, "wallet")
            return self.tell("currency", currency, "currency")
        subject = f"wallet-{digest(currency, address)}"
        holder = {"holder": self.uid} if schema.get(self.main.schema).is_a("LegalEntity") else {}
        values = {key: address, "currency": currency, "topics": "sanction", **holder}
        self.party.helper(subject, "CryptoWallet", values)
        return None
