"""Kernels of looking up: plain functions of arrays, which numba can compile."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

__all__ = ["add_up", "compiled", "in_common"]


@cache
def compiled(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel compiled by numba, kept on disk where there is a place to write."""
    import numba

    try:
        made: Callable[..., Any] = numba.njit(cache=True)(plain)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        made = numba.njit(plain)
    return made


def in_common(rows: Any, text: Any, others: Any, at: Any, places: Any) -> Any:
    """Length of the longest common subsequence of a text with each row's, by bits, 63 letters a word (Hyyrö 2004).

    :param text: at most 252 bytes; :param places: zeros (256 letters, 4 words), and left so
    """
    blocks = (len(text) + 62) // 63
    full, one = np.uint64((1 << 63) - 1), np.uint64(1)
    for i in range(len(text)):
        places[text[i], i // 63] |= one << np.uint64(i % 63)
    state = np.empty(4, np.uint64)
    common = np.zeros(len(rows), np.int64)
    for k in range(len(rows)):
        state[:] = full
        for p in range(at[rows[k]], at[rows[k] + 1]):
            carry = np.uint64(0)
            for b in range(blocks):
                s = state[b]
                u = s & places[others[p], b]
                added = s + u + carry
                carry = added >> np.uint64(63)
                state[b] = (added & full) | (s & ~u)
        for b in range(blocks):
            bits = ~state[b] & full
            while bits:
                bits &= bits - one
                common[k] += 1
    for i in range(len(text)):
        places[text[i], i // 63] = np.uint64(0)
    return common


def add_up(  # noqa: C901, a kernel is one nest of loops
    ids: Any, shares: Any, ends: Any, weights: Any, sounds: Any, initials: Any, allowed: Any, born: Any, ties: Any,
    least: Any, dates: Any, countries: Any, owner: Any, schema: Any, years: Any, traits: Any, words: Any,
    words_at: Any, rows: Any, rows_at: Any, weight: Any, total: Any, gain_of: Any, slot_of: Any, met: Any, mark: Any,
    out: Any, worth: Any,
) -> Any:  # fmt: skip
    """Rows whose words answer to those asked about, the worthiest that `out` has room for.

    :param ids: words alike, those of the *t*-th asked about up to ``ends[t]``; :param shares: of the rarer one's weight
    :param sounds: words are sounds, which weigh as the syllable asked about
    :param initials: what single letters among the words asked about weigh: they may stand for anything
    :param least: log-odds a name must tell, less what `dates` (by years apart) and `countries` can tell
    :param gain_of: zeros, one a word, and left so; :param slot_of: likewise -1; :param met: last mark of each row
    :returns: their number; rows in `out`, log-odds in `worth`
    """
    asked = len(weights)
    best = np.zeros(asked, np.float32)
    begin = 0
    for t in range(asked):
        for k in range(begin, ends[t]):
            v = ids[k]
            gain = shares[k] * (weights[t] if sounds else min(weights[t], weight[v]))
            if gain > gain_of[v]:
                gain_of[v] = gain
                slot_of[v] = t
            best[t] = max(best[t], gain)
        begin = ends[t]
    left, everything = np.float32(0.0), np.float32(0.0)
    for t in range(asked):
        left += best[t]
        everything += weights[t]
    most_else = max(np.float32(0.0), dates.max()) + countries if born[0] else countries
    far = len(dates) - 1
    took = np.zeros(asked, np.float32)
    count, lowest = 0, 0
    for t in np.argsort(-weights):
        if left + initials < least - most_else:
            break
        for k in range(ends[t - 1] if t else 0, ends[t]):
            for p in range(rows_at[ids[k]], rows_at[ids[k] + 1]):
                row = rows[p]
                if met[row] == mark:
                    continue
                met[row] = mark
                entity = owner[row]
                if not allowed[schema[entity]]:
                    continue
                needed = least
                if born[0] and years[entity, 0]:
                    apart = max(0, years[entity, 0] - born[1], born[0] - years[entity, 1])
                    needed -= dates[min(apart, far)]
                if ties & traits[entity]:
                    needed -= countries
                needed = max(needed, np.float32(1.0))
                if left + initials < needed:
                    continue
                took[:] = 0.0
                theirs = np.float32(0.0)
                for q in range(words_at[row], words_at[row + 1]):
                    s = slot_of[words[q]]
                    if s >= 0:
                        theirs += weights[s] if sounds else weight[words[q]]
                        took[s] = max(took[s], gain_of[words[q]])
                agreed, mine = np.float32(0.0), np.float32(0.0)
                for s in range(asked):
                    if took[s] > 0.0:
                        agreed += took[s]
                        mine += weights[s]
                rest = np.float32(0.0) if sounds else min(everything - mine, total[row] - theirs)
                told = agreed - max(np.float32(0.0), rest - initials) + initials
                if told < needed:
                    continue
                told -= needed
                if count < len(out):
                    out[count], worth[count] = row, told
                    count += 1
                elif told > worth[lowest]:
                    out[lowest], worth[lowest] = row, told
                else:
                    continue
                if count == len(out):
                    lowest = int(np.argmin(worth))
        left -= best[t]
    for k in range(len(ids)):
        gain_of[ids[k]] = 0.0
        slot_of[ids[k]] = -1
    return count
