"""Screening in print: one answer a question, in order, whatever one line holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.entities.evidence.verdicts import SHOWN
from counterflow.entities.records import read
from counterflow.errors import UsageError
from counterflow.pipeline import Line
from counterflow.views.dispositions import Decided, checked, kept
from counterflow.views.marking import marking

if TYPE_CHECKING:
    from counterflow.entities.screening import Hit

__all__ = ["batch", "in_bounds", "screen"]

EVERY = 1_000
"""Hits that are looked through for those that nobody called a false positive."""


def screen(
    line: Line, queries: Iterable[Mapping[str, Any]], *, limit: int, threshold: float, exhaustive: bool = False,
    as_of: str | None = None, dispositions: str = "all",
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Each question against all entities, answered as soon as it is read.

    :param queries: FollowTheMoney-shaped: id, schema, properties (property → values); one that holds ``error`` instead,
        or that cannot be asked, is answered with that error and the rest goes on
    :param exhaustive: compare with everybody, not only with those found by keys
    :param as_of: partial ISO date: names and listings that held then
    :param dispositions: ``all``, or ``open``: without hits that were called false positives, while that holds
    :returns: ``{"id", "results": [hit…]}``, each hit with its ``disposition`` or None, and ``problems`` where part of
        a question could not be used, or ``{"id", "results": [], "error"}``
    :raises UsageError: the threshold is no probability, the limit below one
    """
    in_bounds(threshold, limit)
    checked(dispositions)
    return _answers(line, queries, limit, threshold, exhaustive, as_of, dispositions)


def _answers(
    line: Line, queries: Iterable[Mapping[str, Any]], limit: int, threshold: float, exhaustive: bool, as_of: str | None,
    dispositions: str,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    screener = line.screener(as_of)
    every = Decided(line)
    labels = line.labels()
    markings: dict[tuple[str, ...], dict[str, Any]] = {}

    def printed(hit: Hit) -> dict[str, Any]:
        if hit.labels not in markings:
            markings[hit.labels] = marking(labels, hit.labels)
        return {**hit.to_dict(), **markings[hit.labels]}

    for n, query in enumerate(queries, 1):
        id = str(query.get("id") or n)
        try:
            if "error" in query:
                raise UsageError(str(query["error"]))
            profile, problems = read(query, id)
            most = limit if dispositions == "all" else EVERY
            hits = screener.screen(profile, most, threshold, exhaustive=exhaustive)
        except UsageError as e:
            yield {"id": id, "results": [], "error": str(e)}
        else:
            answer = {"id": id, "results": kept(query, map(printed, hits), every, dispositions)[:limit]}
            problems += [f"column '{heading}' is not known; left out" for heading in query.get("unread", ())]
            yield {**answer, "problems": problems} if problems else answer


def in_bounds(threshold: float, limit: int) -> None:
    """:raises UsageError: the threshold is no probability, or the limit below one"""
    if not 0 <= threshold <= 1:
        raise UsageError(f"threshold must be 0 to 1, not {threshold}")
    if limit < 1:
        raise UsageError(f"limit must be 1 or more, not {limit}")


def batch(
    line: Line, queries: Iterable[Mapping[str, Any]], *, limit: int = 5, threshold: float = SHOWN, **options: Any
) -> dict[str, Any]:
    """``{"answers": […]}`` of part of a file, each with the ``query`` that it answers, for whoever decides about it.

    :param options: of `screen`
    """
    asked = list(queries)
    answers = screen(line, asked, limit=limit, threshold=threshold, **options)
    return {"answers": [{**answer, "query": _told(query)} for query, answer in zip(asked, answers, strict=True)]}


def _told(query: Mapping[str, Any]) -> dict[str, Any] | None:
    if "error" in query or not isinstance(query.get("properties"), Mapping):
        return None
    told = {str(k): v if isinstance(v, str) else [str(one) for one in (v if isinstance(v, list) else [v])]
            for k, v in query["properties"].items() if v}  # fmt: skip
    return {"id": query.get("id"), "schema": query.get("schema"), "properties": told}
