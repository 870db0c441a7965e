"""Subjects of findings in print: an entity by its name; a country, a route, a vehicle by what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from counterflow.model.values import country_name
from counterflow.views.picture import Picture

__all__ = ["captions", "with_a_page"]


def _route(ends: str) -> str:
    source, _, target = ends.partition(">")
    return f"{country_name(source)} → {country_name(target)}"


_KINDS: Mapping[str, Callable[[str], str]] = {
    "account": "account {}".format,
    "brand": "brand {}".format,
    "country": country_name,
    "notes": "notes {}".format,
    "route": _route,
    "vin": "vehicle {}".format,
}
"""What stands before the colon of a subject that is no entity → how the rest is said."""


def captions(picture: Picture, ids: Iterable[str]) -> dict[str, str]:
    """id → name to print."""
    return {id: _said(picture, id) for id in ids}


def with_a_page(picture: Picture, ids: Iterable[str]) -> list[str]:
    """Those that are entities, and so have a page and a place on the chart."""
    return [id for id in ids if picture.canonical(id) in picture.entities]


def _said(picture: Picture, id: str) -> str:
    kind, _, rest = id.partition(":")
    if picture.canonical(id) in picture.entities or kind not in _KINDS or not rest:
        return picture.caption(id)
    return _KINDS[kind](rest)
