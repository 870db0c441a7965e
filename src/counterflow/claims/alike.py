"""Texts that say the same in a way that two people would not both arrive at: who printed it later had it from there.

Four marks, each weighed; together they must reach `ENOUGH`:

* a run of words in common, of `QUOTE` and more
* words in quotation marks, five and more
* a rare number: four digits that count or more; or two of three, or one on the same matter; no year, no resolution
* a citation in the text itself (`counterflow.claims.citations`)

What stands in more than `CROWD` documents is no mark for a short run or a number: it is a form of words, or a figure
that everybody knows. A long run stays one however many print it, since heavy copying is what circular reporting is.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from counterflow.claims.citations import Index, Known
from counterflow.model import dates

__all__ = ["CROWD", "ENOUGH", "QUOTE", "alike"]

QUOTE = 9
"""Words that two texts must share in one run: shorter runs are idiom."""

CROWD = 5
"""Documents in which a short run or a number may stand before it is nobody's own."""

ENOUGH = 1.0
_PHRASE, _LONG = 5, 18
_SENTENCE = re.compile(r"[.!?。]+(?=\s|$)|\n{2,}|[;:](?=\s)")
_LEAD = 20_000
"""Characters of a text in which it is looked for whom it cites."""

_QUOTED = re.compile(r"[“\"«「]([^”\"»」\n]{12,300})[”\"»」]")
_NUMBER = re.compile(r"(?<![\w./-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w/])|(?<![\w./,-])\d+(?:\.\d+)?(?![\w/-])")
_NAMED = re.compile(
    r"(?:resolution|unscr|no\.?|article|paragraph|page|order|e\.o\.|chapter|room|office)\s*$", re.IGNORECASE
)
_SAYS = re.compile(
    r"[^.;\n]*\b(?:according to|cit(?:es|ed|ing)|quot(?:es|ed|ing)|as reported by|reported by|figures? (?:from|of)"
    r"|estimates? (?:by|of)|(?:said|says) in a report|a report (?:by|of|from)|study (?:by|of|from))\b[^.;\n]*",
    re.IGNORECASE,
)


@dataclass
class _Marks:
    """What a pair of texts shares. :param weight: of all marks together; :param reasons: one a mark, in words"""

    weight: float = 0.0
    reasons: list[str] = field(default_factory=list)

    def add(self, weight: float, reason: str) -> None:
        self.weight += weight
        if len(self.reasons) < 4:
            self.reasons.append(reason)


def alike(texts: Mapping[str, str], known: Mapping[str, Known], index: Index) -> Iterator[tuple[str, str, str]]:
    """(later text, earlier text, reason) of every pair with marks enough, the earliest that has a mark standing for it.

    :param texts: source → its own words; one without a date takes part in nothing
    """
    dated = {id: text for id, text in sorted(texts.items()) if id in known and known[id].date}
    pairs: dict[tuple[str, str], _Marks] = {}
    for ids, weight, reason in itertools.chain(_runs(dated), _quotes(dated), _numbers(dated)):
        first, *later = sorted(ids, key=lambda id: (known[id].date, id))
        if not dates.latest(known[first].date) < dates.earliest(known[later[0]].date):
            continue  # which was first is not known
        many = len(ids) > CROWD  # then it may be boilerplate: only for those who write on the same matter
        for id in later:
            if not many or known[id].words & known[first].words:
                pairs.setdefault((id, first), _Marks()).add(weight, reason)
    for id, text in dated.items():
        cited = dict(c for clause in _SAYS.findall(text[:_LEAD]) for c in index.cited(clause, known[id], named=True))
        for of in sorted(set(cited) - {id}):
            pairs.setdefault((id, of), _Marks()).add(ENOUGH, f"in its text {cited[of]}")
    for (of, origin), found in sorted(pairs.items()):
        matter = known[of].words & known[origin].words
        if matter and found.weight < ENOUGH:
            found.add(0.4, f"is on the same matter ({', '.join(sorted(matter)[:3])})")
        if found.weight >= ENOUGH:
            yield from ((of, origin, reason) for reason in found.reasons)


Mark = tuple[list[str], float, str]


def _runs(texts: Mapping[str, str]) -> Iterator[Mark]:
    """Runs of `QUOTE` words of a sentence in common: a mark where few print it, and for everybody where it is longer.

    A run does not cross the end of a sentence: two forms of words that meet there would look like somebody's own.
    """
    words = {id: [re.findall(r"\w+", s) for s in _SENTENCE.split(text.casefold())] for id, text in texts.items()}
    idiom = _idiom(words)
    for size, most, weight in ((_LONG, len(texts), 2.0), (QUOTE, CROWD, 1.0)):
        runs: dict[str, dict[int, list[str]]] = {
            id: {h: s[at : at + size] for s in sentences for h, at in _hashes(s, size).items()}
            for id, sentences in words.items()
        }
        where: dict[int, list[str]] = {}
        for run in _shared([[*r] for r in runs.values()]):
            where[run] = [id for id in texts if run in runs[id]]
        seen: set[tuple[str, ...]] = set()
        for run, ids in sorted(where.items(), key=lambda kv: (kv[1], runs[kv[1][0]][kv[0]])):
            if len(ids) > most or tuple(ids) in seen or not _own(runs[ids[0]][run], idiom, len(ids)):
                continue
            seen.add(tuple(ids))  # one mark for each circle that shares a passage, however long the passage
            yield ids, weight, f"shares the words “{' '.join(runs[ids[0]][run][:QUOTE])}”"


def _idiom(words: Mapping[str, list[list[str]]]) -> dict[int, int]:
    """Phrases of `_PHRASE` words that stand in more than `CROWD` texts → in how many."""
    phrases = [np.array([*{h for s in ss for h in _hashes(s, _PHRASE)}], dtype=np.uint64) for ss in words.values()]
    if not phrases:
        return {}
    every, times = np.unique(np.concatenate(phrases), return_counts=True)
    common = times > CROWD
    return dict(zip(every[common].tolist(), times[common].tolist(), strict=True))


def _own(run: list[str], idiom: Mapping[int, int], shared_by: int) -> bool:
    """Whether `QUOTE` words of a run in a row hold no form of words: a phrase that far more texts have than the run.

    A passage that many copy is printed whole by them all, so its phrases are as common as itself and no more.
    """
    most, row = max(CROWD, 2 * shared_by), 0
    for phrase in _hashes(run, _PHRASE):
        row = row + 1 if idiom.get(phrase, 0) <= most else 0
        if row > QUOTE - _PHRASE:
            return True
    return False


def _hashes(words: list[str], size: int) -> dict[int, int]:
    """Hash of each run of words → where it first stands."""
    n = len(words) - size + 1
    if n <= 0:
        return {}
    numbers = {w: int.from_bytes(hashlib.blake2b(w.encode(), digest_size=8).digest(), "big") for w in set(words)}
    coded = np.array([numbers[w] for w in words], dtype=np.uint64)
    total = np.zeros(n, dtype=np.uint64)
    for k in range(size):
        total = total * np.uint64(0x9E3779B97F4A7C15) + coded[k : n + k]
    return {run: at for at, run in reversed(list(enumerate(total.tolist())))}


def _shared(runs: list[list[int]]) -> list[int]:
    """Runs that two or more texts have."""
    if not runs:
        return []
    every, times = np.unique(np.concatenate([np.array(r, dtype=np.uint64) for r in runs]), return_counts=True)
    shared: list[int] = every[times > 1].tolist()
    return shared


def _quotes(texts: Mapping[str, str]) -> Iterator[Mark]:
    """Words in quotation marks that two texts have. A quotation may be famous, but somebody had it first."""
    found: dict[str, set[str]] = {}
    for id, text in texts.items():
        for quoted in _QUOTED.findall(text):
            words = re.findall(r"\w+", quoted.casefold())
            if len(words) >= 5:
                found.setdefault(" ".join(words), set()).add(id)
    for quote, ids in sorted(found.items()):
        if len(ids) > 1:
            yield sorted(ids), 1.0, f"quotes the words “{quote[:80]}”"


def _numbers(texts: Mapping[str, str]) -> Iterator[Mark]:
    """Rare numbers that two texts have."""
    found: dict[str, set[str]] = {}
    for id, text in texts.items():
        for number in rare(text):
            found.setdefault(number, set()).add(id)
    for number, ids in sorted(found.items()):
        if 1 < len(ids) <= 2 * CROWD:
            weight = 1.0 if _digits(number) >= 4 else 0.6
            yield sorted(ids), weight, f"gives the same rare figure, {number}"


def rare(text: str) -> set[str]:
    """Numbers of a text with three digits that count or more; no year and nothing that only numbers a document."""
    found = set()
    for m in _NUMBER.finditer(text):
        plain = m[0].replace(",", "")
        bare = plain.isdigit() and len(plain) == 4 and "," not in m[0]  # 1718, 2375, 2005: resolutions, hours, years
        if not bare and _digits(plain) >= 3 and not _NAMED.search(text[max(0, m.start() - 14) : m.start()]):
            found.add(plain)
    return found


def _digits(number: str) -> int:
    return len(number.replace(".", "").lstrip("0").rstrip("0"))
