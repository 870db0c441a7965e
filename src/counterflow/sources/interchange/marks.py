"""What Counterflow adds to FollowTheMoney when it exports: grade, handling, verification; read back where it is met.

Invariant: a marking that is not wholly understood is kept stricter than it may have been meant, never wider.
"""

from __future__ import annotations

from counterflow.errors import UsageError
from counterflow.model.claim import Grade
from counterflow.model.handling import EXERCISE, TLP, Label
from counterflow.model.source import Descriptor, Source

__all__ = ["grade_of", "label_of", "source_of"]


def grade_of(text: str | None) -> Grade | None:
    """The Admiralty grade in a text; None where it is none."""
    try:
        return Grade.parse(text) if text else None
    except UsageError:
        return None


def label_of(text: str | None) -> Label | None:
    """The label that a printed marking stands for: ``TLP:AMBER//EXERCISE//REL FIU-A``; None where nothing is marked.

    A printed marking names neither its originator nor the readers of a RED record: what it does not say stays shut. A
    word that is no known caveat may have been a compartment, and is taken for one.

    :raises UsageError: it does not begin with a TLP 2.0 label
    """
    parts = [part.strip() for part in (text or "").split("//") if part.strip()]
    if not parts:
        return None
    others = [part for part in parts[1:] if part != EXERCISE]
    named = [part.removeprefix("REL ") for part in others if part.startswith("REL ")]
    label = Label(
        tlp=TLP.parse(parts[0]),
        releasable_to=frozenset(o.strip() for part in named for o in part.split(",")) if named else None,
        compartments=frozenset(part for part in others if not part.startswith("REL ")),
    )
    return label.with_caveat(EXERCISE) if EXERCISE in parts else label


def source_of(key: str, grade: Grade | None, label: Label | None, descriptor: Descriptor) -> Source:
    """A dataset or source of the file, as one that claims cite. :param key: its name there"""
    reliability = grade.reliability if grade else Grade.parse(descriptor.grade).reliability
    id = "_".join(f"{key}-{label.id}".split()) if label else "_".join(key.split())
    return Source(
        id=id, title=key, kind="data", reliability=reliability, label=label.to_dict() if label else None
    )  # fmt: skip
