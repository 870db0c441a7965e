"""Kernels of looking up: plain functions of arrays, which numba can compile (`counterflow.entities.compiling`)."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["GENDER", "LEAST", "NATIONS", "aligned", "sift"]

NEW = 9.0
"""Log-odds of an agreement on a word that nobody else bears."""

LOOSE = 0.1
"""By how much words may be heard better together than by their parts."""

LEAST = 1e-9
"""What sums in another order may be apart."""

GENDER = 12
"""Place of an entity's gender, two bits, among its marks; below stand the properties of which it has details."""

NATIONS = 1 << 14
"""Mark of an entity with nationalities."""


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


def aligned(one: Any, costs: Any, two: Any, spared: Any, most: Any, row: Any) -> float:
    """Least cost of turning one row of sounds into the other.

    One vowel for another costs 0.25, a neighbouring consonant 0.4, another 1, a vowel for a consonant more than leaving
    the vowel out.

    :param one: (n, 2) sounds and those next to them, as bits; :param costs: (n) of leaving each out; likewise the other
    :param most: of no interest above, where it is infinite; :param row: room for one more than the other has
    """
    vowels = 0b11111 << 24  # the last five of the signs
    row[0] = 0.0
    for j in range(len(two)):
        row[j + 1] = row[j] + spared[j]
    for i in range(len(one)):
        corner = row[0]
        row[0] += costs[i]
        least = row[0]
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
            least = min(least, best)
        if least > most:
            return np.inf
    return float(row[len(two)])


def cut_otherwise(
    row: Any, taken: Any, used: Any, asked_facts: Any, asked_units: Any, asked_costs: Any, words: Any, words_at: Any,
    facts: Any, units: Any, costs: Any, bare: Any, masks: Any, spared: Any, row_of: Any,
) -> Any:  # fmt: skip
    """How alike the words left over may sound without their blanks, 0 where they do not.

    :param masks: room, (2, n, 2); :param spared: likewise (2, n), and `row_of` (n + 1)
    """
    one, many = np.uint64(1), spared.shape[1]
    most, sizes = np.zeros(2), np.zeros(2, np.int64)
    for side in range(2):
        size = 0
        first, last = (0, len(asked_facts) - 1) if side == 0 else (words_at[row], words_at[row + 1])
        for n in range(first, last):
            held = taken if side == 0 else used
            if (held >> np.uint64(n - first)) & one:
                continue
            begin, end = (asked_facts[n, 6], asked_facts[n + 1, 6]) if side == 0 else (
                facts[words[n], 6], facts[words[n] + 1, 6])  # fmt: skip
            if size + end - begin > many:
                return 1.0
            for p in range(begin, end):
                if side == 0:
                    masks[0, size, 0], masks[0, size, 1] = asked_units[p, 0], asked_units[p, 1]
                    spared[0, size] = asked_costs[bare, p]
                else:
                    masks[1, size, 0], masks[1, size, 1] = units[p, 0], units[p, 1]
                    spared[1, size] = costs[bare, p]
                most[side] += spared[side, size]
                size += 1
        sizes[side] = size
    both = (most[0] + most[1]) / 2
    if (
        both < 2.0
        or abs(most[0] - most[1]) > 0.8 + 0.38 * both
        or 3 * min(sizes[0], sizes[1]) < max(sizes[0], sizes[1])
    ):
        return 0.0
    least = (0.82 if bare else 0.72) - LOOSE
    one_of, two_of = masks[0, : sizes[0]], masks[1, : sizes[1]]
    most_apart = (1.0 - least) * both + LEAST
    apart = aligned(one_of, spared[0, : sizes[0]], two_of, spared[1, : sizes[1]], most_apart, row_of)
    found = 1.0 - apart / both
    return min(1.0, found + LOOSE) if found >= least else 0.0


def heard_share(syllabic: Any, likeness: Any, shortest: Any) -> Any:
    """Share of a name's worth that is left where it was only heard across scripts, at most; see
    `counterflow.entities.evidence.naming`.

    :param likeness: of the names, at most; :param shortest: letters of the shorter one, 0 where they are not known
    """
    if syllabic:
        return max(0.0, min(1.0, (likeness - 0.8) / 0.12))
    clear = max(0.0, min(1.0, (likeness - 0.7) / 0.12))
    return clear if likeness >= 0.9 or not shortest else clear * min(1.0, shortest / 12)


def best_told(  # noqa: C901, a kernel is one nest of loops
    row: Any, flag: Any, want: Any, gain_of: Any, ids: Any, likes: Any, ends: Any, weights: Any, digits: Any,
    script: Any, table: Any, words: Any, words_at: Any, weight: Any, facts: Any, row_script: Any, slot_of: Any,
    asked_facts: Any, asked_units: Any, asked_costs: Any, units: Any, costs: Any, masks: Any, spared: Any,
    row_of: Any, unheard: Any, syllabic: Any,
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
    surely, tells, total = 0.0, -1.0, 0.0
    across, missed, sizes = row_script[row] != script, 0.0, 0
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
        total += min(w, weights[at])
        found += 1
        if across:
            v = words[begin + to]
            size = asked_facts[at + 1, 4] - asked_facts[at, 4] + facts[v + 1, 4] - facts[v, 4]
            sizes += size
            if high < 1.0:
                missed += (1.0 - high) * size
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
    share = 1.0
    if across:
        bare = 0
        for q in range(begin, end):
            bare = max(bare, (facts[words[q], 1] >> 3) & 1)
        for t in range(asked):
            bare = max(bare, (asked_facts[t, 1] >> 3) & 1)
        share = heard_share(syllabic, 1.0 - unheard[bare] * missed / sizes, 0)
        if left_a and left_b and left_a + left_b > 2 and min(table[5], table[0] * (agreed + NEW) + table[1]) >= want:
            score = cut_otherwise(row, taken, used, asked_facts, asked_units, asked_costs, words, words_at, facts,
                                  units, costs, bare, masks, spared, row_of)  # fmt: skip
            if score:
                told = min(table[5], table[0] * (agreed + NEW * (1.25 * score - 0.25)) + table[1])
                letters = 0
                for t in range(asked):
                    letters += asked_facts[t + 1, 4] - asked_facts[t, 4]
                for q in range(begin, end):
                    letters += facts[words[q] + 1, 4] - facts[words[q], 4]
                rest_of = (letters - sizes) / letters
                cost = unheard[bare] * ((1.0 - rest_of) * missed / sizes + rest_of * (1.0 - score))
                best = max(best, told * heard_share(syllabic, 0.97 - cost, 0))
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
    if told > 0.0:
        told *= share
    told += table[9] * max(0.0, table[10] - max(0.0, agreed / total))
    told -= 5.0 if number and numbers else 1.5 if number or numbers else 0.0
    return max(best, told)


def sift(  # noqa: C901, a kernel is one nest of loops
    ids: Any, likes: Any, ends: Any, weights: Any, digits: Any, sounds: Any, script: Any, weak: Any,
    near: Any, flags: Any, allowed: Any, born: Any, ties: Any, nations: Any, least: Any, dates: Any, countries: Any,
    genders: Any, details: Any, table: Any, owner: Any, schema: Any, years: Any, traits: Any, marks: Any,
    words: Any, words_at: Any, rows: Any, rows_at: Any, weight: Any, facts: Any, row_script: Any, row_weak: Any,
    by_ear: Any, by_ear_of: Any, slot_of: Any, gain_of: Any, asked_facts: Any, asked_units: Any, asked_costs: Any,
    units: Any, costs: Any, unheard: Any, met: Any, mark: Any, out: Any, worth: Any,
) -> Any:  # fmt: skip
    """Rows whose names can tell enough, the worthiest that `out` has room for.

    :param ids: words alike, those of the *t*-th asked about up to ``ends[t]``, sorted; :param likes: how alike
    :param weights: log-odds of an agreement on each word asked about; :param digits: whether it is a number
    :param sounds: words are sounds, which weigh as the syllable asked about
    :param near: rows to look at in any case, with `flags`, see `best_told`
    :param by_ear: share of a name's worth at most where it is heard in another script
    :param by_ear_of: (5) that share, the code of the script of rows of which it holds too, whether the script asked
        about is written by syllables, and two more such scripts
    :param unheard: (2) `counterflow.entities.agreement.UNHEARD`
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
    masks, spared, row_of = np.zeros((2, 128, 2), np.int64), np.zeros((2, 128)), np.zeros(129)
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
                        costs, masks, spared, row_of, unheard, by_ear_of[2] > 0 or row_script[row] in (
                            by_ear_of[1], by_ear_of[3], by_ear_of[4]),
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
