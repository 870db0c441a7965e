"""Positions of ships and what ships say of themselves, from rows under our names: what every AIS source goes through.

Invariant: a position that cannot be one (latitude 91, longitude 181, 0/0, an MMSI that has not nine digits) is set
aside; a field whose value means "not available" becomes null, and one that is nonsense too, which is counted.

Source: ITU-R M.1371-5, table 47: sentinel values of latitude (91), longitude (181), speed (102.3), course (360),
heading (511); ITU-R M.585-9 on the digits of an MMSI.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources.columns import Mask, numbers
from counterflow.sources.reader import Observations, Record, Rejected
from counterflow.sources.tabular import Batch, Rows
from counterflow.sources.text_hashes import hashes, mixed

__all__ = ["STATIC", "Notes", "Ships", "told"]

Notes = Counter[tuple[str, str]]
"""(field, what was done) → how many values."""

_TEXT, _FLOAT = pa.string(), pa.float64()
_SIZES = ("length", "width", "to_bow", "to_stern", "to_port", "to_starboard")
STATIC = ("call_sign", "ship_type", "cargo_type", *_SIZES, "destination", "eta")
"""Columns by which a source shows that it has more to say of a ship than where she is."""
_IDENTITY = ("imo", "vessel_name", *STATIC, "draught", "transceiver")
_UNKNOWN = r"^(?i:unknown|unknown value|undefined|not available|none|n/a|@+|)$"


def told(notes: Notes) -> Iterator[Record]:
    """One note for each kind of thing that was left empty or out."""
    for (field, reason), count in sorted(notes.items()):
        yield Rejected(None, field, f"{count} {reason}")


class Ships:
    """Reads rows; remembers what each ship last said of herself, to tell what changes.

    A row of statics is all that the ship has said so far, at the time of the message that changes it: what a message
    leaves out still holds. In a file that is not in the order of time a change may be told twice.

    :ivar notes: what was left empty or out, so far
    """

    def __init__(self) -> None:
        self.notes: Notes = Counter()
        self._known: pa.Table | None = None

    def read(self, rows: Rows, *, placed: bool = True) -> Iterator[Record]:
        """Positions, statics and rejected rows of one batch. :param placed: the rows have places, not statics alone"""
        times = rows.time("timestamp")
        rows.require("timestamp", times)
        common = {
            "timestamp": times, "mmsi": self._mmsi(rows), "imo": self._imo(rows),
            "vessel_name": self._words(rows, "vessel_name"),
            "draught": self._bounded(rows, "draught", 0.05, 30, (0.0,)),
            "transceiver": self._words(rows, "transceiver"),
        }  # fmt: skip
        statics = self._statics(rows, common) if any(name in rows.found for name in STATIC) else None
        table = self._positions(rows, common) if placed else None
        yield from rows.rejected()
        if table is not None and len(table):
            yield Observations("positions", table)
        if statics is not None and len(statics):
            yield Observations("ship_statics", statics)

    def _positions(self, rows: Rows, common: dict[str, pa.Array]) -> pa.Table:
        lat, lon = rows.number("lat"), rows.number("lon")
        for name, values, limit, absent in (("lat", lat, 90.0, "91"), ("lon", lon, 180.0, "181")):
            rows.require(name, values)
            beyond = _true(pc.greater(pc.abs(values), limit))
            rows.refuse(beyond, name, f"is beyond ±{limit:g} degrees ({absent} means not available)")
        origin = _true(pc.and_(pc.equal(lat, 0.0), pc.equal(lon, 0.0)))
        rows.refuse(origin, "lat", "and longitude 0: a receiver without a fix, not a place")
        columns = {
            **common, "lat": lat, "lon": lon,
            "sog": self._bounded(rows, "sog", 0, _fastest(common["mmsi"]), (102.3, 1023.0)),
            "cog": self._bounded(rows, "cog", 0, 360, (360.0, 3600.0)),
            "heading": self._bounded(rows, "heading", 0, 360, (511.0,)), "status": rows.text("status"),
        }  # fmt: skip
        if "rot" in rows.found:
            columns["rot"] = self._bounded(rows, "rot", -720.5, 720.5, (-731.0, 731.0, -128.0))
        if "message_type" in rows.found:
            columns["message_type"] = self._bounded(rows, "message_type", 1, 28, (0.0,))
        for name in ("fixing_device", "received_over"):
            if name in rows.found:
                columns[name] = self._words(rows, name)
        return self._once(rows.table(columns))

    def _mmsi(self, rows: Rows) -> pa.Array:
        mmsi = rows.text("mmsi")
        rows.require("mmsi", mmsi)
        if "transceiver" in rows.found:  # a coast station's number begins 00, a group's 0: lost where it was a number
            ashore = pc.match_substring_regex(rows.text("transceiver"), r"(?i)base|aton|aid")
            short = pc.and_(pc.fill_null(ashore, False), pc.match_substring_regex(mmsi, r"^[1-9]\d{6,7}$"))
            mmsi = pc.if_else(pc.fill_null(short, False), pc.utf8_lpad(mmsi, 9, "0"), mmsi)
        nine = _true(pc.match_substring_regex(mmsi, r"^\d{9}$")) & ~_true(pc.equal(mmsi, "000000000"))
        rows.refuse(~nine, "mmsi", "is not an MMSI of nine digits")
        return mmsi

    def _imo(self, rows: Rows) -> pa.Array:
        text = pc.replace_substring_regex(rows.text("imo"), r"^(?i:imo)\s*", "")
        seven = _true(pc.match_substring_regex(text, r"^\d{7}$")) & ~_true(pc.equal(text, "0000000"))
        unknown = _true(pc.match_substring_regex(text, r"^(?i:0*|unknown|none|n/?a)$"))
        odd = rows.kept & ~seven & ~unknown & ~np.asarray(pc.is_null(text))
        self._note("imo", odd, "values that have not seven digits were left empty")
        return pc.if_else(pa.array(seven), text, pa.scalar(None, _TEXT))

    def _bounded(
        self, rows: Rows, name: str, low: float, below: float | pa.Array, absent: tuple[float, ...]
    ) -> pa.Array:
        values = rows.number(name)
        good = _true(pc.and_(pc.greater_equal(values, low), pc.less(values, below)))
        none = _true(pc.is_in(pc.round(values, 1), pa.array(absent)))
        odd = rows.kept & ~good & ~none & ~np.asarray(pc.is_null(values))
        limit = below if isinstance(below, float | int) else pc.min(below).as_py() if len(below) else low
        self._note(name, odd, f"values outside {low:g} to {limit:g} were left empty")
        return pc.if_else(pa.array(good), values, pa.scalar(None, _FLOAT))

    def _words(self, rows: Rows, name: str) -> pa.Array:
        text = rows.text(name)
        if name not in rows.found:
            return text
        coded = text.dictionary_encode()  # few ships, few words
        known = pc.if_else(pc.match_substring_regex(coded.dictionary, _UNKNOWN), None, coded.dictionary)
        return known.take(coded.indices)

    def _size(self, rows: Rows, name: str) -> pa.Array:
        """Metres; 0 means not available, but for a distance to one end of a ship whose other end is known."""
        typed = numbers(rows.text(name), rows.mapping.decimal, rows.mapping.thousands)
        values = pc.if_else(_within(typed.values), typed.values, pa.scalar(None, _FLOAT))
        odd = rows.kept & (typed.wrong | (np.asarray(pc.is_valid(typed.values)) & np.asarray(pc.is_null(values))))
        self._note(name, odd, "values that are no length of up to 1,000 metres were left empty")
        return values

    def _sizes(self, rows: Rows) -> dict[str, pa.Array]:
        found = {name: self._size(rows, name) for name in _SIZES if name in rows.found}
        for name, other in (
            ("length", "length"),
            ("width", "width"),
            ("to_bow", "to_stern"),
            ("to_port", "to_starboard"),
        ):
            if name in found and other in found:
                nothing = pc.and_(pc.equal(found[name], 0.0), pc.equal(found[other], 0.0))
                for each in {name, other}:
                    found[each] = pc.if_else(pc.fill_null(nothing, False), pa.scalar(None, _FLOAT), found[each])
        return found

    def _statics(self, rows: Rows, common: dict[str, pa.Array]) -> pa.Table:
        at = _candidates(rows, common)
        few = Rows(Batch(rows.batch.rows.take(at), rows.batch.lines[at]), rows.mapping, rows.found)
        columns = {name: column.take(at) for name, column in common.items()} | self._sizes(few)
        for name in STATIC:
            if name not in _SIZES:
                columns[name] = self._words(few, name)
        for name in _SIZES:
            columns.setdefault(name, pa.nulls(len(at), _FLOAT))
        now = few.table(columns)
        if self._known is None:
            self._known = now.schema.empty_table()
        here = pc.is_in(self._known.column("mmsi"), pc.unique(now.column("mmsi")))
        told, changed, last = _changes(self._known.filter(here), now)
        self._known = pa.concat_tables([self._known.filter(pc.invert(here)), told.take(last)])
        return told.take(changed)

    def _note(self, name: str, where: Mask, reason: str) -> None:
        if where.any():
            self.notes[name, reason] += int(where.sum())

    def _once(self, table: pa.Table) -> pa.Table:
        """Messages heard by several receivers: the same ship, time and place once, the first. (Ingest merges rows that
        are equal in full across batches.)"""
        suspects = _alike(table)
        if not len(suspects):
            return table
        keys = ["mmsi", "timestamp", "lat", "lon"]
        some = table.select(keys).take(suspects).append_column("at", suspects)
        first = some.group_by(keys).aggregate([("at", "min")]).column("at_min")
        kept = np.ones(len(table), dtype=bool)
        kept[np.asarray(suspects)] = False
        kept[np.asarray(first)] = True
        if kept.all():
            return table
        repeated = "rows repeat a position of the same ship, time and place and were left out"
        self.notes["timestamp", repeated] += int((~kept).sum())
        return table.filter(pa.array(kept))


def _alike(table: pa.Table) -> pa.Array:
    """Which rows may be of one ship, time and place with another."""
    found = hashes(table.column("mmsi").combine_chunks())
    for name in ("timestamp", "lat", "lon"):
        column = table.column(name).combine_chunks()
        whole = column.cast(pa.int64()) if name == "timestamp" else pc.add(column, 0.0)  # minus zero is zero
        found = mixed(found, np.asarray(whole).view(np.uint64))
    ordered = np.sort(found)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return pa.array(np.flatnonzero(np.isin(found, twice)) if len(twice) else np.array([], dtype=np.int64))


def _candidates(rows: Rows, common: dict[str, pa.Array]) -> pa.Array:
    """Rows that may say something else of their ship than its row before: nearly all repeat it, to the letter."""
    kept = np.flatnonzero(rows.kept)
    theirs = [rows.found[name][0] for name in _IDENTITY if name in rows.found]
    written = [_raw(rows.batch.rows.column(name)) for name in dict.fromkeys(theirs)]
    word = np.asarray(_codes(pc.binary_join_element_wise(*written, b"\x1f")))[kept]
    ship = np.asarray(pc.fill_null(_codes(common["mmsi"]), -1))[kept]
    times = np.asarray(pc.fill_null(pc.cast(common["timestamp"], pa.int64()), 0))[kept]
    order = np.lexsort((times, ship))
    differs = (np.diff(ship[order]) != 0) | (np.diff(word[order]) != 0)
    return pa.array(np.sort(kept[order[np.r_[True, differs][: len(order)]]]))


def _raw(column: pa.ChunkedArray) -> pa.Array:
    """As written, for comparison only."""
    texts = column if pa.types.is_binary(column.type) else pc.cast(column, _TEXT).cast(pa.binary())
    return pc.fill_null(texts, b"").combine_chunks()


def _changes(before: pa.Table, now: pa.Table) -> tuple[pa.Table, pa.Array, pa.Array]:
    """What ships say of themselves, row by row, what a row leaves out filled in from the same ship's rows before it.

    :param before: what was known of each ship; :param now: rows as received
    :returns: all rows, those of a ship together and in the order of time; which of them change something, in the order
        of the file; and the last of each ship
    """
    both = pa.concat_tables([before, now]).combine_chunks()
    n, known = len(both), len(before)
    ship = np.asarray(_codes(both.column("mmsi")))
    times = np.asarray(pc.cast(both.column("timestamp"), pa.int64())).copy()
    times[:known] = np.iinfo(np.int64).min
    order = np.lexsort((np.arange(n), times, ship))
    both, ship = both.take(pa.array(order)), ship[order]
    first = np.r_[True, ship[1:] != ship[:-1]][:n]
    start = np.maximum.accumulate(np.where(first, np.arange(n), 0))
    changed, empty = np.zeros(n, dtype=bool), np.ones(n, dtype=bool)
    for name in _IDENTITY:
        column = both.column(name)
        valid = np.asarray(pc.is_valid(column))
        at = np.maximum.accumulate(np.where(valid, np.arange(n), -1))
        nothing = at < start
        filled = column.take(pa.array(np.where(nothing, 0, at), mask=nothing))
        both = both.set_column(both.schema.get_field_index(name), name, filled)
        code = np.where(nothing, -1, np.asarray(pc.fill_null(_codes(filled), -1)))
        changed |= np.r_[True, code[1:] != code[:-1]][:n]
        empty &= nothing if name != "transceiver" else True
    changed = (changed | first) & ~empty & (order >= known)
    rows = np.flatnonzero(changed)
    ends = np.r_[np.flatnonzero(first)[1:] - 1, n - 1] if n else np.array([], dtype=np.int64)
    return both, pa.array(rows[np.argsort(order[rows])]), pa.array(ends)


def _fastest(mmsi: pa.Array) -> pa.Array:
    """Knots below which a speed may be one: a ship's, or that of a search and rescue aircraft (111…)."""
    aircraft = pc.fill_null(pc.starts_with(mmsi, "111"), False)
    return pc.if_else(aircraft, pa.scalar(1022.5), pa.scalar(102.25))


def _codes(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A number for each different value."""
    coded = column.dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    indices: pa.Array = (coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded).indices
    return indices


def _within(values: pa.Array) -> pa.Array:
    return pc.and_(pc.greater_equal(values, 0.0), pc.less_equal(values, 1000.0))


def _true(mask: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(mask, False))
