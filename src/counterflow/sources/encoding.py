"""What text is written in: UTF-8, unless its bytes say otherwise.

A byte order mark decides; so do the zero bytes of UTF-16 in Latin script. Where neither is there and UTF-8 fails, the
encodings in which lists of this field are still published are tried, and one is taken only if it fits clearly better
than the others: a name read in the wrong encoding is a wrong name, and looks like a right one.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from counterflow.errors import UnreadableFile

__all__ = ["BROKEN", "CANDIDATES", "SAMPLE", "UNASSIGNED", "Encoding", "leniently", "of"]

SAMPLE = 4 * 2**20
"""Bytes at the start of a file that decide; what fails further down sets its own row aside."""
CANDIDATES = ("gb18030", "cp949", "cp932", "big5hkscs", "cp1252", "cp1251")
"""Chinese, Korean (holds EUC-KR), Japanese (holds Shift-JIS), traditional Chinese, Western European, Cyrillic."""
BROKEN = "counterflow.broken"
"""Error handler of decoders: what is no text becomes one lone surrogate, which ``surrogateescape`` writes as 0xFF."""

UNASSIGNED = dict.fromkeys((0x80, 0xF8F0, 0xF8F1, 0xF8F2, 0xF8F3), "\udcff")
"""What cp932 makes of bytes that mean nothing in it."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_CLEARLY = 0.025
"""Difference in mess (share of implausible characters, as charset-normalizer measures it) that makes one encoding fit
clearly better than another."""
_ENOUGH = 1 << 16
_FEW = 0.005
"""Share of bytes beyond ASCII below which a file is read as UTF-8 with damaged rows, where nothing else
clearly fits."""
_LEAST = 3
"""Bytes beyond ASCII below which nothing is concluded from them."""
_ACUTE_FOR_APOSTROPHE = re.compile("(?<=[A-Za-z])\u00b4(?=[A-Za-z])")
_NOT_IN_PROSE = frozenset("ÿþ×÷ð¤¦¨¬¯²³´¸¹¼½¾Þ\x7f")


@dataclass(frozen=True)
class Encoding:
    """:param name: Python's name of it; :param why: empty for UTF-8, else how it was told, for people"""

    name: str
    why: str = ""


def _mark_broken(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\udcff", error.end


codecs.register_error(BROKEN, _mark_broken)


def of(sample: bytes, *, whole: bool, file: str) -> Encoding:
    """What a text that begins so is written in.

    :param whole: whether the sample is all of it (otherwise its last character may be cut)
    :raises UnreadableFile: neither UTF-8 nor clearly anything else; names the encodings that would do
    """
    found = _told(sample, whole)
    if isinstance(found, Encoding):
        return found
    if sum(byte > 0x7F for byte in sample) < max(_LEAST, _FEW * len(sample)):
        return Encoding("utf-8")
    fits = ", ".join(found) or "none of " + ", ".join(CANDIDATES)
    reason = f"is not UTF-8 text, and what it is cannot be told ({fits} would fit); save it as UTF-8"
    raise UnreadableFile(f"{reason}, or name the encoding in a mapping", file=file)


def leniently(start: bytes) -> str:
    """Text of the start of a file, for recognising its format only; undecodable bytes become U+FFFD."""
    found = _told(start, whole=False)
    name = found.name if isinstance(found, Encoding) else "utf-8"
    return start.decode(name, errors="replace").removeprefix("\ufeff")


def _told(sample: bytes, whole: bool) -> Encoding | list[str]:
    """The encoding, or the names of those that would fit equally well."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Encoding(name, "" if name == "utf-8-sig" else "by its byte order mark")
    wide = _utf16(sample)
    if wide:
        return Encoding(wide, "by its zero bytes")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(sample, whole)
    except UnicodeDecodeError:
        return Encoding("utf-8") if _mostly_utf8(sample) else _other(sample)
    return Encoding("utf-8")


def _utf16(sample: bytes) -> str:
    """UTF-16 without a byte order mark, where Latin letters, digits and commas give it away."""
    start = sample[:4096]
    half = len(start) // 2
    if half < 4 or b"\0" not in start:
        return ""
    even, odd = start[0 : 2 * half : 2].count(0), start[1 : 2 * half : 2].count(0)
    if odd > 0.4 * half and even <= 0.01 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd <= 0.01 * half else ""


def _mostly_utf8(sample: bytes) -> bool:
    """Whether it is UTF-8 with some damage: far more characters beyond ASCII that are right than wrong. (In other
    encodings one pair of bytes in four or so happens to be UTF-8 too.)"""
    text = sample.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for c in text if c > "\x7f") - wrong
    return right > 4 * wrong


def _other(sample: bytes) -> Encoding | list[str]:
    import charset_normalizer

    if sum(byte > 0x7F for byte in sample[:_ENOUGH]) < _LEAST and sum(byte > 0x7F for byte in sample) < _LEAST:
        return []
    telling = b"\n".join(line for line in sample.split(b"\n") if not line.isascii())[:_ENOUGH]
    if b"\0" in telling:
        return []
    telling = telling.rpartition(b"\n")[0] if len(telling) == _ENOUGH and b"\n" in telling else telling
    matches = charset_normalizer.from_bytes(telling, cp_isolation=list(CANDIDATES))
    fits = sorted((m.chaos, -m.coherence, m.encoding) for m in matches if _plausible(str(m), m.encoding))
    if not fits:
        return []
    best = fits[0]
    rivals = [name for chaos, _, name in fits[1:] if chaos - best[0] < _CLEARLY and not _same(telling, best[2], name)]
    if rivals:
        return sorted([best[2], *rivals])
    return Encoding(best[2], "by its bytes, which are not UTF-8")


def _same(telling: bytes, one: str, other: str) -> bool:
    return telling.decode(one, "replace") == telling.decode(other, "replace")


def _plausible(text: str, name: str) -> bool:
    """Any bytes are cp1252, and nearly any are cp1251: only Latin letters at Latin letters, or Cyrillic ones by
    themselves, make it likely, and no marks that no prose holds. Half-width kana alone, likewise, are what Chinese read
    as Japanese looks like."""
    beyond = [c for c in text if c > "\x7f"]
    if name == "cp932":
        return sum("\uff61" <= c <= "\uff9f" for c in beyond) < 0.5 * len(beyond)
    if name not in ("cp1252", "cp1251"):
        return True
    text = _ACUTE_FOR_APOSTROPHE.sub("'", text)
    if name == "cp1252" and any(c in _NOT_IN_PROSE for c in text if c > "\x7f"):
        return False
    letters = [n for n, c in enumerate(text) if c > "\x7f" and c.isalpha()]
    beside = sum(any(c.isascii() and c.isalpha() for c in text[max(0, n - 1) : n + 2]) for n in letters)
    if name == "cp1251":
        return beside <= 0.5 * len(letters)
    return beside > 0.6 * len(letters) if letters else True
