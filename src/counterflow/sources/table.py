"""A reader of tables, told by a layout (see `counterflow.sources.layout`) what their columns mean.

Invariant: each row of the file becomes a row of each part of its layout, or `Rejected` with line, field and reason. A
value that is odd but does not make the row meaningless is left out, and the row's note says so in its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.errors import UnreadableFile
from counterflow.model.source import Descriptor, Doubt
from counterflow.sources import cells, descriptors, json_table, tabular
from counterflow.sources.columns import Mask, joined, texts
from counterflow.sources.header_says import Said, said
from counterflow.sources.layout import Layouts, Part, load
from counterflow.sources.mapping import Mapping, from_options, plain, resolve
from counterflow.sources.reader import Head, Observations, Record
from counterflow.sources.units import normalised
from counterflow.storage.tables import OBSERVATIONS

__all__ = ["Cells", "TableReader", "resolved"]

_TEXT = pa.string()
_OURS = frozenset({"row_id", "locator", "dataset", "source_id", "label_id", "recorded_at", "details"})
"""Columns that no file gives."""
_NEVER_NEGATIVE = frozenset({"value", "value_fob", "value_cif", "net_mass", "gross_mass", "net_weight", "gross_weight"})
_SCALED = _NEVER_NEGATIVE | {"quantity"}
"""Amounts whose header may say in which units they are."""
_PLACES = {"lat": 90.0, "lon": 180.0, "end_lat": 90.0, "end_lon": 180.0}


class Cells:
    """Rows of one batch as columns of one part's table, while they are being read.

    :param rows: the batch; :param part: what its columns mean; :param used: columns of theirs that some part takes, the
        others are kept as `details`; None: they are kept elsewhere
    """

    def __init__(self, rows: tabular.Rows, part: Part, used: set[str] | None = None) -> None:
        self.rows, self.part, self.used = rows, part, used
        self.columns: dict[str, pa.Array] = {}
        self._notes: list[pa.Array] = []

    def has(self, name: str) -> bool:
        """Whether the file or the layout gives this column."""
        return name in self.rows.found or name in self.rows.mapping.defaults

    def note(self, where: Mask, text: str | pa.Array) -> None:
        """Say something of some rows; a row keeps all that is said of it."""
        if where.any():
            self._notes.append(pc.if_else(pa.array(where), text, pa.scalar(None, _TEXT)))

    def odd(self, name: str, wrong: Mask, reason: str) -> None:
        """Rows whose value is none: set aside where the layout is strict about it, else noted with what was written."""
        if name in self.part.strict:
            self.rows.refuse(wrong, name, reason)
        elif wrong.any():
            written = self.rows.text(name)
            self.note(wrong, pc.binary_join_element_wise(f"{name}: '", pc.fill_null(written, ""), f"' {reason}", ""))

    def table(self) -> pa.Table:
        """The rows that were kept."""
        schema = OBSERVATIONS[self.part.table].schema
        if "note" in schema.names and self._notes:
            own = [self.columns["note"]] if "note" in self.columns else []
            self.columns["note"] = joined([*own, *self._notes], "; ")
        if "details" in schema.names:
            self.columns["details"] = self.details
        return self.rows.table(self.columns)

    @cached_property
    def details(self) -> pa.Array:
        """What no column of ours takes, as JSON objects."""
        received = self.rows.batch.rows
        rest = [name for name in received.column_names if self.used is not None and name not in self.used]
        shown = [_member(name, texts(received.column(name)).values) for name in rest]
        if not shown:
            return pa.nulls(len(received), _TEXT)
        return pc.binary_join_element_wise("{", joined(shown, ", "), "}", "")


def _member(name: str, values: pa.Array) -> pa.Array:
    """``"name": "value"`` in JSON, null where there is no value."""
    import json

    for mark, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        values = pc.replace_substring(values, mark, escaped)
    values = pc.replace_substring_regex(values, r"[\x00-\x1f]", "")
    return pc.binary_join_element_wise(f'{json.dumps(name, ensure_ascii=False)}: "', values, '"', "")


class TableReader:
    """Reads what its layouts describe; options: ``mapping``. A subclass says what is peculiar to its table.

    :cvar name: of the reader, of its file in ``layouts/``; :cvar descriptor: of tables without a known publisher
    """

    name: str
    descriptor: Descriptor

    @property
    def layouts(self) -> Layouts:
        """Its layouts."""
        return load(self.name)

    @property
    def fields(self) -> Map[str, str]:
        """Where each column of each publisher arrives."""
        table = self.layouts.general.parts[0].table
        rest = {
            f"{table}.{name}" for name in ("note", "details", "credibility") if name in OBSERVATIONS[table].schema.names
        }
        own = {"what was read otherwise than written; any other column": ", ".join(sorted(rest))} if rest else {}
        return {**self.layouts.fields(), **own, **self.made}

    inputs: tuple[str, ...] = ()
    """Columns that a file may have and the table has not: `finish` makes something of them."""
    own: frozenset[str] = frozenset()
    """Columns that `finish` reads by itself."""
    made: Map[str, str] = {}
    """Columns that `finish` makes of others: what they are made of → where they arrive."""

    def header_of(self, head: Head) -> list[str]:
        """Column names of a file that is being recognised; empty where it is no table."""
        return json_table.header_of(head) or tabular.header_of(head)

    def header(self, path: Path, mapping: Mapping) -> list[str]:
        """Column names of a file."""
        return json_table.header(path) if json_table.is_json(path) else tabular.header(path, mapping)

    def batches(self, path: Path, mapping: Mapping, header: list[str]) -> Iterator[tabular.Batch]:
        """Its rows as received."""
        if json_table.is_json(path):
            return json_table.batches(path, header)
        return tabular.batches(path, mapping, header)

    def recognises(self, head: Head) -> float:
        """By its columns."""
        names = self.header_of(head)
        return self.layouts.likeness(names) if len(names) > 1 else 0.0

    def describe(self, path: Path) -> Descriptor:
        """The descriptor of the publisher whose layout this file has."""
        try:
            layout = self.layouts.of(self.header(path, Mapping()))
        except UnreadableFile:  # in an encoding that only a mapping names; else reading it says what is wrong
            return self.descriptor
        return descriptors.load(layout.descriptor) if layout.descriptor else self.descriptor

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Batches of rows of its tables."""
        known = dict.fromkeys((*OBSERVATIONS[self.layouts.general.parts[0].table].schema.names, *self.inputs))
        mapping = from_options(options, known)
        header = self.header(path, mapping)
        layout = self.layouts.of(header)
        general = layout is self.layouts.general
        parts = [
            resolved(part, mapping, header, str(path), self.inputs, first=n == 0, general=general)
            for n, part in enumerate(layout.parts)
        ]
        used = {name for _, _, found in parts for names in found.values() for name in names}
        doubts = self.describe(path).doubts
        state: dict[str, Any] = {"file": str(path)}
        for batch in self.batches(path, mapping, header):
            kept: Mask | None = None
            rejected = list(batch.rejected)
            for n, (part, own, found) in enumerate(parts):
                rows = tabular.Rows(tabular.Batch(batch.rows, batch.lines), own, found)
                if kept is not None and part.table != layout.parts[0].table:
                    rows.kept = kept.copy()  # what is said of a row goes with it
                table = self._part(rows, part, doubts, state, used if n == 0 else None)
                kept = rows.kept if n == 0 else kept
                rejected += rows.rejected()
                if len(table):
                    yield Observations(part.table, table)
            yield from sorted(rejected, key=lambda r: r.line or 0)

    def _part(
        self, rows: tabular.Rows, part: Part, doubts: Sequence[Doubt], state: dict[str, Any], used: set[str] | None
    ) -> pa.Table:
        seen = Cells(rows, part, used)
        _fill(seen, self.own)
        for name in (name for name in part.required if "|" not in name):
            rows.require(name, seen.columns[name] if name in seen.columns else rows.text(name))
        self.finish(seen, state)
        for doubt in doubts:
            _doubted(seen, doubt)
        return seen.table()

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """What is peculiar to the table, once its columns are typed. :param state: kept from batch to batch"""


def resolved(
    part: Part, mapping: Mapping, header: list[str], file: str, inputs: Sequence[str], *, first: bool, general: bool
) -> tuple[Part, Mapping, dict[str, tuple[str, ...]]]:
    """A part, the user's mapping laid over it, and which columns it takes."""
    there = {plain(name): name for name in reversed(header)}
    chosen = {
        ours: next((there[plain(name)] for name in theirs if plain(name) in there), None)
        for ours, theirs in part.columns.items()
        if not general
    }
    together = {ours: [there[plain(n)] for n in names if plain(n) in there] for ours, names in part.joined.items()}
    own = Mapping(
        **{
            **vars(mapping),
            "columns": {k: v for k, v in (chosen | together).items() if v} | dict(mapping.columns if first else {}),
            "values": {**part.values, **(mapping.values if first else {})},
            "defaults": {**part.constants, **mapping.defaults} if first else {**mapping.defaults, **part.constants},
            "timestamp_format": mapping.timestamp_format or part.timestamp_format,
            "scale": {**{k: str(v) for k, v in part.scale.items()}, **(mapping.scale if first else {})},
        }
    )
    table = OBSERVATIONS.get(part.table)
    names = (*(table.schema.names if table else ()), *inputs)
    aliases = {name: part.columns.get(name, ()) for name in names if general and name not in _OURS}
    spoken = {name: said(name) for name in header}
    for ours in _SCALED & aliases.keys():
        known = {plain(name) for name in (ours, *aliases[ours])}
        aliases[ours] = (*aliases[ours], *(name for name in header if spoken[name].name in known))
    found = resolve(own, header, aliases, part.required, file)
    return part, _as_headed(own, found, spoken) if general else own, found


def _as_headed(mapping: Mapping, found: Map[str, tuple[str, ...]], spoken: Map[str, Said]) -> Mapping:
    """The mapping, with what the headers of amounts say of their unit and currency, where it says nothing itself."""
    told = {ours: spoken[found[ours][0]] for ours in _SCALED & found.keys() if ours not in mapping.columns}
    scale = {ours: str(it.factor) for ours, it in told.items() if it.factor != 1}
    currency = told["value"].currency if "value" in told and "currency" not in found else ""
    defaults = {"currency": currency} if currency else {}
    return replace(mapping, scale=scale | dict(mapping.scale), defaults=defaults | dict(mapping.defaults))


def _fill(cells_: Cells, own: frozenset[str]) -> None:
    """Every column of the table that file or layout gives, typed by its name and the table's schema."""
    schema = OBSERVATIONS[cells_.part.table].schema
    for name in schema.names:
        if name in own or not cells_.has(name) or (name == "unit" and cells_.has("quantity")):
            continue
        type_ = schema.field(name).type
        if name == "quantity":
            _quantity(cells_)
        elif pa.types.is_timestamp(type_):
            cells_.columns[name] = cells_.rows.time(name)
        elif pa.types.is_floating(type_) or pa.types.is_integer(type_):
            cells_.columns[name] = _number(cells_, name)
        elif pa.types.is_boolean(type_):
            found = cells.truth(cells_.rows.text(name))
            cells_.odd(name, found.wrong, "is neither yes nor no")
            cells_.columns[name] = found.values
        else:
            cells_.columns[name] = _text(cells_, name)


def _quantity(cells_: Cells) -> None:
    rows = cells_.rows
    unit = _or_null(rows.text("unit"))
    found = normalised(rows.text("quantity"), unit, rows.mapping.decimal, rows.mapping.thousands, cells_.part.units)
    rows.refuse(_true(pc.less(found.values, 0.0)), "quantity", "is negative")
    values, factor = found.values, float(rows.mapping.scale.get("quantity", 1))
    if factor != 1:
        values = pc.multiply(values, factor)
        cells_.note(np.asarray(pc.is_valid(values)), f"quantity is published in units of {factor:,.6g}")
    cells_.columns |= {"quantity": values, "unit": found.units, "quantity_given": found.given}
    cells_.note(np.asarray(pc.is_valid(found.notes)), found.notes)


def _number(cells_: Cells, name: str) -> pa.Array:
    values = cells_.rows.number(name)
    factor = float(cells_.rows.mapping.scale.get(name, 1))
    if name in cells_.part.absent:
        none = pc.is_in(values, pa.array([n * factor for n in cells_.part.absent[name]], pa.float64()))
        values = pc.if_else(none, pa.scalar(None, pa.float64()), values)
    if factor != 1:
        cells_.note(np.asarray(pc.is_valid(values)), f"{name} is published in units of {factor:,.6g}")
    if name in _PLACES:
        far = _true(pc.greater(pc.abs(values), _PLACES[name]))
        cells_.odd(name, far, f"is beyond ±{_PLACES[name]:g} degrees")
        return pc.if_else(pa.array(far), pa.scalar(None, pa.float64()), values)
    if name in _NEVER_NEGATIVE:
        cells_.rows.refuse(_true(pc.less(values, 0.0)), name, "is negative")
    return values


def _text(cells_: Cells, name: str) -> pa.Array:
    rows = cells_.rows
    column = _or_null(rows.text(name))
    kind = cells.kind_of(name)
    if kind == "hs_code" and name in cells_.part.digits:
        width = cells_.part.digits[name]
        short = _true(pc.less(pc.utf8_length(column), width))
        cells_.note(short, f"the code had lost its leading zero: read with {width} digits")
        column = pc.utf8_lpad(column, width, "0")
    if kind == "date" and rows.mapping.timestamp_format:
        return pc.strftime(rows.time(name), format="%Y-%m-%d")
    if kind is None:
        return column
    found = cells.typed(column, kind)
    if kind == "date":
        rows.refuse(found.wrong, name, cells.KINDS[kind][1])
    elif f"{name}_name" not in cells_.rows.found:  # its name beside it says what was written
        cells_.odd(name, found.wrong, cells.KINDS[kind][1])
    return found.values


def _doubted(cells_: Cells, doubt: Doubt) -> None:
    """A publisher's rows that are not believed as the others are: see `Descriptor.doubts`."""
    where = np.zeros(len(cells_.rows.batch.rows), dtype=bool)
    for name in doubt.columns:
        if name in cells_.columns:
            where |= _true(pc.equal(cells_.columns[name], doubt.equals))
    for name, value in doubt.also.items():
        where &= _true(pc.equal(cells_.columns[name], value)) if name in cells_.columns else False
    own = cells_.columns.get("credibility", pa.nulls(len(where), pa.int8()))
    where &= np.asarray(pc.is_null(own))  # the first doubt counts
    cells_.columns["credibility"] = pc.if_else(
        pa.array(where), pa.scalar(doubt.credibility, pa.int8()), own.cast(pa.int8())
    )
    cells_.note(where, doubt.reason)


def _or_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, _TEXT), column)


def _true(mask: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(mask, False))
