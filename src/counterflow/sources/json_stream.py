"""JSON of any size, record by record: JSON lines, an array, or an array inside an object.

Invariant: memory is bounded by the longest record; a line that is no JSON is an `Item` with its problem, and the others
are read. Inside an array nothing tells where a broken record ends: there reading stops with an InputError, after all
that went before.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import Head, open_utf8, read_head

__all__ = ["Item", "first", "items"]

_LONGEST = 1 << 24
_CHUNK = 1 << 18
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


@dataclass(slots=True)
class Item:
    """One record. :param line: 1-based line on which it begins; :param problem: why it could not be read, in words;
    :param raw: its beginning as received, where it could not be"""

    line: int
    value: Any = None
    problem: str | None = None
    raw: str = ""


def items(path: Path, under: Collection[str] = ()) -> Iterator[Item]:
    """The records of a file, in file order.

    :param under: keys of an outer object whose array may hold the records
    :raises UnreadableFile: it does not begin as JSON does; InputError: it is broken or cut short further down
    """
    layout, start = _layout(read_head(path).text, under)
    if layout is None:
        raise UnreadableFile("is not JSON: an object or an array is expected", file=str(path), line=1)
    try:
        with open_utf8(path) as stream:
            yield from _lines(stream) if layout == "lines" else _sequence(stream, start, path)
    except (OSError, EOFError) as error:
        raise InputError(f"cannot be read to its end ({error}); fetch it again", file=str(path)) from None


def first(head: Head, under: Collection[str] = ()) -> Any:
    """The first record of a file that is being recognised; None where there is none, or not within its head."""
    text = head.text
    layout, start = _layout(text, under)
    if layout is None:
        return None
    at = _BETWEEN.match(text, start.search(text).end() if start else 0).end()  # type: ignore[union-attr]
    try:
        return _DECODER.raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return None


def _layout(text: str, under: Collection[str]) -> tuple[str | None, re.Pattern[str] | None]:
    """(``lines`` or ``sequence``, what stands before the first record of a sequence)."""
    body = text.lstrip()
    if body.startswith("["):
        return "sequence", _opening(())
    if not body.startswith("{"):
        return None, None
    if under and _opening(tuple(sorted(under))).match(body):
        return "sequence", _opening(tuple(sorted(under)))
    line, newline, _ = body.partition("\n")
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        if newline and (len(line) < 4 or _decodes(body)):  # an object of its own over several lines
            return "sequence", None
    return "lines", None


def _decodes(text: str) -> bool:
    try:
        _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return True


@cache
def _opening(under: tuple[str, ...]) -> re.Pattern[str]:
    """What stands before the first record: ``[``, or an object up to ``"key": [``, whatever it says before it."""
    if not under:
        return re.compile(r"\s*\[")
    keys = "|".join(re.escape(key) for key in under)
    return re.compile(rf'\s*\{{.{{0,16000}}?"(?:{keys})"\s*:\s*\[', re.DOTALL)


def _lines(stream: IO[bytes]) -> Iterator[Item]:
    import orjson

    number = 0
    while line := stream.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            while (rest := stream.readline(_LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield Item(number, problem=f"a line of more than {_LONGEST:,} bytes", raw=_begin(line))
            continue
        if not line.isspace():
            try:
                yield Item(number, orjson.loads(line))
            except ValueError as error:
                yield Item(number, problem=f"not JSON in UTF-8: {error}", raw=_begin(line))


class _Window:
    """The part of a text that is being read; `line` is that of `at`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self.text, self.at, self.line, self.ended = "", 0, 1, False
        self.more()

    def more(self) -> None:
        """Read on; what lies behind is let go."""
        chunk = self._stream.read(max(_CHUNK, len(self.text) - self.at))
        self.ended = not chunk
        self.text, self.at = self.text[self.at :] + self._decode(chunk, self.ended), 0

    def go(self, to: int) -> str:
        """Move on; returns what was passed."""
        passed = self.text[self.at : to]
        self.at, self.line = to, self.line + passed.count("\n")
        return passed

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Pass over what the pattern matches here."""
        match = pattern.match(self.text, self.at)
        if match:
            self.go(match.end())
        return match is not None


def _sequence(stream: IO[bytes], start: re.Pattern[str] | None, path: Path) -> Iterator[Item]:
    """Records that follow each other, whatever stands between them, up to the end of the array or of the file."""
    window = _Window(stream)
    if start is not None and not window.skip(start):
        raise InputError("no array of records in it", file=str(path), line=1)
    while True:
        window.skip(_BETWEEN)
        if window.at == len(window.text):
            if window.ended and start is not None:
                raise InputError("cut short: its array does not end", file=str(path), line=window.line)
            if window.ended:
                return
        elif start is not None and window.text[window.at] == "]":
            return
        else:
            try:
                value, end = _DECODER.raw_decode(window.text, window.at)
                line = window.line
                yield _item(value, window.go(end), line)
                continue
            except (ValueError, RecursionError) as error:
                hopeless = window.ended or isinstance(error, RecursionError)
                if hopeless or len(window.text) - window.at > _LONGEST:
                    reason = f"not JSON from here on ({error}); fetch it again"
                    raise InputError(reason, file=str(path), line=window.line) from None
        window.more()


def _item(value: Any, piece: str, line: int) -> Item:
    """A record, unless it holds what is no text: bytes that are not UTF-8, or half of a surrogate pair."""
    if not piece.isascii() or "\\u" in piece:
        try:
            (json.dumps(value, ensure_ascii=False) if "\\u" in piece else piece).encode()
        except UnicodeEncodeError:
            return Item(line, problem="not text in UTF-8", raw=piece[:500].encode("utf-8", "replace").decode())
    return Item(line, value)


def _begin(line: bytes) -> str:
    return line[:500].decode("utf-8", errors="replace").strip()
