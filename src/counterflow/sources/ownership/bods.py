"""Reader of the Beneficial Ownership Data Standard, versions 0.2, 0.3 and 0.4, as an array or as JSON lines.

A person or entity is one subject through all its statements; a statement that another one replaces is kept, and what it
says held up to the date of that other one. Each interest of a relationship becomes a relationship of its own, so that
votes are kept apart from shares, and each has its own bounds and dates (see `holding`). A party that a relationship
names and no statement describes is kept as one of which only the id is known; one that is withheld or unknown keeps its
reason. The file is read twice: first for which statements replace which, and which parties there are.

Left out where met: fields outside the standard, ``declaration``, ``declarationSubject`` and ``bodsVersion``.

Standard: https://standard.openownership.org/en/0.4.0/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from counterflow.errors import UsageError
from counterflow.model import dates, interests, share
from counterflow.sources.descriptors import load
from counterflow.sources.json_shape import shaped
from counterflow.sources.json_stream import first, items
from counterflow.sources.ownership import bods_parties, bods_shape, holding
from counterflow.sources.ownership.bods_survey import KINDS, UNDER, Survey, Version, kind_of, survey
from counterflow.sources.ownership.holding import Holding
from counterflow.sources.party import Party
from counterflow.sources.reader import Head, Record, Rejected, Statements

__all__ = ["READER", "BodsReader"]

_SHAPES = {"entity": bods_shape.ENTITY, "person": bods_shape.PERSON, "relationship": bods_shape.RELATIONSHIP}


@dataclass(slots=True)
class _Statement:
    """One statement of any version. :param record: id of what it is about, the same in all its statements; :param
    replaced: the version that replaces it (`bods_survey`)"""

    id: str
    kind: str
    record: str
    date: str | None
    status: str
    replaced: Version | None
    frame: Mapping[str, Any]
    details: Mapping[str, Any]
    line: int
    problems: list[tuple[str, str]]


class BodsReader:
    """See the module."""

    name = "bods"
    descriptor = load("bods")
    fields: ClassVar[Mapping[str, str]] = {
        **bods_parties.FIELDS,
        "statementID, statementId": "left out: the place of a claim names it, and a replaced relationship's id has it",
        "statementDate": "Thing.modifiedAt, Interval.modifiedAt",
        "recordId": "Interval.recordId; the id of the subject",
        "recordStatus, replacesStatements": "Interest.status; what is replaced or closed has valid_to",
        "publicationDetails": "Thing.publisher, Thing.publisherUrl, Interval.publisher, Interval.publisherUrl, "
        "Thing.retrievedAt, Interval.retrievedAt (the licence: see the descriptor)",
        "source": "Thing.sourceUrl, Interval.sourceUrl, Thing.description, Interval.description",
        "annotations": "Thing.notes, Interval.description",
        "isComponent, componentRecords, componentStatementIDs": "Interval.description",
        "subject, interestedParty": holding.FIELDS,
        "interestedParty (unspecified)": "LegalEntity.summary, Thing.notes of the subject",
        "interests.type": "Ownership.ownershipType, Control.controlType, Interest.role; it chooses the schema too",
        "interests.share": "Ownership.percentage, Control.percentage; elsewhere Interval.description",
        "interests.directOrIndirect, interests.interestLevel": "Interest.directness",
        "interests.beneficialOwnershipOrControl": "Interest.beneficial",
        "interests.details": "Interval.summary",
        "interests.startDate, interests.endDate": "Interval.startDate, Interval.endDate",
        "declaration, declarationSubject": "left out: which form a statement was filed in",
        "bodsVersion": "left out: says how to read, not what is so",
    }

    def recognises(self, head: Head) -> float:
        """By its first statement: an id of its own and a type of the standard."""
        found = first(head, UNDER)
        if not isinstance(found, dict) or not ({"statementID", "statementId"} & found.keys()):
            return 0.0
        kind = found.get("recordType") or found.get("statementType")
        return 0.95 if isinstance(kind, str) and kind in KINDS else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Statements in file order; takes no options.

        :raises UnreadableFile: not one statement in it; InputError: its array is broken or cut short
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        known = survey(path)
        named: set[str] = set()
        for item in items(path, UNDER):
            if item.problem:
                yield Rejected(item.line, None, item.problem, raw=item.raw)
                continue
            statement = _statement(item.value, item.line, known)
            if isinstance(statement, Rejected):
                yield statement
                continue
            for at, reason in statement.problems:
                yield Rejected(item.line, at, reason, raw=statement.id)
            if statement.kind == "relationship":
                yield from _relationship(statement, known, named)
            else:
                yield from _party(statement)


# -- one statement -------------------------------------------------------------------------------------------------


def _statement(value: Any, line: int, known: Survey) -> _Statement | Rejected:
    if not isinstance(value, dict):
        return Rejected(line, None, "not a statement: an object is expected", raw=str(value)[:200])
    frame, problems = shaped(value, bods_shape.FRAME)
    id = frame.get("statementId") or frame.get("statementID") or ""
    told = frame.get("recordType") or frame.get("statementType")
    kind = KINDS.get(told or "")
    if not id.strip():
        return Rejected(line, "statementId", "a statement needs an id", raw=str(value)[:200])
    if kind is None:
        return Rejected(line, "recordType", f"'{told}' is not one of {', '.join(KINDS)}", raw=id)
    details, more = shaped(frame.get("recordDetails", value), _SHAPES[kind])
    current = "recordType" in frame
    record = frame.get("recordId", id) if current else known.root(id)
    status = frame.get("recordStatus", "new")
    replaced = known.replacement(record, id, new=current and status == "new")
    return _Statement(
        id, kind, record, frame.get("statementDate"), status, replaced, frame, details or {}, line, [*problems, *more]
    )


def _id(text: str) -> str:
    """An id of the publisher as one of ours: without white space."""
    return "_".join(text.split())


# -- what they say -------------------------------------------------------------------------------------------------


def _told(statement: _Statement, subject: str, schema: str, until: str | None = None) -> Statements:
    """A record with what its frame says of any subject."""
    by = statement.replaced
    record = Statements(
        subject, schema, locator=f"statement {statement.id}", line=statement.line, valid_to=until,
        note=f"replaced by statement {by.id} of {by.date or 'a date not told'}" if by else None,
    )  # fmt: skip
    record.say("modifiedAt", statement.date)
    publication, source = statement.frame.get("publicationDetails", {}), statement.frame.get("source", {})
    record.say("retrievedAt", publication.get("publicationDate"))
    record.say("publisher", publication.get("publisher", {}).get("name"))
    record.say("publisherUrl", publication.get("publisher", {}).get("url"))
    record.say("sourceUrl", source.get("url"))
    words = bods_parties.source_words(source)
    record.say("description", f"source: {words}" if words else None)
    return record


def _annotations(statement: _Statement) -> Iterator[str]:
    for told in statement.frame.get("annotations", ()):
        by = told.get("createdBy", {})
        parts = (told.get("statementPointerTarget"), told.get("description"), told.get("url"), by.get("name"),
                 told.get("creationDate"))  # fmt: skip
        yield f"{told.get('motivation', 'annotation')}: {', '.join(part for part in parts if part)}"


def _party(statement: _Statement) -> Iterator[Record]:
    told = statement.details
    schema = bods_parties.entity_schema(told) if statement.kind == "entity" else "Person"
    if schema is None:
        reason = f"{told.get('entityType')!r} is not one of the standard's types"
        yield Rejected(statement.line, "entityType", reason, raw=statement.id)
    until = statement.replaced.date or None if statement.replaced else None
    main = _told(statement, _id(statement.record), schema or "LegalEntity", until)
    party = Party(main)
    (bods_parties.tell_person if statement.kind == "person" else bods_parties.tell_entity)(party, told)
    for text in _annotations(statement):
        main.say("notes", text)
    if statement.status == "closed":
        main.say("notes", f"record closed on {statement.date or 'a date not told'}")
    if not main.said:
        main.say("notes", f"{statement.kind} of which nothing is told")
    for record in party.records():
        record.valid_to = until
        yield record


def _relationship(statement: _Statement, known: Survey, named: set[str]) -> Iterator[Record]:
    told, given = statement.details, statement.details.get("interests", [])
    held, why = _end(told.get("subject"), known)
    holder, reason = _end(told.get("interestedParty"), known)
    if held is None and why is None:
        yield Rejected(statement.line, "subject", "a relationship needs a subject", raw=statement.id)
        return
    for id in (held, holder):
        if id is not None and id not in named and not known.describes(id):
            named.add(id)
            yield _unnamed(statement, id, "named by a relationship, described by no statement of the file")
    if held is None:
        held = f"{statement.record}-subject"
        yield _unnamed(statement, held, why)
    if holder is None:
        reason = reason or "not told"
        absent = Statements(
            _id(held), "LegalEntity", locator=f"statement {statement.id}", line=statement.line, party=False
        )
        absent.say("notes", f"interested party: {reason}", valid_to=_end_of(statement))
        yield absent
        if not given or reason.startswith("no beneficial owners"):
            return
        holder = f"{statement.record}-party"
        yield _unnamed(statement, holder, reason)
    used: dict[str, int] = {}
    for interest in given or [{}]:
        yield from _interest(statement, known, _id(holder), _id(held), interest, used)


def _interest(
    statement: _Statement, known: Survey, holder: str, held: str, interest: Mapping[str, Any], used: dict[str, int]
) -> Iterator[Record]:
    text, kind = interest.get("type"), kind_of(interest.get("type"))
    found, wrong = holding.bounds(interest.get("share"))
    if wrong:
        yield Rejected(statement.line, "interests.share", wrong, raw=statement.id)
    details = interest.get("details")
    if text and interests.find(text) is None:
        yield Rejected(
            statement.line, "interests.type", f"'{text}' is no kind of interest of the standard", statement.id
        )
        details = ": ".join(part for part in (text, details) if part)
    n = used[kind] = used.get(kind, 0) + 1
    ending = f"{kind}-{n}" if n > 1 else kind
    start, by = interest.get("startDate"), statement.replaced
    if by and known.retells(by, kind, dates.clean(start or "")):  # one holding, not two
        yield _earlier(statement, known.standing(statement.record, by, kind), holder, kind, found, interest)
        return
    until = known.ended(by, kind) if by else _end_of(statement)
    base = f"{statement.record}-{statement.id}" if by else statement.record
    record = _told(statement, _id(f"{base}-{ending}"), "UnknownLink", until)
    if by and until is None:
        record.stance = "doubts"  # replaced, and no date says when
    record.say("recordId", statement.record)
    record.say("status", statement.status)
    _components(record, statement.details)
    for remark in _annotations(statement):
        record.say("description", remark)
    record.say("description", None if interest else "interests not told")
    level = interest.get("directOrIndirect") or interest.get("interestLevel")
    beneficial = interest.get("beneficialOwnershipOrControl")
    yield holding.tell(
        record, holder, held, Holding(kind, found, details, level, beneficial, start, interest.get("endDate"))
    )


def _earlier(
    statement: _Statement,
    by: Version | None,
    holder: str,
    kind: str,
    found: share.Share | None,
    interest: Mapping[str, Any],
) -> Statements:
    """What an earlier statement said of an interest, as a remark on the relationship that tells it now."""
    base = f"{statement.record}-{by.id}" if by else statement.record
    record = Statements(
        _id(f"{base}-{kind}"), interests.all()[kind].schema, locator=f"statement {statement.id}",
        line=statement.line, party=False,
    )  # fmt: skip
    parts = [f"{share.write(found)} %" if found else None]
    parts += [f"{word} {interest[key]}" for key, word in (("startDate", "from"), ("endDate", "to")) if key in interest]
    text = " ".join([*(part for part in parts if part), f"held by {holder}"])
    record.say("description", f"as stated on {statement.date or 'an earlier date'}: {text}")
    return record


def _end_of(statement: _Statement) -> str | None:
    """The day up to which a whole statement held, where another replaces it or it closes its record."""
    if statement.replaced is not None:
        return statement.replaced.date or None
    return dates.clean(statement.date or "") if statement.status == "closed" else None


def _end(told: str | Mapping[str, Any] | None, known: Survey) -> tuple[str | None, str | None]:
    """(record, None) of a party that is referred to, (None, reason) of one that is not, (None, None) where neither."""
    if told is None:
        return None, None
    if isinstance(told, str):
        return told if told.strip() else None, None
    id = told.get("describedByEntityStatement") or told.get("describedByPersonStatement")
    if id:
        return known.root(id), None
    return None, bods_parties.reason_words(told.get("unspecified", told)) or None


def _unnamed(statement: _Statement, record: str, reason: str | None) -> Statements:
    said = Statements(_id(record), "LegalEntity", locator=f"statement {statement.id}", line=statement.line, party=False)
    said.say("summary", reason)
    return said


def _components(record: Statements, told: Mapping[str, Any]) -> None:
    parts = [*told.get("componentRecords", ()), *told.get("componentStatementIDs", ())]
    record.say("description", f"made up of {', '.join(parts)}" if parts else None)
    record.say("description", "a component of an indirect relationship" if told.get("isComponent") else None)


READER = BodsReader()
