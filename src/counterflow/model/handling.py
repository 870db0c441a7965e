"""Handling: who may read a record. Labels in the words of TLP 2.0, and the one decision that uses them.

Invariant: `readable(label, audience)` is the only place where a record is opened or kept shut, and `combine` never
yields a label that is readable by someone who could not read each part.

A label is immutable and *interned* by content: `Label.id` is a hash, so equal labels are one row in the casebook and
a decision is taken once per label, not once per record.

Sources: FIRST, Traffic Light Protocol 2.0 (2022); ICD 206/208 caveat practice for EXERCISE.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property, reduce

from counterflow.errors import UsageError

__all__ = ["EXERCISE", "PUBLIC", "TLP", "Audience", "Label", "combine", "readable"]

EXERCISE = "EXERCISE"
"""Caveat of every record that the exercise generator made. Never real; never in a figure unless asked for."""

_CAVEAT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*")


class TLP(IntEnum):
    """Traffic Light Protocol 2.0, ordered from the widest circle to the narrowest."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4

    @classmethod
    def parse(cls, text: str) -> TLP:
        """Read ``TLP:AMBER+STRICT``, ``amber+strict``, ``WHITE`` (TLP 1.0 for CLEAR)…; UsageError otherwise."""
        word = text.strip().upper().removeprefix("TLP:").replace("+", "_").replace("-", "_")
        word = {"WHITE": "CLEAR"}.get(word, word)
        if word not in cls.__members__:
            raise UsageError(f"'{text}' is not a TLP 2.0 label. Valid: {', '.join(t.text for t in cls)}.")
        return cls[word]

    @property
    def text(self) -> str:
        """The marking as it must be printed, never abbreviated: ``TLP:AMBER+STRICT``."""
        return "TLP:" + self.name.replace("_", "+")


@dataclass(frozen=True)
class Label:
    """How a record may be handled: every limit named here must be met by the reader.

    :param tlp: widest circle that may read it
    :param originator: organisation whose record this is; inside the circle of its own AMBER records
    :param releasable_to: organisations inside the circle beside the originator; None: not limited by organisation
        (an AMBER or AMBER+STRICT record is always limited: with None only its originator is inside)
    :param readers: names of the only persons who may read it; None: not limited by name (a RED record always is)
    :param compartments: all of these must be held by the reader
    :param purposes: where not empty, the reader must act for one of these
    :param caveats: words printed beside the marking (EXERCISE, …); an audience may shut any of them out
    :param expires: last ISO date on which it may be read, or None
    """

    tlp: TLP = TLP.CLEAR
    originator: str = ""
    releasable_to: frozenset[str] | None = None
    readers: frozenset[str] | None = None
    compartments: frozenset[str] = field(default_factory=frozenset)
    purposes: frozenset[str] = field(default_factory=frozenset)
    caveats: frozenset[str] = field(default_factory=frozenset)
    expires: str | None = None

    @property
    def circle(self) -> frozenset[str] | None:
        """Organisations that may read it; None where any may."""
        if self.tlp in (TLP.AMBER, TLP.AMBER_STRICT):
            return (self.releasable_to or frozenset()) | ({self.originator} if self.originator else frozenset())
        return self.releasable_to

    @property
    def persons(self) -> frozenset[str] | None:
        """Names of those who may read it; None where any may."""
        return (self.readers or frozenset()) if self.tlp == TLP.RED else self.readers

    def to_dict(self) -> dict[str, object]:
        """Plain data, sets sorted: the form that is stored and hashed."""
        return {
            "tlp": self.tlp.text,
            "originator": self.originator,
            "releasable_to": None if self.releasable_to is None else sorted(self.releasable_to),
            "readers": None if self.readers is None else sorted(self.readers),
            "compartments": sorted(self.compartments),
            "purposes": sorted(self.purposes),
            "caveats": sorted(self.caveats),
            "expires": self.expires,
        }

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> Label:
        """Inverse of `to_dict`."""

        def words(key: str) -> frozenset[str] | None:
            found = data.get(key)
            if found is not None and not isinstance(found, list):
                raise UsageError(f"label field '{key}' must be a list, not {found!r}")
            return None if found is None else frozenset(str(w) for w in found)

        expires = data.get("expires")
        return cls(
            tlp=TLP.parse(str(data.get("tlp", "TLP:CLEAR"))),
            originator=str(data.get("originator") or ""),
            releasable_to=words("releasable_to"),
            readers=words("readers"),
            compartments=words("compartments") or frozenset(),
            purposes=words("purposes") or frozenset(),
            expires=str(expires) if expires else None,
        ).with_caveat(*sorted(words("caveats") or ()))

    @cached_property
    def id(self) -> str:
        """Content hash, 16 hexadecimal digits."""
        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def text(self) -> str:
        """The whole marking in print: ``TLP:AMBER//EXERCISE//REL FIU-A``."""
        parts = [self.tlp.text, *sorted(self.caveats), *sorted(self.compartments)]
        if self.releasable_to:
            parts.append("REL " + ", ".join(sorted(self.releasable_to)))
        return "//".join(parts)

    def with_caveat(self, *words: str) -> Label:
        """This label with more caveats printed beside it; always in capitals, so that shutting one out finds it.

        :raises UsageError: a caveat that is no word
        """
        for word in words:
            if not _CAVEAT.fullmatch(word.strip()):
                raise UsageError(f"'{word}' is no caveat. Valid: words of letters, digits and -, e.g. EXERCISE.")
        return replace(self, caveats=self.caveats | {word.strip().upper() for word in words})


PUBLIC = Label()
"""TLP:CLEAR, no caveat: what was published."""


@dataclass(frozen=True)
class Audience:
    """A set of readers with the same rights: what a query is asked *for*.

    :param name: key in the workspace's settings, and what ``--audience`` takes
    :param organisation: the organisation they belong to
    :param readers: their personal names, for RED
    :param ceiling: the narrowest TLP circle they are ever inside
    :param compartments: compartments held
    :param purposes: purposes they act for (empty: none declared)
    :param without: caveats shut out; ``{"EXERCISE"}`` is the one switch that hides the exercise everywhere
    :param owner: the owner of a single-user workspace reads all that is in it
    :param nobody: reads nothing, not even what is published: an administrator, who keeps the house and not its files
    """

    name: str
    organisation: str = ""
    readers: frozenset[str] = field(default_factory=frozenset)
    ceiling: TLP = TLP.CLEAR
    compartments: frozenset[str] = field(default_factory=frozenset)
    purposes: frozenset[str] = field(default_factory=frozenset)
    without: frozenset[str] = field(default_factory=frozenset)
    owner: bool = False
    nobody: bool = False

    def shutting_out(self, *caveats: str) -> Audience:
        """The same readers, not shown anything that bears one of these caveats."""
        return replace(self, without=self.without | set(caveats))


def readable(label: Label, audience: Audience, *, today: str = "0000-00-00") -> bool:
    """Whether this audience may read records with this label. Default is no.

    :param today: ISO date that `Label.expires` is compared with
    """
    if audience.nobody or label.caveats & audience.without:
        return False
    if audience.owner:
        return True
    if not label.compartments <= audience.compartments:
        return False
    if label.purposes and not label.purposes & audience.purposes:
        return False
    if label.expires is not None and label.expires < today:
        return False
    if label.tlp > audience.ceiling:
        return False
    if label.circle is not None and audience.organisation not in label.circle:
        return False
    return label.persons is None or bool(label.persons & audience.readers)


def combine(labels: Iterable[Label]) -> Label:
    """The label of something derived from records with these labels: readable only by who may read each of them.

    Commutative, associative, idempotent and monotone in its effect on `readable`. Of nothing: `PUBLIC`.
    """
    return reduce(_meet, labels, PUBLIC)


def _meet(a: Label, b: Label) -> Label:
    if a == b:
        return a
    purposes = _both(a.purposes or None, b.purposes or None)
    return Label(
        tlp=max(a.tlp, b.tlp),
        originator="",  # a mixed record is nobody's own: its circle names everyone who is inside
        releasable_to=_both(a.circle, b.circle),
        readers=_both(a.persons, b.persons),
        compartments=a.compartments | b.compartments,
        # no purpose serves both: a purpose that nobody can declare
        purposes=frozenset() if purposes is None else purposes or frozenset({"(none)"}),
        caveats=a.caveats | b.caveats,
        expires=min((x.expires for x in (a, b) if x.expires), default=None),
    )


def _both(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    """Intersection, where None stands for everyone."""
    if a is None or b is None:
        return b if a is None else a
    return a & b
