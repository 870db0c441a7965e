"""Models that rank payments: trained on answers for one audience, kept, put aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from counterflow.errors import NotFound
from counterflow.workspace.base import Base

__all__ = ["Ranking"]

Progress = Callable[[str, float], None]


class Ranking(Base):
    """Models that rank payments: trained on answers for one audience, kept, put aside."""

    def train(
        self, labels: Path | None = None, *, audience: str | None = None, exercise: bool = True,
        seeds: Sequence[int] = (1, 2, 3), with_format: bool = False, progress: Progress | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Train on the payments that the audience may read, put the model in force, and return its card.

        :param labels: file of answers; None: those in the workspace; :param with_format: let it see the payment format
        :raises InputError: answers that cannot be read, or fit no payment; UsageError: nothing can be learnt from them
        """
        from counterflow.findings.ranking import keeping
        from counterflow.findings.ranking.making import made
        from counterflow.storage.writings import write

        self.allow("train")
        line = self.line(audience, exercise)
        line.run("link", progress)
        model = made(line.scope, self.settings.typologies, labels, seeds=seeds, with_format=with_format,
                     progress=progress)  # fmt: skip
        key, id, content = keeping.keep(model, line.models)
        known = line.scope.labels()
        write(self.store.casebook, [(keeping.KIND, key, content)], [[known[i] for i in model.label_ids]], self.who)
        self.audit("train", {"audience": line.audience.name, "model": id, "labels": labels and labels.name})
        return {"model": id, **model.card}

    def train_declarations(
        self, labels: Path | None = None, *, audience: str | None = None, exercise: bool = True,
        seeds: Sequence[int] = (1, 2, 3),
    ) -> dict[str, Any]:  # fmt: skip
        """Train on the declarations that the audience may read, put the model in force, and return its card.

        :param labels: file of answers; None: those in the workspace
        :raises InputError: answers that cannot be read, or fit no declaration; UsageError: nothing to be learnt from
        """
        from counterflow.findings.declarations.training import trained
        from counterflow.findings.ranking import keeping
        from counterflow.storage.writings import write

        self.allow("train")
        line = self.line(audience, exercise)
        model = trained(line.scope, labels, seeds=seeds)
        key, id, content = keeping.keep(model, line.models)
        known = line.scope.labels()
        write(self.store.casebook, [(keeping.KIND, key, content)], [[known[i] for i in model.label_ids]], self.who)
        self.audit("train", {"audience": line.audience.name, "model": id, "labels": labels and labels.name})
        return {"model": id, **model.card}

    def drop_model(self, *, audience: str | None = None, exercise: bool = True, declarations: bool = False) -> str:
        """Take the model in force out of use: findings have their rules' scores again. Its files stay.

        :param declarations: that of declarations, not that of payments
        :returns: its id; :raises NotFound: there is none that the audience may read
        """
        from counterflow.findings.ranking import keeping
        from counterflow.storage.writings import write

        self.allow("train")
        line = self.line(audience, exercise)
        what = keeping.DECLARATIONS if declarations else keeping.PAYMENTS
        kept = keeping.in_force(line.writings(keeping.KIND), what)
        if kept is None:
            raise NotFound("model", what)
        found = keeping.inspections(kept, line.models) if declarations else keeping.opened(kept, line.models)
        known = line.labels()
        content = {"model": kept["id"], "dropped": True}
        write(self.store.casebook, [(keeping.KIND, what, content)], [[known[i] for i in found.label_ids]], self.who)
        return str(kept["id"])
