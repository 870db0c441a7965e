"""Editions of a publisher's files, fetched from the addresses in its descriptor.

``<folder>/<dataset>/<when>/`` is an edition: a folder that is either whole or not there (written beside and renamed),
and never changed. The newest one is the current one; earlier ones stay. Where nothing changed, nothing is added.

Invariant: what does not hold what it should (an error page, a broken or cut file, something no reader recognises) never
becomes an edition.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow import registry
from counterflow.errors import FetchFailed, InputError, UnknownName
from counterflow.model.source import Descriptor, Download
from counterflow.sources import descriptors
from counterflow.sources.download import PATIENCE, Limits, Mark, download, session
from counterflow.sources.stream import open_binary, open_utf8, read_head, text_encoding
from counterflow.sources.xml_stream import Mended
from counterflow.storage.blobs import sha256_of
from counterflow.storage.lock import held

if TYPE_CHECKING:
    import requests

__all__ = ["Edition", "fetch", "fetchable", "named", "newest"]

Check = Callable[[Path], None]
"""Whether something can be read; raises InputError where not."""
Progress = Callable[[str, int, int | None], None]

_STATE = ".fetched.json"
_PARTIAL = ".partial"


@dataclass(frozen=True)
class Edition:
    """:param place: the file, or the folder of several, to ingest; :param changed: it is new, made by this fetch"""

    dataset: str
    place: Path
    fetched_at: str
    bytes: int
    changed: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "place": str(self.place)}


def fetchable() -> dict[str, Descriptor]:
    """Name → descriptor, of all that name what to download: the built-in descriptors, and those of every reader."""
    readers = [registry.get("readers", name).descriptor for name in registry.names("readers")]
    every = {d.dataset: d for d in readers} | {name: descriptors.load(name) for name in descriptors.names()}
    return {name: d for name, d in sorted(every.items()) if d.downloads}


def named(name: str) -> tuple[str, Descriptor]:
    """A descriptor that says what to download, by its name or, where only one begins so, by its beginning: ``eu``.

    :raises UnknownName: none of that name, or several
    """
    known = fetchable()
    begun = [other for other in known if other.startswith(f"{name}-")]
    found = name if name in known else begun[0] if len(begun) == 1 else None
    if found is None:
        raise UnknownName("list to fetch", name, known)
    return found, known[found]


def newest(folder: Path, descriptor: Descriptor) -> Edition | None:
    """The current edition of a dataset, if there is one."""
    place = folder / descriptor.dataset
    whole = (
        (p for p in place.iterdir() if not p.name.startswith(".") and (p / _STATE).is_file()) if place.is_dir() else ()
    )
    found = sorted(whole)
    return _edition(descriptor, found[-1], changed=False) if found else None


def fetch(
    descriptor: Descriptor, folder: Path, *, check: Check, limits: Limits = PATIENCE, progress: Progress | None = None
) -> Edition:
    """Bring the files of a descriptor as one edition, or find that the newest one still holds.

    :param folder: where all datasets' editions lie
    :param check: whether some reader recognises what was fetched
    :raises FetchFailed: it could not be had, or is not what it should be; says what to do by hand
    """
    if not descriptor.downloads:
        raise UnknownName("dataset to fetch", descriptor.dataset, ())
    home = folder / descriptor.dataset
    partial = home / _PARTIAL
    partial.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        current = newest(folder, descriptor)
        try:
            marks, kept = _bring(descriptor, partial, current, limits, progress)
            if current is not None and kept == len(marks):
                _note(_folder_of(current), marks)  # the publisher may call the same content by a new mark
                return current
            place = partial if len(descriptor.downloads) > 1 else partial / descriptor.downloads[0].name
            check(place)
        except InputError as e:
            _discard(partial)
            raise _by_hand(descriptor, FetchFailed(descriptor.url, f"what was fetched is not it: {e}")) from e
        except FetchFailed as e:
            raise _by_hand(descriptor, e) from e
        return _settle(descriptor, home, partial, marks, current)


def _bring(
    descriptor: Descriptor, partial: Path, current: Edition | None, limits: Limits, progress: Progress | None
) -> tuple[dict[str, Mark], int]:
    """All files into `partial`: marks by name, and how many of them are as they were."""
    before = _state(_folder_of(current)) if current else {}
    marks: dict[str, Mark] = {}
    kept = 0
    with session() as http:
        for file in descriptor.downloads:
            known = before.get(file.name)
            old = _folder_of(current) / file.name if current and known else None
            try:
                mark = _one(http, file, partial, known if old and old.is_file() else None, limits, progress)
            except FetchFailed as e:
                if file.optional and not e.retryable:
                    continue
                raise
            if mark is None:
                assert old is not None and known is not None
                _same(old, partial / file.name)
                marks[file.name], kept = known, kept + 1
            else:
                if old and old.is_file() and sha256_of(old) == sha256_of(partial / file.name):
                    kept += 1
                marks[file.name] = mark
    return marks, kept if len(before) == len(marks) else -1


def _one(
    http: requests.Session, file: Download, partial: Path, known: Mark | None, limits: Limits, progress: Progress | None
) -> Mark | None:
    target = partial / file.name
    target.unlink(missing_ok=True)
    report = (lambda have, total: progress(file.name, have, total)) if progress is not None else None
    mark = download(http, file.url, target, known=known, limits=limits, progress=report)
    if mark is not None:
        try:
            _examine(target, file)
        except InputError as e:
            target.unlink(missing_ok=True)
            raise FetchFailed(file.url, f"what came is not it: {e.reason}") from e
        except (OSError, EOFError) as e:
            target.unlink(missing_ok=True)
            raise FetchFailed(file.url, f"what came cannot be read to its end ({e})") from e
    return mark


def _settle(
    descriptor: Descriptor, home: Path, partial: Path, marks: Mapping[str, Mark], current: Edition | None
) -> Edition:
    """Make what lies in `partial` an edition."""
    for stray in partial.iterdir():
        if stray.name not in marks:
            stray.unlink()
    _note(partial, marks)
    at = dt.datetime.now(dt.UTC)
    place = home / at.strftime("%Y-%m-%dT%H%M%SZ")
    while place.exists() or (current is not None and place.name <= _folder_of(current).name):  # two within one second
        at += dt.timedelta(seconds=1)
        place = home / at.strftime("%Y-%m-%dT%H%M%SZ")
    partial.rename(place)
    return _edition(descriptor, place, changed=True)


def _by_hand(descriptor: Descriptor, failure: FetchFailed) -> FetchFailed:
    """The failure, and what to do about it without this program's help."""
    addresses = " and ".join(file.url for file in descriptor.downloads)
    names = ", ".join(file.name for file in descriptor.downloads)
    where, what = ("", names) if len(descriptor.downloads) == 1 else (" in a folder of their own", "FOLDER")
    advice = f"Or fetch it by hand: save {addresses} as {names}{where}, then: counterflow ingest {what}"
    later = " Try again later." if failure.retryable else ""
    return FetchFailed(failure.url, f"{failure.reason}.{later} {advice}", retryable=failure.retryable)


# -- on the disk -----------------------------------------------------------------------------------------------------


def _edition(descriptor: Descriptor, place: Path, *, changed: bool) -> Edition:
    files = [p for p in place.iterdir() if not p.name.startswith(".")]
    one = len(descriptor.downloads) == 1
    size = sum(p.stat().st_size for p in files)
    return Edition(
        descriptor.dataset, place / descriptor.downloads[0].name if one else place, place.name, size, changed
    )


def _folder_of(edition: Edition) -> Path:
    return edition.place if edition.place.is_dir() else edition.place.parent


def _state(place: Path) -> dict[str, Mark]:
    try:
        found = json.loads((place / _STATE).read_text(encoding="utf-8"))
        return {name: Mark(**mark) for name, mark in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):  # altered by hand: ask for all of it again
        return {}


def _note(place: Path, marks: Mapping[str, Mark]) -> None:
    text = json.dumps({name: asdict(mark) for name, mark in sorted(marks.items())}, indent=1)
    beside = place / (_STATE + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(place / _STATE)


def _same(old: Path, new: Path) -> None:
    """The same file a second time: as a link where the disk can."""
    new.unlink(missing_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def _discard(partial: Path) -> None:
    for path in partial.iterdir():
        path.unlink()


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One fetch of a dataset at a time. :raises FetchFailed: another process is at it"""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(held(home / ".lock"))
        except BlockingIOError as e:
            raise FetchFailed(str(home), "another process is fetching it", retryable=True) from e
        yield


# -- what came -------------------------------------------------------------------------------------------------------


def _examine(path: Path, file: Download) -> None:
    """Whether a file is of its kind to its end. :raises InputError: it is not"""
    head = read_head(path)
    start = head.text.lstrip()[:200].lower()
    if file.kind != "html" and start.startswith(("<!doctype html", "<html")):
        raise InputError("a web page, not the file: an error page or a question to a human", file=file.name)
    size = path.stat().st_size
    if size < file.minimum:
        raise InputError(f"{size:,} bytes, expected at least {file.minimum:,}", file=file.name)
    expected = _KINDS[file.kind]
    if not expected(path, head.start.lstrip(b"\xef\xbb\xbf \r\n\t")):
        raise InputError(f"it is no {file.kind.upper()}", file=file.name)


def _xml(path: Path, start: bytes) -> bool:
    from lxml import etree

    if not start.startswith(b"<"):
        return False
    with open_binary(path) as stream:
        source: Any = Mended(stream)
        parser = etree.iterparse(
            source, events=("end",), load_dtd=False, no_network=True, resolve_entities=False, huge_tree=False
        )
        try:
            for _, element in parser:
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as e:
            raise InputError(f"not well-formed to its end ({e.msg})", file=path.name, line=e.lineno) from e
    return True


def _json(path: Path, start: bytes) -> bool:
    import ijson

    if not start.startswith((b"{", b"[")):
        return False
    with open_binary(path) as stream:
        try:
            for _ in ijson.basic_parse(stream, multiple_values=True):
                pass
        except ijson.JSONError as e:
            raise InputError(f"not JSON to its end ({e})", file=path.name) from e
    return True


def _zip(path: Path, start: bytes) -> bool:
    import zipfile

    del start
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as zipped:
        try:
            broken = zipped.testzip()
        except (OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as e:
            raise InputError(f"a broken zip ({e})", file=path.name) from e
    if broken is not None:
        raise InputError(f"a broken zip: {broken}", file=path.name)
    return True


def _text(path: Path, start: bytes) -> bool:
    if b"\0" in start[:1000] and not text_encoding(path).name.startswith("utf-"):
        return False
    with open_utf8(path) as stream:
        while stream.read(1 << 20):
            pass
    return True


_KINDS: Mapping[str, Callable[[Path, bytes], bool]] = {
    "xml": _xml,
    "json": _json,
    "zip": _zip,
    "xlsx": _zip,
    "csv": lambda path, start: not start.startswith((b"<", b"{", b"%PDF", b"PK")) and _text(path, start),
    "text": _text,
    "html": lambda _, start: start.startswith(b"<"),
    "pdf": lambda _, start: start.startswith(b"%PDF"),
}
"""Kind of a file → whether it is one, to its end."""
