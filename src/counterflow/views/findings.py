"""Findings in print: the sentence first, then the evidence unfolded, what would refute it, innocent explanations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterflow import registry
from counterflow.errors import NotFound
from counterflow.storage.tables import OBSERVATIONS
from counterflow.views import claims as claims_view
from counterflow.views.attempt import attempt
from counterflow.views.picture import Picture
from counterflow.views.subjects import captions, with_a_page
from counterflow.views.triage import decided

__all__ = ["brief", "by_id", "finding", "in_print", "observed"]

_BRIEF = ("id", "typology", "sentence", "likelihood", "probability", "subjects", "start", "end", "lat", "lon")


def in_print(picture: Picture, found: Mapping[str, Any]) -> dict[str, Any]:
    """A finding as an answer."""
    typology = registry.get("typologies", found["typology"])
    return {
        **found,
        "title": typology.title,
        "captions": captions(picture, found["subjects"]),
        "entities": with_a_page(picture, found["subjects"]),
        **picture.handling(found["label_ids"]),
    }


def brief(picture: Picture, found: Mapping[str, Any]) -> dict[str, Any]:
    """A finding in a line."""
    whole = in_print(picture, found)
    return {key: whole[key] for key in (*_BRIEF, "title", "captions", "entities", "handling", "exercise")}


def finding(picture: Picture, id: str) -> dict[str, Any]:
    """One finding with its evidence unfolded to claims and rows. :raises NotFound: not readable, or not there"""
    found = by_id(picture, id)
    typology = registry.get("typologies", found["typology"])
    own = picture.line.settings.typologies.get(found["typology"], {})
    every = decided(picture)
    return {
        **in_print(picture, found),
        **every.of(found),
        "history": every.told(found),
        **picture.once(("evidence of", found["id"]), lambda: _evidence(picture, found)),
        "typology_doc": {
            **{key: getattr(typology, key) for key in ("name", "title", "what", "why", "standard")},
            "parameters": {
                name: {**vars(p), "value": own.get(name, p.default)} for name, p in typology.parameters.items()
            },
        },
    }


def _evidence(picture: Picture, found: Mapping[str, Any]) -> dict[str, Any]:
    """What a finding rests on, unfolded: nothing that anybody decided."""
    return {
        "attempt": attempt(picture, found),
        "records": {
            id: {key: value for key, value in row.items() if value is not None}
            for id, row in records(picture, found["evidence"]).items()
        },
    }


def by_id(picture: Picture, id: str) -> Mapping[str, Any]:
    """A finding as detected. :raises NotFound: not readable, or not there"""
    for found in picture.findings:
        if found["id"] == id:
            return found
    raise NotFound("finding", id)


def records(picture: Picture, evidence: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """evidence id → the claim or row itself."""
    found = {c["id"]: c for c in claims_view.by_ids(picture, (e["id"] for e in evidence if e["kind"] == "claim"))}
    for table in OBSERVATIONS:
        ids = [e["id"] for e in evidence if e["kind"] == table]
        found |= {row["row_id"]: row for row in observed(picture, table, ids)}
    return found


def observed(picture: Picture, table: str, ids: list[str]) -> list[dict[str, Any]]:
    """Observation rows by id, with their handling."""
    if not ids:
        return []
    return [
        {**{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items() if k != "label_id"},
         **picture.handling([row["label_id"]])}
        for row in picture.scope.find(table, "row_id", ids).sort_by("row_id").to_pylist()
    ]  # fmt: skip
