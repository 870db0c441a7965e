"""What a file is packed in (gzip, bzip2, xz, zstandard, zip), seen by content, never by name; and its bytes, unpacked.

Invariant: memory stays bounded, and nothing unpacks to far more than the file can hold in earnest.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, cast

from counterflow.errors import InputError
from counterflow.sources import archive, share
from counterflow.sources.archive import HARMLESS, RATIO

__all__ = ["open_binary", "packing", "packing_of", "peeked", "unpacked_name"]

_XZ_MEMORY = 256 * 2**20  # the strongest setting of xz asks for 65 MiB; a crafted header for 4 GiB
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
}
_ENDINGS = {"gzip": (".gz", ".gzip"), "bzip2": (".bz2",), "xz": (".xz",), "zstd": (".zst", ".zstd")}


def packing(start: bytes) -> str:
    """What a file that begins so is packed with: gzip, bzip2, xz, zstd or zip; empty where with nothing."""
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "")


def open_binary(path: Path) -> io.BufferedReader[Any]:
    """The file's bytes, unpacked; what is a zip by design (DOCX, XLSX, EPUB…) stays as it is.

    :raises UnreadableFile: a zip with several files, or none, or one that is encrypted
    :raises InputError: while reading: it unpacks to more than `RATIO` times its size; OSError or EOFError where the
        packing is broken
    """
    packed = packing_of(path)
    if packed == "zip":
        member = archive.only_member(path)
        if member is None:  # a document
            return path.open("rb")
        stream = member
    elif packed:
        stream = _unpack(share.of_bytes(path.open("rb")), packed)
    else:
        return share.of_bytes(path.open("rb"))
    measured = io.BufferedReader(_Measured(stream, path), 1 << 16)
    inner = packing(peeked(measured, 8)) if packed == "zip" else ""
    if inner in _ENDINGS:  # list.csv.gz in a zip
        return io.BufferedReader(_Measured(_unpack(measured, inner), path), 1 << 16)
    return measured


def packing_of(path: Path) -> str:
    """What a file is packed with; empty where with nothing."""
    with path.open("rb") as probe:
        return packing(probe.read(8))


def unpacked_name(path: Path) -> str:
    """Name of a file without a compression ending; of a zip with one file in it, that file's."""
    packed = packing_of(path)
    if packed == "zip":
        try:
            names = archive.member_names(path)
        except InputError:
            return path.name
        return names[0].rpartition("/")[2] if len(names) == 1 else path.name
    return next((path.name.removesuffix(e) for e in _ENDINGS.get(packed, ()) if path.name.endswith(e)), path.name)


def peeked(stream: io.BufferedReader[Any], size: int) -> bytes:
    """The next bytes of a stream, which stay to be read."""
    try:
        return stream.peek(size)[:size]
    except BaseException:
        stream.close()
        raise


def _unpack(stream: IO[bytes], packed: str) -> IO[bytes]:
    if packed == "gzip":
        return cast("IO[bytes]", _Gunzipped(stream))
    if packed == "zstd":
        import pyarrow as pa

        return cast("IO[bytes]", pa.CompressedInputStream(pa.PythonFile(stream), "zstd"))
    return cast("IO[bytes]", io.BufferedReader(_Blocks(stream, packed), 1 << 16))


class _Gunzipped(gzip.GzipFile):
    """Gzip that closes the file it reads with itself."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(fileobj=stream)
        self._file = stream

    def close(self) -> None:
        super().close()
        self._file.close()


class _Blocks(io.RawIOBase):
    """bzip2 or xz, one or several streams behind each other, a block at a time and with a limit on memory (which the
    standard library's own files do not have)."""

    def __init__(self, stream: IO[bytes], packed: str) -> None:
        super().__init__()
        self._stream, self._packed = stream, packed
        self._engine = self._fresh()
        self._begun = False

    def _fresh(self) -> Any:
        if self._packed == "bzip2":
            return bz2.BZ2Decompressor()
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            engine = self._engine
            if engine.eof:
                left = engine.unused_data or self._stream.read(1 << 16)
                left = left.lstrip(b"\0") if self._packed == "xz" else left  # xz pads its streams
                if not left:
                    return 0
                self._engine = engine = self._fresh()
            else:
                left = self._stream.read(1 << 16) if engine.needs_input else b""
                if not left and engine.needs_input:
                    raise EOFError("the compressed file ends before its end mark")
            data = engine.decompress(left, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


_BROKEN = (zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, struct.error)


class _Measured(io.RawIOBase):
    """An unpacked stream that ends in an error once it has given far more than the file can hold in earnest."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        super().__init__()
        self._stream, self._path, self._given = stream, path, 0
        self._read = getattr(stream, "read1", stream.read)  # what is there before a break counts
        self._limit = max(HARMLESS, RATIO * path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """:raises OSError: the packing is broken, whichever it is"""
        try:
            data = self._read(len(buffer))
        except _BROKEN as e:
            raise OSError(f"the compressed file is broken: {e}") from e
        self._given += len(data)
        if self._given > self._limit:
            reason = (
                f"unpacks to more than {self._limit:,} bytes, {RATIO} times its size: no list or table does; refused"
            )
            raise InputError(reason, file=str(self._path))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
