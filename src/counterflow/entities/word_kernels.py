"""Kernels of comparing words: the likeness of two words (`counterflow.entities.agreement.answers`) over arrays.

What the words look and sound like stands in `counterflow.entities.shapes.Shapes`. Plain functions, which numba compiles
(`counterflow.entities.compiling.compiled`); they say what the plain comparison says, which a test holds them to.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from counterflow.entities.letter_kernels import bits_set
from counterflow.entities.lookup_kernels import LEAST, aligned

__all__ = ["ALMOST", "ASK", "likeness", "words_like"]

ASK = -1.0
"""Likeness of two words that only the plain comparison knows."""

ALMOST = 0.999999
"""Likeness of words that sound the same, less than of those that are."""

SCRIPT, FLAGS, CONSONANTS, SIZE, TOKEN, WRITTEN, UNIT, BONES, CUTS, SHORT = range(10)
"""Columns of `Shapes.facts`."""

DIGIT, LIGHT, VOWELS, ABJAD, BY_CHARACTER, COUNTRY, OTHERS = 1, 2, 4, 8, 16, 32, 64
"""Bits of the flags."""

ACROSS = 1000
"""First row of names across languages, as in `counterflow.entities.word_likeness`."""

WORD = 0.7
"""Least likeness of words that answer to each other, as in `counterflow.entities.word_likeness`."""

LONGEST = 63
"""Letters of a word that the kernel compares."""


def slips_apart(a: Any, b: Any, rows: Any) -> int:
    """Insertions, deletions, substitutions and turns of neighbours between two rows of letters (restricted).

    :param rows: room, (3, more than either has)
    """
    for j in range(len(b) + 1):
        rows[0, j] = j
    for i in range(1, len(a) + 1):
        now, last, before = i % 3, (i - 1) % 3, (i - 2) % 3
        rows[now, 0] = i
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            best = min(rows[last, j] + 1, rows[now, j - 1] + 1, rows[last, j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, rows[before, j - 2] + 1)
            rows[now, j] = best
    return int(rows[len(a) % 3, len(b)])


def same_order(a: Any, b: Any, rows: Any) -> int:
    """Length of the longest common subsequence of two rows of letters. :param rows: room, as for `slips_apart`"""
    for j in range(len(b) + 1):
        rows[0, j] = 0
    for i in range(len(a)):
        corner = 0
        for j in range(len(b)):
            held = rows[0, j + 1]
            if a[i] == b[j]:
                rows[0, j + 1] = corner + 1
            elif rows[0, j] > held:
                rows[0, j + 1] = rows[0, j]
            corner = held
    return int(rows[0, len(b)])


def in_common(places: Any, size: int, b: Any) -> int:
    """The same by bits (Hyyrö 2004). :param places: for each letter where it stands in the one; :param size: of that"""
    one = np.uint64(1)
    full = (one << np.uint64(size)) - one
    state = full
    for n in range(len(b)):
        met = state & places[b[n]]
        state = ((state + met) | (state - met)) & full
    return size - bits_set(state)


def one_sound(one: Any, two: Any) -> bool:
    """Whether two words cut into syllables may be one. :param one: for each cut: syllables, of each: sounds, each"""
    p = 0
    while p < len(one):
        count = one[p]
        q = 0
        after = p + 1
        for _ in range(count):
            after += one[after] + 1
        while q < len(two):
            x, y = p + 1, q + 1
            alike = two[q] == count
            for _ in range(two[q]):
                if alike:
                    met = False
                    for m in range(x + 1, x + 1 + one[x]):
                        for n in range(y + 1, y + 1 + two[y]):
                            if one[m] == two[n]:
                                met = True
                    alike = met
                    x += one[x] + 1
                y += two[y] + 1
            if alike:
                return True
            q = y
        p = after
    return False


def by_sound(
    bare: bool,
    one: Any,
    costs: Any,
    bones: Any,
    two: Any,
    spared: Any,
    others: Any,
    least: Any,
    rows: Any,
    line: Any,
) -> float:
    """Likeness by ear of two words of different scripts, 0 where it is too little."""
    if not len(costs) or not len(spared):
        return 0.0
    told = min(len(bones), len(others))
    if told > 1:
        both = len(bones) + len(others)
        if 1.0 - (both - 2 * same_order(bones, others, rows)) / both < 0.5:
            return 0.0
    size = max(1.0, (costs.sum() + spared.sum()) / 2)
    kind = 1 if bare else 0
    wanted = max(WORD, least[kind, 4], least[kind, min(told, 4)])
    found = max(0.0, 1.0 - aligned(one, costs, two, spared, (1.0 - wanted) * size + LEAST, line) / size)
    return min(ALMOST, found) if found >= wanted else 0.0


def in_letters(  # noqa: C901, a kernel is one nest of loops
    a: Any, b: Any, flags: int, others: int, skeleton: int, other: int, consonants: int, cuts: Any, pieces: Any,
    short: Any, shorts: Any, one: Any, costs: Any, two: Any, spared: Any, letters: float, places: Any, rows: Any,
    line: Any,
) -> float:  # fmt: skip
    """Likeness of two different Latin words; see `counterflow.entities.word_likeness.in_latin`.

    :param skeleton: hash of the consonants; :param consonants: how many the first has
    :param cuts: into syllables, see `one_sound`; :param short: rows of given names
    """
    small, size = min(len(a), len(b)), max(len(a), len(b))
    if small <= 1:
        return 0.0
    both = len(a) + len(b)
    common = in_common(places, len(a), b)
    named = len(short) > 0 and len(shorts) > 0
    if 1.0 - (both - 2 * common) / both < letters and not named:
        return 0.0
    allowed = 0 if size <= 3 else 1 if size <= 5 else 2 if size <= 9 else 3
    slipped = 0 if size <= 2 else 1 if size == 3 else 2 if size <= 12 else 3
    bare = skeleton == other and (consonants >= 3 or (consonants == 2 and small >= 4))
    apart = size
    if bare or (both - 2 * common + 1) // 2 <= max(allowed, slipped, size // 3):
        apart = slips_apart(a, b, rows)
    best = 0.0
    if not (flags | others) & DIGIT:
        if apart <= allowed:
            best = 1.0 - 1.3 * apart / size
        if best < 0.9 and small >= 5 and size - small <= 4 and one_sound(cuts, pieces):
            best = max(best, 0.9)
        if best < 0.88 and bare and (apart / size <= 0.42 or not flags & others & VOWELS):
            best = max(best, 0.88 if consonants >= 3 else 0.75)
        if best < 0.85 and named:
            for x in short:
                for y in shorts:
                    if x == y:
                        best = max(best, 0.85 if x < ACROSS else 0.72)
    if best >= WORD:
        return best
    slips = 99.0
    if apart > 1 and 3 * apart <= size:
        heard = aligned(one, costs, two, spared, 0.6, line)
        if heard <= 0.6:
            slips = min(float(apart), 0.5 + heard)
    if slips == 99.0 and apart <= slipped and not flags & others & COUNTRY:
        slips = float(apart)
    if slips < 99.0:
        found = 1.0 - 1.3 * slips / size
        return found if found >= WORD else 0.0
    return 0.0


def likeness(
    i: int, facts: Any, token: Any, written: Any, units: Any, costs: Any, bones: Any, cuts: Any, short: Any,
    j: int, others: Any, tokens: Any, writtens: Any, unitses: Any, costses: Any, boneses: Any, cutses: Any,
    shorts: Any, heard: Any, letters: float, places: Any, rows: Any, line: Any,
) -> float:  # fmt: skip
    """Likeness of the *i*-th word of one `Shapes` and the *j*-th of another, 0 where they do not answer to each other,
    `ASK` where only the plain comparison knows.

    :param places: for each letter where it stands in the first, as bits
    """
    a = token[facts[i, TOKEN] : facts[i + 1, TOKEN]]
    b = tokens[others[j, TOKEN] : others[j + 1, TOKEN]]
    same_script = facts[i, SCRIPT] == others[j, SCRIPT]
    flags, flag = facts[i, FLAGS], others[j, FLAGS]
    if len(a) == len(b) and not (same_script and flags & BY_CHARACTER):
        same = True
        for n in range(len(a)):
            same = same and a[n] == b[n]
        if same:
            return 1.0
    if same_script and flags & BY_CHARACTER:
        return ASK
    if len(a) > LONGEST or len(b) > LONGEST:
        return ASK
    ours, theirs = units[facts[i, UNIT] : facts[i + 1, UNIT]], unitses[others[j, UNIT] : others[j + 1, UNIT]]
    if not same_script:
        if (flags | flag) & LIGHT:
            return 0.0
        bare = 1 if (flags | flag) & ABJAD else 0
        return by_sound(
            bare > 0, ours, costs[bare, facts[i, UNIT] : facts[i + 1, UNIT]],
            bones[facts[i, BONES] : facts[i + 1, BONES]], theirs, costses[bare, others[j, UNIT] : others[j + 1, UNIT]],
            boneses[others[j, BONES] : others[j + 1, BONES]], heard, rows, line,
        )  # fmt: skip
    if flags & OTHERS:
        a = written[facts[i, WRITTEN] : facts[i + 1, WRITTEN]]
        b = writtens[others[j, WRITTEN] : others[j + 1, WRITTEN]]
        size = max(len(a), len(b))
        allowed = 0 if size <= 2 else 1 if size <= (5 if flags & ABJAD else 4) else 2
        apart = size
        if abs(len(a) - len(b)) <= allowed:
            apart = slips_apart(a, b, rows)
        return 1.0 - 0.13 * apart if apart <= allowed else 0.0
    return in_letters(
        a, b, flags, flag, facts[i, CONSONANTS], others[j, CONSONANTS], facts[i, SIZE],
        cuts[facts[i, CUTS] : facts[i + 1, CUTS]], cutses[others[j, CUTS] : others[j + 1, CUTS]],
        short[facts[i, SHORT] : facts[i + 1, SHORT]], shorts[others[j, SHORT] : others[j + 1, SHORT]],
        ours, costs[0, facts[i, UNIT] : facts[i + 1, UNIT]], theirs,
        costses[0, others[j, UNIT] : others[j + 1, UNIT]], letters, places, rows, line,
    )  # fmt: skip


def words_like(  # noqa: C901, a kernel is one nest of loops
    facts: Any, token: Any, written: Any, units: Any, costs: Any, bones: Any, cuts: Any, short: Any, bags: Any,
    others: Any, tokens: Any, writtens: Any, unitses: Any, costses: Any, boneses: Any, cutses: Any, shorts: Any,
    letters_of: Any, by_length: Any, keyed: Any, keyed_at: Any, heard: Any, letters: float, met: Any, mark: int,
    room: Any, out: Any, like: Any, out_at: Any,
) -> int:  # fmt: skip
    """The words of a vocabulary that answer to each word asked about.

    :param bags: of the words asked about, and `letters_of` the vocabulary, see `counterflow.entities.index.bag`
    :param by_length: first word of the vocabulary of each length
    :param keyed: words found by keys, for the *i*-th from ``keyed_at[2 i]``, and those found by sound alone from
        ``keyed_at[2 i + 1]``
    :param met: last mark of each word; :param mark: the one before the next; :param room: for as many
    :param out: words, for the *i*-th up to ``out_at[i + 1]``; :param like: how alike each is
    :returns: how many there are; -1 where `out` has too little room
    """
    rows = np.empty((3, LONGEST + 2), np.int64)
    places = np.zeros(256, np.uint64)
    line = np.zeros(4 * LONGEST)
    other_script = ~np.uint64(0)
    count = 0
    for i in range(len(bags)):
        mark += 1
        picked = 0
        size = facts[i + 1, TOKEN] - facts[i, TOKEN]
        flags = facts[i, FLAGS]
        far = 2 * size // 3 + 2
        asked = token[facts[i, TOKEN] : facts[i + 1, TOKEN]]
        for n in range(min(size, LONGEST)):
            places[asked[n]] |= np.uint64(1) << np.uint64(n)
        for n in range(keyed_at[2 * i], keyed_at[2 * i + 2]):
            j = keyed[n]
            if met[j] == mark:
                continue
            by_ear = n >= keyed_at[2 * i + 1] and not flags & OTHERS and letters_of[j] != other_script
            if by_ear and bits_set(letters_of[j] ^ bags[i]) > far:  # such words are not heard as one in one script
                continue
            met[j] = mark
            room[picked] = j
            picked += 1
        if 1 < size <= LONGEST:
            for length in range(max(2, size - 4), min(len(by_length) - 2, size + 5) + 1):
                most = max(length, size)
                slips = max(most // 3, 3 if most >= 13 else 2 if most >= 9 else 1 if most >= 4 else 0)
                if abs(length - size) > slips:
                    continue
                bound = by_length[length]
                bits = letters_of[bound : by_length[length + 1]]
                for n in range(len(bits)):
                    if bits_set(bits[n] ^ bags[i]) <= 2 * slips:
                        j = bound + n
                        other = tokens[others[j, TOKEN] : others[j + 1, TOKEN]]
                        alike = size + length - 2 * in_common(places, size, other) <= 2 * slips
                        if alike and met[j] != mark:
                            met[j] = mark
                            room[picked] = j
                            picked += 1
        for n in range(picked):
            j = room[n]
            found = likeness(
                i, facts, token, written, units, costs, bones, cuts, short,
                j, others, tokens, writtens, unitses, costses, boneses, cutses, shorts, heard, letters, places, rows,
                line,
            )  # fmt: skip
            if found != 0.0:
                if count == len(out):
                    return -1
                out[count], like[count] = j, found
                count += 1
        for n in range(min(size, LONGEST)):
            places[asked[n]] = np.uint64(0)
        out_at[i + 1] = count
    return count
