"""Claims in print: each with its source, locator, grade, stance and dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from counterflow.views.picture import Picture

__all__ = ["by_ids", "in_print", "of_entity", "origin_of", "source_in_print"]


def of_entity(picture: Picture, id: str, property: str | None = None, value: str | None = None) -> list[dict[str, Any]]:
    """Claims about an entity, all or of one property and value, best graded first."""
    row = picture.entity(id)
    found = picture.scope.find("claims", "subject", row["referents"]).to_pylist()
    told = {"property": property, "value": value}
    wanted = {name: given for name, given in told.items() if given is not None}
    return in_print(picture, [claim for claim in found if wanted.items() <= claim.items()])


def by_ids(picture: Picture, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Claims by id; those that are not readable are simply not there."""
    return in_print(picture, picture.scope.find("claims", "claim_id", ids).to_pylist())


def in_print(picture: Picture, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the claims table as answers."""
    printed = [
        {
            "id": row["claim_id"],
            "subject": row["subject"],
            "schema": row["schema"],
            "property": row["property"],
            "value": row["value"],
            "caption": picture.caption(row["value"]) if row["prop_type"] == "entity" else row["value"],
            "original": row["original"],
            "lang": row["lang"],
            "source": _source(picture, row["source_id"]),
            "locator": row["locator"],
            "grade": f"{row['reliability']}{row['credibility']}",
            "stance": row["stance"],
            "verified": row["verified"],
            "valid_from": row["valid_from"],
            "valid_to": row["valid_to"],
            "recorded_at": row["recorded_at"].isoformat(),
            "note": row["note"],
            "dataset": row["dataset"],
            "origin": row["origin"],
            "repeats": _repeats(picture, row),
            **picture.handling([row["label_id"]]),
        }
        for row in rows
    ]
    return sorted(printed, key=lambda c: (c["property"], c["grade"][1], c["grade"][0], c["value"], c["id"]))


def _repeats(picture: Picture, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The source that a claim goes back to, and why; None where its own source says it first."""
    stated = row["origin"]
    record, source = picture.repeated.get(row["subject"]), picture.repeated.get(stated or row["source_id"])
    first = (record if stated is None else None) or source
    root = first["repeats"] if first else stated
    if root is None or root == row["source_id"]:
        return None
    reasons = ["its origin is stated"] if stated is not None else []
    for told in (record, source):
        if told and told["repeats"] == root:
            reasons += [why for why in told["reasons"] if why not in reasons]
    title = picture.sources[root]["title"] if root in picture.sources else root
    return {"id": root, "title": title, "reasons": reasons}


def origin_of(claim: Mapping[str, Any]) -> str:
    """What a claim in print counts as, where origins are counted."""
    return str(claim["repeats"]["id"] if claim["repeats"] else claim["source"]["id"])


def _source(picture: Picture, id: str) -> dict[str, Any]:
    row = picture.sources.get(id)
    return source_in_print(row) if row else {"id": id, "title": id}


def source_in_print(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the sources table as an answer."""
    return {
        "id": row["source_id"],
        "title": row["title"],
        "publisher": row["publisher"],
        "author": row["author"],
        "date": row["date_published"],
        "kind": row["kind"],
        "reliability": row["reliability"],
        "url": row["url"],
        "licence": row["licence"],
        "note": row["note"],
        "dataset": row["dataset"],
    }
