"""Attribution of a blockchain address: who is said to hold it, by whom, and how sure they are.

Invariant: an address that cannot be right is kept as written, what is wrong with it noted and reported; nobody becomes
sanctioned by it but where the source says so in words of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from counterflow.model import crypto_address
from counterflow.model.dates import clean
from counterflow.model.source import Source
from counterflow.sources.party import digest
from counterflow.sources.reader import Record, Rejected, Statements

__all__ = ["FIELDS", "Attribution", "actor_id"]

FIELDS = {
    "address": "CryptoWallet.publicKey, CryptoWallet.blockchain where its form tells the chain",
    "currency": "CryptoWallet.currency, CryptoWallet.blockchain",
    "label": "LegalEntity.name of the holder, CryptoWallet.holder",
    "actor": "LegalEntity.name where there is no label; the holder's id",
    "category": "CryptoWallet.keywords",
    "abuse": "CryptoWallet.topics, CryptoWallet.keywords",
    "confidence": "CryptoWallet.notes; the credibility of its claims",
    "source": "CryptoWallet.sourceUrl; the origin of its claims",
    "lastmod": "CryptoWallet.modifiedAt",
    "context": "CryptoWallet.notes",
    "listed_from": "Sanction.startDate, Sanction.entity, CryptoWallet.topics",
    "listed_to": "Sanction.endDate",
}
"""Field of an attribution → where it arrives."""


@dataclass(slots=True)
class Attribution:
    """What a source says of one address.

    :param name: of the address itself; :param label: of its holder; :param actor: id of the holder
    :param words: categories, kinds of abuse and labels, each in the source's word
    :param confidence: the source's word for how sure it is
    :param listed: from when until when a list named it, where the source is one
    """

    address: str
    currency: str | None = None
    name: str | None = None
    label: str | None = None
    actor: str | None = None
    words: Sequence[str] = ()
    confidence: str | None = None
    source: str | None = None
    modified: str | None = None
    notes: Sequence[str] = ()
    listed: tuple[str | None, str | None] = (None, None)
    locator: str = ""
    line: int | None = None

    def records(self, cited: set[str]) -> Iterator[Record]:
        """Its records. :param cited: ids of sources told so far"""
        found = crypto_address.parse(self.address)
        told = Statements(found.value, "CryptoWallet", locator=self.locator, line=self.line)
        told.credibility = _confidence().get((self.confidence or "").casefold())
        if self.source:
            told.origin = f"source-{digest(self.source)}"
            if told.origin not in cited:
                cited.add(told.origin)
                url = self.source if "://" in self.source else ""
                yield Source(told.origin, self.source, kind="register", url=url)
        doubt = crypto_address.doubt(self.address, self.currency)
        if doubt:
            told.note = f"the address {doubt}"
            yield Rejected(self.line, "address", f"'{self.address[:120]}' {doubt}; it is kept as written", self.address)
        told.say("publicKey", found.value, original=self.address if self.address != found.value else None)
        self._describe(told, found)
        holder = self._holder()
        if holder is not None:
            told.say("holder", holder.subject)
            holder.origin, holder.credibility = told.origin, told.credibility
        since, until = self.listed
        if since is not None:
            told.say("topics", "sanction", valid_from=since, valid_to=until)
        yield told  # complete: whoever takes it may be done with it before the next is asked for
        if holder is not None:
            yield holder
        yield from self._listing(told)

    def _describe(self, told: Statements, found: crypto_address.Address) -> None:
        told.say("name", self.name if self.name and any(c.isalnum() for c in self.name) else None)
        told.say("currency", self.currency)
        own = crypto_address.chain_of(self.currency)
        chain = own if own in found.chains or not found.chains else None
        told.say("blockchain", chain or (found.chains[0] if len(found.chains) == 1 else None))
        for word in dict.fromkeys(w.strip() for w in self.words if w and w.strip()):
            told.say("keywords", word)
            told.say("topics", _topic(word))
        told.say("notes", f"confidence: {self.confidence}" if self.confidence else None)
        for note in self.notes:
            told.say("notes", note)
        told.say("sourceUrl", self.source if self.source and "://" in self.source else None)
        told.say("modifiedAt", clean((self.modified or "")[:10]))

    def _holder(self) -> Statements | None:
        name = self.label or self.actor
        if not name or not any(c.isalnum() for c in name):
            return None
        subject = actor_id(self.actor) if self.actor else f"label-{digest(name)}"
        holder = Statements(subject, "LegalEntity", locator=self.locator, line=self.line, party=False)
        holder.say("name", name)
        return holder

    def _listing(self, told: Statements) -> Iterator[Statements]:
        since, until = self.listed
        if since is None:
            return
        subject = f"listing-{digest(told.subject, since)}"
        listing = Statements(subject, "Sanction", locator=self.locator, line=self.line, party=False)
        listing.say("entity", told.subject)
        listing.say("startDate", since)
        listing.say("endDate", until)
        yield listing


def actor_id(actor: str) -> str:
    """Subject of an actor, the same in tag packs and actor packs."""
    return "actor-" + "".join(c if c.isalnum() or c in "._-" else "_" for c in actor.strip())


@cache
def _words() -> dict[str, Any]:
    import yaml

    table: dict[str, Any] = yaml.safe_load(
        (resources.files("counterflow.sources.crypto") / "words.yaml").read_text("utf-8")
    )
    return table


def _topic(word: str) -> str | None:
    """FollowTheMoney topic that a word of a source means."""
    plain = word.casefold().replace(" ", "_").replace("-", "_")
    for topic, words in _words()["topics"].items():
        if any(plain == w or (w.endswith("*") and plain.startswith(w[:-1])) for w in words):
            return str(topic)
    return None


@cache
def _confidence() -> dict[str, int]:
    return {str(word): int(digit) for digit, words in _words()["credibility"].items() for word in words}
