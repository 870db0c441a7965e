"""What Counterflow adds to FollowTheMoney when it exports: grade, handling, verification; read back where it is met.

Invariant: a marking that is not wholly understood is kept stricter than it may have been meant, never wider.
"""

from __future__ import annotations

from dataclasses import replace

from counterflow.errors import UsageError
from counterflow.model.claim import Grade
from counterflow.model.handling import EXERCISE, Label
from counterflow.model.source import Descriptor, Source

_OURS = frozenset({EXERCISE, "PERSONAL DATA", "WHERE LAWFUL"})
"""Caveats that bear no limit: those of `sources/descriptors`."""

__all__ = ["grade_of", "label_of", "source_of"]


def grade_of(text: str | None) -> Grade | None:
    """The Admiralty grade in a text; None where it is none."""
    try:
        return Grade.parse(text) if text else None
    except UsageError:
        return None


def label_of(text: str | None) -> Label | None:
    """The label that a printed marking stands for: ``TLP:AMBER//EXERCISE//REL FIU-A``; None where nothing is marked.

    A word that is no caveat of ours may be somebody's compartment: it is kept as both.

    :raises UsageError: it is no marking; see `model.marking`
    """
    if not (text or "").strip():
        return None
    label = Label.parse(text or "")
    return replace(label, compartments=label.compartments | (label.caveats - _OURS))


def source_of(key: str, grade: Grade | None, label: Label | None, descriptor: Descriptor) -> Source:
    """A dataset or source of the file, as one that claims cite. :param key: its name there"""
    reliability = grade.reliability if grade else Grade.parse(descriptor.grade).reliability
    id = "_".join(f"{key}-{label.id}".split()) if label else "_".join(key.split())
    return Source(
        id=id, title=key, kind="data", reliability=reliability, label=label.to_dict() if label else None
    )  # fmt: skip
