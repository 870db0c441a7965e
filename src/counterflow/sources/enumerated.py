"""Values that a publisher has numbered within one field: ``(1) German (2) Moroccan``, ``a) Kutum b) Khartoum``.

Only a run that begins with 1, a or i and goes on without a gap is an enumeration; ``article 3(2)`` is none. Words
before the first mark belong to every piece: ``Jordanian passport numbers (1) K048787 (2) 486298``.
"""

from __future__ import annotations

import re

__all__ = ["pieces"]

_LABEL = r"\d{1,2}|[A-Za-z]|[ivx]{2,4}"
_MARK = re.compile(rf"(?:(?:^|(?<=[\s,;.:]))|(?=\())\(?(?P<label>{_LABEL})\)"
                   rf"(?:\s*(?:-|–|to\b|and\b)\s*\(?(?P<end>{_LABEL})\))?[\s,.:]*")  # fmt: skip
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


def pieces(text: str) -> list[str]:
    """The values in `text`, in order; the text itself where it is no enumeration. Blank ones are left out."""
    run: list[re.Match[str]] = []
    number = 0
    for mark in _MARK.finditer(text):
        if number + 1 in _values(mark["label"]):
            run.append(mark)
            number = max(_values(mark["end"] or "") & set(range(number + 1, 100)), default=number + 1)
    if not run or (len(run) == 1 and run[0].start() > 0):
        return [text.strip()] if text.strip() else []
    before = text[: run[0].start()].strip(" ,;:")
    ends = [mark.start() for mark in run[1:]] + [len(text)]
    found = [text[mark.end() : end].strip(" ,;") for mark, end in zip(run, ends, strict=True)]
    return [f"{before} {piece}".strip() for piece in found if piece]


def _values(label: str) -> set[int]:
    """What a label can stand for: ``i`` is the ninth letter and the first Roman number."""
    label = label.lower()
    if label.isdigit():
        return {int(label)}
    found = {_ROMAN[label]} if label in _ROMAN else set()
    return found | ({ord(label) - 96} if len(label) == 1 else set())
