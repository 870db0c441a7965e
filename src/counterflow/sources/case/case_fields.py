"""Where each column of a case folder arrives."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FIELDS"]

_CITED = {
    "source_id": "the source of each claim of the row",
    "origin_id": "the origin of each claim of the row; empty: that of its source",
    "locator": "the locator of each claim of the row, with the file and the row's id",
    "credibility": "the Admiralty digit of each claim of the row",
    "stance": "the stance of each claim of the row: asserts, denies or doubts",
    "verified": "whether each claim of the row was seen in its source",
    "note": "the note of each claim of the row",
}

_RIVAL = {**_CITED, "conflict_group": "Interval.conflictGroup, Event.conflictGroup, Measure.conflictGroup, "
          "Estimate.conflictGroup: rows of one group are rival accounts"}  # fmt: skip

_OWN: dict[str, dict[str, str]] = {
    "sources": {
        "source_id": "sources.source_id", "title": "sources.title", "publisher": "sources.publisher",
        "author": "sources.author", "date": "sources.date_published", "kind": "sources.kind",
        "reliability": "sources.reliability, and the Admiralty letter of what cites it", "url": "sources.url",
        "licence": "sources.licence", "origin_id": "sources.origin", "note": "sources.note",
        "consulted": "sources.note, in words where it was not read in full",
    },
    "entities": {
        "entity_id": "the subject", "schema": "the schema of the subject", "name": "Thing.name, Address.full",
        "aliases": "Thing.alias", "countries": "Thing.country", "topics": "Thing.topics", "keywords": "Thing.keywords",
        "date": "Person.birthDate, LegalEntity.incorporationDate, Vehicle.buildDate, Interval.startDate, by schema",
        "identifiers": "by its first word: LegalEntity.registrationNumber, Thing.unscId, LegalEntity.ofacId, "
        "Vessel.imoNumber, LegalEntity.swiftBic, LegalEntity.leiCode, LegalEntity.uscCode and others",
        "summary": "Thing.summary",
    },
    "facts": {
        "entity_id": "the subject", "property": "the property, any that the entity's schema has",
        "value": "the value of that property", "lang": "the language of that value",
    },
    "relations": {
        "relation_id": "the subject", "schema": "the schema of the subject, a relationship",
        "subject_id": "the acting end: Ownership.owner, Directorship.director, Payment.payer, Sanction.authority…",
        "object_id": "the other end: Ownership.asset, Directorship.organization, Payment.beneficiary, Sanction.entity…",
        "role": "Interest.role, UnknownLink.role, Family.relationship, Payment.purpose, Sanction.program, "
        "Interval.summary, by schema",
        "start_date": "Interval.startDate, and from when each claim of the row held",
        "end_date": "Interval.endDate, and until when each claim of the row held", "amount": "Value.amount",
        "currency": "Value.currency", "amount_kind": "Value.amountKind", "activity": "Interval.activity",
        "countries": "Interval.jurisdiction",
    },
    "measures": {
        "measure_id": "the subject, a Measure", "name": "Measure.name", "authority": "Measure.authority",
        "start_date": "Measure.startDate", "end_date": "Measure.endDate", "summary": "Measure.summary",
        "activities": "Measure.activity", "keywords": "Measure.keywords", "scope": "Measure.scope",
        "countries": "Measure.jurisdiction", "target_ids": "Measure.targetEntity",
    },
    "events": {
        "event_id": "the subject, an Event or a Seizure", "name": "Event.name", "kind": "Event.eventType",
        "date": "Event.date", "end_date": "Event.endDate", "place": "Event.location", "latitude": "Event.latitude",
        "longitude": "Event.longitude", "geo_precision": "Event.geoPrecision", "quantity": "Event.quantity",
        "unit": "Event.unit", "amount_usd": "Event.amountUsd", "activity": "Event.activity",
        "involved_ids": "Event.involved",
    },
    "estimates": {
        "estimate_id": "the subject, an Estimate", "name": "Estimate.name", "activity": "Estimate.activity",
        "kind": "Estimate.kind", "low": "Estimate.low", "high": "Estimate.high", "unit": "Estimate.unit",
        "currency": "Estimate.currency", "start_date": "Estimate.startDate", "end_date": "Estimate.endDate",
        "period": "Estimate.period", "basis": "Estimate.basis", "about_ids": "Estimate.subjectEntity",
    },
}  # fmt: skip

_SHARED: dict[str, dict[str, str]] = {"sources": {}, "entities": _CITED, "facts": _CITED}

FIELDS: Mapping[str, str] = {
    f"{table}.csv {column}": target
    for table, own in _OWN.items()
    for column, target in (own | {k: v for k, v in _SHARED.get(table, _RIVAL).items() if k not in own}).items()
}
"""``table.csv column`` → where it arrives."""
