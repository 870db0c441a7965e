"""How payments and findings are ranked: the model in force, and figures by answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from counterflow.views.about.base import Base

__all__ = ["AboutRanking"]


class AboutRanking(Base):
    """How payments and findings are ranked: the model in force, and figures by answers."""

    def evaluate(
        self, labels: Path | None = None, *, least: int = 3, minutes: float | None = None, everything: bool = False
    ) -> dict[str, Any]:
        """How well the findings tell laundering, by answers of a file or of the workspace; see `findings.ranking`.

        :param minutes: of an analyst for a finding; :param everything: also on what the model in force has seen
        """
        from counterflow.findings.ranking.judging import MINUTES
        from counterflow.findings.ranking.making import evaluated

        return evaluated(
            self.picture.scope, labels, model=self.picture.line.model(), least=least, everything=everything,
            minutes=MINUTES if minutes is None else minutes, findings=self.picture.findings,
        )  # fmt: skip

    def model(self, *, drift: bool = False, declarations: bool = False) -> dict[str, Any]:
        """The card of the model in force; or how far later payments are from those that it learnt from.

        :param declarations: of the model that ranks declarations, which has its card only
        :raises NotFound: there is none that this audience may read
        """
        from counterflow.findings.ranking import keeping
        from counterflow.findings.ranking.making import drifted

        if declarations:
            kept = keeping.in_force(self.line.writings(keeping.KIND), keeping.DECLARATIONS)
            inspected = keeping.inspections(kept, self.line.models)
            return {"model": inspected.id, "made": kept and kept["at"], "by": kept and kept["by"], **inspected.card}
        kept = keeping.in_force(self.line.writings(keeping.KIND))
        found = keeping.opened(kept, self.line.models)
        told = drifted(self.picture.scope, found) if drift else found.card
        return {"model": found.id, "made": kept and kept["at"], "by": kept and kept["by"], **told}
