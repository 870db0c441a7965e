"""Random labels and audiences with every awkward case on purpose, to compare a compiled policy with its oracle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from counterflow.model.handling import NO_PURPOSE, PAP, TLP, Audience, Label

__all__ = ["NAMES", "TODAY", "audiences", "labels"]

TODAY = "2026-06-15"
"""The day on which the labels made here are decided about."""

NAMES = (
    "A", "B", "FIU-A", "fiu-a", "FIU-A ", " FIU-A", "FIU\u2010A", "CUSTOMS-B", "O'Neill", 'Kim "Q" Lee', "a, b", "a//b",
    "\u0000", "A\u0000B", "\ud800", "é", "e\u0301", "\u202eA", "김정", "🜨", "null", "NULL", "[]", '["A"]', '{"A": 1}',
    "%", "_", "\\", "\n", NO_PURPOSE, "true", "0", "'; DROP TABLE labels; --", "x" * 3000, "",
)  # fmt: skip
"""Names as nobody should have them; the last, the empty one, is nobody's."""

_DAYS = tuple((dt.date.fromisoformat(TODAY) + dt.timedelta(days=d)).isoformat() for d in (-9000, -1, 0, 1, 9000))
_CAVEATS = ("EXERCISE", "DRAFT", "PERSONAL DATA")
_MANY = frozenset(f"compartment {n}" for n in range(3000))


def labels(rng: Random, n: int) -> list[Label]:
    """`n` labels, about half of them with two limits or more."""
    return [_label(rng) for _ in range(n)]


def audiences(rng: Random, n: int) -> list[Audience]:
    """`n` audiences, generous ones among them: most decisions would be no otherwise."""
    return [_audience(rng, i) for i in range(n)]


def _label(rng: Random) -> Label:
    compartments = _some(rng, NAMES, 0.3)
    if rng.random() < 0.002:
        compartments |= _MANY if rng.random() < 0.5 else _MANY - {"compartment 7"}
    return Label(
        tlp=rng.choice(list(TLP)),
        originator=rng.choice(NAMES) if rng.random() < 0.6 else "",
        releasable_to=None if rng.random() < 0.6 else _some(rng, NAMES, 0.9),
        readers=None if rng.random() < 0.7 else _some(rng, NAMES, 0.9),
        compartments=compartments,
        purposes=_some(rng, NAMES, 0.3),
        caveats=_some(rng, _CAVEATS, 0.2),
        expires=rng.choice(_DAYS) if rng.random() < 0.3 else None,
        orcon=_some(rng, NAMES, 0.1),
        sources=_some(rng, NAMES, 0.1),
        review_by=rng.choice(_DAYS) if rng.random() < 0.1 else None,
        pap=rng.choice(list(PAP)),
    )


def _audience(rng: Random, n: int) -> Audience:
    much = rng.choice((0.1, 0.6, 0.95))
    held = frozenset(name for name in NAMES if rng.random() < much)
    if rng.random() < 0.3:
        held |= _MANY if rng.random() < 0.5 else _MANY - {"compartment 7"}
    return Audience(
        name=str(n),
        organisation=rng.choice(NAMES),
        readers=frozenset(name for name in NAMES if rng.random() < much),
        ceiling=rng.choice((*TLP, TLP.RED, TLP.RED)),
        compartments=held,
        purposes=frozenset(name for name in NAMES if rng.random() < much),
        without=_some(rng, _CAVEATS, 0.3),
        owner=rng.random() < 0.03,
        nobody=rng.random() < 0.03,
        client_of=_some(rng, NAMES, 0.3),
    )


def _some(rng: Random, words: Sequence[str], chance: float) -> frozenset[str]:
    """None of them, or a few."""
    return frozenset(rng.sample(words, rng.randint(0, 3))) if rng.random() < chance else frozenset()
