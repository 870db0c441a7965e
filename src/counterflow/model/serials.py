"""Serial and plate numbers of bank notes, as people write them: single, in lists, in ranges, with letters left out.

A serial is a prefix of up to three letters, 6 to 11 digits and at most one letter or star: ``AB 12345678 A`` (US
Federal Reserve notes since series 1996), ``X12345678901`` (euro), ``AA12 345678`` (pound). A range is a run of serials
that differ in the digits alone: ``AB12345678A-AB12345699A``, ``AB12345678A - …99A``, ``AB123456xxA``. Beside them stand
marks that several notes of one printing share: face and back plate, note position (the quadrant of a US note), series,
and the number that a service has given to a family of counterfeits (``PN-14342``). What is neither is kept as odd.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["MARKS", "MOST", "Numbers", "Run", "read"]

MARKS = ("class", "face plate", "back plate", "plate", "position", "series")
"""Kinds of mark, the most telling first."""

MOST = 1_000_000
"""Serials of one run beyond which the range is taken for a slip of the pen."""


@dataclass(frozen=True, order=True)
class Run:
    """Serials from `first` to `last`, that differ in the digits alone. :param digits: how many; leading zeros count"""

    prefix: str
    suffix: str
    digits: int
    first: int
    last: int

    def __str__(self) -> str:
        ends = dict.fromkeys((self.first, self.last))
        return "-".join(f"{self.prefix}{number:0{self.digits}}{self.suffix}" for number in ends)

    def __len__(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Numbers:
    """What a text says. :param marks: (kind, value), kind of `MARKS`; :param odd: pieces that are no number"""

    runs: tuple[Run, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    odd: tuple[str, ...] = ()


_SERIAL = re.compile(r"([A-Z]{0,3})(\d{6,11})([A-Z*]?)")
_TAIL = re.compile(r"(?:…|\.{2,}|\*{2,})?([A-Z]{0,3})(\d{1,11})([A-Z*]?)")
_HIDDEN = re.compile(r"([A-Z]{0,3})(\d{3,10})([X#?]{1,4})([A-Z*]?)")
_TO = re.compile(r"\s*(?:-|\bTO\b|\bTHRU\b|\bTHROUGH\b|\bUNTIL\b|\bBIS\b)\s*")
_NUMBER = r"(?:\s*(?:NUMBER|NO\.?))?[\s.:#]*"
_WORDS = (
    ("class", r"(?:CLASS(?:IFICATION)?|FAMILY|CIRCULAR|PN|C)[\s.:#-]*(?:(?:PN|C)[\s-]*)?(\d{4,5}[A-Z]?)"),
    ("face plate", rf"(?:FACE|FRONT|OBVERSE)(?:\s*(?:CHECK|PLATE))?{_NUMBER}((?:FW\s*)?[A-H]?\s*\d{{1,4}})"),
    ("back plate", rf"(?:BACK|REVERSE)(?:\s*(?:CHECK|PLATE))?{_NUMBER}(\d{{1,4}})"),
    ("plate", rf"PLATES?{_NUMBER}((?:FW\s*)?[A-H]?\s*\d{{1,4}})"),
    ("position", rf"(?:NOTE\s*POSITION|POSITION|QUADRANT)(?:\s*LETTER)?{_NUMBER}([A-H]\s*\d?)"),
    ("series", r"SERIES(?:\s*(?:OF|YEAR))?[\s.:#]*((?:19|20)\d{2}\s*[A-Z]?)"),
)  # fmt: skip
_MARK = tuple((kind, re.compile(rf"(?<![A-Z0-9]){pattern}(?![A-Z0-9])")) for kind, pattern in _WORDS)
_LABEL = re.compile(r"^(?:SERIAL\s*(?:NUMBERS?|NOS?\b)|SERIALS?|NUMBERS?|NOS?\b)[\s.:#]*")
_DASHED = re.compile(r"([A-Z]{1,3})-(\d{6,11})(?:-([A-Z*]))?")
_PLAIN = str.maketrans({"–": "-", "—": "-", "‑": "-", "−": "-", "‐": "-", "\u00a0": " ", "\t": " "})


@lru_cache(maxsize=65536)
def read(text: str) -> Numbers:
    """The numbers in a text, in order, each once."""
    runs: dict[Run, None] = {}
    marks: dict[tuple[str, str], None] = {}
    odd: dict[str, None] = {}
    for piece in re.split(r"[;,|\r\n/]+|\bAND\b|&", text.translate(_PLAIN).upper().replace("S/N", " ")):
        rest = _LABEL.sub("", piece.strip())
        for kind, pattern in _MARK:
            marks.update(dict.fromkeys((kind, _bare(found[1])) for found in pattern.finditer(rest)))
            rest = pattern.sub(" ", rest)
        rest = rest.strip(" .:()[]")
        if rest:
            run = _run(rest)
            if run is not None:
                runs[run] = None
            else:
                odd[rest] = None
    return Numbers(tuple(runs), tuple(marks), tuple(odd))


def _run(text: str) -> Run | None:
    """One serial, or a run of them; None: it is none."""
    bare = _DASHED.sub(r"\1\2\3", _bare(text))
    parts = _split(bare)
    if parts is not None:
        prefix, digits, suffix = parts
        return Run(prefix, suffix, len(digits), int(digits), int(digits))
    hidden = _HIDDEN.fullmatch(bare)
    if hidden is not None and 6 <= len(hidden[2]) + len(hidden[3]) <= 11:
        width = len(hidden[3])
        first = int(hidden[2]) * 10**width
        return Run(hidden[1], hidden[4], len(hidden[2]) + width, first, first + 10**width - 1)
    ends = _TO.split(text)
    return _range(_bare(ends[0]), _bare(ends[1])) if len(ends) == 2 else None


def _range(start: str, end: str) -> Run | None:
    """From one serial to another, whose beginning may be left out. A last letter may stand on one end alone."""
    first, tail = _split(start), _TAIL.fullmatch(end)
    if first is None or tail is None:
        return None
    prefix, digits, suffix = first
    more = tail[2]
    if (tail[1] and tail[1] != prefix) or len(more) > len(digits) or (suffix and tail[3] and suffix != tail[3]):
        return None
    low, high = int(digits), int(digits[: len(digits) - len(more)] + more)
    if not low <= high < low + MOST:
        return None
    return Run(prefix, suffix or tail[3], len(digits), low, high)


def _split(bare: str) -> tuple[str, str, str] | None:
    """Prefix, digits and suffix of a serial."""
    found = _SERIAL.fullmatch(bare)
    return (found[1], found[2], found[3]) if found is not None else None


def _bare(text: str) -> str:
    return re.sub(r"[\s'’]+", "", text)
