"""Remembered hits: after a further ingest only what the new payments can change is searched again.

A hit depends on payments within its window from its first one and on what came before (`patterns`). So where the log of
today begins as the log of the last run did, up to some payment, the hits that had begun a window before it stand, and
the search goes on from there. The findings are those of a search over everything. What is remembered lies with the
findings that it was made for, under the hash of the code: another version searches anew.

Both logs are compared by hashes of their beginnings, one every `STEP` payments: nobody has to say what is new, and a
payment that arrives late, or is taken back, only makes the part that stands shorter. Where a search gave up starting
points it is then made anew, for how many of them lay before is not kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.log import Log

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["STEP", "Searches"]

STEP = 1 << 14
"""Payments from one hash of the log's beginning to the next."""

Find = Callable[..., Hits]


class Searches:
    """Runs searches over a log, from what the last run left and for the next.

    :param before: folder that a run with the same code filled; None, or one that is not there: nothing is remembered
    :param after: folder to fill; None: nothing is kept
    :param aside: what to search in: several threads may
    """

    def __init__(
        self, log: Log, before: Path | None = None, after: Path | None = None,
        aside: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:  # fmt: skip
        self.log, self._before, self._after, self._aside = log, before, after, aside
        self.begun = 0
        """Payments that searches began at, over all searches."""
        self.stood = 0
        """Payments that they did not have to begin at again."""

    def run(self, find: Find, *, window: int, **dials: Any) -> Hits:
        """``find(log, window=window, **dials)``.

        :param window: seconds from a hit's first payment to its last, at most
        """
        name = _key(find, window, dials)
        since = self._since(window)
        known = self._standing(name, since, lambda log: find(log, window=window, since=since, **dials).exhausted)
        if known is None:
            since, known = 0, Hits(np.zeros(1, np.int64), np.zeros(0, np.int64))
        # every search from its own beginning on, even that of nothing: it says what columns its hits have
        with self._aside():
            fresh = find(self.log, window=window, since=since, **dials)
        hits = _joined(known, fresh)
        self.begun += len(self.log) - since
        self.stood += since
        if self._after is not None:
            self._keep(self._after, name, hits)
        return hits

    @cached_property
    def _last(self) -> Mapping[str, Any]:
        """What the last run's log was. :return: payments, and hashes of its beginnings"""
        path = None if self._before is None else self._before / "log.json"
        if path is None or not path.exists():
            return {"payments": 0, "hashes": []}
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    @cached_property
    def _same(self) -> int:
        """So many payments at the beginning of the log are those of the last run's."""
        places = [p for p in _places(self._last["payments"]) if p <= len(self.log)]
        own = _hashes(self.log.rows.column("row_id"), places)
        return max(
            (p for p, mine, its in zip(places, own, self._last["hashes"], strict=False) if mine == its), default=0
        )

    def _since(self, window: int) -> int:
        """The first payment whose hits a new payment, or one that is gone, could be part of."""
        end, gone = self._same, self._same < self._last["payments"]
        if not end or (end == len(self.log) and not gone):
            return end
        # one that is gone came after the last that is still there
        return int(np.searchsorted(self.log.at, self.log.at[end - 1 if gone else end] - window))

    def _standing(self, name: str, since: int, again: Callable[[Log], int]) -> Hits | None:
        """Hits of the last run that begin before `since`. None: none are remembered, or it cannot be told how many of
        the searches that were given up began before it."""
        path = None if self._before is None else self._before / f"{name}.npz"
        if path is None or not since or not path.exists():
            return None
        with np.load(path) as stored:
            columns: dict[str, Any] = {column: int(v) if v.ndim == 0 else v for column, v in stored.items()}
            hits = Hits(**columns)
        if hits.exhausted:
            if self._same < self._last["payments"]:
                return None
            later = again(_beginning(self.log, self._same)) if since < self._same else 0
            hits = replace(hits, exhausted=hits.exhausted - later)
        return _selected(hits, hits.members[hits.starts[:-1]] < since)

    def _keep(self, folder: Path, name: str, hits: Hits) -> None:
        folder.mkdir(exist_ok=True)
        columns: dict[str, Any] = {"starts": hits.starts, "exhausted": np.asarray(hits.exhausted), **_columns(hits)}
        with (folder / f"{name}.npz").open("wb") as file:
            np.savez(file, **columns)
        about = folder / "log.json"
        if not about.exists():
            n = len(self.log)
            hashes = _hashes(self.log.rows.column("row_id"), _places(n))
            about.write_text(json.dumps({"payments": n, "hashes": hashes}), encoding="utf-8")


def _key(find: Find, window: int, dials: Mapping[str, Any]) -> str:
    """Name of a search with these dials."""
    text = json.dumps([find.__module__, find.__qualname__, window, sorted(dials.items())])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _places(n: int) -> list[int]:
    """Ends of the beginnings of n payments that are hashed, that of all of them last."""
    return [*range(STEP, n, STEP), n] if n else []


def _hashes(ids: pa.ChunkedArray | pa.Array, places: Iterable[int]) -> list[str]:
    """Hash of the first p ids, for each p of `places`, rising."""
    import pyarrow as pa

    digest, begin, found = hashlib.blake2b(digest_size=12), 0, []
    whole = ids if isinstance(ids, pa.ChunkedArray) else pa.chunked_array([ids])
    for end in places:
        for part in whole.slice(begin, end - begin).cast(pa.large_string()).chunks:
            offsets = np.frombuffer(part.buffers()[1], np.int64)[part.offset : part.offset + len(part) + 1]
            digest.update(np.diff(offsets).tobytes())
            digest.update(memoryview(part.buffers()[2])[offsets[0] : offsets[-1]])
        begin = end
        found.append(digest.copy().hexdigest())
    return found


def _beginning(log: Log, n: int) -> Log:
    """The log of the first n payments."""
    columns = {c: getattr(log, c)[:n] for c in ("payer", "payee", "at", "amount", "currency", "usd")}
    return replace(log, **columns, rows=log.rows.slice(0, n))


def _selected(hits: Hits, which: np.ndarray[Any, np.dtype[np.bool_]]) -> Hits:
    """The hits for which `which`, bool[hits], is true, with whatever columns a search gave them."""
    mine = np.repeat(which, hits.sizes)
    columns = {name: v[mine if len(v) == len(mine) else which] for name, v in _columns(hits).items()}
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(hits.sizes[which])])
    return replace(hits, starts=starts, **columns)


def _joined(first: Hits, second: Hits) -> Hits:
    """The hits of both, each with what its search says of it."""
    if not len(first):
        return replace(second, exhausted=first.exhausted + second.exhausted)
    if not len(second):
        return replace(first, exhausted=first.exhausted + second.exhausted)
    mine, its = _columns(first), _columns(second)
    columns = {name: np.concatenate([v, its[name]]) for name, v in mine.items()}
    starts = np.concatenate([first.starts, second.starts[1:] + first.starts[-1]])
    return replace(first, starts=starts, exhausted=first.exhausted + second.exhausted, **columns)


def _columns(hits: Hits) -> dict[str, Any]:
    """Columns with a value for each member or each hit."""
    found = {f.name: getattr(hits, f.name) for f in fields(Hits) if f.name not in ("starts", "exhausted")}
    return {name: v for name, v in found.items() if v is not None}
