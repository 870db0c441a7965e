"""What an Admiralty grade is worth, fitted to claims whose truth is known, and how far fused claims can be trusted.

One origin is one witness: of all that goes back to it the best grade counts, once. Across origins odds multiply.
Counting every article as a witness is what `fused` with ``per_article`` does: shown beside, because it is the usual
mistake. Calibration error: facts in ten bins by their probability, the mean distance between that and the share that
was true, weighted by the facts in a bin (expected calibration error; Naeini, Cooper and Hauskrecht, AAAI 2015).
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from counterflow.errors import InputError, UnreadableFile

__all__ = ["Known", "calibration_error", "fit", "fused", "halves", "read"]

STRENGTH = 10.0
"""How many known claims the table that is started from counts for, in each cell."""
_LEAST = 0.01
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True)
class Known:
    """A claim about a fact whose truth is known. :param says: asserts it (else denies); :param true: the fact is"""

    fact: str
    origin: str
    grade: str
    says: bool
    true: bool


def read(path: Path) -> list[Known]:
    """Claims from a CSV with the columns fact, origin, grade, says, true (the last two yes or no).

    :raises UnreadableFile: it cannot be read; :raises InputError: a column is missing, or a value is none of these
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = {"fact", "origin", "grade", "says", "true"} - set(rows.fieldnames or ())
            if missing:
                raise InputError(f"has no column {', '.join(sorted(missing))}", file=str(path), line=1)
            found = [_known(row, str(path), rows.line_num) for row in rows]
    except OSError as e:
        raise UnreadableFile(f"cannot be opened ({e.strerror})", file=str(path)) from e
    except (UnicodeDecodeError, csv.Error) as e:
        raise UnreadableFile(f"is no CSV in UTF-8: {e}", file=str(path)) from e
    if not found:
        raise InputError("holds no claim", file=str(path))
    seen: dict[str, bool] = {}
    for k in found:
        if seen.setdefault(k.fact, k.true) != k.true:
            raise InputError(f"fact '{k.fact}' is both true and false", file=str(path), field="true")
    return found


def _known(row: Mapping[str, str | None], file: str, line: int) -> Known:
    text = {name: (row.get(name) or "").strip() for name in ("fact", "origin", "grade", "says", "true")}
    for name in ("fact", "origin"):
        if not text[name]:
            raise InputError("is empty", file=file, line=line, field=name)
    if not re.fullmatch("[A-F][1-6]", text["grade"]):
        raise InputError(f"'{text['grade']}' is no grade; valid: A1 to F6", file=file, line=line, field="grade")
    for name in ("says", "true"):
        if text[name].lower() not in _YES + _NO:
            raise InputError(f"'{text[name]}' is neither yes nor no", file=file, line=line, field=name)
    says, true = (text[name].lower() in _YES for name in ("says", "true"))
    return Known(text["fact"], text["origin"], text["grade"], says, true)


def halves(claims: Iterable[Known]) -> tuple[list[Known], list[Known]]:
    """Two halves, fact by fact, by a hash of the fact: the same each time, whatever the order."""
    parts: tuple[list[Known], list[Known]] = ([], [])
    for k in claims:
        parts[crc32(k.fact.encode()) & 1].append(k)
    return parts


def _witnesses(claims: Iterable[Known], table: Mapping[str, float]) -> list[Known]:
    """Of each fact and origin the claim with the best grade; of equals one that does not depend on the order."""
    best: dict[tuple[str, str], Known] = {}
    for k in claims:
        held = best.get((k.fact, k.origin))
        if held is None or (table[k.grade], k.grade, k.says) > (table[held.grade], held.grade, held.says):
            best[k.fact, k.origin] = k
    return list(best.values())


def fit(claims: Sequence[Known], table: Mapping[str, float]) -> dict[str, float]:
    """The table that these claims speak for; a cell moves from where it was as far as its claims carry it.

    :param table: grade → probability to start from: it counts as `STRENGTH` claims in each cell
    """
    right, count = dict.fromkeys(table, 0), dict.fromkeys(table, 0)
    for k in _witnesses(claims, table):
        count[k.grade] += 1
        right[k.grade] += k.says == k.true
    return {
        grade: min(1 - _LEAST, max(_LEAST, (p * STRENGTH + right[grade]) / (STRENGTH + count[grade])))
        for grade, p in table.items()
    }


def fused(claims: Sequence[Known], table: Mapping[str, float], *, per_article: bool = False) -> dict[str, float]:
    """Fact → probability that it is true, from even odds. :param per_article: count every copy as a witness"""
    odds: dict[str, float] = {}
    for k in claims if per_article else _witnesses(claims, table):
        p = table[k.grade]
        odds[k.fact] = odds.get(k.fact, 0.0) + (1 if k.says else -1) * math.log(p / (1 - p))
    return {fact: 1 / (1 + math.exp(-max(-700.0, min(700.0, x)))) for fact, x in odds.items()}


def calibration_error(probability: Mapping[str, float], true: Mapping[str, bool], bins: int = 10) -> float:
    """0 to 1; 0: of the facts called 80 % four in five are true, and so for every number. Not for an empty mapping."""
    held: dict[int, list[str]] = {}
    for fact, p in probability.items():
        held.setdefault(min(bins - 1, int(p * bins)), []).append(fact)
    off = (abs(sum(probability[f] - true[f] for f in facts)) for facts in held.values())
    return sum(off) / len(probability)
