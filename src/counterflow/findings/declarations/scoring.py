"""What inspections taught, at work on what an audience sees: every declaration scored once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.declarations.columns import COLUMNS, Declarations, columns, declarations
from counterflow.findings.declarations.model import Inspections, version_of
from counterflow.findings.ranking.explain import reasons

if TYPE_CHECKING:
    from counterflow.findings.typology import Data
    from counterflow.model.finding import Finding

__all__ = ["Declared", "labelled"]

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Declared:
    """Declarations and what a model says of them. :param says: column → what it is; :param values: float32[n,
    columns]"""

    model: Inspections
    of: Declarations
    says: dict[str, str]
    values: Any

    @classmethod
    def read(cls, model: Inspections, data: Data) -> Declared | str:
        """Of what `data` shows; or why the model cannot be used, in words."""
        some = declarations(data.run(data.table("shipments").select(*COLUMNS)))
        whole = tuple(np.full(len(some), float(n)) for n in model.found.whole)

        def shares(names: Sequence[str]) -> tuple[Floats, Floats]:
            return model.found.of(some.key(names)) if names else (whole[0], whole[1])

        says, values = columns(some, shares)
        if version_of(says) != model.version:
            return "its columns are not those of today: train it again"
        return cls(model, some, says, values)

    @cached_property
    def probability(self) -> Floats:
        """float64[n], calibrated; 0 of those that the model has seen, whose answer is known."""
        scores = self.model.forest.score(self.values)
        return np.where(self.of.day >= self.model.seen_until, self.model.calibration(scores), 0.0)

    def reasons(self, rows: Any) -> list[list[dict[str, Any]]]:
        """Why each of these rows scores as it does."""
        values, names = self.values[rows], list(self.says)
        parts = self.model.forest.contributions(values)[:, :-1]
        return [reasons(names, self.says, own, part) for own, part in zip(values, parts, strict=True)]


def labelled(findings: Sequence[Finding], model: Inspections) -> list[Finding]:
    """With the labels of what the model was made from: its probability tells of that."""
    return [
        replace(f, label_ids=tuple(sorted({*f.label_ids, *model.label_ids})))
        if f.detail.get("model") == model.id
        else f
        for f in findings
    ]
