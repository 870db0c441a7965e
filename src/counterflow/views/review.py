"""The review queue of resolution: pairs that a person should look at, what matters most first.

A pair is worth looking at as much as a mistake about it would cost: how likely what stands now is wrong (a pair left
apart: the probability that it is one; a pair joined: that it is not) times what hangs on it. What hangs on it is a sum
of named parts, so that the order can be explained: whether a listed party would gain or lose an alias, how many
records would move, and how many ties of ownership and control would move with them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

from counterflow.errors import UsageError
from counterflow.model.judgement import Judgement, in_force
from counterflow.network.kinds import kind_of
from counterflow.views.marking import marking
from counterflow.views.picture import Picture

__all__ = ["judgements", "review"]

OUTCOMES = ("joined", "open", "refused")
TIES = ("ownership", "control", "directorship", "agency")
"""Kinds of link by which a sanction on one party reaches another."""


def review(
    picture: Picture, limit: int = 50, offset: int = 0, entity: str | None = None, outcome: str | None = None
) -> dict[str, Any]:
    """``{total, pairs: [...]}``, the pairs by falling `value`, one for each two entities.

    A pair: ``left`` and ``right`` (subject, dataset, entity, caption, schema, names, countries, listed, members),
    ``probability``, ``outcome``, ``sentence``, ``thresholds`` (where a ``match`` is joined unseen, and from where a
    ``possible`` one is asked about), ``features``, ``risk`` (0 to 1), ``consequence`` (part → weight), ``value`` (risk
    times 1 + the parts), ``others`` (further pairs of the same two), ``judgement`` (an earlier *unsure*, or None).
    Pairs that were judged *same* or *different* are not in it.

    :param entity: only pairs that touch this entity, by canonical id or referent
    :param outcome: only ``joined``, ``open`` or ``refused``
    :raises UsageError: no such outcome, or a negative limit or offset
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise UsageError(f"'{outcome}' is no outcome of a pair. Valid: {', '.join(OUTCOMES)}.")
    if limit < 0 or offset < 0:
        raise UsageError("limit and offset are not negative.")
    rows = picture.once(("review",), lambda: _queue(picture.settled))
    wanted = picture.canonical(entity) if entity is not None else None
    if entity is not None:
        picture.entity(entity)
    rows = [
        row
        for row in rows
        if (wanted is None or wanted in (row["left"], row["right"]))
        and (outcome is None or row["pair"]["outcome"] == outcome)
    ]
    return {"total": len(rows), "pairs": [_told(picture, row) for row in rows[offset : offset + limit]]}


def judgements(picture: Picture) -> list[dict[str, Any]]:
    """Judgements in force that may be read, the newest first: left, right, verdict, by, at, reason, both captions."""
    rows = sorted(picture.line.judgements(), key=lambda row: (row["at"], row["left"], row["right"]), reverse=True)
    keys = ("left", "right", "verdict", "by", "at", "reason")
    labels = picture.line.labels()  # a judgement may bear one that no record has
    return [
        {
            **{key: row[key] for key in keys},
            "left_caption": picture.caption(row["left"]),
            "right_caption": picture.caption(row["right"]),
            **marking(labels, [row["label_id"]]),
        }
        for row in rows
    ]


def _queue(picture: Picture) -> list[dict[str, Any]]:
    decided = in_force(Judgement.from_row(row) for row in picture.line.judgements())
    settled = {
        frozenset(map(picture.canonical, pair)) for pair, judged in decided.items() if judged.verdict == "different"
    }
    same = {pair for pair, judged in decided.items() if judged.verdict == "same"}
    ties, near = _ties(picture)
    best: dict[tuple[str, str, str], dict[str, Any]] = {}
    others: Counter[tuple[str, str, str]] = Counter()
    for pair in picture.rows("pairs").to_pylist():
        sides = sorted((picture.canonical(pair["left"]), picture.canonical(pair["right"])))
        together = sides[0] == sides[1]
        if (pair["left"], pair["right"]) in same or (not together and frozenset(sides) in settled):
            continue
        risk = 1 - pair["probability"] if together else pair["probability"]
        key = (sides[0], sides[1], f"{pair['left']} {pair['right']}" if together else "")
        others[key] += 1
        if key in best and best[key]["risk"] >= risk:
            continue
        parts = _consequence(picture, sides, together, ties, near)
        judged = decided.get((pair["left"], pair["right"]))
        best[key] = {
            "left": sides[0],
            "right": sides[1],
            "pair": pair,
            "risk": round(risk, 6),
            "consequence": parts,
            "value": round(risk * (1 + sum(parts.values())), 6),
            "judgement": {"verdict": judged.verdict, "by": judged.by, "at": judged.at, "reason": judged.reason}
            if judged
            else None,
        }
    return sorted(({**row, "others": others[key] - 1} for key, row in best.items()), key=_order)


def _order(row: dict[str, Any]) -> tuple[bool, float, str, str]:
    """What somebody could not tell comes after what nobody has looked at."""
    return (row["judgement"] is not None, -row["value"], row["pair"]["left"], row["pair"]["right"])


def _ties(picture: Picture) -> tuple[Counter[str], set[str]]:
    """Entity → its ties of ownership and control; and who has such a tie to a listed party."""
    links = picture.rows("links").select(["schema", "source", "target", "stance"]).to_pylist()
    ties: Counter[str] = Counter()
    near: set[str] = set()
    for link in links:
        if link["stance"] == "asserts" and kind_of(link["schema"], None).name in TIES:
            for one, two in ((link["source"], link["target"]), (link["target"], link["source"])):
                ties[one] += 1
                if two in picture.entities and picture.entities[two]["listed"]:
                    near.add(one)
    return ties, near


def _consequence(
    picture: Picture, sides: list[str], together: bool, ties: Counter[str], near: set[str]
) -> dict[str, float]:
    """What hangs on it, part by part; 0 parts are left out."""
    rows = [picture.entities[side] for side in (sides[:1] if together else sides)]
    listed = [row["listed"] for row in rows]
    parts = {
        # a party that is listed or not by this decision alone; an entry that two lists may share
        "listed": 0.0 if not any(listed) else 3.0 if not together and not all(listed) else 1.5,
        "size": round(0.5 * math.log2(max(1, sum(len(row["referents"]) for row in rows) - 1)), 3),
        "control": round(0.5 * math.log2(1 + sum(ties[side] for side in set(sides))), 3),
        "exposure": 1.0 if not all(listed) and any(side in near for side in sides) else 0.0,
    }
    return {name: weight for name, weight in parts.items() if weight}


def _told(picture: Picture, row: dict[str, Any]) -> dict[str, Any]:
    from counterflow.entities.resolve import MERGE, REVIEW

    pair = row["pair"]
    labels = [*picture.entity(pair["left"])["label_ids"], *picture.entity(pair["right"])["label_ids"]]
    return {
        "left": _side(picture, pair["left"]),
        "right": _side(picture, pair["right"]),
        **{key: pair[key] for key in ("probability", "outcome", "sentence")},
        "thresholds": {"match": MERGE, "possible": REVIEW},
        "features": json.loads(pair["features"]),
        **{key: row[key] for key in ("risk", "consequence", "value", "others", "judgement")},
        **picture.handling(labels),
    }


def _side(picture: Picture, subject: str) -> dict[str, Any]:
    entity = picture.entity(subject)
    return {
        "subject": subject,
        "dataset": subject.partition(":")[0],
        "entity": entity["entity"],
        **{key: entity[key] for key in ("caption", "schema", "countries", "listed")},
        "names": entity["names"][:6],
        "members": len(entity["referents"]),
    }
