"""Dates as lists write them, in English words, to partial ISO dates.

Nothing is guessed: ``01/02/1960`` could be January or February and is no date; ``circa 1960`` is 1960 with a remark;
``1960 to 1962`` gives both ends with a remark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from counterflow.model import dates

__all__ = ["Written", "day_first", "read", "year_first"]

_MONTHS = {
    name: n
    for n, names in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
         "december"], 1)
    for name in (names, names[:3])
} | {"sept": 9}  # fmt: skip
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?,?\s*"
_FORMS = [
    re.compile(r"(?P<year>\d{4})"),
    re.compile(rf"{_MONTH}(?P<year>\d{{4}})"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]*(?:of )?{_MONTH}(?P<year>\d{{4}})"),
    re.compile(rf"{_MONTH}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"),
]
_ABOUT = re.compile(r"^(?:circa|approximately|approx\.?|about|c\.|ca\.|around|late|early|mid)[\s-]+", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2}|dd)[./-](?P<month>\d{1,2}|mm)[./-](?P<year>\d{4}|\d{2})", re.IGNORECASE)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:[./年]\s*(?:(?P<month>\d{1,2})(?:[./月]\s*(?:(?P<day>\d{1,2})日?)?)?)?)?(?:生まれ|生)?(?P<about>頃)?"
)
_RANGE = re.compile(r"\s*(?:\bto\b|\band\b|-|–|/)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Written:
    """:param values: partial ISO dates, one, or the two ends of a range; :param note: what they leave out"""

    values: tuple[str, ...]
    note: str | None = None


def read(text: str) -> Written | None:
    """The date or range in `text`; None where it is neither or could be two."""
    text = " ".join(text.split()).strip(" .;,")
    exact = _one(text)
    if exact:
        return Written((exact,))
    about = _ABOUT.match(text)
    if about:
        rest = read(text[about.end() :])
        return rest and Written(rest.values, f"as written: {text}")
    ends = [_one(part) for part in _RANGE.split(re.sub(r"^(?:between|from)\s+", "", text, flags=re.IGNORECASE))]
    if len(ends) != 2 or not ends[0] or not ends[1]:
        return None
    start, end = ends[0], ends[1]
    if start == f"{start[:4]}-01-01" and end == f"{end[:4]}-12-31":
        start, end = start[:4], end[:4]
    return Written((start,) if start == end else (start, end), f"as written: {text}")


def day_first(text: str, century: str = "") -> Written | None:
    """The date in ``21/12/2011``, ``4.2.1938``, ``00/00/1980`` or ``dd/mm/1945`` of a list that is known to put the day
    first and to write zeros or letters for what it does not know; None where it is none.

    :param century: of years that the list writes with two digits, ``20``; without it they are no dates
    """
    match = _DAY_FIRST.fullmatch(text.strip(" .;,"))
    if match is None or (len(match["year"]) == 2 and not century):
        return None
    year = match["year"] if len(match["year"]) == 4 else century + match["year"]
    day, month = ("" if part.strip("0dmDM") == "" else f"{int(part):02d}" for part in (match["day"], match["month"]))
    found = dates.clean("-".join((year, *([month, day] if day else [month])) if month else (year,)))
    return None if found is None or (day and not month) else Written((found,))


def year_first(text: str) -> Written | None:
    """The date in ``2009.7.16`` or ``1961年3月2日`` of a list that puts the year first; None where it is none."""
    match = _YEAR_FIRST.fullmatch(text.strip(" .;,"))
    if match is None:
        return None
    parts = [match["year"], *(f"{int(part):02d}" for part in (match["month"], match["day"]) if part)]
    found = dates.clean("-".join(parts))
    return Written((found,), f"as written: {text}" if match["about"] else None) if found else None


def _one(text: str) -> str | None:
    text = text.strip(" .;,")
    iso = dates.clean(text)
    if iso:
        return iso
    for form in _FORMS:
        match = form.fullmatch(text.lower())
        if match:
            found = match.groupdict()
            parts = [found["year"]]
            if found.get("month"):
                parts.append(f"{_MONTHS[found['month']]:02d}")
            if found.get("day"):
                parts.append(f"{int(found['day']):02d}")
            return dates.clean("-".join(parts))
    return None
