"""Matching by example: yente's ``/match``, answered with our evidence.

The score is our probability on yente's scale, where clients put their threshold at 0.7: from there on it is what we
call a match, and nothing is 1. The probability itself stands beside it. All algorithms of yente's are names for this
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.entities.evidence.verdicts import MATCH
from counterflow.errors import UnknownName, UsageError
from counterflow.model import schema as vocabulary
from counterflow.model.values import clean
from counterflow.views import lookup, records
from counterflow.views.dispositions import Decided, checked, kept
from counterflow.views.picture import Picture

__all__ = ["ALGORITHMS", "BEST", "MOST_QUERIES", "algorithms", "example", "match", "matched", "on_yente_scale"]

MOST_QUERIES = 100
"""Queries of one batch."""

BEST = "counterflow"

ALGORITHMS = {
    BEST: "Additive evidence with a calibrated probability: names in any script, dates, countries, numbers.",
    "logic-v2": "",
    "logic-v1": "",
    "name-based": "",
    "name-qualified": "",
    "ofac": "",
    "regression-v1": "",
    "er-unstable": "",
}
"""Name that a client may send → description; those without one are names for the first."""

_THRESHOLD = 0.7
"""Score that yente calls a match."""

_EVERY = 10_000
"""Hits that are looked through for those that a filter lets pass."""

_FEATURES = {
    "name": "The pair of names that tells most, by words weighed with their rarity.",
    "date": "Dates of birth, incorporation or build, with their usual slips.",
    "country": "Countries, nationalities and flags.",
    "gender": "Gender.",
    "legal form": "Legal form of a body.",
}


def on_yente_scale(probability: float) -> float:
    """0 to 1, rising with the probability; the line through (0, 0), (`MATCH`, 0.7) and (1, 1)."""
    if probability <= MATCH:
        return probability / MATCH * _THRESHOLD
    return _THRESHOLD + (probability - MATCH) / (1 - MATCH) * (1 - _THRESHOLD)


def _probability(score: float) -> float:
    """The inverse of `on_yente_scale`, held to 0 to 1."""
    score = min(1.0, max(0.0, score))
    if score <= _THRESHOLD:
        return score / _THRESHOLD * MATCH
    return MATCH + (score - _THRESHOLD) / (1 - _THRESHOLD) * (1 - MATCH)


def match(
    picture: Picture,
    dataset: str,
    queries: Mapping[str, Mapping[str, Any]],
    *,
    limit: int = 5,
    threshold: float = _THRESHOLD,
    cutoff: float = _THRESHOLD,
    algorithm: str = "best",
    config: Sequence[str] = (),
    dispositions: str = "all",
    **scope: Any,
) -> dict[str, Any]:
    """``{"responses": {name: {"status", "results", "total", "query", "ignored"}}, "limit"}``.

    :param queries: name → {id, schema, properties}
    :param threshold: score from which a result is a match; :param cutoff: results must be above it, at most `threshold`
    :param config: names of settings of yente's algorithms, which ours does not need
    :param dispositions: ``all``, or ``open``: without results that were called false positives, while that holds
    :param scope: of `lookup.in_scope`
    :raises UsageError: no or too many queries, an algorithm, setting or schema that there is not; NotFound: no such
        dataset
    """
    check_algorithm(algorithm, config)
    checked(dispositions)
    if len(queries) > MOST_QUERIES:
        raise UsageError(f"Too many queries in one batch: {len(queries)}. At most {MOST_QUERIES} are taken at once.")
    if not queries:
        raise UsageError("No queries provided.")
    allowed = lookup.in_scope(picture, dataset, **scope)
    examples = {name: example(query) for name, query in queries.items()}  # all are read before any is answered
    every = Decided(picture.line)
    responses = {}
    for name, (asked, ignored) in examples.items():
        most = limit if dispositions == "all" else limit and _EVERY
        found = matched(picture, allowed, asked, limit=most, threshold=threshold, cutoff=min(cutoff, threshold))
        results = kept(asked, found, every, dispositions)[:limit]
        responses[name] = {
            "status": 200,
            "results": results,
            "total": {"value": sum(r["match"] for r in results), "relation": "eq"},
            "query": asked,
            "ignored": ignored,
        }
    return {"responses": responses, "limit": limit}


def check_algorithm(name: str, config: Sequence[str] = ()) -> None:
    """:raises UnknownName: yente has no such algorithm, or no such setting"""
    known = {"best", *ALGORITHMS}
    if name.lower().strip() not in known:
        raise UnknownName("algorithm", name, known)
    for key in config:
        if key not in CONFIG:
            raise UnknownName("configuration parameter", key, CONFIG)


CONFIG = (
    "nm_number_mismatch", "nm_extra_query_name", "nm_extra_result_name", "nm_family_name_weight",
    "nm_fuzzy_cutoff_factor", "nm_fuzzy_cost_factor", "nm_boost_literal", "nm_name_property",
)  # fmt: skip
"""Settings of yente's algorithms that are taken, and change nothing: what they correct is weighed here as evidence."""


def example(query: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A query with its values in clean form, and what of it could not be used: ``[{"property", "value", "reason"}]``.

    :raises UsageError: a schema that there is not, or whose records are not compared
    """
    name = str(query.get("schema") or "Thing")
    if name not in vocabulary.all():
        raise UsageError(f"Cannot parse example entity: {UnknownName('schema', name, vocabulary.all())}")
    schema = vocabulary.get(name)
    if name != "Thing" and not schema.matchable:
        raise UsageError(f"Cannot parse example entity: records of the schema {name} are not compared with each other.")
    told: dict[str, list[str]] = {}
    ignored = []
    for key, given in (query.get("properties") or {}).items():
        prop = schema.properties.get(key) or (_anywhere(key) if name == "Thing" else None)
        for text in _texts(given):
            value = clean(prop.type, text, prop.format) if prop else None
            if prop is None or value is None:
                reason = f"not a value of the type {prop.type}" if prop else f"{name} has no such property"
                ignored.append({"property": str(key), "value": text[:200], "reason": reason})
            elif value not in told.setdefault(key, []):
                told[key].append(value)
    if not any(told.get(key) for key in ("name", "alias", "previousName", "weakAlias", "abbreviation")):
        parts = [" ".join(told[p]) for p in ("firstName", "secondName", "middleName", "fatherName", "lastName")
                 if told.get(p)]  # fmt: skip
        if parts:
            told["name"] = [" ".join(parts)]
    id = query.get("id")
    return {"id": None if id is None else str(id), "schema": name, "properties": told}, ignored


def _anywhere(name: str) -> vocabulary.Property | None:
    """A property of persons or bodies: who asks about a thing may still know when it was born."""
    for schema in ("Person", "Company", "Vessel"):
        found = vocabulary.get(schema).properties.get(name)
        if found is not None:
            return found
    return None


def _texts(given: Any) -> list[str]:
    """Every text in a value: numbers are written out, lists are taken apart, anything else says nothing."""
    if isinstance(given, bool) or given is None:
        return []
    if isinstance(given, (list, tuple)):
        return [text for one in given for text in _texts(one)]
    if isinstance(given, Mapping):
        return _texts(given.get("id") or given.get("name"))
    return [str(given)] if isinstance(given, (str, int, float)) and str(given).strip() else []


def matched(
    picture: Picture, allowed: lookup.Mask, asked: Mapping[str, Any], *, limit: int, threshold: float, cutoff: float
) -> list[dict[str, Any]]:
    """Records above `cutoff`, the best first, with score, probability, evidence and whether they reach `threshold`."""
    from counterflow.entities.profile import build

    if limit < 1 or not asked["properties"]:
        return []
    held = lookup.rows(picture)
    profile = build(str(asked["id"] or "query"), asked["schema"], asked["properties"])
    least = _probability(threshold)
    hits = picture.screener.screen(profile, _EVERY, _probability(cutoff))
    kept = [h for h in hits if h.id in held.at and allowed[held.at[h.id]] and on_yente_scale(h.probability) > cutoff]
    told = records.records(picture, [h.id for h in kept[:limit]])
    results = []
    for hit in kept[:limit]:
        if hit.id not in told:
            continue
        score = round(on_yente_scale(hit.probability), 4)
        plain = hit.to_dict()
        results.append(
            {
                **told[hit.id],
                "score": score,
                "match": hit.comparison.reaches(least),
                "probability": plain["probability"],
                "explanations": _explanations(plain["explanation"]["features"]),
                "sentence": plain["explanation"]["sentence"],
                "entries": plain["entries"],
            }
        )
    return results


def _explanations(features: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Feature → what it says, as yente has it; ``score``: what it alone makes of even odds; ``weight``: log-odds."""
    from math import exp

    found: dict[str, dict[str, Any]] = {}
    for feature in features:
        name, n = str(feature["feature"]), 2
        while name in found:
            name, n = f"{feature['feature']}_{n}", n + 1
        found[name] = {
            "score": round(1 / (1 + exp(-feature["weight"])), 4),
            "detail": feature["says"],
            "query": feature["left"] or None,
            "candidate": feature["right"] or None,
            "weight": feature["weight"],
        }
    return found


def algorithms() -> dict[str, Any]:
    """``{"algorithms": [{"name", "description", "features", "docs"}], "default", "best"}``."""
    from counterflow.entities.identifiers import SCHEMES

    told = {**_FEATURES, **{name: f"{scheme.label}." for name, scheme in SCHEMES.items()}}
    features = {name: {"description": text, "coefficient": 1.0, "url": ""} for name, text in told.items()}
    rows = [
        {
            "name": name,
            "description": text or f"Another name for {BEST}: the evidence and the scores are the same.",
            "features": features,
            "docs": {"name": name, "description": text or ALGORITHMS[BEST], "features": features, "config": {}},
        }
        for name, text in ALGORITHMS.items()
    ]
    return {"algorithms": rows, "default": "best", "best": BEST}
