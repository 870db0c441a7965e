"""AIS messages from their six-bit payloads, many at a time: fields as columns, nothing judged yet.

Every value is as the standard codes it, in its unit; what means "not available" stays as it is (latitude 91, speed
102.3, heading 511…): the caller knows what to do with it. Of each message type only what says where a ship is or who
she is is taken.

Source: ITU-R M.1371-5, annex 8, tables 45 (types 1-3), 50 (4 and 11), 52 (5), 60 (9), 67 (18), 70 (19), 73 (21),
80 and 81 (24), 84 (27).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["LENGTHS", "Bits", "as_table", "decode", "types"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Columns = dict[str, Any]

LENGTHS = {1: 149, 2: 149, 3: 149, 4: 138, 5: 302, 9: 128, 11: 138, 18: 139, 19: 301, 21: 249, 24: 160, 27: 94}
"""Message type → bits that must be there for its fields."""


class Bits:
    """Payloads as a matrix of bits, a message in each row; what is beyond a payload's end is 0.

    :param payloads: text of each payload, printable six-bit code
    """

    def __init__(self, payloads: Sequence[str], width: int) -> None:
        """:param width: characters of the longest field wanted; six bits each"""
        text = np.array([p[:width].ljust(width, "0") for p in payloads], dtype=f"S{width}")
        codes = text.view(np.uint8).reshape(len(payloads), width) - 48
        codes = np.where(codes > 40, codes - 8, codes).astype(np.uint8)
        self._bits = np.unpackbits(codes[:, :, None], axis=2)[:, :, 2:].reshape(len(payloads), width * 6)

    def unsigned(self, start: int, length: int) -> Ints:
        """A number of `length` bits."""
        weights = 1 << np.arange(length - 1, -1, -1, dtype=np.int64)
        return self._bits[:, start : start + length].astype(np.int64) @ weights

    def signed(self, start: int, length: int) -> Ints:
        """A number in two's complement."""
        value = self.unsigned(start, length)
        return np.where(value >> (length - 1), value - (1 << length), value)

    def text(self, start: int, characters: int) -> list[str | None]:
        """Six-bit ASCII, ended by ``@``, without blanks at its ends; None where empty."""
        bits = self._bits[:, start : start + characters * 6].reshape(len(self._bits), characters, 6)
        codes = bits.astype(np.uint8) @ np.array([32, 16, 8, 4, 2, 1], dtype=np.uint8)
        letters = np.where(codes < 32, codes + 64, codes).astype(np.uint8)
        rows = letters.reshape(-1).tobytes().decode("ascii")
        cut = (rows[i : i + characters].split("@", 1)[0].strip() for i in range(0, len(rows), characters))
        return [text or None for text in cut]


def types(payloads: Sequence[str]) -> Ints:
    """Message type of each payload: its first six bits."""
    first = np.array([p[:1] for p in payloads], dtype="S1").view(np.uint8).astype(np.int64) - 48
    return np.where(first > 40, first - 8, first)


def decode(kind: int, payloads: Sequence[str]) -> Columns:
    """Fields of messages of one type, under the names of `storage.tables.POSITIONS` and `SHIP_STATICS`.

    :param payloads: all of type `kind`, which is a key of `LENGTHS`, none shorter than that
    """
    reader, width = _READERS[kind]
    bits = Bits(payloads, width)
    return {"mmsi": [f"{n:09}" for n in bits.unsigned(8, 30).tolist()], **reader(bits)}


def _place(bits: Bits, lon: int, lat: int) -> Columns:
    """Ten-thousandths of a minute, as degrees."""
    return {"lon": bits.signed(lon, 28) / 600_000, "lat": bits.signed(lat, 27) / 600_000}


def _motion(bits: Bits, sog: int, cog: int, heading: int) -> Columns:
    return {
        "sog": bits.unsigned(sog, 10) / 10,
        "cog": bits.unsigned(cog, 12) / 10,
        "heading": bits.unsigned(heading, 9).astype(float),
    }


def _class_a(bits: Bits) -> Columns:
    rate = bits.signed(42, 8)
    turn = np.sign(rate) * (rate / 4.733) ** 2  # ±127: turning, rate not known; -128: no information
    return {
        **_place(bits, 61, 89), **_motion(bits, 50, 116, 128), "status": _codes(bits.unsigned(38, 4)),
        "rot": np.where(np.abs(rate) < 127, turn, np.nan), "transceiver": "A",
    }  # fmt: skip


def _base(bits: Bits) -> Columns:
    return {**_place(bits, 79, 107), "fixing_device": _codes(bits.unsigned(134, 4)), "transceiver": "base station"}


def _aircraft(bits: Bits) -> Columns:
    speed = bits.unsigned(50, 10)
    return {
        **_place(bits, 61, 89), "sog": np.where(speed == 1023, np.nan, speed), "cog": bits.unsigned(116, 12) / 10,
        "transceiver": "search and rescue aircraft",
    }  # fmt: skip


def _class_b(bits: Bits) -> Columns:
    return {**_place(bits, 57, 85), **_motion(bits, 46, 112, 124), "transceiver": "B"}


def _long_range(bits: Bits) -> Columns:
    speed, course = bits.unsigned(79, 6), bits.unsigned(85, 9)
    return {
        "lon": bits.signed(44, 18) / 600, "lat": bits.signed(62, 17) / 600, "status": _codes(bits.unsigned(40, 4)),
        "sog": np.where(speed == 63, np.nan, speed), "cog": np.where(course == 511, np.nan, course), "transceiver": "A",
    }  # fmt: skip


def _size(bits: Bits, start: int) -> Columns:
    bow, stern = bits.unsigned(start, 9), bits.unsigned(start + 9, 9)
    port, starboard = bits.unsigned(start + 18, 6), bits.unsigned(start + 24, 6)
    return {
        "to_bow": _known(bow, bow + stern), "to_stern": _known(stern, bow + stern), "length": _known(bow + stern),
        "to_port": _known(port, port + starboard), "to_starboard": _known(starboard, port + starboard),
        "width": _known(port + starboard),
    }  # fmt: skip


def _voyage(bits: Bits) -> Columns:
    imo, draught = bits.unsigned(40, 30), bits.unsigned(294, 8) / 10
    times = zip(*(bits.unsigned(s, n).tolist() for s, n in ((274, 4), (278, 5), (283, 5), (288, 6))), strict=True)
    return {
        "imo": [str(n) if n else None for n in imo.tolist()], "call_sign": bits.text(70, 7),
        "vessel_name": bits.text(112, 20), "ship_type": _codes(bits.unsigned(232, 8), absent=0), **_size(bits, 240),
        "fixing_device": _codes(bits.unsigned(270, 4)), "draught": _known(draught), "destination": bits.text(302, 20),
        "eta": [f"{m:02}-{d:02}T{h:02}:{n:02}" if m and d else None for m, d, h, n in times], "transceiver": "A",
    }  # fmt: skip


def _class_b_extended(bits: Bits) -> Columns:
    return {
        **_class_b(bits), "vessel_name": bits.text(143, 20), "ship_type": _codes(bits.unsigned(263, 8), absent=0),
        **_size(bits, 271),
    }  # fmt: skip


def _aid(bits: Bits) -> Columns:
    return {
        **_place(bits, 164, 192), "vessel_name": bits.text(43, 20), **_size(bits, 219),
        "transceiver": "aid to navigation",
    }  # fmt: skip


def _class_b_static(bits: Bits) -> Columns:
    """Part A has the name, part B the rest; an auxiliary craft (MMSI 98…) names its mother ship where size would be."""
    second = bits.unsigned(38, 2) == 1
    auxiliary = bits.unsigned(8, 30) // 10_000_000 == 98
    size = {name: np.where(second & ~auxiliary, value, np.nan) for name, value in _size(bits, 132).items()}
    return {
        "vessel_name": _where(~second, bits.text(40, 20)), "call_sign": _where(second, bits.text(90, 7)),
        "ship_type": _where(second, _codes(bits.unsigned(40, 8), absent=0)), **size, "transceiver": "B",
    }  # fmt: skip


def _codes(values: Ints, absent: int | None = None) -> list[str | None]:
    return [None if v == absent else str(v) for v in values.tolist()]


def _known(values: Any, of: Any = None) -> Any:
    """Not 0, which means "not available" (of a pair: both 0)."""
    return np.where((values if of is None else of) == 0, np.nan, values)


def _where(mask: np.ndarray[Any, np.dtype[np.bool_]], values: list[str | None]) -> list[str | None]:
    return [value if keep else None for keep, value in zip(mask.tolist(), values, strict=True)]


_READERS: dict[int, tuple[Callable[[Bits], Columns], int]] = {
    1: (_class_a, 28), 2: (_class_a, 28), 3: (_class_a, 28), 4: (_base, 28), 5: (_voyage, 71), 9: (_aircraft, 28),
    11: (_base, 28), 18: (_class_b, 28), 19: (_class_b_extended, 52), 21: (_aid, 46), 24: (_class_b_static, 28),
    27: (_long_range, 16),
}  # fmt: skip
"""Message type → what reads it, and how many characters it looks at."""


def as_table(columns: Columns, rows: int) -> pa.Table:
    """Columns of `decode` as Arrow; NaN becomes null, a single text goes for all rows."""
    found = {}
    for name, values in columns.items():
        if isinstance(values, str):
            found[name] = pa.repeat(pa.scalar(values, pa.string()), rows)
        elif isinstance(values, list):
            found[name] = pa.array(values, pa.string())
        else:
            found[name] = pa.array(np.asarray(values, dtype=float), from_pandas=True)
    return pa.table(found)
