"""Conflicts in print: accounts that cannot all be true, side by side, for one entity or for all that may be read.

Four kinds: a *question* that the recorders themselves have marked (a conflict group of links, events, estimates…), a
*value* of a property that has one at a time, a *link* that one asserts and another denies, and a *number* that several
rows of a log bear although they differ. Nothing is chosen for the reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from counterflow.claims.conflicts import accounts, contested
from counterflow.model import dates
from counterflow.model import schema as vocabulary
from counterflow.views import claims as claims_view
from counterflow.views.network import edge
from counterflow.views.picture import Picture

__all__ = ["conflicts"]

Printed = dict[str, Any]


def conflicts(picture: Picture, entity: str | None = None, as_of: str | None = None) -> list[Printed]:
    """Every conflict about an entity, or every one there is; marked questions first.

    :param as_of: only accounts that may hold on that date
    :raises NotFound: the entity is not readable, or not there
    """
    own = str(picture.entity(entity)["entity"]) if entity is not None else None
    rows = _claims(picture, own)
    found = [*_questions(picture, own), *_links(picture, own), *_values(picture, rows)]
    if own is None:
        found += _numbers(picture)
    kept = [_on(conflict, as_of) for conflict in found] if as_of else found
    told = [{**c, "one_source": _one_source(c["accounts"])} for c in kept if len(c["accounts"]) > 1]
    return sorted(told, key=lambda c: (_ORDER.index(c["kind"]), c["one_source"], c["id"]))


def _one_source(told: list[Printed]) -> bool:
    """Whether it is one source that gives several accounts: it does not know, rather than contradicts another."""
    return len({source["id"] for account in told for source in account["sources"]}) == 1


_ORDER = ("question", "link", "value", "number")


def _on(conflict: Printed, as_of: str) -> Printed:
    held = [a for a in conflict["accounts"] if dates.holds_on(a["start"], a["end"], as_of)]
    return {**conflict, "accounts": held}


def _claims(picture: Picture, own: str | None) -> list[Printed]:
    """Claims that may be in conflict with others: of properties that have one value, and of what somebody denies."""
    if own is not None:  # few: what is asked of all of them in the engine takes longer to say than to do
        said = picture.scope.find("claims", "subject", picture.entities[own]["referents"]).to_pylist()
        against = {(r["property"], r["value"]) for r in said if r["stance"] not in ("asserts", None)}
        found = [r for r in said if r["property"] in _single_names() or (r["property"], r["value"]) in against]
    else:
        claims = picture.scope.table("claims")
        denied = claims.filter(~claims.stance.isin(["asserts"])).select("property", "value").distinct()
        single = claims.filter(claims.property.isin(sorted(_single_names())))
        both = claims.semi_join(denied, ["property", "value"])
        found = [row for part in (single, both) for row in picture.scope.run(part).to_pylist()]
    rows = {row["claim_id"]: row for row in found}
    return [rows[id] for id in sorted(rows) if rows[id]["property"] != "conflictGroup"]


@cache
def _single_names() -> frozenset[str]:
    return frozenset(p.name for s in vocabulary.all().values() for p in s.properties.values() if p.single)


def _values(picture: Picture, rows: list[Printed]) -> Iterator[Printed]:
    by: dict[tuple[str, str], list[Printed]] = {}
    for row in rows:
        if row["subject"] in picture.members:
            by.setdefault((picture.canonical(row["subject"]), row["property"]), []).append(row)
    for (id, name), told in sorted(by.items()):
        schema = vocabulary.get(told[0]["schema"])
        property = schema.properties.get(name)
        if property is None:
            continue
        if property.single:
            yield from _conflict(picture, id, name, property.label, accounts(property.type, told))
        for value in sorted({row["value"] for row in told}):
            against = contested(row for row in told if row["value"] == value)
            yield from _conflict(picture, id, f"{name}={value}", property.label, against)


def _conflict(
    picture: Picture, entity: str, key: str, label: str, told: list[list[Mapping[str, Any]]]
) -> Iterator[Printed]:
    if not told:
        return
    labels = {row["label_id"] for account in told for row in account}
    yield {
        "id": f"{entity}#{key}",
        "kind": "value",
        "group": None,
        "entity": entity,
        "caption": picture.caption(entity),
        "label": label,
        "accounts": [_account(picture, [dict(row) for row in account]) for account in told],
        **picture.handling(labels),
    }


def _account(picture: Picture, rows: list[Printed], text: str | None = None, id: str | None = None) -> Printed:
    """What one side says, who says so, and how good that is."""
    printed = claims_view.in_print(picture, rows)
    best = min(printed, key=lambda c: (c["grade"][1], c["grade"][0], -len(c["value"]), c["id"]))
    exact = max(printed, key=lambda c: (len(c["value"]), c["id"]))
    starts, ends = [c["valid_from"] for c in printed], [c["valid_to"] for c in printed]
    sources = {c["source"]["id"]: c["source"]["title"] for c in printed}
    return {
        "id": id,
        "text": text or exact["caption"],
        "note": next((c["note"] for c in printed if c["note"]), None),
        "stance": best["stance"],
        "verified": any(c["verified"] for c in printed),
        "grade": best["grade"],
        "start": min((d for d in starts if d), default=None) if all(starts) else None,
        "end": max((d for d in ends if d), default=None) if all(ends) else None,
        "sources": [{"id": key, "title": title} for key, title in sorted(sources.items())],
        "origins": len({claims_view.origin_of(c) for c in printed}),
        "claim_ids": sorted(c["id"] for c in printed),
        **picture.handling({row["label_id"] for row in rows}),
    }


def _questions(picture: Picture, own: str | None) -> Iterator[Printed]:
    """Conflict groups: records that bear one code are rival accounts of one matter."""
    of, groups = picture.marked_conflicts
    links = {link["link"]: link for link in picture.links if link["conflict"]}
    for (dataset, code), subjects in groups.items():
        involved = Counter(picture.canonical(e) for s in subjects for e in _involved(of[s], links.get(s)))
        if own is not None and own not in involved:
            continue
        told = [_record(picture, s, of[s], links.get(s)) for s in subjects]
        labels = {row["label_id"] for s in subjects for row in of[s]}
        named = sorted((-n, e) for e, n in involved.items() if e in picture.entities)  # the one it is most about
        entity = own or (named[0][1] if named else None)
        yield {
            "id": f"{dataset}:{code}",
            "kind": "question",
            "group": code,
            "entity": entity,
            "caption": picture.caption(entity) if entity else dataset,
            "label": "Rival accounts",
            "accounts": told,
            **picture.handling(labels),
        }


def _involved(rows: Iterable[Mapping[str, Any]], link: Mapping[str, Any] | None) -> set[str]:
    named = {str(row["value"]) for row in rows if row["prop_type"] == "entity"}
    return named | ({link["source"], link["target"]} if link else set())


def _record(picture: Picture, subject: str, rows: list[Printed], link: Mapping[str, Any] | None) -> Printed:
    if link is not None:
        shown = edge(picture, link)
        ends = f"{picture.caption(shown['source'])} {shown['label']} {picture.caption(shown['target'])}"
        text = f"{ends} ({shown['role']})" if shown["role"] else ends
        return {**_account(picture, rows, text, subject), "start": shown["start"], "end": shown["end"]}
    said: dict[str, list[str]] = {}
    for row in rows:
        said.setdefault(row["property"], []).append(row["value"])
    schema = vocabulary.get(rows[0]["schema"])

    def first(*names: str) -> str | None:
        return next((min(said[name]) for name in names if name in said), None)

    low, high = first("low"), first("high")
    span = " to ".join(dict.fromkeys(part for part in (low, high) if part)) or first("quantity", "amountUsd")
    figure = " ".join(part for part in (span, first("unit") or "", first("currency") or "") if part)
    text = ": ".join(part for part in (first("name", "summary") or schema.label, figure) if part)
    return {**_account(picture, rows, text, subject), "start": first(*schema.start), "end": first(*schema.end)}


def _links(picture: Picture, own: str | None) -> Iterator[Printed]:
    """Links that one record asserts and another denies or doubts, where nobody has marked them as one question."""
    for (schema, source, target), rows in sorted(picture.denied_links.items()):
        if own is not None and own not in (source, target):
            continue
        claims = picture.scope.table("claims")
        told = []
        for row in rows:
            backing = claims.filter(claims.claim_id.isin(row["claim_ids"]))
            told.append(_record(picture, row["link"], picture.scope.run(backing).to_pylist(), row))
        yield {
            "id": f"{source}>{schema}>{target}",
            "kind": "link",
            "group": None,
            "entity": own or source,
            "caption": picture.caption(own or source),
            "label": vocabulary.get(schema).label,
            "accounts": told,
            **picture.handling({i for row in rows for i in row["label_ids"]}),
        }


def _numbers(picture: Picture) -> Iterator[Printed]:
    """Payments that bear one number and differ: both are kept, and one of them may be wrong.

    A payment that its file gives no number goes by its line, which says nothing.
    """
    payments = picture.scope.table("payments")
    numbered = payments.filter(payments.payment_id.notnull() & (payments.locator != "line " + payments.payment_id))
    n = numbered.row_id.nunique()
    twice = numbered.group_by(["dataset", "payment_id"]).having(n > 1).agg(n=n)
    several = twice.order_by("dataset", "payment_id").limit(MOST)
    rows = picture.scope.run(numbered.semi_join(several, ["dataset", "payment_id"])).to_pylist()
    by: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in rows:
        by.setdefault((row["dataset"], row["payment_id"]), {})[row["row_id"]] = row
    for (dataset, number), told in sorted(by.items()):
        yield {
            "id": f"{dataset}:payment {number}",
            "kind": "number",
            "group": None,
            "entity": None,
            "caption": dataset,
            "label": f"Payment {number}",
            "accounts": [_payment(picture, told[id]) for id in sorted(told)],
            **picture.handling({row["label_id"] for row in told.values()}),
        }


MOST = 1000
"""Numbers borne by several payments that one answer tells of at most."""


def _payment(picture: Picture, row: Mapping[str, Any]) -> Printed:
    return {
        "id": row["row_id"],
        "text": f"{row['timestamp']:%Y-%m-%d} {row['from_account']} paid {row['to_account']} {row['amount']:,g}"
        f" {row['currency']} ({row['locator']})",
        "note": None,
        "stance": "asserts",
        "verified": True,
        "grade": None,
        "start": None,
        "end": None,
        "sources": [{"id": row["source_id"], "title": row["dataset"]}],
        "origins": 1,
        "claim_ids": [],
        **picture.handling([row["label_id"]]),
    }
