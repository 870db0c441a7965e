"""The same answers as yente and OpenRefine ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.views.about.base import Base

__all__ = ["AboutExchange"]


class AboutExchange(Base):
    """The same answers as yente and OpenRefine ask for them."""

    def match(self, dataset: str, queries: Mapping[str, Mapping[str, Any]], **options: Any) -> dict[str, Any]:
        """A batch of examples against the entities of a dataset; see `views.matching`."""
        from counterflow.views.matching import match

        return match(self.picture, dataset, queries, **options)

    def lookup(self, dataset: str, text: str = "", **options: Any) -> dict[str, Any]:
        """Free search with filters, facets, order and pages; see `views.lookup`."""
        from counterflow.views.lookup import lookup

        return lookup(self.picture, dataset, text, **options)

    def record(self, id: str, *, nested: bool = True) -> dict[str, Any]:
        """An entity or relationship in FollowTheMoney's shape; its ``id`` differs from what was asked where that is a
        referent."""
        from counterflow.views import records

        found = records.find_id(self.picture, id)
        return records.nested(self.picture, found) if nested else records.record(self.picture, found)

    def adjacent(
        self, id: str, property: str | None = None, sort: Sequence[str] = (), limit: int = 10, offset: int = 0
    ) -> dict[str, Any]:
        """What is next to a record, by one property or by each, in pages."""
        from counterflow.views import records

        found = records.find_id(self.picture, id)
        if property is None:
            return records.adjacent(self.picture, found, sort, limit, offset)
        return records.adjacent_by(self.picture, found, property, sort, limit, offset)

    def catalog(self) -> dict[str, Any]:
        """Datasets that may be asked about."""
        from counterflow.views.catalog import catalog

        return catalog(self.picture)

    def ready(self) -> bool:
        """Whether everything that an answer needs has been made; makes it, unless somebody else is at it."""
        return self.workspace.ready(self.name, self.exercise, self.known_on)

    def manifest(self, dataset: str, base: str, query: str = "") -> dict[str, Any]:
        """What the reconciliation service of a dataset can do."""
        from counterflow.views.reconcile import manifest

        return manifest(self.picture, dataset, base, query)

    def reconcile(self, dataset: str, queries: Mapping[str, Mapping[str, Any]], **options: Any) -> dict[str, Any]:
        """A batch of reconciliation queries."""
        from counterflow.views.reconcile import reconcile

        return reconcile(self.picture, dataset, queries, **options)

    def extend(self, dataset: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Values of some properties of some entities, for the columns of a table."""
        from counterflow.views.reconcile import extend

        return extend(self.picture, dataset, request)

    def suggest(self, kind: str, dataset: str, prefix: str, limit: int = 10) -> dict[str, Any]:
        """Entities, properties or types whose name begins so. :param kind: entity, property or type"""
        from counterflow.views import reconcile

        if kind == "entity":
            return reconcile.suggest_entity(self.picture, dataset, prefix, limit)
        suggest = {"property": reconcile.suggest_property, "type": reconcile.suggest_type}[kind]
        return suggest(self.picture, dataset, prefix)

    def proposed(self, dataset: str, type: str, limit: int = 0) -> dict[str, Any]:
        """Properties that a column of such parties may be extended by."""
        from counterflow.views.reconcile import proposed

        return proposed(self.picture, dataset, type, limit)

    def preview(self, dataset: str, id: str) -> str:
        """A small page about one entity, as HTML."""
        from counterflow.views.reconcile import preview

        return preview(self.picture, dataset, id)
