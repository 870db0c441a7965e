"""Plug points: readers, typologies, measures and exporters by name.

Invariant: built-ins and plug-ins come in by the same door, the entry point groups ``counterflow.readers``,
``counterflow.typologies``, ``counterflow.measures`` and ``counterflow.exporters``; nothing is listed here. A plug-in
that cannot be loaded is a `Problem` to be shown (``counterflow doctor``), never an end of the program.

To add one, give your own package an entry point::

    [project.entry-points."counterflow.readers"]
    my_register = "my_package.my_register:READER"

The entry point's name is the name it goes by. Where two packages claim one name, Counterflow's own wins, then the first
by package name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

from counterflow.errors import UnknownName

__all__ = ["KINDS", "Problem", "get", "names", "problems"]

KINDS = ("readers", "typologies", "measures", "exporters")
"""Every kind of plug-in; the entry point group is ``counterflow.`` and the kind."""


@dataclass(frozen=True)
class Problem:
    """A plug-in that is not there although a package announces it.

    :param package: the distribution that announces it; :param reason: what went wrong, in words
    """

    kind: str
    name: str
    package: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} plug-in '{self.name}' of {self.package}: {self.reason}"


def names(kind: str) -> list[str]:
    """Names of all that can be used, in alphabetical order. :param kind: one of `KINDS`, UnknownName otherwise"""
    return list(_loaded(kind)[0])


def get(kind: str, name: str) -> Any:
    """The plug-in of that name.

    :raises UnknownName: there is none, or it is among the `problems`
    """
    found = _loaded(kind)[0]
    if name not in found:
        raise UnknownName(
            kind.removesuffix("ies") + "y" if kind.endswith("ies") else kind.removesuffix("s"), name, found
        )
    return found[name]


def problems() -> list[Problem]:
    """Every plug-in that could not be loaded, of all kinds."""
    return [problem for kind in KINDS for problem in _loaded(kind)[1]]


@cache
def _loaded(kind: str) -> tuple[dict[str, Any], list[Problem]]:
    if kind not in KINDS:
        raise UnknownName("kind of plug-in", kind, KINDS)
    found: dict[str, Any] = {}
    broken: list[Problem] = []
    points = {(p.name, _package(p), p.value): p for p in metadata.entry_points(group=f"counterflow.{kind}")}
    for (name, package, _), point in sorted(points.items(), key=lambda item: (item[0][1] != "counterflow", item[0])):
        try:
            plugin = point.load()
        except Exception as error:  # noqa: BLE001, whatever a stranger's module does when imported
            broken.append(Problem(kind, name, package, f"{type(error).__name__}: {error}"))
            continue
        if getattr(plugin, "name", name) != name:
            broken.append(Problem(kind, name, package, f"it calls itself '{plugin.name}'; both names must be the same"))
        elif name in found:
            broken.append(Problem(kind, name, package, "the name is taken by another package"))
        else:
            found[name] = plugin
    return {name: found[name] for name in sorted(found)}, broken


def _package(point: metadata.EntryPoint) -> str:
    return point.dist.name if point.dist is not None else ""
