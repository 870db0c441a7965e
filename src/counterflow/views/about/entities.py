"""Who is who: entities, the claims about them, screening, decisions and review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from counterflow.entities.evidence.verdicts import SHOWN
from counterflow.views.about.base import Base

__all__ = ["AboutEntities"]


class AboutEntities(Base):
    """Who is who: entities, the claims about them, screening, decisions and review."""

    def search(self, text: str, limit: int = 20) -> dict[str, Any]:
        """Entities by name in any script, or by number."""
        from counterflow.views.entity import search

        return search(self.picture, text, limit)

    def entity(self, id: str, as_of: str | None = None) -> dict[str, Any]:
        """The page of an entity."""
        from counterflow.views.entity import entity

        return entity(self.picture, id, as_of)

    def conflicts(self, entity: str | None = None, as_of: str | None = None) -> list[dict[str, Any]]:
        """Accounts that cannot all be true, side by side: about an entity, or all."""
        from counterflow.views.conflicts import conflicts
        from counterflow.views.network import checked_date

        return conflicts(self.picture, entity, checked_date(as_of))

    def claims(self, id: str, property: str | None = None, value: str | None = None) -> dict[str, Any]:
        """Claims about an entity."""
        from counterflow.views.claims import of_entity

        return {"claims": of_entity(self.picture, id, property, value)}

    def claims_by_id(self, ids: Iterable[str]) -> dict[str, Any]:
        """Claims by their ids."""
        from counterflow.views.claims import by_ids

        return {"claims": by_ids(self.picture, ids)}

    def lineage(self, entity: str, as_of: str | None = None) -> dict[str, Any]:
        """What an entity was before and after: mergers, splits, new names, rival accounts side by side."""
        from counterflow.views.lineage import lineage

        return lineage(self.picture, entity, as_of)

    def screen(
        self,
        queries: Iterable[Mapping[str, Any]],
        *,
        limit: int = 5,
        threshold: float = SHOWN,
        as_of: str | None = None,
        exhaustive: bool = False,
        dispositions: str = "all",
    ) -> Iterator[dict[str, Any]]:
        """Each query against all entities: one answer a query, in order, as soon as it is read.

        :param dispositions: ``open`` leaves out hits that an analyst called false positives, while that holds
        """
        from counterflow.views.network import checked_date
        from counterflow.views.screening import screen

        day = checked_date(as_of)
        return screen(self.line, queries, limit=limit, threshold=threshold, as_of=day, exhaustive=exhaustive,
                      dispositions=dispositions)  # fmt: skip

    def screened(self, queries: Iterable[Mapping[str, Any]], **options: Any) -> dict[str, Any]:
        """Part of a file of queries, answered together; see `screen`."""
        from counterflow.views.screening import batch

        return batch(self.line, queries, **options)

    def dispositions(self, party: str | None = None, entity: str | None = None) -> dict[str, Any]:
        """What analysts decided about screening hits, the newest first."""
        from counterflow.views.dispositions import dispositions

        return {"dispositions": dispositions(self.line, party, entity)}

    def review(
        self, limit: int = 50, offset: int = 0, entity: str | None = None, outcome: str | None = None
    ) -> dict[str, Any]:
        """Pairs that a person should look at, what matters most first."""
        from counterflow.views.review import review

        return review(self.picture, limit, offset, entity, outcome)

    def judgements(self) -> dict[str, Any]:
        """Judgements on who is who that are in force, the newest first."""
        from counterflow.views.review import judgements

        return {"judgements": judgements(self.picture)}
