"""FollowTheMoney entities as JSON lines: one line for each resolved entity and for each relationship.

Ids are canonical, the other subjects of an entity are its ``referents``. Beside ``id``, ``schema`` and ``properties``
a line has ``datasets``, ``first_seen`` and ``last_change`` (when the ledger learnt the first and the latest of it), and
three keys of ours: ``handling``, ``grade`` (the best Admiralty letter and digit among its claims) and ``verified``.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.followthemoney import COMMON_LOSSES, id_of, seen, written
from counterflow.casework.selection import Selection
from counterflow.entities.profile import most_specific
from counterflow.model import schema as vocabulary

__all__ = ["EXPORTER"]


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    for id, claims in selection.told():
        line = _entity(selection, id, claims, tally)
        if line is not None:
            out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def _entity(selection: Selection, id: str, claims: list[dict[str, Any]], tally: Tally) -> dict[str, Any] | None:
    """One line; None where nothing is left to say, as of an ownership that is denied."""
    row = selection.entities.get(id)
    target = vocabulary.get(vocabulary.get(row["schema"] if row else most_specific(c["schema"] for c in claims)).ftm)
    properties: dict[str, set[str]] = {}
    kept = []
    for claim in claims:
        if claim["stance"] != "asserts":
            tally.left_out["stance"] += 1
            continue
        is_id = claim["prop_type"] == "entity"
        value = id_of(selection.canonical(claim["value"])) if is_id else claim["value"]
        place = written(claim["schema"], claim["property"], value)
        if place is None:
            tally.left_out[claim["property"]] += 1
        elif place[0] not in target.properties:
            tally.left_out["schema"] += 1
        else:
            properties.setdefault(place[0], set()).add(place[1])
            kept.append(claim)
    if not kept:
        return None
    labels = sorted({claim["label_id"] for claim in claims})
    tally.wrote(labels)
    return {
        "id": id_of(id),
        "schema": target.name,
        "properties": {name: sorted(values) for name, values in sorted(properties.items())},
        "referents": sorted(id_of(subject) for subject in row["referents"] if subject != id) if row else [],
        "datasets": sorted({claim["dataset"] for claim in kept}),
        "first_seen": seen(min(claim["recorded_at"] for claim in kept)),
        "last_change": seen(max(claim["recorded_at"] for claim in kept)),
        "handling": selection.handling(labels),
        "grade": min(claim["reliability"] for claim in kept) + str(min(claim["credibility"] for claim in kept)),
        "verified": all(claim["verified"] for claim in kept),
    }


EXPORTER = Exporter(
    name="ftm",
    title="FollowTheMoney entities, JSON lines",
    media_type="application/json+ftm",
    extension=".ftm.json",
    losses=(
        *COMMON_LOSSES,
        Loss("source_id", "which source says what, and the grade of each value: see the format `ftm_statements`"),
        Loss("original, lang", "the value as received and its language: see the format `ftm_statements`"),
    ),
    write=_write,
)
"""The plug-in."""
