"""The state: what must be remembered of payments so far, so that the next can be described.

Invariant: whatever the batches into which payments in time order are cut, every value is the same, bit for bit; for a
whole table is but a large batch. Nothing later than a payment, nor of its own second, has a part in its columns.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.entities.compiling import compiled
from counterflow.errors import InputError
from counterflow.findings.features import accounts, batch, closing, entering, lists, statistics
from counterflow.findings.features.batch import Batch
from counterflow.findings.features.columns import layout, names
from counterflow.findings.features.lists import Array
from counterflow.findings.features.windows import Windows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Matrix", "State"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]

_SIZES = 30
_FORMAT = 1
_TOLD = ("left_out", "late", "payments", "_clock")
_STAMPS = 2**31 - 1


class State:
    """Payments so far, as far as the windows reach, and of every account and pair what is told of them for ever.

    :ivar windows: how far back the columns look; they cannot be changed later
    :ivar names: of the columns, in order
    :ivar left_out: why payments could not be described → how many; their rows are empty
    :ivar late: payments that came after later ones: they are taken as of the latest second so far
    :ivar payments: described so far
    """

    def __init__(self, windows: Windows | None = None, *, plain: bool = False) -> None:
        """:param plain: run the kernels as plain Python: for a few hundred rows, where compiling takes longer"""
        self.windows = windows or Windows()
        self.names = names(self.windows)
        self.left_out: dict[str, int] = {}
        self.late = self.payments = 0
        self._plain = plain
        self._clock, self._stamp = -lists.SHIFT, 0
        self._spans = np.array(self.windows.spans, np.int64)
        # by account
        self._marks, self._slots, self._accounts = _zeros(16, np.uint64), _zeros(64, np.uint64), _zeros(1, np.int64)
        self._header, self._need, self._scratch = (_zeros(0, np.int32) for _ in range(3))
        self._sums, self._heads = _zeros(0, np.int64), _zeros(0, np.int32)
        # the pool of payments
        self._links, self._amounts, self._chain = _zeros(0, np.int32), _zeros(0, np.float64), _zeros(0, np.int32)
        self._free, self._used = np.full(_SIZES, -1, np.int32), _zeros(1, np.int64)
        # by pair
        self._keys, self._pair_slots, self._pairs = _zeros(16, np.uint64), _zeros(32, np.uint64), _zeros(1, np.int64)
        self._pair = _zeros(16 * entering.PAIR, np.int32)
        # scratch
        self._hints, self._queue = _zeros(2 * (closing.HINTS + 1), np.int32), _zeros(4 * closing.BUDGET, np.int32)
        self._block = _zeros(layout(self.windows).width, np.float32)

    @property
    def accounts(self) -> int:
        """Accounts known so far."""
        return int(self._accounts[0])

    def extend(self, payments: pa.Table | pa.RecordBatch, out: Matrix | None = None) -> Matrix:
        """Describe further payments, and remember them.

        :param payments: as `batch.read` takes them, in any order; what is before the latest second so far is `late`
        :param out: where to write, float32[at least n, len(names)]: of a stream, memory already at hand is quicker
        :return: float32[n, len(names)], row i of payment i; NaN where a column has no value, and all through the row
            where the payment could not be described
        """
        return self.extend_batch(batch.read(payments), out)

    def extend_batch(self, given: Batch, out: Matrix | None = None) -> Matrix:
        """As `extend`, of what `batch.read` has read."""
        with np.errstate(over="ignore"):  # the kernels count modulo 2⁶⁴, plain as compiled
            payer, payee, elsewhere = self._number(given)
            cells = np.empty((len(payer), len(self.names)), np.float32) if out is None else out[: len(payer)]
            self._describe(payer, payee, elsewhere, given, cells)
            return cells

    def save(self, path: Path) -> None:
        """Write the state to a file, whole or not at all. No account is named in it: it holds their marks."""
        n, used, pairs, w = self.accounts, int(self._used[0]), int(self._pairs[0]), len(self._spans)
        told = {name: getattr(self, name) for name in _TOLD}
        meta = {"format": _FORMAT, "windows": asdict(self.windows), **told}
        arrays = {
            "marks": self._marks[:n], "header": self._header[: n * lists.ACCOUNT],
            "sums": self._sums[: 2 * w * lists.SUMS * n], "heads": self._heads[: 2 * w * lists.HEADS * n],
            "links": self._links[: lists.LINK * used], "amounts": self._amounts[:used],
            "chain": self._chain[: lists.CHAIN * used], "free": self._free, "keys": self._keys[:pairs],
            "pair": self._pair[: entering.PAIR * pairs],
        }  # fmt: skip
        unfinished = path.with_name(path.name + ".unfinished")
        with unfinished.open("wb") as file:
            np.savez(file, allow_pickle=False, meta=np.array(json.dumps(meta)), **arrays)
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path, *, plain: bool = False) -> State:
        """The state that a file holds: it goes on as the one that was saved would have.

        :raises InputError: it is no such file
        """
        try:
            with np.load(path, allow_pickle=False) as found:
                held = {name: found[name] for name in found.files}
            meta = json.loads(str(held["meta"]))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as e:
            raise InputError(f"is no saved state of features ({e})", file=str(path)) from e
        if meta.get("format") != _FORMAT:
            raise InputError(f"is of format {meta.get('format')}; this version reads {_FORMAT}", file=str(path))
        spans: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in meta["windows"].items()}
        state = cls(Windows(**spans), plain=plain)
        for name in _TOLD:
            setattr(state, name, meta[name])
        with np.errstate(over="ignore"):
            state._take(held)
        return state

    def _take(self, held: dict[str, Array]) -> None:
        n, pairs, used = len(held["marks"]), len(held["keys"]), len(held["amounts"])
        self._accounts[0], self._pairs[0], self._used[0] = n, pairs, used
        room = max(16, 1 << n.bit_length())
        self._marks, self._slots = _grown(held["marks"], room), _zeros(4 * room, np.uint64)
        self._run(accounts.refill)(self._slots, self._marks, n)
        self._room_for_accounts()
        for name in ("header", "sums", "heads", "free"):
            getattr(self, f"_{name}")[: len(held[name])] = held[name]
        self._links, self._amounts, self._chain = held["links"], held["amounts"], held["chain"]
        room = max(16, 1 << pairs.bit_length())
        self._keys, self._pair = _grown(held["keys"], room), _grown(held["pair"], entering.PAIR * room)
        self._pair_slots = _zeros(2 * room, np.uint64)
        self._run(entering.rehash)(self._pair_slots, self._keys, pairs)

    def _run(self, kernel: Callable[..., Any]) -> Callable[..., Any]:
        return kernel if self._plain else compiled(kernel)

    def _number(self, given: Batch) -> tuple[Array, Array, Array]:
        """Payer and payee by number, and whether their banks differ."""
        n = len(given.at)
        marks, banks, numbers = np.empty((2, n), np.uint64), np.empty((2, n), np.uint64), np.empty((2, n), np.int32)
        sides = ((given.from_bank, given.from_account), (given.to_bank, given.to_account))
        for i, (bank, account) in enumerate(sides):
            self._run(accounts.marks_of)(*bank, *account, marks[i], banks[i])
            done = 0
            while done < n:
                done = self._run(accounts.look_up)(
                    marks[i], given.kept, done, self._slots, self._marks, self._accounts, numbers[i]
                )
                if done < n:
                    self._marks = _grown(self._marks, 2 * len(self._marks))
                    self._slots = _zeros(4 * len(self._marks), np.uint64)
                    self._run(accounts.refill)(self._slots, self._marks, self.accounts)
        elsewhere = np.where(given.banks_known, banks[0] != banks[1], np.float32(np.nan)).astype(np.float32)
        self._room_for_accounts()
        return numbers[0], numbers[1], elsewhere

    def _room_for_accounts(self) -> None:
        before, wanted, w = len(self._need) // 2, len(self._marks), len(self._spans)
        if before >= wanted:
            return
        self._header = _grown(self._header, wanted * lists.ACCOUNT)
        fresh = self._header.reshape(wanted, lists.ACCOUNT)[before:]
        fresh[:, [lists.SIZE, lists.SIDE + lists.SIZE, lists.SIDE + lists.EXTRA]] = -1
        fresh[:, lists.EXTRA] = statistics.NEVER
        self._need, self._scratch = _grown(self._need, 2 * wanted), _grown(self._scratch, 4 * wanted)
        self._sums = _grown(self._sums, 2 * w * lists.SUMS * wanted)
        self._heads = _grown(self._heads, 2 * w * lists.HEADS * wanted)

    def _describe(self, payer: Array, payee: Array, elsewhere: Array, given: Batch, out: Matrix) -> None:
        at, amount = given.at, given.amount
        rows = np.arange(len(payer), dtype=np.int32)
        if given.left_out:
            out[~given.kept] = np.nan
            rows = rows[given.kept]
            for reason, lost in given.left_out.items():
                self.left_out[reason] = self.left_out.get(reason, 0) + len(lost)
        if not len(rows):
            return
        times = at[rows] if len(rows) < len(at) else at
        if (times[1:] < times[:-1]).any():
            order = np.argsort(times, kind="stable")
            rows, times = rows[order], times[order]
        whole = len(rows) == len(at) and times is at
        if times[0] < self._clock:
            before = int(np.searchsorted(times, self._clock))
            self.late += before
            times = np.maximum(times, self._clock)
        if not whole:
            payer, payee, amount, elsewhere = payer[rows], payee[rows], amount[rows], elsewhere[rows]
        self._enter(payer, payee, times, amount, elsewhere, rows, out)
        self._clock = int(times[-1])
        self.payments += len(rows)

    def _enter(
        self, payer: Array, payee: Array, at: Array, amount: Array, elsewhere: Array, rows: Array, out: Matrix
    ) -> None:
        """The kernels, one after the other, on payments in time order."""
        n, place, w, cells = len(payer), layout(self.windows), self.windows, out.reshape(-1)
        touched, own = np.empty(min(2 * n, self.accounts), np.int32), np.full(n, -2, np.int32)
        touched = touched[: self._run(lists.count)(payer, payee, self._header, self._need, touched, own)]
        touched.sort()  # neighbours in memory, one after the other
        done = 0
        while True:
            done = self._run(lists.room)(
                touched, done, self._need, self._header, self._links, self._amounts, self._chain, self._sums,
                self._heads, self._spans, len(w.stats), self._free, self._used, int(at[0]), w.longest,
            )  # fmt: skip
            if done == len(touched):
                break
            self._room_for_payments(4 * n)
        done = 0
        while True:
            done = self._run(entering.enter)(
                payer, payee, at, amount, elsewhere, rows, done, self._header, self._links, self._amounts,
                self._chain, self._pair_slots, self._keys, self._pair, self._pairs, cells, place.width, place.pair,
            )  # fmt: skip
            if done == n:
                break
            self._room_for_pairs(n - done)
        self._run(statistics.sweep)(
            touched, self._header, self._links, self._amounts, self._chain, self._sums, self._heads, self._spans,
            len(w.stats), at, amount, rows, own, self._block, cells, place.width, place.payer, place.payee,
        )  # fmt: skip
        if self._stamp + 4 * n > _STAMPS:
            self._scratch[:] = self._stamp = 0
        self._stamp = self._run(closing.search)(
            touched, self._header, self._links, self._chain, w.cycle, w.relay, self._scratch, self._stamp,
            self._hints, self._queue, rows, own, cells, place.width, place.patterns,
        )  # fmt: skip

    def _room_for_payments(self, more: int) -> None:
        size = len(self._amounts)
        size = max(4 * size, int(self._used[0]) + more, 64)  # what is not used yet is not in memory either
        self._links, self._chain = _grown(self._links, lists.LINK * size), _grown(self._chain, lists.CHAIN * size)
        self._amounts = _grown(self._amounts, size)

    def _room_for_pairs(self, more: int) -> None:
        known = int(self._pairs[0])
        size = max(2 * len(self._keys), 1 << (known + more // 2).bit_length())
        self._keys, self._pair = _grown(self._keys, size), _grown(self._pair, entering.PAIR * size)
        self._pair_slots = _zeros(2 * size, np.uint64)
        self._run(entering.rehash)(self._pair_slots, self._keys, known)


def _zeros(n: int, kind: Any) -> Array:
    return np.zeros(n, kind)


def _grown(array: Array, size: int) -> Array:
    larger = np.zeros(size, array.dtype)
    larger[: len(array)] = array
    return larger
