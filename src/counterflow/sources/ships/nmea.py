r"""AIS as received: NMEA 0183 sentences (AIVDM, AIVDO and those of other talkers), one in a line.

Taken: position reports (types 1 to 3, 4, 9, 11, 18, 19, 21, 27) and what ships say of themselves (5, 19, 21, 24), in
messages of one sentence or several. A sentence does not tell when it was sent, so the receiver must: in a tag block
(``\c:1504267200*hh\``, seconds or milliseconds since 1970), or as a time in front of the sentence or behind it (ISO
8601, or seconds since 1970); a file without any is refused, unless a mapping gives a time for all of it
(``defaults: {timestamp: 2017-09-01T12:00:00Z}``). Sentences and tag blocks with a wrong checksum, parts whose other
parts never came, and messages too short for their fields are set aside.

Source: IEC 61162-1 (sentences), NMEA 0183 4.0 (tag blocks), ITU-R M.1371-5 (messages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources import descriptors
from counterflow.sources.columns import Mask, times
from counterflow.sources.mapping import Mapping, from_options
from counterflow.sources.reader import Head, Lines, Record, Rejected, open_text
from counterflow.sources.ships import six_bit
from counterflow.sources.ships.positions import Notes, Ships, told
from counterflow.sources.tabular import Batch, Rows

__all__ = ["READER"]

_CHUNK = 100_000
_SENTENCE = (
    r"^(?P<front>.*?)!(?P<body>[A-Z]{2}VD[MO],(?P<count>[1-9]),(?P<number>[1-9]),(?P<group>\d*),(?P<channel>[^,*]*),"
    r"(?P<payload>[0-W`-w]*),(?P<fill>[0-5]))\*(?P<sum>[0-9A-Fa-f]{2})(?P<behind>.*)$"
)
_TAG = r"\\(?P<body>[^\\*]*)\*(?P<sum>[0-9A-Fa-f]{2})\\"
_LOOKS = re.compile(r"![A-Z]{2}VD[MO],[1-9],[1-9],")
_TIMES = (
    r"(?:^|[\\,])c:(?P<t>\d{10,13})",
    r"(?P<t>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)",
    r"(?P<t>\d{4}/\d\d/\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?)",
    r"(?:^|[^\d.])(?P<t>\d{10}(?:\d{3}|\.\d+)?)(?:[^\d.]|$)",
)
"""Where a receiver writes its time: tag block, ISO 8601, seconds or milliseconds since 1970."""
_PLACED = (1, 2, 3, 4, 9, 11, 18, 19, 21, 27)
_NEEDED = (
    "no line says when it was received. Needed: a tag block (\\c:1504267200*hh\\), a time in front of each sentence or"
    " behind it, or one for the whole file in a mapping: defaults: {timestamp: 2017-09-01T12:00:00Z}"
)


@dataclass(slots=True)
class _Message:
    """A payload in full. :param line: of its first sentence; :param time: as written; :param raw: that sentence"""

    payload: str
    time: str | None
    line: int
    raw: str


class NmeaReader:
    """Reads AIS sentences; options: ``mapping`` (only ``defaults: {timestamp: …}``)."""

    name = "nmea"
    descriptor = descriptors.load("ais")
    fields = {  # noqa: RUF012, never written to
        "tag block c, or the time beside the sentence": "positions.timestamp, ship_statics.timestamp",
        "message type": "positions.message_type",
        "user id": "positions.mmsi, ship_statics.mmsi",
        "longitude, latitude": "positions.lon, positions.lat",
        "speed over ground, course over ground, true heading": "positions.sog, positions.cog, positions.heading",
        "navigational status (types 1-3, 27), rate of turn": "positions.status, positions.rot",
        "type of electronic position fixing device": "positions.fixing_device",
        "class of station, by message type": "positions.transceiver, ship_statics.transceiver",
        "IMO number, name, call sign (types 5, 19, 24; name of aids, 21)": "ship_statics.imo, ship_statics.vessel_name,"
        " ship_statics.call_sign, positions.vessel_name, positions.imo",
        "type of ship and cargo": "ship_statics.ship_type",
        "reference for position (dimensions A to D)": "ship_statics.to_bow, ship_statics.to_stern,"
        " ship_statics.to_port, ship_statics.to_starboard, ship_statics.length, ship_statics.width",
        "maximum present static draught": "ship_statics.draught, positions.draught",
        "destination, ETA": "ship_statics.destination, ship_statics.eta",
        "second of UTC, position accuracy, RAIM, communication state, channel": "left out: quality of reception",
        "message types 6-8, 10, 12-17, 20, 22, 23, 25, 26": "left out: neither position nor identity; counted",
    }

    def recognises(self, head: Head) -> float:
        """By sentences at its beginning."""
        lines = [line for line in head.text.splitlines()[:50] if line.strip()]
        found = sum(_LOOKS.search(line) is not None for line in lines)
        return 0.95 if found and found * 2 >= len(lines) else 0.4 if found else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Batches of rows of `storage.tables.POSITIONS` and `SHIP_STATICS`, then what was left out, counted."""
        mapping = from_options(options, ("timestamp",))
        ships, parts, notes = Ships(), _Parts(), Notes()
        seen = False
        for start, lines, broken in _chunks(path):
            aside: list[Rejected] = []
            messages = _messages(start, lines, parts, aside, notes)
            written = pa.array([m.time for m in messages], pa.string())
            stamps = times(written.fill_null(mapping.defaults.get("timestamp", "")), timezone=mapping.timezone)
            if not seen and not broken and not any(_LOOKS.search(line) for line in lines):
                raise UnreadableFile("holds no AIS sentence (!AIVDM,…)", file=str(path))
            if not seen and not stamps.values.is_valid().to_numpy(zero_copy_only=False).any() and messages:
                raise UnreadableFile(_NEEDED, file=str(path), line=messages[0].line)
            seen = True
            yield from sorted(aside + broken, key=lambda r: r.line or 0)
            yield from _told(messages, stamps.values, ships, notes)
        if not seen:
            raise UnreadableFile("holds no AIS sentence (!AIVDM,…)", file=str(path))
        yield from parts.rest()
        yield from told(notes + ships.notes)


def _chunks(path: Path) -> Iterator[tuple[int, list[str], list[Rejected]]]:
    """First line number, lines, and what ends the reading before its time."""
    with open_text(path, errors="replace") as stream:
        lines = Lines(stream, path)
        start = 1
        while True:
            chunk: list[str] = []
            broken: list[Rejected] = []
            try:
                chunk.extend(islice(lines, _CHUNK))  # what came before an error stays
            except (InputError, OSError, EOFError) as e:
                reason = e.reason if isinstance(e, InputError) else str(e)
                broken.append(Rejected(start + len(chunk), None, f"unreadable from here on: {reason}"))
            if chunk or broken:
                yield start, chunk, broken
            if len(chunk) < _CHUNK:
                return
            start += len(chunk)


def _messages(start: int, lines: Sequence[str], parts: _Parts, aside: list[Rejected], notes: Notes) -> list[_Message]:
    """Whole messages of some lines, in their order; what is none goes `aside`, or is counted."""
    text = pc.utf8_trim_whitespace(pa.array(lines, pa.string()))
    found = pc.extract_regex(text, _SENTENCE)
    whole = np.asarray(found.is_valid())
    columns = {name: pc.struct_field(found, name) for name in ("body", "count", "payload", "sum")}
    tags = pc.extract_regex(pc.struct_field(found, "front"), _TAG)
    damaged = np.asarray(tags.is_valid()) & ~_sums_agree(pc.struct_field(tags, "body"), pc.struct_field(tags, "sum"))
    wrong = whole & (damaged | ~_sums_agree(columns["body"], columns["sum"]))
    stamps = _stamps(
        pc.binary_join_element_wise(pc.struct_field(found, "front"), pc.struct_field(found, "behind"), " ")
    )
    single = whole & ~wrong & _true(pc.equal(columns["count"], "1"))
    raws = text.to_pylist()
    payloads, told_times = columns["payload"].to_pylist(), stamps.to_pylist()
    messages = [_Message(payloads[i], told_times[i], start + i, raws[i]) for i in np.flatnonzero(single).tolist()]
    for i in np.flatnonzero(~single).tolist():
        line, raw = start + i, raws[i]
        if wrong[i]:
            what, value = (
                ("tag block", pc.struct_field(tags, "sum")[i]) if damaged[i] else ("checksum", columns["sum"][i])
            )
            aside.append(Rejected(line, what, f"the checksum is not {value}: damaged on the way", raw))
        elif whole[i]:
            message = parts.take(found[i].as_py(), told_times[i], line, raw, aside)
            if message is not None:
                messages.append(message)
        elif raw.startswith(("$", "#")) or not raw:
            notes["line", "lines of another kind were left out"] += bool(raw)
        else:
            aside.append(Rejected(line, None, "is no AIS sentence (expected: !AIVDM,1,1,,A,payload,0*hh)", raw))
    return sorted(messages, key=lambda m: m.line)


class _Parts:
    """Sentences of messages that come in several, until all have come."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, ...], dict[int, str]] = {}
        self._first: dict[tuple[str, ...], _Message] = {}

    def take(self, s: dict[str, str], time: str | None, line: int, raw: str, aside: list[Rejected]) -> _Message | None:
        """The message, when this sentence is its last."""
        key, number = (s["body"][:5], s["count"], s["group"], s["channel"]), int(s["number"])
        if number in self._open.get(key, {}) or (number == 1 and key in self._open):
            aside.append(self._given_up(key))
        if key not in self._open:
            self._open[key], self._first[key] = {}, _Message("", time, line, raw)
        self._open[key][number] = s["payload"]
        self._first[key].time = self._first[key].time or time
        if len(self._open[key]) < int(s["count"]):
            return None
        bodies, message = self._open.pop(key), self._first.pop(key)
        message.payload = "".join(bodies[n] for n in sorted(bodies))
        return message

    def _given_up(self, key: tuple[str, ...]) -> Rejected:
        there = ", ".join(map(str, sorted(self._open.pop(key))))
        first = self._first.pop(key)
        return Rejected(first.line, "payload", f"of {key[1]} parts only {there} came", first.raw)

    def rest(self) -> list[Rejected]:
        """Those whose other parts never came."""
        return sorted((self._given_up(key) for key in list(self._open)), key=lambda r: r.line or 0)


def _told(messages: list[_Message], stamps: pa.Array, ships: Ships, notes: Notes) -> Iterator[Record]:
    """Positions and statics of messages."""
    payloads = [m.payload for m in messages]
    kinds = six_bit.types(payloads) if payloads else np.array([], dtype=np.int64)
    aside: list[Rejected] = []
    tables: dict[bool, list[pa.Table]] = {True: [], False: []}
    for kind in np.unique(kinds).tolist():
        rows = np.flatnonzero(kinds == kind)
        if kind not in six_bit.LENGTHS:
            notes[*_left_out(kind)] += len(rows)
            continue
        least = -(-six_bit.LENGTHS[kind] // 6)
        short = np.array([len(payloads[i]) < least for i in rows])
        for i in rows[short].tolist():
            m = messages[i]
            aside.append(Rejected(m.line, "payload", f"too short for a message of type {kind}", m.raw))
        rows = rows[~short]
        if len(rows):
            table = six_bit.as_table(six_bit.decode(kind, [payloads[i] for i in rows]), len(rows))
            table = table.append_column("message_type", pa.repeat(pa.scalar(float(kind)), len(rows)))
            tables[kind in _PLACED].append(table.append_column("at", pa.array(rows)))
    yield from sorted(aside, key=lambda r: r.line or 0)
    for placed, found in tables.items():
        if found:
            yield from _read(pa.concat_tables(found, promote_options="default"), messages, stamps, ships, placed=placed)


def _left_out(kind: int) -> tuple[str, str]:
    if not 1 <= kind <= 27:
        return "payload", "messages are empty, or of a type that does not exist, and were left out"
    return "message type", f"messages of type {kind} carry neither position nor identity and were left out"


def _read(
    table: pa.Table, messages: list[_Message], stamps: pa.Array, ships: Ships, *, placed: bool
) -> Iterator[Record]:
    table = table.sort_by("at")
    at = table.column("at").combine_chunks()
    table = table.drop_columns(["at"]).append_column("timestamp", stamps.take(at))
    lines = np.array([messages[i].line for i in at.to_pylist()], dtype=np.int64)
    found = {name: (name,) for name in table.column_names if placed or name not in ("message_type",)}
    for record in ships.read(Rows(Batch(table, lines), Mapping(), found), placed=placed):
        if isinstance(record, Rejected):
            record.raw = messages[at[int(np.searchsorted(lines, record.line or 0))].as_py()].raw
        yield record


def _sums_agree(bodies: pa.Array, sums: pa.Array) -> Mask:
    """Whether the exclusive or of the characters between ``!`` and ``*`` is what is written behind."""
    filled = pc.fill_null(bodies, "-").cast(pa.binary())
    offsets = np.frombuffer(filled.buffers()[1], dtype=np.int32)[filled.offset : filled.offset + len(filled) + 1]
    data = np.frombuffer(filled.buffers()[2], dtype=np.uint8)
    found = np.bitwise_xor.reduceat(data, offsets[:-1]) if len(filled) else np.array([], dtype=np.uint8)
    written = np.array([int(s or "0", 16) for s in sums.to_pylist()], dtype=np.uint8)
    agree: Mask = found == written
    return agree


def _stamps(beside: pa.Array) -> pa.Array:
    """The time that stands beside each sentence, as written; null where there is none."""
    found = pa.nulls(len(beside), pa.string())
    for pattern in _TIMES:
        if found.null_count == 0:
            break
        found = pc.coalesce(found, pc.struct_field(pc.extract_regex(beside, pattern), "t"))
    return found


def _true(mask: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(mask, False))


READER = NmeaReader()
