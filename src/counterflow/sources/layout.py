"""Layouts: how publishers lay out their tables, as data. One YAML in ``layouts/`` for each reader::

    table: seizures                    # of storage.tables.OBSERVATIONS
    signature: [date, goods]           # a table with all of these (by any of their names) is taken for one; ``a|b``:
                                       # a or b
    sure: 0.9                          # and so surely; less where others have such columns too
    required: [date, goods]            # a row without one of these is set aside; ``a|b``: the file must have a or b
    strict: [hs_code]                  # an odd value here sets the row aside; elsewhere it is left out with a note
    columns:                           # ours: other names it commonly goes by, best first
      date: [seizure_date, date_of_seizure]
    publishers:
      unodc:
        title: UNODC individual drug seizures
        descriptor: unodc-seizures     # default: the reader's own
        marks: [seizure_date, drug_unit]   # columns by which it is known
        only: false                    # true: the file has these and no others
        columns: {goods: drug_name}    # ours: theirs, or several, the first that the file has
        joined: {date: [day, clock]}   # ours: theirs, joined by a blank
        constants: {category: drugs}   # where the file has no such column, or no value
        values: {flow: {"1": import}}  # theirs: ours; "" is no value
        units: {Ton: [kg, 1000]}       # what this publisher means by a unit
        scale: {value: 1000000}        # figures are in millions
        absent: {value: [-9]}          # numbers that say there is none
        digits: {hs_code: 6}           # leading zeros were lost
        also:                          # further rows that one row of theirs makes
          - {table: labels, columns: {record: ID, label: Fraud}, constants: {kind: shipment}}

A column that no part of a layout names is kept in `details`, where the table has that: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from counterflow.sources import descriptors
from counterflow.sources.header_says import said
from counterflow.sources.mapping import plain
from counterflow.storage.tables import OBSERVATIONS

__all__ = ["Layout", "Layouts", "Part", "load"]


@dataclass(frozen=True)
class Part:
    """One row of ours that a row of theirs makes; see the module's docstring for the keys.

    :param columns: ours → theirs, best first
    """

    table: str
    columns: Map[str, Sequence[str]]
    required: Sequence[str] = ()
    strict: Sequence[str] = ()
    constants: Map[str, str] = field(default_factory=dict)
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    units: Map[str, Any] = field(default_factory=dict)
    scale: Map[str, float] = field(default_factory=dict)
    absent: Map[str, Sequence[float]] = field(default_factory=dict)
    digits: Map[str, int] = field(default_factory=dict)
    joined: Map[str, Sequence[str]] = field(default_factory=dict)
    timestamp_format: str | None = None


@dataclass(frozen=True)
class Layout:
    """How one publisher lays out a table. :param descriptor: name of its descriptor, None: the reader's own"""

    name: str
    title: str
    parts: tuple[Part, ...]
    marks: tuple[str, ...] = ()
    descriptor: str | None = None
    only: bool = False


@dataclass(frozen=True)
class Layouts:
    """All layouts of one reader; `general` is the one without a publisher."""

    general: Layout
    signature: tuple[str, ...]
    publishers: tuple[Layout, ...]
    sure: float = 0.9

    def of(self, header: Sequence[str]) -> Layout:
        """The publisher's layout whose marks the header has, the most marks first; else the general one."""
        names = {plain(name) for name in header}
        marks = [(x, {plain(mark) for mark in x.marks}) for x in self.publishers]
        found = [x for x, wanted in marks if (wanted == names if x.only else wanted <= names)]
        return max(found, key=lambda x: len(x.marks), default=self.general)

    def likeness(self, header: Sequence[str]) -> float:
        """How sure it is that a table with this header is one of these, 0 to 1."""
        if self.of(header) is not self.general:
            return 0.97
        names = {plain(name) for name in header} | {said(name).name for name in header}
        part = self.general.parts[0]
        known = [
            any(plain(n) in names for ours in either.split("|") for n in (ours, *part.columns.get(ours, ())))
            for either in self.signature
        ]
        return self.sure if all(known) else 0.4 if len(known) > 3 and sum(known) == len(known) - 1 else 0.0

    def fields(self) -> dict[str, str]:
        """What a reader's `fields` wants: their column → where it arrives, layout by layout."""
        found: dict[str, list[str]] = {}
        for layout in (*self.publishers, self.general):
            for part in layout.parts:
                own = OBSERVATIONS[part.table].schema.names  # a reader may make something of further ones
                for ours in (n for n in dict.fromkeys((*part.columns, *part.joined, *part.constants)) if n in own):
                    theirs = part.columns.get(ours) or part.joined.get(ours) or ("the publisher's own nature",)
                    shown = ", ".join(theirs[:4]) if layout is not self.general else ours
                    found.setdefault(f"{layout.title}: {shown}", []).append(f"{part.table}.{ours}")
        return {theirs: ", ".join(dict.fromkeys(ours)) for theirs, ours in found.items()}

    def descriptors(self) -> list[Any]:
        """Descriptors of the publishers, for the reader's page."""
        return [descriptors.load(name) for name in dict.fromkeys(p.descriptor for p in self.publishers) if name]


@cache
def load(name: str) -> Layouts:
    """The layouts in ``layouts/<name>.yaml``."""
    import yaml

    text = (resources.files("counterflow.sources") / "layouts" / f"{name}.yaml").read_text("utf-8")
    data = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, a safe one
    common = {key: tuple(data.get(key) or ()) for key in ("required", "strict")}
    table = data["table"]
    columns = {ours: tuple(theirs or ()) for ours, theirs in data["columns"].items()}
    general = Part(table, columns, required=common["required"], strict=common["strict"])
    publishers = []
    for key, given in (data.get("publishers") or {}).items():
        own = _part(table, {**common, **given})
        also = [_part(more["table"], more) for more in given.get("also", ())]
        publishers.append(
            Layout(
                key,
                given["title"],
                (own, *also),
                tuple(given["marks"]),
                given.get("descriptor"),
                given.get("only", False),
            )
        )
    return Layouts(
        Layout("general", "any other table", (general,)),
        tuple(data["signature"]),
        tuple(publishers),
        data.get("sure", 0.9),
    )


_KEYS = (
    "required",
    "strict",
    "constants",
    "values",
    "units",
    "scale",
    "absent",
    "digits",
    "joined",
    "timestamp_format",
)


def _part(table: str, given: Map[str, Any]) -> Part:
    columns = {
        ours: (theirs,) if isinstance(theirs, str) else tuple(theirs)
        for ours, theirs in given.get("columns", {}).items()
    }
    return Part(table, columns, **{key: given[key] for key in _KEYS if given.get(key)})
