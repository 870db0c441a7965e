"""What is asked to go out, found in a picture: entities and findings by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from counterflow.errors import NotFound

if TYPE_CHECKING:
    from counterflow.views.picture import Picture

__all__ = ["wanted"]


def wanted(picture: Picture, ids: Sequence[str]) -> tuple[list[str] | None, list[dict[str, Any]]]:
    """Entities and findings of these ids; a finding brings its subjects. Of no ids: every entity (None).

    :raises NotFound: an id that is not readable, or not there
    """
    named = [id for id in ids if id.startswith("f-")]
    known = {f["id"]: f for f in picture.findings} if named else {}
    findings = []
    for id in dict.fromkeys(named):
        if id not in known:
            raise NotFound("finding", id)
        findings.append(known[id])
    own = [picture.entity(id)["entity"] for id in ids if id not in known]
    subjects = [s for f in findings for s in f["subjects"] if s in picture.entities]
    return ([*dict.fromkeys([*own, *subjects])] if ids else None), findings
