"""Citations: which known source a text names as where it has something from.

By the number of a document (S/2018/171, RL33885); by its date and subject ("the tobacco industry report of 29 June
2005"); by who made it, in full or as an acronym, where the time fits ("INHL report 2012"). Where two sources fit
equally well, neither is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from counterflow.model import dates

__all__ = ["Index", "Known", "before", "plain", "read"]

Row = Mapping[str, Any]

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DOCUMENT = re.compile(r"\b(?:[SA]/\d{2,4}/\d{1,4}|R[LS]\d{5}|\d{2,3} FR \d{4,6}|E\.O\. \d{5}|\[\d{4}\] [A-Z]+ \d+)")
_DAY = re.compile(
    r"\b(?P<iso>\d{4}-\d\d-\d\d)\b|\b(?P<d>\d{1,2}) (?P<m>[A-Z][a-z]{2})[a-z]*\.? (?P<y>\d{4})\b"
    r"|\b(?P<m2>[A-Z][a-z]{2})[a-z]*\.? (?P<d2>\d{1,2}), (?P<y2>\d{4})\b"
)
_MONTH = re.compile(r"\b(?P<m>[A-Z][a-z]{2})[a-z]*\.? (?P<y>(?:19|20)\d\d)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ACRONYM = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])[A-Za-z]{3,8}\b")
_WORD = re.compile(r"[^\W\d_]{4,}")
_NAMES = re.compile(
    r"(?:\bquot(?:es|ing)|\bcit(?:es|ing)|\brelay(?:s|ing)|\breprint(?:s|ing)|\bsummari[sz]ing|\bsummary of"
    r"|\brepeat(?:s|ing)|\baccording to|\breading of| on)\s+(?P<who>.+)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;|:]\s")
_PATIENCE = 62
_COMMON = frozenset(("report", "reports", "north", "korea", "korean", "dprk", "with", "from", "that", "their", "this"))
"""Words that say nothing of a matter here."""


@dataclass(frozen=True)
class Known:
    """A source as it may be cited."""

    id: str
    kind: str
    author: str
    text: str
    makers: tuple[str, ...]
    numbers: frozenset[str]
    date: str
    words: frozenset[str]
    initials: tuple[str, ...]


class Index:
    """Sources by what they can be cited by."""

    def __init__(self, sources: Iterable[Known]) -> None:
        self.by_number: dict[str, list[Known]] = {}
        self.by_day: dict[str, list[Known]] = {}
        self.by_maker: dict[str, list[Known]] = {}
        self.by_initial: dict[str, list[Known]] = {}
        for source in sources:
            for number in source.numbers:
                self.by_number.setdefault(number, []).append(source)
            if len(source.date) == 10:
                self.by_day.setdefault(source.date, []).append(source)
            for maker in source.makers:
                self.by_maker.setdefault(maker, []).append(source)
            for initials in source.initials:
                self.by_initial.setdefault(initials[0], []).append(source)

    def cited(self, text: str, by: Known, *, named: bool) -> Iterable[tuple[str, str]]:
        """(source, reason) of what a text cites. :param named: the text is itself an attribution, no cue is needed"""
        yield from self._by_number(text, by)
        yield from self._by_day(text, by)
        for cue in (
            clause
            for part in _CLAUSE.split(text)
            for clause in ([part] if named else [found["who"] for found in _NAMES.finditer(part)])
        ):
            yield from self._by_maker(cue, by)
            yield from self._by_acronym(cue, by)

    def _by_number(self, text: str, by: Known) -> Iterable[tuple[str, str]]:
        for number in sorted(set(_DOCUMENT.findall(text)) - by.numbers):  # its own: two editions of one report
            options = [s for s in self.by_number.get(number, []) if before(s, by)]
            if len(options) == 1:
                yield options[0].id, f"names document {number}"

    def _by_day(self, text: str, by: Known) -> Iterable[tuple[str, str]]:
        words = _words(text)
        for day in _days(text):
            if day == by.date:
                continue
            options = [s for s in self.by_day.get(day, []) if len(words & s.words) >= 2]
            if len(options) == 1 and before(options[0], by):
                shared = ", ".join(sorted(words & options[0].words))
                yield options[0].id, f"names what was published on {day} on the same matter ({shared})"

    def _by_maker(self, text: str, by: Known) -> Iterable[tuple[str, str]]:
        words = f" {plain(text)} "
        for maker, sources in self.by_maker.items():
            if f" {maker} " not in words or maker in by.makers:
                continue
            # a long name that only one source bears is its name whenever it is said; an agency prints every day
            patience = 366 if len(sources) == 1 and maker.count(" ") > 1 else _PATIENCE
            fitting = [s for s in sources if s.id != by.id and before(s, by) and _dated(text, s, by, patience)]
            near = [s for s in fitting if by.words & s.words] or (fitting if len(sources) == 1 else [])
            if len(near) == 1:
                yield near[0].id, f"names {maker} as where it has this from"

    def _by_acronym(self, text: str, by: Known) -> Iterable[tuple[str, str]]:
        for acronym in sorted(set(_ACRONYM.findall(text))):
            letters = acronym.casefold()
            options = {
                s.id: s
                for s in self.by_initial.get(letters[0], [])
                if s.id != by.id and any(_spelt(letters, i) for i in s.initials) and before(s, by)
            }
            fitting = [s for s in options.values() if _dated(text, s, by)]
            if len(fitting) == 1 and (_YEAR.search(text) or len(options) == 1):
                yield fitting[0].id, f"names {acronym} as where it has this from"


def read(row: Row) -> Known:
    """A row of `storage.tables.SOURCES`, by what it can be cited by."""
    title, publisher = row["title"] or "", row["publisher"] or ""
    own = re.split(r"\s+(?:quoting|on|summarising|via)\s+|[(/;]", publisher)[0]
    names = [own, *(re.sub(r"^(?:US|UN|ROK|The)\s+|\s+News$", "", own),)]
    text = " | ".join(part for part in (title, publisher, row["note"] or "") if part)
    return Known(
        id=row["source_id"],
        kind=row["kind"] or "",
        author=row["author"] or "",
        text=text,
        makers=tuple(sorted({plain(n) for n in names if len(plain(n)) > 3})),
        numbers=frozenset(_DOCUMENT.findall(f"{title} {row['url'] or ''}")),
        date=row["date_published"] or "",
        words=_words(f"{title} {own}"),
        initials=tuple(sorted({i for n in (own, title) if len(i := _initials(n)) >= 3})),
    )


def plain(text: str) -> str:
    """Words in small letters, without the article."""
    return " ".join(re.findall(r"\w+", text.casefold())).removeprefix("the ")


def _words(text: str) -> frozenset[str]:
    """What a text is about: its words of four letters and more, plural as singular."""
    return frozenset(w.rstrip("s") for w in map(str.casefold, _WORD.findall(text)) if w not in _COMMON)


def _initials(name: str) -> str:
    """First letters of the proper name that a text begins with."""
    letters = []
    for word in re.findall(r"[^\W\d_]+", name.strip("[]")):
        if not word[0].isupper() and word not in ("of", "for", "the", "and", "on"):
            break
        letters.append(word[0])
    return "".join(letters).casefold()


def _spelt(letters: str, initials: str) -> bool:
    """Whether an acronym is made of these initials, in order, from the first."""
    if letters[0] != initials[0] or len(letters) > len(initials):
        return False
    at = iter(initials)
    return all(letter in at for letter in letters)


def _days(text: str) -> set[str]:
    found = set()
    for m in _DAY.finditer(text):
        month, day, year = m["m"] or m["m2"], m["d"] or m["d2"], m["y"] or m["y2"]
        if m["iso"]:
            found.add(m["iso"])
        elif month.casefold() in _MONTHS:
            found.add(f"{year}-{_MONTHS.index(month.casefold()) + 1:02}-{int(day):02}")
    return found


def before(origin: Known, by: Known) -> bool:
    """Whether one may have been published before the other; what has no date may have been."""
    if not origin.date or not by.date:
        return True
    return dates.earliest(origin.date) <= dates.latest(by.date)


def _dated(text: str, origin: Known, by: Known, patience: int = _PATIENCE) -> bool:
    """Whether what a text says of the origin's date fits it; where it says nothing, both are of about the same time.

    :param patience: days that are about the same time
    """
    if not origin.date:
        return True
    months = {f"{m['y']}-{_MONTHS.index(m['m'].casefold()) + 1:02}" for m in _MONTH.finditer(text)
              if m["m"].casefold() in _MONTHS}  # fmt: skip
    if months and len(origin.date) >= 7:
        return origin.date[:7] in months
    years = set(_YEAR.findall(text))
    if years:
        return origin.date[:4] in years
    if not by.date:
        return False
    return (dates.latest(by.date) - dates.earliest(origin.date)).days <= patience
