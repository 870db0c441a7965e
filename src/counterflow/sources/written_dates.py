"""Dates as lists write them, in English words, to partial ISO dates.

Nothing is guessed: ``01/02/1960`` could be January or February and is no date; ``circa 1960`` is 1960 with a remark;
``1960 to 1962`` gives both ends with a remark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from counterflow.model import dates

__all__ = ["Written", "read"]

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
