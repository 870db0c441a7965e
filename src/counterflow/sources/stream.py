"""Opening what was received: whatever it is packed in, and whatever its text is written in. All readers read through
here.

A packed file is read as what is in it (`counterflow.sources.packed`), a zip of several files like a folder
(`counterflow.sources.archive`). Text is UTF-8 unless its bytes say otherwise;
another encoding is used only where UTF-8 fails and one other fits clearly better than the rest.

Invariant: memory stays bounded whatever the file unpacks to, and no byte that is not text becomes a character: in
`open_utf8` it stays a byte that no UTF-8 holds, so that the row it stands in is set aside.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources import archive, encoding
from counterflow.sources.packed import open_binary, packing_of, peeked, unpacked_name

__all__ = [
    "MARK",
    "Head",
    "Lines",
    "Marked",
    "check_path",
    "encoding_note",
    "encoding_of",
    "open_binary",
    "open_text",
    "open_utf8",
    "read_head",
    "unpacked",
    "unpacked_name",
]

LONGEST_LINE = 1 << 20
"""Characters of one line, in `Lines`."""


def check_path(path: Path) -> None:
    """:raises UnreadableFile: nothing is there, or neither a file nor a folder (a pipe cannot be read twice)"""
    if not path.exists():
        raise UnreadableFile("there is no such file or folder", file=str(path))
    if not (path.is_file() or path.is_dir()):
        raise UnreadableFile("is neither a file nor a folder; save it to a file first", file=str(path))


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """`path` as readers can take it while the block lasts: an archive of several files as a folder, a packed Parquet
    file by itself (it cannot be read from its beginning), anything else as it is (readers unpack as they go).

    :raises UnreadableFile: see `archive.unpacked`; InputError: it unpacks to more than `open_binary` admits
    """
    with archive.unpacked(path) as place:
        if place.is_dir() or not packing_of(place) or not read_head(place).start.startswith(b"PAR1"):
            yield place
            return
        with tempfile.TemporaryDirectory(prefix="counterflow-") as private:
            file = Path(private) / unpacked_name(path)
            with open_binary(path) as stream, file.open("xb") as out:
                shutil.copyfileobj(stream, out)
            with archive.named(path, file):
                yield file


def open_utf8(path: Path, known: str | None = None) -> IO[bytes]:
    """The file's text as UTF-8 without byte order mark, unpacked and recoded; newlines untouched.

    What is no text in the file's own encoding comes out as the byte 0xFF or as it stands, which no UTF-8 holds.

    :param known: its encoding, where somebody named it; None: see `encoding.of`
    :raises UnreadableFile: neither UTF-8 nor clearly anything else
    """
    name = known or text_encoding(path).name
    stream = open_binary(path)
    if codecs.lookup(name).name not in ("utf-8", "utf-8-sig"):
        return io.BufferedReader(_Recoded(stream, name), 1 << 16)
    if peeked(stream, 3) == codecs.BOM_UTF8:
        stream.read(3)
    return stream


def open_text(path: Path, known: str | None = None, errors: str = "strict") -> IO[str]:
    """`open_utf8` as text; newlines untouched (the csv module wants them so).

    :param errors: for what is no text; with ``replace`` the caller must set aside each row that holds U+FFFD
    """
    return io.TextIOWrapper(open_utf8(path, known), encoding="utf-8", errors=errors, newline="")


def text_encoding(path: Path) -> encoding.Encoding:
    """What the text of a file is written in. :raises UnreadableFile: neither UTF-8 nor clearly anything else"""
    blocks: list[bytes] = []
    size, whole = 0, False
    with open_binary(path) as stream:
        try:
            while size < encoding.SAMPLE and not whole:
                block = stream.read1(1 << 16)
                blocks.append(block)
                size, whole = size + len(block), not block
        except (EOFError, OSError):  # cut short: whoever reads so far will see
            pass
    return encoding.of(b"".join(blocks), whole=whole, file=str(path))


def encoding_of(path: Path, publishers: str) -> str | None:
    """What a file is written in: None (which is UTF-8 or Unicode of another kind) where all of it makes sense so, else
    what its publisher is known to write in, which is known better than it can be told from the bytes.
    """
    try:
        name = text_encoding(path).name
    except UnreadableFile:  # it could be several: it is the publisher's
        return publishers
    if name.startswith("utf") and name != "utf-8":
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_binary(path) as stream:
        try:
            while block := stream.read(1 << 20):
                decoder.decode(block)
        except UnicodeDecodeError:
            return publishers
        except (EOFError, OSError):  # cut short: whoever reads so far will see
            pass
    return None


def encoding_note(path: Path, publishers: str | None = None) -> list[str]:
    """What was decided about the text of a file, in words, where it is not plain UTF-8; nothing for anything else.

    :param publishers: what the reader knows its publisher to write in
    """
    if path.is_dir() or read_head(path).start.lstrip().startswith((b"<", b"PAR1", b"PK", b"%PDF")):
        return []  # XML says itself what it is written in
    if publishers and encoding_of(path, publishers):
        return [f"text in {publishers}, in which its publisher writes"]
    try:
        found = text_encoding(path)
    except (InputError, EOFError, OSError):  # whoever reads it will say so
        return []
    return [f"text in {found.name}, told {found.why}"] if found.why else []


@dataclass(frozen=True)
class Head:
    """What detection may look at. :param name: file name without a compression ending; :param start: first 64 KiB,
    unpacked; `text` is the same, decoded leniently."""

    name: str
    start: bytes
    path: Path

    @cached_property
    def text(self) -> str:
        """The start as text in whatever encoding it seems to be; undecodable bytes become U+FFFD."""
        return encoding.leniently(self.start)


def read_head(path: Path) -> Head:
    """The first 64 KiB of a file for `Reader.recognises`; empty for a folder and where the packing is broken."""
    if path.is_dir():
        return Head(path.name, b"", path)
    try:
        with open_binary(path) as stream:
            start = stream.read(65536)
    except (InputError, EOFError):  # broken packing, or an archive of several files: nothing to recognise
        start = b""
    except OSError as error:
        if error.errno is not None:  # the machine's own word, not the packing's
            raise
        start = b""
    return Head(unpacked_name(path), start, path)


class Lines:
    """Lines of a text stream, none of them beyond all measure. :ivar last: the last one given out;
    :ivar number: its 1-based number"""

    def __init__(self, stream: IO[str], path: Path, longest: int = LONGEST_LINE) -> None:
        self._stream, self._path, self._longest = stream, path, longest
        self.number, self.last = 0, ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """:raises InputError: a line is longer than that"""
        line = self._stream.readline(self._longest)
        self.number += 1
        if len(line) == self._longest:
            reason = f"a line of more than {self._longest:,} characters"
            raise InputError(reason, file=str(self._path), line=self.number)
        if not line:
            raise StopIteration
        self.last = line
        return line


MARK = "\ufdd0"
"""A character that no text has: Unicode keeps it for uses such as this."""


class Marked(io.RawIOBase):
    """A stream of `open_utf8` as UTF-8 throughout: `MARK` stands for what is no text.

    :ivar marked: something was; what was read since then may hold it
    """

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream, self._left = stream, b""
        self._decoder = codecs.getincrementaldecoder("utf-8")(encoding.BROKEN)
        self.marked = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; 0 at the end."""
        while not self._left:
            block = self._stream.read(1 << 18)
            if block and block.isascii() and self._decoder.getstate()[0] == b"":
                self._left = block
                break
            text = self._decoder.decode(block, not block)
            if "\udcff" in text:
                self.marked, text = True, text.replace("\udcff", MARK)
            self._left = text.encode()
            if not block:
                break
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close what it reads from."""
        self._stream.close()
        super().close()


class _Recoded(io.RawIOBase):
    """Text in any encoding, as UTF-8; what is no text becomes 0xFF."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        super().__init__()
        self._stream, self._left = stream, b""
        self._unassigned = encoding.UNASSIGNED if codecs.lookup(name).name == "cp932" else {}
        self._decoder = codecs.getincrementaldecoder(name)(encoding.BROKEN)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            block = self._stream.read(1 << 15)
            text = self._decoder.decode(block, not block).translate(self._unassigned)
            self._left = text.encode("utf-8", "surrogateescape")
            if not block:
                break
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
