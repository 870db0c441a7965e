"""Kernels of looking up: plain functions of arrays, which numba can compile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np

__all__ = ["GENDER", "NATIONS", "aligned", "bits_set", "close", "compiled", "in_common", "sift"]

NEW = 9.0
"""Log-odds of an agreement on a word that nobody else bears."""

LOOSE = 0.1
"""By how much words may be heard better together than by their parts."""

GENDER = 12
"""Place of an entity's gender, two bits, among its marks; below stand the properties of which it has details."""

NATIONS = 1 << 14
"""Mark of an entity with nationalities."""


@cache
def compiled(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel, and the kernels that it calls, compiled by numba; kept on disk where there is a place to write.

    The name it is kept under has a hash of all that code, for numba itself looks at one file only.
    """
    import numba

    space = dict(plain.__globals__)
    space |= {name: compiled(helper) for name, helper in _helpers(plain).items()}
    bound = FunctionType(plain.__code__, space, f"{plain.__name__}_{_mark(plain)}")
    bound.__module__, bound.__qualname__ = plain.__module__, bound.__name__
    try:
        made: Callable[..., Any] = numba.njit(cache=True)(bound)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        made = numba.njit(bound)
    return made


def _helpers(plain: Callable[..., Any]) -> dict[str, FunctionType]:
    found = {name: plain.__globals__.get(name) for name in plain.__code__.co_names}
    return {name: f for name, f in found.items() if isinstance(f, FunctionType)}


def _mark(plain: Callable[..., Any]) -> str:
    code = plain.__code__
    known = [plain.__globals__.get(name) for name in code.co_names]
    constants = repr([code.co_consts, [value for value in known if isinstance(value, (int, float))]])
    below = "".join(map(_mark, _helpers(plain).values()))
    return hashlib.blake2b(code.co_code + f"{constants}{below}".encode(), digest_size=6).hexdigest()


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


def bits_set(x: Any) -> int:
    """How many bits of a 64-bit number are set."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


def close(letters: Any, size: Any, begin: Any, end: Any, bags: Any, joined_at: Any, out: Any) -> Any:
    """Rows that may be a slip or two apart without blanks, whatever the order of words: one where either has fewer than
    14 letters, none where it has fewer than 9.

    :param letters: bag of the name asked about; :param size: its letters without blanks
    :returns: how many; rows in `out`, as many as it has room for
    """
    count = 0
    for row in range(begin, end):
        apart = bits_set(bags[row] ^ letters)
        if apart > 4:
            continue
        other = joined_at[row + 1] - joined_at[row]
        shortest = min(other, size)
        most = 0 if shortest < 9 else 1 if shortest < 14 else 2
        if apart <= 2 * most and abs(other - size) <= most and count < len(out):
            out[count] = row
            count += 1
    return count


def needed(
    entity: Any, born: Any, ties: Any, nations: Any, least: Any, dates: Any, countries: Any, genders: Any,
    details: Any, years: Any, traits: Any, marks: Any,
) -> Any:  # fmt: skip
    """Log-odds that a name must tell for an entity to be of interest, given what else is known of it, at the least.

    :param born: first and last year asked about; :param ties: bits of countries; :param nations: 1 where they are
        nationalities
    :param least: where nothing else is known; :param dates: what dates can tell at most, by years apart
    :param countries: what they can tell at most: where one is shared, where none is, and where both are nationalities
    :param genders: by that of the entity; :param details: of each property that both have
    """
    told = least
    if born[0] and years[entity, 0]:
        apart = max(0, years[entity, 0] - born[1], born[0] - years[entity, 1])
        told -= dates[min(apart, len(dates) - 1)]
    if ties and traits[entity]:
        if ties & traits[entity]:
            told -= countries[0]
        else:
            told -= countries[2] if nations and marks[entity] & NATIONS else countries[1]
    told -= genders[(marks[entity] >> GENDER) & 3]
    for n in range(len(details)):
        if (marks[entity] >> n) & 1:
            told -= details[n]
    return told


def aligned(one: Any, costs: Any, two: Any, spared: Any) -> float:
    """Least cost of turning one row of sounds into the other.

    One vowel for another costs 0.25, a neighbouring consonant 0.4, another 1, a vowel for a consonant more than leaving
    the vowel out.

    :param one: (n, 2) sounds and those next to them, as bits; :param costs: (n) of leaving each out; likewise the other
    """
    vowels = 0b11111 << 24  # the last five of the signs
    row = np.zeros(len(two) + 1)
    for j in range(len(two)):
        row[j + 1] = row[j] + spared[j]
    for i in range(len(one)):
        corner = row[0]
        row[0] += costs[i]
        for j in range(len(two)):
            if one[i, 0] & two[j, 0]:
                price = 0.0
            elif not one[i, 0] & ~vowels:
                price = 0.25 if not two[j, 0] & ~vowels else 1.3
            elif not two[j, 0] & ~vowels:
                price = 1.3
            else:
                price = 0.4 if one[i, 1] & two[j, 0] else 1.0
            best = min(corner + price, row[j + 1] + costs[i], row[j] + spared[j])
            corner = row[j + 1]
            row[j + 1] = best
    return float(row[-1])


def cut_otherwise(
    row: Any, taken: Any, used: Any, asked_facts: Any, asked_units: Any, asked_costs: Any, words: Any, words_at: Any,
    facts: Any, units: Any, costs: Any, bare: Any, room: Any,
) -> Any:  # fmt: skip
    """How alike the words left over may sound without their blanks, 0 where they do not."""
    one, size, many = np.uint64(1), 0, room.shape[1]
    ends = np.zeros(2, np.int64)
    for side in range(2):
        size = 0
        first, last = (0, len(asked_facts) - 1) if side == 0 else (words_at[row], words_at[row + 1])
        for n in range(first, last):
            held = taken if side == 0 else used
            if (held >> np.uint64(n - first)) & one:
                continue
            begin, end = (asked_facts[n, 6], asked_facts[n + 1, 6]) if side == 0 else (
                facts[words[n], 6], facts[words[n] + 1, 6])  # fmt: skip
            for p in range(begin, end):
                if size == many:
                    return 1.0
                if side == 0:
                    room[0, size, 0], room[0, size, 1] = asked_units[p, 0], asked_units[p, 1]
                    room[0, size, 2] = int(1000 * asked_costs[bare, p])
                else:
                    room[1, size, 0], room[1, size, 1] = units[p, 0], units[p, 1]
                    room[1, size, 2] = int(1000 * costs[bare, p])
                size += 1
        ends[side] = size
    if min(ends[0], ends[1]) * 3 < max(ends[0], ends[1]):
        return 0.0
    mine, theirs = room[0, : ends[0], 2] / 1000, room[1, : ends[1], 2] / 1000
    both = (mine.sum() + theirs.sum()) / 2
    if both < 2.0 or abs(mine.sum() - theirs.sum()) > 0.8 + 0.38 * both:
        return 0.0
    found = 1.0 - aligned(room[0, : ends[0], :2], mine, room[1, : ends[1], :2], theirs) / both
    return min(1.0, found + LOOSE) if found >= (0.82 if bare else 0.72) - LOOSE else 0.0


def best_told(  # noqa: C901, a kernel is one nest of loops
    row: Any, flag: Any, want: Any, gain_of: Any, ids: Any, likes: Any, ends: Any, weights: Any, digits: Any,
    script: Any, table: Any, words: Any, words_at: Any, weight: Any, facts: Any, row_script: Any, slot_of: Any,
    asked_facts: Any, asked_units: Any, asked_costs: Any, units: Any, costs: Any, room: Any,
) -> Any:  # fmt: skip
    """Log-odds that a row's name can tell at most: words are paired off as `counterflow.entities.agreement.align` does,
    and weighed as `counterflow.entities.evidence.naming.weigh` does.

    :param flag: 1: without blanks, and words that agree, the names may be a slip or two apart; 2: they sound the same
    :param want: of no interest below; :param gain_of: for each word, what an agreement with one asked about can tell
    :param table: `counterflow.entities.lookup.Hope.names` of the kind; :param slot_of: for each word, bits of the
        words asked about that it is alike to
    """
    asked = min(64, len(weights))
    begin, end = words_at[row], words_at[row + 1]
    theirs, most_agreed = 0.0, 0.0
    for q in range(begin, end):
        theirs += weight[words[q]]
        most_agreed += gain_of[words[q]]
    mine = 0.0
    for t in range(asked):
        mine += weights[t]
    whole = 0.0
    if flag == 1:
        whole = 0.9375 * max(mine, theirs)
    elif flag == 2:
        whole = mine
    best = -99.0
    if whole:
        best = min(table[5], table[0] * whole + table[1])
    if most_agreed == 0.0 or (row_script[row] == script and table[0] * most_agreed + table[1] < want):
        return best
    if asked > 32 or end - begin > 32:
        return table[5]
    found = 0
    taken, used = np.uint64(0), np.uint64(0)
    one = np.uint64(1)
    agreed, surest, telling = 0.0, 0.0, -1.0
    surely, tells = 0.0, -1.0
    while True:  # the most alike pair that is left, then the nearest in place
        high, near, early, at, to = 0.0, 99, 99, -1, -1
        for q in range(begin, end):
            v = words[q]
            j = q - begin
            if not slot_of[v] or (used >> np.uint64(j)) & one:
                continue
            for t in range(asked):
                if (taken >> np.uint64(t)) & one or not (slot_of[v] >> np.uint64(t)) & one:
                    continue
                low, top = ends[t - 1] if t else 0, ends[t]
                while low < top:
                    middle = (low + top) // 2
                    if ids[middle] < v:
                        low = middle + 1
                    else:
                        top = middle
                like = likes[low]
                if like > high or (like == high and (abs(t - j), t + j) < (near, early)):
                    high, near, early, at, to = like, abs(t - j), t + j, t, j
        if at < 0:
            break
        taken |= one << np.uint64(at)
        used |= one << np.uint64(to)
        w = weight[words[begin + to]]
        if weights[at] > telling or (weights[at] == telling and high < surest):
            telling, surest = weights[at], high
        if w > tells or (w == tells and high < surely):
            tells, surely = w, high
        agreed += min(w, weights[at]) * (1.25 * high - 0.25)
        found += 1
    if not found:
        return best
    rest, others, left_a, left_b = 0.0, 0.0, 0, 0
    number, numbers = False, False
    for t in range(asked):
        if not (taken >> np.uint64(t)) & one:
            rest += weights[t]
            left_a += 1
            number = number or digits[t]
    for q in range(begin, end):
        if not (used >> np.uint64(q - begin)) & one:
            others += weight[words[q]]
            left_b += 1
            numbers = numbers or facts[words[q], 1] & 1
    if row_script[row] != script and left_a and left_b and left_a + left_b > 2:
        bare = 0
        for q in range(begin, end):
            bare = max(bare, (facts[words[q], 1] >> 3) & 1)
        for t in range(asked):
            bare = max(bare, (asked_facts[t, 1] >> 3) & 1)
        if min(table[5], table[0] * (agreed + NEW) + table[1]) < want:
            return best
        score = cut_otherwise(row, taken, used, asked_facts, asked_units, asked_costs, words, words_at, facts, units,
                              costs, bare, room)  # fmt: skip
        if score:
            return min(table[5], table[0] * (agreed + NEW * (1.25 * score - 0.25)) + table[1])
    told = table[0] * agreed
    most = table[5]
    if found == 1:
        most *= table[7]
    if max(surest, surely) < table[8]:
        most *= table[6]
    apart, against = 0.0, 0.0
    if left_a or left_b:
        apart, against = abs(rest - others), min(rest, others)
    if apart or against:
        told += table[2] * apart
    else:
        told += table[1]
    told = min(most, told) + table[3] * apart + table[4] * against
    told -= 5.0 if number and numbers else 1.5 if number or numbers else 0.0
    return max(best, told)


def sift(  # noqa: C901, a kernel is one nest of loops
    ids: Any, likes: Any, ends: Any, weights: Any, digits: Any, sounds: Any, script: Any, weak: Any,
    near: Any, flags: Any, allowed: Any, born: Any, ties: Any, nations: Any, least: Any, dates: Any, countries: Any,
    genders: Any, details: Any, table: Any, owner: Any, schema: Any, years: Any, traits: Any, marks: Any,
    words: Any, words_at: Any, rows: Any, rows_at: Any, weight: Any, facts: Any, row_script: Any, row_weak: Any,
    by_ear: Any, by_ear_of: Any, slot_of: Any, gain_of: Any, asked_facts: Any, asked_units: Any, asked_costs: Any,
    units: Any, costs: Any, met: Any, mark: Any, out: Any, worth: Any,
) -> Any:  # fmt: skip
    """Rows whose names can tell enough, the worthiest that `out` has room for.

    :param ids: words alike, those of the *t*-th asked about up to ``ends[t]``, sorted; :param likes: how alike
    :param weights: log-odds of an agreement on each word asked about; :param digits: whether it is a number
    :param sounds: words are sounds, which weigh as the syllable asked about
    :param near: rows to look at in any case, with `flags`, see `best_told`
    :param by_ear: share of a name's worth at most where it is heard in another script; :param by_ear_of: (2) that share
        and the code of the script of rows of which it holds too
    :param table: by schema, see `counterflow.entities.lookup.Hope.names`; the others as for `needed`
    :param slot_of: zeros (uint64), one a word, and left so, like `gain_of`; :param met: last mark of each row
    :returns: their number; rows in `out`, log-odds to spare in `worth`
    """
    asked = min(64, len(weights))
    best = np.zeros(asked)
    begin = 0
    for t in range(asked):
        for k in range(begin, ends[t]):
            slot_of[ids[k]] |= np.uint64(1) << np.uint64(t)
            gain = (weights[t] if sounds else min(weights[t], weight[ids[k]])) * (1.25 * likes[k] - 0.25)
            gain_of[ids[k]] = max(gain_of[ids[k]], gain)
            best[t] = max(best[t], gain)
        begin = ends[t]
    left = best.sum()
    most_else = max(0.0, dates.max()) if born[0] else 0.0
    most_else += max(0.0, countries.max()) + max(0.0, genders.max())
    for n in range(len(details)):
        most_else += details[n]
    per, whole = 0.0, 0.0
    for n in range(len(table)):
        per, whole = max(per, table[n, 0]), max(whole, table[n, 1])
    room = np.zeros((2, 128, 3), np.int64)
    count, lowest = 0, 0
    order = np.argsort(-weights)
    for turn in range(-1, asked):
        t = order[turn] if turn >= 0 else -1
        if turn >= 0 and per * left + whole < least - most_else:
            break
        first, last = (ends[t - 1] if t else 0, ends[t]) if turn >= 0 else (0, 1)
        for k in range(first, last):
            low, high = (rows_at[ids[k]], rows_at[ids[k] + 1]) if turn >= 0 else (0, len(near))
            for p in range(low, high):
                row = rows[p] if turn >= 0 else near[p]
                if met[row] == mark:
                    continue
                met[row] = mark
                entity = owner[row]
                kind = schema[entity]
                if not allowed[kind]:
                    continue
                want = needed(
                    entity, born, ties, nations, least, dates, countries, genders, details, years, traits, marks
                )  # fmt: skip
                names = table[kind]
                share = weak * row_weak[row]
                if not sounds and row_script[row] != script:
                    share *= min(by_ear, by_ear_of[0] if row_script[row] == by_ear_of[1] else 1.0)
                if names[5] * share < want or (turn >= 0 and names[0] * left + names[1] < want):
                    continue
                if sounds:
                    met_by = np.uint64(0)
                    for q in range(words_at[row], words_at[row + 1]):
                        met_by |= slot_of[words[q]]
                    told = names[1]
                    for s in range(asked):
                        if (met_by >> np.uint64(s)) & np.uint64(1):
                            told += names[0] * weights[s]
                    told = min(names[5], told)
                else:
                    flag = flags[p] if turn < 0 else 0
                    told = best_told(
                        row, flag, want / share, gain_of, ids, likes, ends, weights, digits, script, names, words,
                        words_at, weight, facts, row_script, slot_of, asked_facts, asked_units, asked_costs, units,
                        costs, room,
                    )  # fmt: skip
                if told > 0.0:
                    told *= share
                if told < want:
                    continue
                told -= want
                if count < len(out):
                    out[count], worth[count] = row, told
                    count += 1
                elif told > worth[lowest]:
                    out[lowest], worth[lowest] = row, told
                else:
                    continue
                if count == len(out):
                    lowest = int(np.argmin(worth))
        if turn >= 0:
            left -= best[t]
    for k in range(len(ids)):
        slot_of[ids[k]] = np.uint64(0)
        gain_of[ids[k]] = 0.0
    return count
