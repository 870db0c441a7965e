"""Documents: their text by page, what they rest on, what analysts marked in them, and what is named on a page.

The text and the marks need no stage of the line to be made; what is named does, since it is known entities that are
looked for. A mention of an entity that the audience may not read is no mention: it is never found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from counterflow.claims.passages import passage, resolved
from counterflow.entities.naming import Named
from counterflow.entities.spotting import Spot, spots
from counterflow.entities.suggesting import suggested
from counterflow.model.values import country_name
from counterflow.pipeline import Line
from counterflow.views.claims import source_in_print
from counterflow.views.marking import marking
from counterflow.views.picture import Picture

__all__ = ["document", "documents", "mentions", "page"]

MOST_PAGES = 2000
"""Pages that are searched for mentions in one question; more are asked for page by page."""
_MARKER = re.compile(r"\[(\d{1,4})\]")
_KNOWN_BY = {"imo", "mmsi", "lei", "iban", "bic", "uscc", "inn", "ogrn", "wallet", "email"}


def documents(line: Line) -> list[dict[str, Any]]:
    """Every document that the audience may read, newest first."""
    t = line.scope.table("passages")
    grouped = t.group_by("source_id").agg(
        pages=t.page.nunique(), characters=t.text.length().sum(), format=t.format.min(), part=t.part.min(),
        sha256=t.document.min(), ingested_at=t.recorded_at.min(), label_ids=t.label_id.collect(),
    )  # fmt: skip
    rows = {row["source_id"]: row for row in line.scope.run(grouped).to_pylist()}
    sources = _sources(line, rows)
    claims = line.scope.table("claims")
    citing = claims.filter(claims.source_id.isin(sorted(rows)))
    counted = citing.group_by("source_id").agg(n=citing.count())
    marks = {row["source_id"]: row["n"] for row in line.scope.run(counted).to_pylist()} if rows else {}
    references = _references(line, rows)
    found = [
        {
            "id": id,
            **_described(sources.get(id), id),
            **{key: row[key] for key in ("format", "part", "pages", "characters", "sha256")},
            "ingested_at": row["ingested_at"].isoformat(),
            "references": len(references.get(id, ())),
            "claims": marks.get(id, 0),
            **marking(line.labels(), row["label_ids"]),
        }
        for id, row in rows.items()
    ]
    return sorted(sorted(found, key=lambda d: d["id"]), key=lambda d: d["ingested_at"], reverse=True)


def document(line: Line, id: str) -> dict[str, Any]:
    """One document: what it is, its pages, its references, and the claims that cite it. :raises NotFound: no such"""
    id = resolved(line.scope, id)
    found = next(d for d in documents(line) if d["id"] == id)
    labels = line.labels()
    claims = line.scope.table("claims")
    cited = line.scope.run(claims.filter(claims.source_id == id).order_by("recorded_at", "claim_id")).to_pylist()
    t = line.scope.table("passages")
    rows = line.scope.run(t.filter(t.source_id == id).select("page", size=t.text.length()).distinct()).to_pylist()
    sizes = {row["page"]: row["size"] for row in rows}
    return {
        **found,
        "page_sizes": [[n, sizes[n]] for n in sorted(sizes)],
        "reference_list": [
            {"number": int(row["source_id"].rpartition("-")[2]), **source_in_print(row),
             **marking(labels, [row["label_id"]])}
            for row in _references(line, [id]).get(id, ())
        ],
        "marks": [
            {
                "claim": row["claim_id"],
                **{key: row[key] for key in ("subject", "schema", "property", "value", "original", "locator", "note")},
                "dataset": row["dataset"],
                **marking(labels, [row["label_id"]]),
            }
            for row in cited
        ],
    }  # fmt: skip


def page(line: Line, id: str, number: int) -> dict[str, Any]:
    """Text of one page. :raises NotFound: no such page"""
    row = passage(line.scope, id, number)
    return {
        "document": row["source_id"],
        "page": number,
        "offset": row["offset"],
        "text": row["text"],
        **marking(line.labels(), [row["label_id"]]),
    }


def mentions(picture: Picture, id: str, number: int | None = None, suggest: str = "") -> list[dict[str, Any]]:
    """What is named in a document, in order.

    :param number: of one page only; :param suggest: a command of the user's own, see `entities.suggesting`
    :raises NotFound: no such document or page
    """
    line = picture.line
    id = resolved(line.scope, id)
    if number is not None:
        rows = [passage(line.scope, id, number)]
    else:
        t = line.scope.table("passages")
        wanted = t.filter(t.source_id == id).order_by("page", "recorded_at", "row_id").limit(2 * MOST_PAGES)
        by_page = {row["page"]: row for row in reversed(line.scope.run(wanted).to_pylist())}
        rows = [by_page[n] for n in sorted(by_page)[:MOST_PAGES]]
    cited = {int(r["source_id"].rpartition("-")[2]): r["source_id"] for r in _references(line, [id]).get(id, ())}
    return [mention for row in rows for mention in _on_page(picture, row, cited, suggest)]


def _on_page(picture: Picture, row: Mapping[str, Any], cited: Mapping[int, str], suggest: str) -> list[dict[str, Any]]:
    text = row["text"]
    spotted = spots(text)
    addresses = _covered(text, (s for s in spotted if s.kind in ("url", "email")))
    named = [n for n in picture.names.find(text) if not any(addresses[n.start : n.end])]
    taken = _covered(text, named)
    others = [s for s in spotted if not any(taken[s.start : s.end])]
    holders = _holders(picture, {s.value for s in others if s.kind in _KNOWN_BY})
    found = [
        {**_place(row, n.start, n.end), "kind": "entity", "value": text[n.start : n.end], "unit": None, "valid": None,
         "sure": n.sure, "entities": [_entity(picture, id) for id in n.bearers]}
        for n in named
    ]  # fmt: skip
    found += [
        {**_place(row, s.start, s.end), "kind": s.kind, "value": _value(s), "unit": s.unit, "valid": s.valid,
         "sure": True, "entities": [_entity(picture, id) for id in holders.get(s.value, ())]}
        for s in others
    ]  # fmt: skip
    found += [
        {**_place(row, m.start(), m.end()), "kind": "reference", "value": cited[int(m[1])], "unit": None, "valid": None,
         "sure": True, "entities": []}
        for m in _MARKER.finditer(text)
        if int(m[1]) in cited
    ]  # fmt: skip
    found += [
        {**_place(row, s.start, s.end), "kind": s.kind, "value": s.value, "unit": None, "valid": None, "sure": False,
         "entities": []}
        for s in (suggested(suggest, text) if suggest else ())
    ]  # fmt: skip
    return sorted(found, key=lambda m: (m["start"], m["end"], m["kind"]))


def _covered(text: str, places: Iterable[Spot | Named]) -> bytearray:
    """A byte for each character: whether one of these places covers it."""
    found = bytearray(len(text))
    for place in places:
        found[place.start : place.end] = b"\1" * (place.end - place.start)
    return found


def _place(row: Mapping[str, Any], start: int, end: int) -> dict[str, Any]:
    return {"page": row["page"], "start": start, "end": end, "text": row["text"][start:end]}


def _value(spot: Spot) -> str:
    return country_name(spot.value) if spot.kind == "country" else spot.value


def _entity(picture: Picture, id: str) -> dict[str, Any]:
    row = picture.entity(id)
    return {
        "id": row["entity"],
        "caption": row["caption"],
        "schema": row["schema"],
        "listed": row["listed"],
        **picture.handling(row["label_ids"]),
    }


def _holders(picture: Picture, values: set[str]) -> dict[str, list[str]]:
    """Number → entities that a readable claim gives it."""
    if not values:
        return {}
    claims = picture.scope.table("claims")
    wanted = claims.filter(claims.value.isin(sorted(values)) & (claims.prop_type != "entity"))
    rows = picture.scope.run(wanted.select("subject", "value").distinct()).to_pylist()
    found: dict[str, set[str]] = {}
    for row in rows:
        id = picture.canonical(row["subject"])
        if id in picture.entities:
            found.setdefault(row["value"], set()).add(id)
    return {value: sorted(ids) for value, ids in found.items()}


def _sources(line: Line, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    t = line.scope.table("sources")
    rows = line.scope.run(t.filter(t.source_id.isin(sorted(ids))).order_by("recorded_at")).to_pylist()
    return {row["source_id"]: row for row in rows}


def _references(line: Line, ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Document → rows of the sources table that it cites, in order of their numbers."""
    wanted = set(ids)
    t = line.scope.table("sources")
    rows = line.scope.run(t.filter(t.source_id.contains(".note-")).order_by("recorded_at")).to_pylist()
    latest = {row["source_id"]: row for row in rows}
    found: dict[str, list[dict[str, Any]]] = {}
    for id, row in latest.items():
        document, _, number = id.rpartition(".note-")
        if document in wanted and number.isdecimal():
            found.setdefault(document, []).append(row)
    for listed in found.values():
        listed.sort(key=lambda row: int(row["source_id"].rpartition("-")[2]))
    return found


def _described(row: Mapping[str, Any] | None, id: str) -> dict[str, Any]:
    if row is None:
        return {**dict.fromkeys(("publisher", "author", "date", "url", "note", "reliability")), "title": id}
    said = source_in_print(row)
    return {key: said[key] for key in ("title", "publisher", "author", "date", "url", "note", "reliability")}
