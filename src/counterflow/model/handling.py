"""Handling: who may read a record, and who must be asked before it goes further. Labels in the words of TLP 2.0.

Invariant: `readable` is the only place where a record is opened or kept shut, and `combine` never yields a label that
is readable by someone who could not read each part. What else decides (`storage.policy`) is compiled from the same
rule and compared with it.

A label is immutable and *interned* by content: `Label.id` is a hash, so equal labels are one row in the casebook and
a decision is taken once per label, not once per record.

Sources: FIRST, Traffic Light Protocol 2.0 (2022); CIRCL/MISP, Permissible Actions Protocol; Egmont Group, Principles
for Information Exchange (no onward release without the originator's leave); 28 CFR 23.20(h) (review within five
years); ICD 206/208 caveat practice for EXERCISE.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from functools import cached_property, reduce
from typing import Any, Self

from counterflow import clock
from counterflow.errors import UnknownName, UsageError

__all__ = [
    "EXERCISE", "NO_PURPOSE", "PAP", "PUBLIC", "SHUT", "TLP", "Audience", "Label", "combine", "due", "opened",
    "readable", "releasable", "restricted",
]  # fmt: skip

EXERCISE = "EXERCISE"
"""Caveat of every record that the exercise generator made. Never real; never in a figure unless asked for."""

NO_PURPOSE = "(none)"
"""The purpose of what serves none: of a label made of parts that have no purpose in common. Nobody acts for it."""

_Some = frozenset[str] | None
"""Names of those who are meant; None: everyone."""

_CAVEAT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*")


class _Scale(IntEnum):
    """A protocol of colours, ordered from the widest to the narrowest."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``TLP:AMBER+STRICT``, ``amber+strict``, ``WHITE`` (TLP 1.0 for CLEAR)…; UsageError otherwise."""
        word = text.strip().upper().removeprefix(f"{cls.__name__}:").replace("+", "_").replace("-", "_")
        word = {"WHITE": "CLEAR"}.get(word, word)
        if word not in cls.__members__:
            version = " 2.0" if cls.__name__ == "TLP" else ""
            raise UsageError(
                f"'{text}' is not a {cls.__name__}{version} label. Valid: {', '.join(x.text for x in cls)}."
            )
        return cls[word]

    @property
    def text(self) -> str:
        """The marking as it must be printed, never abbreviated: ``TLP:AMBER+STRICT``."""
        return f"{type(self).__name__}:{self.name.replace('_', '+')}"


class TLP(_Scale):
    """Traffic Light Protocol 2.0: how far it may go. CLEAR: the world; GREEN: the community; AMBER: organisations and
    their clients; AMBER+STRICT: organisations; RED: persons, by name."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4


class PAP(_Scale):
    """Permissible Actions Protocol: what may be done with it. CLEAR: anything; GREEN: active steps that the other side
    may notice are allowed; AMBER: passive ones only, e.g. a look-up at a third party; RED: nothing outside one's own
    systems. It opens and shuts nothing."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    RED = 3


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
    :param caveats: words printed beside the marking (EXERCISE, …), in capitals; an audience may shut any of them out
    :param expires: last ISO date on which it may be read, or None
    :param orcon: originator control: organisations that must each give leave before it is released on (`releasable`)
    :param sources: originators of the restricted records that it was derived from: what is mixed is nobody's own
    :param review_by: ISO date by which its owner must say anew why it is kept (`due`), or None
    :param pap: what may be done with it
    """

    tlp: TLP = TLP.CLEAR
    originator: str = ""
    releasable_to: frozenset[str] | None = None
    readers: frozenset[str] | None = None
    compartments: frozenset[str] = field(default_factory=frozenset)
    purposes: frozenset[str] = field(default_factory=frozenset)
    caveats: frozenset[str] = field(default_factory=frozenset)
    expires: str | None = None
    orcon: frozenset[str] = field(default_factory=frozenset)
    sources: frozenset[str] = field(default_factory=frozenset)
    review_by: str | None = None
    pap: PAP = PAP.CLEAR

    def __post_init__(self) -> None:
        if any(word != word.upper() for word in self.caveats):  # shutting one out must find it
            object.__setattr__(self, "caveats", frozenset(word.upper() for word in self.caveats))

    @property
    def circle(self) -> frozenset[str] | None:
        """Organisations that may read it; None where any may."""
        if self.tlp in (TLP.AMBER, TLP.AMBER_STRICT):
            return ((self.releasable_to or frozenset()) | {self.originator}) - {""}
        return None if self.releasable_to is None else self.releasable_to - {""}

    @property
    def persons(self) -> frozenset[str] | None:
        """Names of those who may read it; None where any may."""
        if self.readers is None and self.tlp < TLP.RED:
            return None
        return (self.readers or frozenset()) - {""}

    @property
    def serves(self) -> frozenset[str] | None:
        """Purposes for which it may be read; None where any will do."""
        return self.purposes - {NO_PURPOSE, ""} if self.purposes else None

    def to_dict(self) -> dict[str, object]:
        """Plain data, sets sorted: the form that is stored and hashed. The four last limits only where there are any:
        labels of before there were such keep their form."""
        late: dict[str, object] = {
            "orcon": sorted(self.orcon),
            "sources": sorted(self.sources),
            "review_by": self.review_by,
            "pap": self.pap.text if self.pap else None,
        }
        return {
            "tlp": self.tlp.text,
            "originator": self.originator,
            "releasable_to": None if self.releasable_to is None else sorted(self.releasable_to),
            "readers": None if self.readers is None else sorted(self.readers),
            "compartments": sorted(self.compartments),
            "purposes": sorted(self.purposes),
            "caveats": sorted(self.caveats),
            "expires": self.expires,
            **{key: value for key, value in late.items() if value},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Label:
        """Inverse of `to_dict`.

        :raises UsageError: a key that no label has, or a value that is none of its kind
        """
        known = [f.name for f in fields(cls)]
        for key in data:
            if key not in known:  # a limit that is not understood is not passed over
                raise UnknownName("field of a label", key, known)

        def words(key: str) -> frozenset[str] | None:
            found = data.get(key)
            if found is None:
                return None
            if not isinstance(found, list | tuple | set | frozenset):
                raise UsageError(f"label field '{key}' must be a list, not {found!r}")
            return frozenset(str(w) for w in found)

        return cls(
            tlp=TLP.parse(str(data.get("tlp", "TLP:CLEAR"))),
            originator=str(data.get("originator") or ""),
            releasable_to=words("releasable_to"),
            readers=words("readers"),
            compartments=words("compartments") or frozenset(),
            purposes=words("purposes") or frozenset(),
            expires=_day("expires", data.get("expires")),
            orcon=words("orcon") or frozenset(),
            sources=words("sources") or frozenset(),
            review_by=_day("review_by", data.get("review_by")),
            pap=PAP.parse(str(data.get("pap") or "CLEAR")),
        ).with_caveat(*sorted(words("caveats") or ()))

    @cached_property
    def id(self) -> str:
        """Content hash, 16 hexadecimal digits."""
        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()

    @cached_property
    def text(self) -> str:
        """The whole marking in print: ``TLP:AMBER//EXERCISE//ORIG FIU-A//REL CUSTOMS-B``. See `model.marking`."""
        from counterflow.model.marking import printed

        return printed(self)

    @classmethod
    def parse(cls, text: str, *, own: str = "") -> Label:
        """The label that a marking in print stands for. :param own: organisation that writes it; see `model.marking`

        :raises UsageError: it is none
        """
        from counterflow.model.marking import parsed

        return parsed(text, own)

    def with_caveat(self, *words: str) -> Label:
        """This label with more caveats printed beside it; always in capitals, so that shutting one out finds it.

        :raises UsageError: a caveat that is no word
        """
        for word in words:
            if not _CAVEAT.fullmatch(word.strip()):
                raise UsageError(f"'{word}' is no caveat. Valid: words of letters, digits and -, e.g. EXERCISE.")
        return replace(self, caveats=self.caveats | {word.strip().upper() for word in words}) if words else self


PUBLIC = Label()
"""TLP:CLEAR, no caveat: what was published."""

SHUT = Label(TLP.RED, readers=frozenset())
"""Readable by nobody but the owner: what a label stands for that cannot be understood."""


def restricted(own: str = "") -> Label:
    """The label of what arrives without any: readable by whoever brought it, and by nobody else. :param own: their
    organisation; none: the owner of the workspace alone"""
    return Label(TLP.AMBER_STRICT, originator=own)


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
    :param client_of: organisations whose clients they are: inside their circles up to AMBER, not of STRICT or RED
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
    client_of: frozenset[str] = field(default_factory=frozenset)

    def shutting_out(self, *caveats: str) -> Audience:
        """The same readers, not shown anything that bears one of these caveats."""
        return replace(self, without=self.without | {word.upper() for word in caveats})


def readable(label: Label, audience: Audience, *, today: str | None = None) -> bool:
    """Whether this audience may read records with this label. Default is no.

    :param today: ISO date that `Label.expires` is compared with; None: that of the clock, UTC
    """
    if audience.nobody or label.caveats & audience.without:
        return False
    if audience.owner:
        return True
    if not label.compartments <= audience.compartments:
        return False
    if label.serves is not None and not label.serves & audience.purposes:
        return False
    if label.expires is not None and label.expires < (today or _today()):
        return False
    if label.tlp > audience.ceiling:
        return False
    if label.circle is not None and audience.organisation not in label.circle:
        clients = label.tlp <= TLP.AMBER and bool(label.circle & audience.client_of)
        if not clients:
            return False
    return label.persons is None or bool(label.persons & audience.readers)


def opened(labels: Mapping[str, Label], audience: Audience, *, today: str | None = None) -> dict[str, Label]:
    """Those of these labels, by id, that an audience may read."""
    return {id: label for id, label in labels.items() if readable(label, audience, today=today)}


def releasable(label: Label, to: Audience, consents: Collection[str] = (), *, today: str | None = None) -> bool:
    """Whether who holds a record may release it on to an audience: they may read it, and each organisation that
    controls it has given leave or is the one that receives it.

    Leave lifts the control and nothing else: to widen the circle is the originator's, by a label of its own making.
    Being in the circle is no leave: under REL TO one receives from the originator, not from any holder.

    :param consents: organisations that have given leave, for this record and this release
    """
    return readable(label, to, today=today) and label.orcon - {to.organisation} <= set(consents)


def due(label: Label, *, today: str | None = None) -> bool:
    """Whether the day has passed by which its owner had to say why it is kept: it is to be confirmed or purged.

    It stays readable meanwhile: what happens to it is its owner's decision.
    """
    return label.review_by is not None and label.review_by < (today or _today())


def combine(labels: Iterable[Label]) -> Label:
    """The label of something derived from records with these labels: readable only by who may read each of them.

    Commutative, associative and idempotent, as labels and not only in effect, and monotone: one more part never adds
    a reader. Of nothing, and of what is public: `PUBLIC`. What all parts bear alike stays as it is, and its
    originator's own; what is mixed is nobody's, so its circle names everyone who is inside.
    """
    parts = set(labels) - {PUBLIC}
    if len(parts) < 2:
        return parts.pop() if parts else PUBLIC
    return reduce(_meet, map(_mixed, parts))


def _mixed(label: Label) -> Label:
    """The same limits with nobody for an originator: the form in which labels meet, limit by limit."""
    own = {label.originator} if label.originator and (label.tlp == TLP.RED or label.circle is not None) else set()
    return _limits(label, label.circle, label.persons, label.serves, label.sources | own)


def _meet(a: Label, b: Label) -> Label:
    joint = Label(
        tlp=max(a.tlp, b.tlp),
        compartments=a.compartments | b.compartments,
        caveats=a.caveats | b.caveats,
        expires=min((x.expires for x in (a, b) if x.expires), default=None),
        orcon=a.orcon | b.orcon,
        review_by=min((x.review_by for x in (a, b) if x.review_by), default=None),
        pap=max(a.pap, b.pap),
    )
    circle, persons, serves = _both(a.circle, b.circle), _both(a.persons, b.persons), _both(a.serves, b.serves)
    return _limits(joint, circle, persons, serves, a.sources | b.sources)


def _limits(label: Label, circle: _Some, persons: _Some, serves: _Some, sources: frozenset[str]) -> Label:
    """A label with these limits and no originator, each written in one way: what the circle says itself is not said."""
    said = label.tlp in (TLP.AMBER, TLP.AMBER_STRICT) and not circle and not sources
    return replace(
        label,
        originator="",
        releasable_to=None if said else circle,
        readers=None if label.tlp == TLP.RED and not persons else persons,
        purposes=frozenset() if serves is None else serves or frozenset({NO_PURPOSE}),
        sources=sources,
    )


def _both(a: _Some, b: _Some) -> _Some:
    """Intersection, where None stands for everyone."""
    if a is None or b is None:
        return b if a is None else a
    return a & b


def _day(key: str, value: Any) -> str | None:
    """An ISO date, whole: dates are compared as text. :raises UsageError: it is none"""
    if not value:
        return None
    try:
        if dt.date.fromisoformat(str(value)).isoformat() == str(value):
            return str(value)
    except ValueError:
        pass
    raise UsageError(f"label field '{key}' must be a date like 2031-12-31, not '{value}'")


def _today() -> str:
    return clock.today()
