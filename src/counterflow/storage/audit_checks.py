"""Is the audit log as it was appended and signed? Asked of the database, of an exported file, of a single proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from counterflow.errors import UsageError
from counterflow.storage import audit, merkle, notes, succession
from counterflow.storage.audit import ENTRIES, HEADS, STATE, SUCCESSIONS, TILES, as_bytes, cut, rows

__all__ = ["check", "covered", "problems"]

TOLD = 20
"""Problems that are told one by one."""


def problems(engine: sa.Engine, head: str | None = None, key: str | None = None) -> list[str]:
    """What is not as it was appended and signed, in words; empty: all is.

    :param head: a signed head that somebody kept elsewhere; :param key: public key that all heads must be signed
        by, or by those before and after it; None: that which the database names with each
    """
    told: list[str] = []
    with engine.connect() as tx:
        # heads before the size: the log may grow, and be signed, while it is read
        kept = [dict(row) for row in tx.execute(sa.select(HEADS).order_by(HEADS.c.size)).mappings()]
        state = tx.execute(sa.select(STATE)).mappings().one()
        handed_on = tx.execute(sa.select(SUCCESSIONS.c.note)).scalars().all()
        wanted = _signed(kept, head, _reigns(kept, key, handed_on, told), told)
        signed = iter(sorted(wanted))
        due = next(signed, 0)
        edge = _Tree({(row.level, row.n): as_bytes(row.hash) for row in tx.execute(sa.select(TILES))})
        for tile in _tiles(rows(tx, 0, state["size"])):
            found = [merkle.leaf(leaf) for _, leaf, _ in tile]
            if found != [hash for _, _, hash in tile]:
                changed = (n for (n, _, hash), now in zip(tile, found, strict=True) if now != hash)
                told.extend(f"audit entry {n} is not as it was appended" for n in changed)
            while 0 < due <= edge.size + len(tile):
                root = edge.root(found[: due - edge.size])
                for what in wanted.pop(due):
                    if what.root != root:
                        told.append(f"the first {due} audit entries are not those that were signed {what.at}")
                due = next(signed, 0)
            told.extend(edge.add(found))
        last = tx.execute(sa.select(sa.func.max(ENTRIES.c.n))).scalar()
        size = tx.execute(sa.select(STATE.c.size)).scalar_one()
    if edge.size < state["size"]:
        told.append(f"audit entry {edge.size} of {state['size']} is missing")
    elif edge.root() != merkle.Frontier(state["size"], cut(state["peaks"])).root():
        told.append(f"the audit log's {edge.size} entries are not those that it was left with")
    if last is not None and last >= size:
        told.append(f"audit entries {size} to {last} were never appended")
    told.extend(f"a head of {size} audit entries was signed: the log is cut short" for size in sorted(wanted))
    more = len(told) - TOLD
    return told if more <= 0 else [*told[:TOLD], f"and {more} more problems of the audit log"]


def covered(leaves: Iterable[bytes], note: str, key: str) -> int:
    """Check a log handed over as a file against a signed head.

    :return: entries that the head covers
    :raises UsageError: the head is not by that key, or its entries are not these
    """
    head = notes.read(note, key)
    edge = merkle.Frontier()
    for leaf in leaves:
        if edge.size == head.size:
            break
        edge.add(merkle.leaf(leaf))
    if edge.size < head.size:
        raise UsageError(f"The log has {edge.size} entries, the signed head {head.size}: it is cut short.")
    if edge.root() != head.root:
        raise UsageError(f"The {head.size} entries are not those that were signed {head.at}.")
    return head.size


def check(proof: Mapping[str, Any], key: str, older: str | None = None) -> notes.Head:
    """Check a proof of `AuditLog.proof`, or of `AuditLog.growth` from an older head.

    :raises UsageError: it does not show what it says
    """
    try:
        head = notes.read(proof["head"], key)
        path = [bytes.fromhex(h) for h in proof["path"]]
        if "entry" in proof:
            good = merkle.root_along(merkle.leaf(proof["entry"].encode()), proof["index"], head.size, path) == head.root
        else:
            before = notes.read(older or "", key)
            good = before.size == proof["size"] and merkle.consistent(
                before.size, before.root, head.size, head.root, path
            )
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise UsageError(f"This is no proof of an audit log ({e}).") from e
    if not good:
        raise UsageError("The proof does not lead to the signed head.")
    return head


Reigns = Mapping[str, tuple[int, float]]


def _reigns(
    kept: Sequence[Mapping[str, Any]], key: str | None, handed_on: Sequence[str], problems: list[str]
) -> Reigns:
    """The keys that may sign heads, and of what sizes; where none is given, those that the database names."""
    if key is None:
        return {row["key"]: (0, float("inf")) for row in kept}
    try:
        return succession.reigns(key, handed_on)
    except UsageError as e:
        problems.append(str(e))
        return {key: (0, float("inf"))}


def _signed(
    kept: Sequence[Mapping[str, Any]], head: str | None, reigns: Reigns, problems: list[str]
) -> dict[int, list[notes.Head]]:
    """size → heads whose signature is good."""
    found: dict[int, list[notes.Head]] = {}
    for note in [*(row["note"] for row in kept), *([] if head is None else [head])]:
        try:
            one = _by_one_of(note, reigns)
        except UsageError as e:
            problems.append(str(e))
        else:
            if one.size:  # of nothing nothing can be altered
                found.setdefault(one.size, []).append(one)
    return found


def _by_one_of(note: str, reigns: Reigns) -> notes.Head:
    """A head, by a key that may sign it. :raises UsageError: none of them did"""
    wrong = UsageError("There is no key to check a head of the audit log with.")
    for key, (first, last) in reigns.items():
        try:
            found = notes.read(note, key)
        except UsageError as e:
            wrong = e
            continue
        if first <= found.size <= last:
            return found
        raise UsageError(f"The head of {found.size} entries is signed by a key that had no say over so many.")
    raise wrong


def _tiles(entries: Iterator[tuple[int, bytes, bytes]]) -> Iterator[list[tuple[int, bytes, bytes]]]:
    """Entries from the first on, a tile at a time, up to the first that is missing."""
    first = 0
    while tile := list(islice(entries, audit.TILE)):
        whole = [entry for at, entry in enumerate(tile, first) if entry[0] == at]
        if whole:
            yield whole
        if len(whole) < audit.TILE:
            return
        first += audit.TILE


class _Tree:
    """The tree as tiles come by, with their roots held against those that are kept."""

    def __init__(self, kept: Mapping[tuple[int, int], bytes]) -> None:
        self.size, self._kept = 0, kept
        self._filling = [merkle.Frontier()]  # of tiles, of tiles of tiles…
        self._last: Sequence[bytes] = ()

    def add(self, leaves: Sequence[bytes]) -> Iterator[str]:
        """The next tile, by the hashes of its leaves; only the last may be smaller. What is wrong, in words."""
        self.size += len(leaves)
        if len(leaves) < audit.TILE:
            self._last = leaves
            return
        level, root = 1, merkle.root(leaves)
        while True:
            each = audit.TILE**level
            if self._kept.get((level, self.size // each - 1)) != root:
                yield f"among audit entries {self.size - each} to {self.size - 1} one is not as it was appended"
            self._filling[level - 1].add(root)
            if self._filling[level - 1].size < audit.TILE:
                return
            root = self._filling[level - 1].root()
            self._filling[level - 1] = merkle.Frontier()
            level += 1
            if level > len(self._filling):
                self._filling.append(merkle.Frontier())

    def root(self, more: Sequence[bytes] | None = None) -> bytes:
        """Of all entries so far. :param more: leaves of the next tile that are to count as well"""
        edge = merkle.Frontier()
        for leaf in self._last if more is None else more:
            edge.add(leaf)
        return merkle.fold([*(peak for tile in reversed(self._filling) for peak in tile.peaks), *edge.peaks])
