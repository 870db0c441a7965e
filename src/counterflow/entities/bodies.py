"""Names of bodies and ships: words evened out, numbers as digits, the legal form set aside.

Nothing is thrown away that could tell two parties apart: Office 39 is not Office 38, and a legal form is kept beside
the words. Known words of Korean and Chinese names are translated (은행 → bank), the rest is read letter by letter.
"""

from __future__ import annotations

import re
from functools import cache

from counterflow.entities import korean, persons
from counterflow.entities.forms import Form
from counterflow.entities.transliterate import han_words, hangul_words, latin
from counterflow.entities.words import load

__all__ = ["forms"]


def forms(script: str, run: str, kind: str) -> list[Form]:
    """Forms of a run of one script, best first. :param kind: ``body``, ``ship`` or ``any``"""
    if script == "Hangul":
        return _words(hangul_words(run), kind, "translated from Korean")
    if script == "Han":
        hangul = korean.read_hanja("".join(c for c in run if not c.isascii()))
        read = _words(hangul_words(hangul), kind, "Sino-Korean reading") if hangul else []
        return [*_words(han_words(run), kind, "translated from Chinese"), *read]
    if script == "Latin":
        return _words(latin(run), kind, "as written")
    return [_translated(form, kind) for form in persons.by_word(script, run, f"from {script}")]


def _translated(form: Form, kind: str) -> Form:
    """A form in another alphabet with the words we know in English, and its legal form set aside."""
    table: dict[str, str] = load("terms")["bodies_by_script"].get(form.script.lower(), {})
    told = [(table.get(w.lower(), t), w) for t, w in zip(form.tokens, form.written, strict=True)]
    told = [pair for pair in told if pair[0]] or list(zip(form.tokens, form.written, strict=True))
    words = [token for token, _ in told]
    kept, legal = (words, "") if kind == "ship" else _without_legal(words)
    first = 0 if words[: len(kept)] == kept else len(words) - len(kept)
    chosen = told[first : first + len(kept)]
    numbered = [str(int(t)) if t.isdigit() and len(t) < 12 else t for t, _ in chosen]
    return Form(tuple(numbered), legal=legal, how=form.how, script=form.script, written=tuple(w for _, w in chosen))


@cache
def _evened() -> tuple[re.Pattern[str], dict[str, str]]:
    phrases: dict[str, str] = load("terms")["phrases"]
    longest = sorted(phrases, key=lambda k: (-len(k), k))
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest)) + r")\b"), phrases


@cache
def _phrase_heads() -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in load("terms")["phrases"])


@cache
def _legal() -> dict[tuple[str, ...], str]:
    """Words of a legal form → its class."""
    return {tuple(form.split()): name for name, written in load("legal_forms").items() for form in written}


@cache
def _longest_legal() -> int:
    return max(map(len, _legal()))


def _words(text: str, kind: str, how: str) -> list[Form]:
    terms = load("terms")
    text = text.replace("'", "").replace("/", " ")
    head, _, rest = text.partition(" ")
    plain = kind == "any" and head in ("mv", "mt")  # Ms and My may be a person's
    if kind == "any" and rest and head == "m" and rest[:2] in ("v ", "t "):
        rest, plain = rest[2:], True
    if rest and (plain or (kind == "ship" and head in terms["vessel_prefixes"])):
        text = rest
    words = text.split()
    if kind == "ship" and len(words) > 2 and words[0] in ("m", "f") and words[1] in ("v", "t"):
        words = words[2:]
    if not _phrase_heads().isdisjoint(words):
        pattern, phrases = _evened()
        words = pattern.sub(lambda m: phrases[m[0]], " ".join(words)).split()
    legal = ""
    if kind != "ship":
        words, legal = _without_legal(words)
    tokens = _numbered([terms["words"].get(w, w) for w in words])
    kept = [t for n, t in enumerate(tokens) if t not in _stop() or (n and tokens[n - 1] in ("van", "von"))]
    return [Form(tuple(kept or tokens), legal=legal, how=how)] if tokens else []


@cache
def _stop() -> frozenset[str]:
    return frozenset(load("terms")["stop"])


@cache
def _translations() -> frozenset[str]:
    return frozenset(load("terms")["words"].values())


def _without_legal(words: list[str]) -> tuple[list[str], str]:
    """The words before the legal form, and its class: ``co ltd`` after one another count once, the last class wins."""
    table, legal = _legal(), ""
    while len(words) > 1:
        for size in range(min(_longest_legal(), len(words) - 1), 0, -1):
            found = table.get(tuple(words[-size:]))
            if found:
                words, legal = words[:-size], found
                break
        else:
            break
        if len(words) == 1 and words[0] in _translations():
            break
    for size in range(min(_longest_legal(), len(words) - 1), 0, -1):
        found = table.get(tuple(words[:size]))
        if found in ("llc", "jsc", "pt", "state") or (
            found == "partnership" and words[0] in ("kg", "cv")
        ):  # Eastern forms stand before the name
            return words[size:], legal or found
    return words, legal


def _numbered(words: list[str]) -> list[str]:
    """Number words as digits, and the word for a numbered unit evened out: ``Bureau No. 39`` → unit 39."""
    terms = load("terms")
    numbers: dict[str, int] = terms["numbers"]
    found: list[str] = []
    for place, word in enumerate(words):
        value: int | None = None
        if word[0].isdigit():
            ordinal = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
            value = int(ordinal[1]) if ordinal else int(word) if word.isdigit() and len(word) < 12 else None
        else:
            value = numbers.get(word)
        if value is None and place and (place == len(words) - 1 or len(word) > 1):
            value = terms["roman"].get(word)
        if value is None:
            found.append(word)
            continue
        if found and found[-1] in ("no", "nr", "num", "number", "che"):
            found.pop()
        if place and words[place - 1] in numbers and numbers[words[place - 1]] in range(20, 91, 10) and 0 < value < 10:
            value += int(found.pop())
        found.append(str(value))
    return [
        "unit" if w in _units() and any(n.isdigit() for n in found[max(0, i - 1) : i + 2]) else w
        for i, w in enumerate(found)
    ]


@cache
def _units() -> frozenset[str]:
    return frozenset(load("terms")["units"])
