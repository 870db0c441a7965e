"""Zip archives of strangers: one file in it is that file, several are unpacked into a private folder and read like one.

Invariant: nothing is written outside that folder, nothing in the archive is followed or obeyed, and what it may unpack
to is bounded. A document that is a zip by design (DOCX, XLSX, ODS, EPUB) is no archive here.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import IO, cast

from counterflow.errors import InputError, UnreadableFile

__all__ = ["LARGEST", "MOST_FILES", "is_archive", "member_names", "named", "only_member", "unpacked"]

LARGEST = 32 * 2**30
"""Bytes that an archive may unpack to on disk."""
RATIO = 200
"""Times its own size that a packed file may unpack to: tables and XML of this field stay below 40, a bomb is near 1,000
at least."""
HARMLESS = 256 * 2**20
"""Bytes that anything may unpack to."""
MOST_FILES = 10_000
_DIRECTORY = 16 * 2**20
"""Bytes of an archive's own list of its files, which is read into memory whole."""
_SPARE = 2**30
"""Bytes that stay free on the disk."""
_DOCUMENT = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF")
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError,
           OverflowError, struct.error)  # fmt: skip


def is_archive(path: Path) -> bool:
    """Whether it is a zip of files that are worth reading one by one, not a document."""
    if path.is_dir():
        return False
    with path.open("rb") as probe:
        if probe.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    with _opened(path) as zipped:
        return not _is_document(zipped)


def member_names(path: Path) -> list[str]:
    """Names of the files in a zip, in its order; without folders and what desktops leave behind.

    :raises UnreadableFile: it cannot be read, or holds more than anybody would send
    """
    with _opened(path) as zipped:
        return [] if _is_document(zipped) else [info.filename for info in _members(zipped)]


def only_member(path: Path) -> IO[bytes] | None:
    """The only file in a zip, opened; None where the zip is a document.

    :raises UnreadableFile: several files in it, or none, or it is encrypted
    """
    zipped = _opened(path)
    try:
        if _is_document(zipped):
            zipped.close()
            return None
        members = _members(zipped)
        if len(members) != 1:
            some = ", ".join(info.filename[:80] for info in members[:5])
            what = (
                f"an archive of {len(members)} files ({some}…): each is read by itself" if members else "holds no file"
            )
            raise UnreadableFile(what, file=str(path))
        _check(members[0], path)
        return cast("IO[bytes]", _Member(zipped, members[0]))
    except _BROKEN as e:
        zipped.close()
        raise UnreadableFile(f"the zip is broken: {e}", file=str(path)) from e
    except BaseException:
        zipped.close()
        raise


class _Member(io.RawIOBase):
    """A file in a zip that closes the zip with itself."""

    def __init__(self, zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        super().__init__()
        self._zipped, self._stream = zipped, zipped.open(info)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        self._zipped.close()
        super().close()


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """`path` itself, or, where it is an archive of several files, a private folder with them, gone afterwards.

    An error in the folder names the archive: ``lists.zip/sdn.csv``.

    :raises UnreadableFile: a name that leads outside, a link, encryption, or more than the disk or reason allows
    """
    if not is_archive(path) or len(member_names(path)) == 1:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="counterflow-") as private:
        folder = Path(private) / (path.stem or "archive")
        folder.mkdir()
        _extract(path, folder)
        with named(path, folder):
            yield folder


@contextlib.contextmanager
def named(path: Path, place: Path) -> Iterator[None]:
    """Errors about what was unpacked to `place`, as errors about `path`."""
    try:
        yield
    except InputError as e:
        file = e.file.replace(str(place), str(path), 1)
        raise type(e)(e.reason, file=file, line=e.line, field=e.field) from e.__cause__


def _opened(path: Path) -> zipfile.ZipFile:
    if _directory_bytes(path) > _DIRECTORY:
        raise UnreadableFile(f"a zip that lists more than {MOST_FILES:,} files; refused unread", file=str(path))
    try:
        zipped = zipfile.ZipFile(path)
    except _BROKEN as e:
        if isinstance(e, OSError) and e.errno is not None:
            raise
        raise UnreadableFile(f"the zip is broken: {e}; fetch it again", file=str(path)) from e
    if len(zipped.infolist()) > MOST_FILES:
        zipped.close()
        raise UnreadableFile(f"a zip of more than {MOST_FILES:,} files; refused", file=str(path))
    return zipped


def _directory_bytes(path: Path) -> int:
    """Size of the list of files as the end of the zip states it (APPNOTE 4.3.14 and 4.3.16); 0 where it does not."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 65557 - 20))
        tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) < at + 22:
            return 0
        stated: int = struct.unpack_from("<L", tail, at + 12)[0]
        if tail[at - 20 : at - 16] == b"PK\x06\x07" and at >= 20:
            stream.seek(min(size, struct.unpack_from("<Q", tail, at - 12)[0]))
            record = stream.read(56)
            if record[:4] == b"PK\x06\x06" and len(record) == 56:
                stated = max(0 if stated == 0xFFFFFFFF else stated, struct.unpack_from("<Q", record, 40)[0])
        return stated


def _is_document(zipped: zipfile.ZipFile) -> bool:
    names = [info.filename for info in zipped.infolist()[:50]]
    return any(name in names for name in _DOCUMENT)


def _members(zipped: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        info for info in zipped.infolist() if not info.is_dir() and not any(map(_left_behind, info.filename.split("/")))
    ]


def _left_behind(part: str) -> bool:
    """Whether a desktop put it there: ``__MACOSX``, ``.DS_Store``."""
    return part == "__MACOSX" or (part.startswith(".") and part not in (".", "..") and "\\" not in part)


def _check(info: zipfile.ZipInfo, path: Path) -> None:
    if info.flag_bits & 1:
        raise UnreadableFile(f"'{info.filename[:80]}' in it is encrypted; unpack it first", file=str(path))
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise UnreadableFile(f"'{info.filename[:80]}' in it is a link or a device; refused", file=str(path))


def _target(name: str, folder: Path, path: Path) -> Path:
    """Where a member goes. :raises UnreadableFile: its name leads elsewhere, under any system's rules"""
    name = name.removeprefix("./")
    windows = PureWindowsPath(name)
    bad = (
        not name or name.startswith("/") or windows.drive or windows.root or "\\" in name or "\0" in name or ":" in name
        or any(part in ("", ".", "..") or len(part.encode()) > 255 for part in name.split("/")) or len(name) > 1000
    )  # fmt: skip
    if bad:
        raise UnreadableFile(f"a file in it is named {name[:80]!r}, which leads outside; refused", file=str(path))
    return folder / name


def _extract(path: Path, folder: Path) -> None:
    room = min(LARGEST, max(HARMLESS, RATIO * path.stat().st_size))
    seen: set[str] = set()
    with _opened(path) as zipped:
        members = _members(zipped)
        for info in members:  # all names first: an archive with one bad name is not unpacked at all
            _check(info, path)
            target = _target(info.filename, folder, path)
            if info.filename.casefold() in seen:
                raise UnreadableFile(f"'{info.filename[:80]}' is in it twice; refused", file=str(path))
            seen.add(info.filename.casefold())
        stated = sum(info.file_size for info in members)
        if stated > room:
            raise _too_much(path, room)
        for info in members:
            target = _target(info.filename, folder, path)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                room -= _write(zipped, info, target, room, path)
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                raise UnreadableFile(f"'{info.filename[:80]}' in it is a file and a folder", file=str(path)) from None
            except _BROKEN as e:
                if isinstance(e, OSError) and e.errno is not None:
                    raise
                raise UnreadableFile(f"'{info.filename[:80]}' in it is broken: {e}", file=str(path)) from e


def _write(zipped: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, room: int, path: Path) -> int:
    """Bytes written; what the archive states of its sizes is not believed."""
    written = 0
    with zipped.open(info) as source, target.open("xb") as out:
        while block := source.read(1 << 20):
            written += len(block)
            if written > room:
                raise _too_much(path, room)
            if shutil.disk_usage(target.parent).free < _SPARE + len(block):
                raise InputError("not enough room on the disk for temporary files to unpack it", file=str(path))
            out.write(block)
    return written


def _too_much(path: Path, room: int) -> UnreadableFile:
    reason = f"unpacks to more than {room:,} bytes, {RATIO} times its size or beyond all measure; refused"
    return UnreadableFile(reason, file=str(path))
