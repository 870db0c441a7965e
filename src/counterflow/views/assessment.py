"""The assessment in print, and what-if questions on the same flow and measures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from counterflow.errors import UnknownName
from counterflow.views.network import checked_date
from counterflow.views.picture import Picture

__all__ = ["FORMATS", "assessed", "headline", "report_file", "whatif"]

FORMATS = {"html": "html", "md": "markdown", "pdf": "pdf", "docx": "docx", "json": "json"}
"""Format → what its writer is called."""


def assessed(picture: Picture, as_of: str | None = None) -> dict[str, Any]:
    """``{"flow", "measures", "plan", "report"}`` as of a date, made once and kept with the derived results."""
    folder = _folder(picture, checked_date(as_of))
    names = ("flow", "measures", "plan", "report")
    found = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in names}
    found["report"]["audience"] = picture.line.audience.name
    return found


def _folder(picture: Picture, as_of: str | None) -> Path:
    with picture.making["assess"]:  # whoever asks first makes it
        return picture.line.assess(as_of)


def headline(picture: Picture) -> dict[str, Any]:
    """Of the same as things stand: ``{"cashbox", "report"}``, an estimate of what it takes in and the summary."""
    folder = _folder(picture, None)

    def read() -> dict[str, Any]:
        flow, report = (json.loads((folder / f"{n}.json").read_text(encoding="utf-8")) for n in ("flow", "report"))
        return {
            "cashbox": {**flow["balance"]["inflow"], "unit": flow["unit"]} if flow["arcs"] else None,
            "report": {"title": report["title"], "summary": report["summary"]},
        }

    found: dict[str, Any] = picture.once(("headline", folder.name), read)
    return found


def report_file(paper: Mapping[str, Any], format: str) -> bytes:
    """A paper as a file. :param paper: the shape of ``GET /api/report``; :raises UnknownName: a format nobody writes"""
    if format not in FORMATS:
        raise UnknownName("report format", format, FORMATS)
    if format == "json":
        return (json.dumps(paper, ensure_ascii=False, indent=1) + "\n").encode()
    module = import_module(f"counterflow.assessment.report_{FORMATS[format]}")
    made: str | bytes = getattr(module, FORMATS[format])(paper)
    return made.encode() if isinstance(made, str) else made


def whatif(picture: Picture, request: Mapping[str, Any]) -> dict[str, Any]:
    """Solve one what-if. :param request: budget, must, never, measures, as_of (see `assessment.scenario.whatif`)"""
    from counterflow.assessment.assess import whatif as solve

    found = picture.model(checked_date(request.get("as_of")))
    return solve(found, {k: v for k, v in request.items() if k != "as_of"})
