"""Rescreening in print: what has changed for whom since a kept file was last screened."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from counterflow.entities.evidence.verdicts import SHOWN
from counterflow.entities.rescreening import Customer, Outcome, kept, renew
from counterflow.errors import NotFound, Purged, UsageError
from counterflow.model.handling import Label
from counterflow.pipeline import Line, code_version
from counterflow.views.dispositions import Decided
from counterflow.views.dispositions import kept as decisions
from counterflow.views.marking import marking
from counterflow.views.screening import in_bounds

__all__ = ["rescreen"]


def rescreen(
    line: Line, folder: Path, name: str, questions: Iterable[Mapping[str, Any]] | None, *, limit: int,
    threshold: float | None, full: bool,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Every customer of a kept file with its hits now; only what changed is compared anew.

    :param folder: where this audience's files are kept; :param name: of the file
    :param questions: the file as it is now; None: as it is kept
    :param threshold: None: as before
    :returns: ``{"id", "results": [hit…], "appeared", "gone", "changed": [id…]}``; ``removed`` where a customer is no
        longer in the file, ``error`` where a line cannot be asked
    :raises NotFound: no file of that name is kept for this audience, and none is given
    """
    if not re.fullmatch(r"[\w-][\w.-]{0,79}", name):
        raise UsageError(f"a kept file's name has letters, digits, - and _, not '{name}'")
    state = kept(folder / name)
    if questions is None and state is None:
        raise NotFound("kept file", name)
    least = threshold if threshold is not None else state["threshold"] if state else SHOWN
    in_bounds(least, limit)
    asked = None if questions is None else (Customer(str(q.get("id") or n), q) for n, q in enumerate(questions, 1))
    outcomes = renew(folder / name, line.screener(), asked, threshold=least, version=code_version(), full=full)
    return _printed(_lasting(line, folder / name, outcomes), line.labels(), Decided(line), limit)


def _lasting(line: Line, folder: Path, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Of one epoch. :raises Purged: it ended before the last; nothing is kept that rests on what has gone"""
    with line.epoch.lasting():
        yield from outcomes
    if line.epoch.over:
        shutil.rmtree(folder, ignore_errors=True)
        raise Purged


def _printed(
    outcomes: Iterable[Outcome], labels: Mapping[str, Label], decided: Decided, limit: int
) -> Iterator[dict[str, Any]]:
    for found in outcomes:
        results = [{**hit, **marking(labels, hit["labels"])} for hit in found.hits[:limit]]
        for hit in results:
            del hit["labels"]
        results = decisions(found.question, results, decided, "all")
        answer: dict[str, Any] = {"id": found.id, "results": results}
        answer |= {"appeared": found.appeared, "gone": found.gone, "changed": found.changed}
        yield answer | ({"removed": True} if found.removed else {}) | ({"error": found.error} if found.error else {})
