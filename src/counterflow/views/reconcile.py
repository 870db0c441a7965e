"""Reconciliation as OpenRefine asks for it: the Reconciliation Service API 0.2, over the same matching as `/match`.

Specification: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.entities.evidence.weights import everybody
from counterflow.errors import NotFound, UsageError
from counterflow.model import schema as vocabulary
from counterflow.model.values import country_name, topic_label
from counterflow.views import catalog, lookup, matching, records
from counterflow.views.picture import Picture

__all__ = [
    "extend",
    "manifest",
    "preview",
    "proposed",
    "reconcile",
    "suggest_entity",
    "suggest_property",
    "suggest_type",
]

_MOST_SUGGESTED = 20
_SPACE = "https://followthemoney.tech/explorer/schemata/"


def manifest(picture: Picture, dataset: str, base: str, query: str = "") -> dict[str, Any]:
    """What the service can do.

    :param base: address of the server, without a slash at its end; :param query: how the client asked, passed on to
        every other address
    :raises NotFound: no such dataset
    """
    lookup.in_scope(picture, dataset)
    title = next((d["title"] for d in catalog.described(picture) if d["name"] == dataset), dataset)
    service, asked = f"{base}/reconcile/{dataset}", f"?{query}" if query else ""
    return {
        "versions": ["0.1", "0.2"],
        "name": f"{title} (Counterflow)",
        "identifierSpace": f"{base}/entities/",
        "schemaSpace": _SPACE,
        "view": {"url": f"{base}/entity/{{{{id}}}}"},
        "preview": {
            "url": f"{service}/preview?id={{{{id}}}}{'&' + query if query else ''}",
            "width": 430,
            "height": 300,
        },
        "batchSize": 50,
        "suggest": {
            kind: {"service_url": service, "service_path": f"/suggest/{kind}{asked}"}
            for kind in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": service, "service_path": f"/extend/property{asked}"},
            "property_settings": _SETTINGS,
            "propose_settings": _SETTINGS,  # yente's name for the same
        },
        "defaultTypes": [_type(s) for s in _schemata(picture, dataset)],
    }


_SETTINGS = [
    {"name": "limit", "label": "Limit", "type": "number", "default": 0,
     "help_text": "Most values in a row; 0: all of them."},
    {"name": "render", "label": "Value rendering", "type": "select", "default": "caption",
     "choices": [{"value": "caption", "id": "caption", "name": "User-readable value"},
                 {"value": "raw", "id": "raw", "name": "Machine-readable value"}],
     "help_text": "North Korea instead of kp."},
]  # fmt: skip


def reconcile(
    picture: Picture, dataset: str, queries: Mapping[str, Mapping[str, Any]], *, algorithm: str = "best", **scope: Any
) -> dict[str, Any]:
    """``{name: {"result": [candidate…]}}``; a candidate has ``match`` where it alone is a match, not merely possible.

    :param queries: name → {query, type, limit, properties: [{pid, v}]}
    :raises UsageError: too many, or one that is malformed; NotFound: no such dataset
    """
    matching.check_algorithm(algorithm)
    if len(queries) > matching.MOST_QUERIES:
        raise UsageError(f"Too many queries in one batch: {len(queries)}. At most {matching.MOST_QUERIES} are taken.")
    allowed = lookup.in_scope(picture, dataset, **scope)
    asked = {name: _asked(query) for name, query in queries.items()}
    return {name: {"result": _candidates(picture, allowed, *one)} for name, one in asked.items()}


def _asked(query: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    if not isinstance(query, Mapping):
        raise UsageError("A reconciliation query is an object with query, type, limit and properties.")
    kind = query.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    kind = kind.get("id") if isinstance(kind, Mapping) else kind
    told: dict[str, list[Any]] = {"name": [query["query"]]} if query.get("query") else {}
    for one in query.get("properties") or ():
        if not isinstance(one, Mapping) or "pid" not in one:
            raise UsageError("A property of a reconciliation query is an object with pid and v.")
        told.setdefault(str(one["pid"]).rpartition(":")[2], []).append(one.get("v"))
    example, _ = matching.example({"schema": kind or "Thing", "properties": told})
    limit = query.get("limit") or 5
    if not isinstance(limit, int) or limit < 1:
        raise UsageError(f"limit must be a whole number above 0, not {limit!r}.")
    return example, min(limit, records.MOST)


def _candidates(picture: Picture, allowed: lookup.Mask, example: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
    results = matching.matched(picture, allowed, example, limit=limit, threshold=0.7, cutoff=0.0)
    certain = everybody().verdict[0]  # OpenRefine acts on a match unseen
    sure = [r["id"] for r in results if r["match"] and r["probability"] >= certain]
    return [
        {
            **_entity(r),
            "score": r["score"],
            "match": sure == [r["id"]],
            "features": [{"id": name, "value": told["weight"]} for name, told in r["explanations"].items()],
        }
        for r in results
    ]


def suggest_entity(picture: Picture, dataset: str, prefix: str, limit: int = 10) -> dict[str, Any]:
    """Entities a name of which begins so."""
    return _suggested(prefix, [_entity(r) for r in lookup.suggested(picture, dataset, prefix, limit)])


def suggest_property(picture: Picture, dataset: str, prefix: str) -> dict[str, Any]:
    """Properties of the dataset's kinds of parties whose name or label begins so."""
    found = {
        f"{p.schema}:{p.name}": {"id": f"{p.schema}:{p.name}", "name": p.label, "description": p.doc or p.label}
        for s in _schemata(picture, dataset)
        for p in s.properties.values()
        if p.type != "entity" and not p.extension and _begins(prefix, p.name, p.label)
    }
    return _suggested(prefix, sorted(found.values(), key=lambda p: (str(p["name"]), str(p["id"])))[:_MOST_SUGGESTED])


def suggest_type(picture: Picture, dataset: str, prefix: str) -> dict[str, Any]:
    """Kinds of parties whose name or label begins so."""
    return _suggested(prefix, [_type(s) for s in _schemata(picture, dataset) if _begins(prefix, s.name, s.label)])


def _suggested(prefix: str, result: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"code": "/api/status/ok", "status": "200 OK", "prefix": prefix, "result": list(result)}


def proposed(picture: Picture, dataset: str, type: str, limit: int = 0) -> dict[str, Any]:
    """Properties that a column may be extended by, of one kind of party. :raises UsageError: no such kind"""
    lookup.in_scope(picture, dataset)
    if type not in vocabulary.all():
        raise UsageError(f"Invalid type: {type}")
    schema = vocabulary.get(type)
    own = [p for p in schema.properties.values() if p.type != "entity" and not p.extension]
    first = [p for name in schema.featured for p in own if p.name == name]
    listed = [*first, *(p for p in own if p not in first)]
    chosen = sorted(listed[:limit] if limit > 0 else listed, key=lambda p: p.label)
    return {"limit": limit, "type": type, "properties": [{"id": p.name, "name": p.label} for p in chosen]}


def extend(picture: Picture, dataset: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """``{"meta": [{id, name}], "rows": {id: {property: [{"str": value}]}}}``; empty rows where an id is not readable.

    :param request: {ids, properties: [{id, settings: {limit, render}}]}
    :raises UsageError: malformed, or too many ids
    """
    lookup.in_scope(picture, dataset)
    ids, properties = request.get("ids"), request.get("properties")
    if not isinstance(ids, list) or not isinstance(properties, list) or not all(
        isinstance(p, Mapping) and isinstance(p.get("id"), str) for p in properties
    ):  # fmt: skip
        raise UsageError("A data extension query has ids, a list, and properties, a list of objects with id.")
    if len(ids) > matching.MOST_QUERIES:
        raise UsageError(f"Too many ids in one batch: {len(ids)}. At most {matching.MOST_QUERIES} are taken.")
    known = {str(id): _readable(picture, str(id)) for id in ids}
    told = records.records(picture, [found for found in known.values() if found])
    meta: dict[str, dict[str, str]] = {}
    rows: dict[str, dict[str, list[dict[str, str]]]] = {}
    for id, found in known.items():
        rows[id] = {}
        record = told.get(found or "")
        for asked in properties if record else ():
            prop = vocabulary.get(record["schema"]).properties.get(asked["id"]) if record else None
            if record is None or prop is None:
                continue
            meta.setdefault(prop.name, {"id": prop.name, "name": prop.label})
            settings = asked.get("settings") or {}
            most, raw = _whole(settings.get("limit")), settings.get("render") == "raw"
            values = record["properties"].get(prop.name, [])[: most or None]
            rows[id][prop.name] = [_cell(picture, prop, v, raw) for v in values]
    return {"meta": list(meta.values()), "rows": rows}


def _whole(value: Any) -> int:
    try:
        return max(0, int(value or 0))
    except (TypeError, ValueError):
        raise UsageError(f"limit must be a whole number, not {value!r}.") from None


def _cell(picture: Picture, prop: vocabulary.Property, value: str, raw: bool) -> dict[str, str]:
    if prop.type == "entity" and not raw:
        return {"id": value, "name": picture.caption(value)}
    labels = {"country": country_name, "topic": topic_label}
    return {"str": value if raw or prop.type not in labels else labels[prop.type](value)}


def _readable(picture: Picture, id: str) -> str | None:
    try:
        return records.find_id(picture, id)
    except NotFound:
        return None


def preview(picture: Picture, dataset: str, id: str) -> str:
    """A small page about one entity, for a frame of 430 × 300. :raises NotFound: not readable, or not there"""
    lookup.in_scope(picture, dataset)
    found = records.record(picture, records.find_id(picture, id))
    schema = vocabulary.get(found["schema"])
    titles = lookup.titles(picture)
    lines = []
    for name in dict.fromkeys([*schema.featured, "birthDate", "nationality", "country", "topics", "alias"]):
        prop, values = schema.properties.get(name), found["properties"].get(name)
        if prop is not None and values:
            cells = [_cell(picture, prop, v, raw=False) for v in values[:6]]
            text = "; ".join(c.get("str") or c["name"] for c in cells) + ("; …" if len(values) > 6 else "")
            lines.append(f"<dt>{html.escape(prop.label)}<dd>{html.escape(text)}")
    sources = ", ".join(titles.get(d, d) for d in found["datasets"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(found["caption"])}</title>'
        "<style>body{font:14px/1.4 system-ui,sans-serif;margin:12px}h1{font-size:16px;margin:0 0 4px}"
        "dl{display:grid;grid-template-columns:7rem 1fr;gap:2px 8px;margin:8px 0}dt{color:#666}dd{margin:0}"
        "p{margin:0;color:#666}</style>"
        f"<h1>{html.escape(found['caption'])}</h1><p>{html.escape(schema.label)} · {html.escape(found['handling'])}</p>"
        f"<dl>{''.join(lines)}</dl><p>{html.escape(sources)}</p></html>"
    )


def _entity(record: Mapping[str, Any]) -> dict[str, Any]:
    schema = vocabulary.get(record["schema"])
    return {"id": record["id"], "name": record["caption"], "description": schema.label, "type": [_type(schema)]}


def _type(schema: vocabulary.Schema) -> dict[str, Any]:
    return {"id": schema.name, "name": schema.label, "description": schema.doc or schema.label}


def _schemata(picture: Picture, dataset: str) -> list[vocabulary.Schema]:
    """Kinds of parties in a dataset that are compared, and what they descend from; the most general first."""
    held = lookup.rows(picture)
    names = {str(s) for s in held.schema[lookup.in_scope(picture, dataset)]}
    found = {a for name in names if vocabulary.get(name).matchable for a in vocabulary.get(name).ancestors}
    return sorted(map(vocabulary.get, found), key=lambda s: (len(s.ancestors), s.name))


def _begins(prefix: str, *texts: str) -> bool:
    wanted = prefix.lower().strip()
    return bool(wanted) and any(text.lower().strip().startswith(wanted) for text in texts)
