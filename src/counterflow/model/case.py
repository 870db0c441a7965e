"""What a case holds: each kind of row with its fields, checked.

A row is plain data once checked; who wrote it, when, and under which labels stands beside it in the casebook. Ids are
random, so that neither an id nor a gap between two says how many there are.

Source: 28 CFR 23.20 for the predicate that a criminal intelligence file wants.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, asdict, dataclass, field, fields
from functools import cache
from importlib import resources
from typing import Any

from counterflow.errors import UnknownName, UsageError
from counterflow.model import agency, dates
from counterflow.model.claim import Grade

__all__ = [
    "FIXED", "KINDS", "Case", "Decision", "Member", "Note", "Part", "Proposal", "Referral", "Request", "Snapshot",
    "Task", "Thing", "changed", "checked", "new_id", "terms",
]  # fmt: skip

LONGEST = 20_000
"""Characters of a text; a page of a report has 3,000."""

SHORT = 300
"""Characters of a title or a name."""


@cache
def terms() -> Mapping[str, Mapping[str, Any]]:
    """Words in use, each with what it is for: ``case_terms.yaml`` beside this module, and the kinds of agencies."""
    import yaml

    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
        resources.files("counterflow.model").joinpath("case_terms.yaml").read_text("utf-8")
    )
    return {**found, "agencies": agency.kinds()}


def new_id(kind: str) -> str:
    """A random id whose first letter tells the kind. Never a counter."""
    return f"{kind[0]}-{secrets.token_hex(8)}"


def _line(*, needed: bool = False) -> Any:
    """A title or name."""
    return field(default=MISSING if needed else "", metadata={"most": SHORT, "needed": needed})


def _words(of: str, default: str | None = None) -> Any:
    """One of the words of `terms`; without a default it may be left empty."""
    return field(default=default or "", metadata={"of": of, "needed": default is not None})


def _day() -> Any:
    """A partial ISO date, or none."""
    return field(default="", metadata={"day": True})


def _text() -> Any:
    """A text that may not be empty."""
    return field(metadata={"needed": True})


@dataclass(frozen=True, kw_only=True)
class Case:
    """The head of a case.

    :param basis: why there may be one, of `terms`; :param predicate: the facts that give it, in words
    :param outcome: how it ended, of `terms`; :param because: why it was closed so, or opened again
    """

    title: str = _line(needed=True)
    purpose: str = _line(needed=True)
    basis: str = _words("bases", "mandate")
    predicate: str = ""
    status: str = field(default="open", metadata={"words": ("open", "closed")})
    outcome: str = _words("outcomes")
    because: str = ""

    def __post_init__(self) -> None:
        known = terms()["bases"].get(self.basis)
        if known and known["predicate"] and not self.predicate.strip():
            raise UsageError(f"The basis '{self.basis}' needs a predicate: {known['use']}.")
        if (self.status == "closed") != bool(self.outcome):
            raise UsageError(f"A case that is {self.status} has {'an' if self.status == 'closed' else 'no'} outcome.")


@dataclass(frozen=True, kw_only=True)
class Member:
    """Who works in a case: an organisation, a unit of one, or a person of it. :param agency: kind, of `terms`"""

    organisation: str = _line(needed=True)
    unit: str = _line()
    person: str = _line()
    agency: str = _words("agencies", "other")
    role: str = _words("roles", "member")

    def __post_init__(self) -> None:
        if "/" in self.organisation:
            raise UsageError(
                "An organisation has no / in its name; name the person with --person, the unit with --unit."
            )

    @property
    def name(self) -> str:
        """As tasks name it: ``FIU-A``, ``FIU-A/Trade desk``, ``FIU-A/Ann``."""
        return "/".join(part for part in (self.organisation, self.unit, self.person) if part)


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something of the workspace that the case is about.

    :param thing: what it is, of `terms`; :param caption: what it said when it was added
    :param asked: of a hit, what was screened
    """

    thing: str = _words("things", "finding")
    id: str = _line(needed=True)
    caption: str = ""
    why: str = ""
    asked: str = ""
    state: str = _words("thing", "in")


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done. :param assignee: name of a member; :param due: partial ISO date"""

    title: str = _line(needed=True)
    detail: str = ""
    assignee: str = _line()
    due: str = _day()
    state: str = _words("task", "open")


@dataclass(frozen=True, kw_only=True)
class Note:
    """What somebody thinks. :param grade: Admiralty; :param cites: ids of claims, rows, findings
    :param about: entity that it is a claim on; :param claim: id of that claim"""

    text: str = _text()
    grade: str = "F6"
    cites: tuple[str, ...] = ()
    about: str = _line()
    claim: str = _line()

    def __post_init__(self) -> None:
        Grade.parse(self.grade)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request for information. :param to: organisation or unit; :param terms: what the answer may be used for
    :param score: how useful the answer was, 0 (not at all) to 4 (decisive); None: not said yet"""

    question: str = _text()
    purpose: str = _line(needed=True)
    to: str = _line(needed=True)
    deadline: str = _day()
    terms: str = ""
    state: str = _words("request", "asked")
    answer: str = ""
    score: int | None = None
    feedback: str = ""

    def __post_init__(self) -> None:
        if self.state == "answered" and not self.answer.strip():
            raise UsageError("An answered request has an answer.")
        if self.score is not None and (isinstance(self.score, bool) or self.score not in range(5)):
            raise UsageError(f"score must be 0 (of no use) to 4 (decisive), not {self.score!r}.")


@dataclass(frozen=True, kw_only=True)
class Referral:
    """Handing something on to another unit. :param reason: why it was accepted or declined"""

    to: str = _line(needed=True)
    what: str = _text()
    why: str = _text()
    predicate: str = _text()
    agency: str = _words("agencies", "other")
    cites: tuple[str, ...] = ()
    state: str = _words("referral", "sent")
    reason: str = ""

    def __post_init__(self) -> None:
        if self.state == "declined" and not self.reason.strip():
            raise UsageError("A referral is declined with a reason.")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided. :param act: of an act that the case carried out itself: open, close…
    :param proposed_by, approved_by: where two persons decided"""

    what: str = _text()
    because: str = ""
    evidence: tuple[str, ...] = ()
    act: str = _line()
    proposed_by: str = _line()
    approved_by: str = _line()


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A link chart as it was: what was asked. What was on it stands in parts, by label.

    :param center: entity, or account of an attempt; :param finding: whose attempt it is a chart of
    :param hops: links away from it; :param as_of, until: the time that it shows
    :param known_on: ISO time: what the workspace knew when it was taken
    """

    title: str = _line(needed=True)
    center: str = _line(needed=True)
    hops: int = 1
    as_of: str = ""
    until: str = ""
    known_on: str = _line(needed=True)
    finding: str = _line()


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some of a snapshot, all under the same labels.

    :param more: node → what else is known of it; :param places: node → x and y
    :param shown: what the analyst had set: ``expand``, ``pins``: nodes; ``path``: nodes and edges of a chain; ``hide``:
        what the legend hid; ``start``, ``end``: the window of the time bar; ``center``: of an attempt, where fewer know
        of it than of the snapshot's
    :param sha256: of all that as canonical JSON
    """

    nodes: tuple[Mapping[str, Any], ...] = ()
    edges: tuple[Mapping[str, Any], ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = _line(needed=True)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An act that waits for a second person. :param given: what it is done with; :param reason: of who decided"""

    act: str = _line(needed=True)
    given: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    state: str = _words("proposal", "waiting")
    reason: str = ""


KINDS: Mapping[str, type[Any]] = {
    "case": Case, "member": Member, "thing": Thing, "task": Task, "note": Note, "request": Request,
    "referral": Referral, "decision": Decision, "snapshot": Snapshot, "part": Part, "proposal": Proposal,
}  # fmt: skip

FIXED = frozenset({"decision", "snapshot", "part"})
"""Kinds that are never changed."""


def checked(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row, complete and clean.

    :raises UnknownName: no such field, or a word that is not in use; UsageError: a field that is missing, too long, or
        of another kind
    """
    shape = {f.name: f for f in fields(KINDS[kind])}
    for name in given:
        if name not in shape:
            raise UnknownName(f"field of a {kind}", name, shape)
    told = {name: _field(kind, f, given[name]) for name, f in shape.items() if name in given}
    missing = [n for n, f in shape.items() if n not in told and f.default is MISSING and f.default_factory is MISSING]
    if missing:
        raise UsageError(f"A {kind} needs '{missing[0]}'.")
    return asdict(KINDS[kind](**told))


def changed(kind: str, before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row with some of them changed. :raises UsageError: kinds that never change"""
    if kind in FIXED:
        raise UsageError(f"A {kind} is never changed; write another.")
    return checked(kind, {**before, **changes})


def _field(kind: str, f: Field[Any], value: Any) -> Any:
    if value is None and f.default is not MISSING and f.name != "score":
        return f.default
    meta = f.metadata
    if "tuple" in str(f.type):
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise UsageError(f"'{f.name}' of a {kind} is a list, not {value!r}.")
        return tuple(value) if "Mapping" in str(f.type) else tuple(str(one) for one in value)
    if f.type != "str":
        return value
    if not isinstance(value, str):
        raise UsageError(f"'{f.name}' of a {kind} is a text, not {value!r}.")
    text = " ".join(value.split()) if "most" in meta else value.strip()
    if meta.get("needed") and not text:
        raise UsageError(f"A {kind} needs '{f.name}'.")
    most = meta.get("most", LONGEST)
    if len(text) > most or (text and not text.replace("\n", " ").replace("\t", " ").isprintable()):
        raise UsageError(f"'{f.name}' of a {kind} may have {most} characters that can be printed.")
    if text and meta.get("of") == "agencies":
        return agency.kind(text)
    words = meta.get("words") or (terms()[meta["of"]] if "of" in meta else None)
    if words is not None and text and text not in words:
        raise UnknownName(f"kind of {kind}" if f.name == kind else f"{f.name} of a {kind}", text, words)
    if meta.get("day") and text:
        clean = dates.clean(text)
        if clean is None:
            raise UsageError(f"'{f.name}' of a {kind}: '{text}' is not a date. Valid: 2027, 2027-06 or 2027-06-30.")
        return clean
    return text
