from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.entities import lookup
from counterflow.entities.agreement import answers
from counterflow.entities.evidence import particulars
from counterflow.entities.profile import DETAILS, Profile, build
from counterflow.entities.screening import Screener
from counterflow.entities.shapes import Word, shapes
from counterflow.entities.word_kernels import ALMOST, ASK, likeness

LATIN = (  # noqa: SIM905
    "muhammad mohamed mohammed mehmet hasan husayn hussein kim gim jongun jong-un chongun daesong taesong anderson "
    "andoson smith smyth bill william robert bob maria mariya chile china 10012 10013 39 qaddafi gaddafi al bin abd "
    "aleksandr alexander petrov petroff sokolov okulov trading tradinq j hongxiang hong xiang"
).split()
OTHERS = [
    Word("mhmd", "Arabic", "محمد"),
    Word("mhmwd", "Arabic", "محمود"),
    Word("gimjeongeun", "Hangul", "김정은"),
    Word("petrov", "Cyrillic", "Петров"),
    Word("petrova", "Cyrillic", "Петрова"),
    Word("bit", "Hebrew", "בית"),
    Word("jinping", "Han", "近平"),
    Word("suzuki", "Kana", "スズキ"),
]
KNOWN = [*map(Word, LATIN), *OTHERS]
SLIPPED = st.tuples(st.sampled_from(LATIN), st.integers(0, 20), st.sampled_from("aeiknrst")).map(
    lambda t: Word(t[0][: t[1]] + t[2] + t[0][t[1] + 1 :])
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(KNOWN) | SLIPPED, st.sampled_from(KNOWN) | SLIPPED)
def test_the_kernel_says_what_the_plain_comparison_says(one: Word, two: Word) -> None:
    left, right = shapes([one]), shapes([two])
    places = np.zeros(256, np.uint64)
    for n, letter in enumerate(one.token.encode()):
        places[letter] |= np.uint64(1 << n)
    with np.errstate(over="ignore"):
        found = likeness(
            0, *left, 0, *right, lookup._HEARD, lookup.LETTERS, places, np.empty((3, 65), np.int64), np.empty(252)
        )  # fmt: skip
    plain = answers(one.form, 0, two.form, 0)
    assert found == ASK or found == pytest.approx(min(plain, ALMOST) if one.token != two.token else plain)


def parties(count: int) -> list[Profile]:
    draw = random.Random(7)
    names = [word for word in LATIN if word.isalpha() and len(word) > 2]
    found = []
    for n in range(count):
        told: dict[str, Any] = {"name": [" ".join(draw.sample(names, draw.choice((2, 2, 3))))]}
        if draw.random() < 0.3:
            told["alias"] = [" ".join(w.written for w in draw.sample(OTHERS, 2))]
        told |= {"birthDate": [draw.choice(("1960", "1961-02-03", "1961~"))]} if draw.random() < 0.5 else {}
        told |= {"nationality": [draw.choice(("fr", "kp", "hk"))]} if draw.random() < 0.5 else {}
        told |= {"gender": [draw.choice(("male", "female"))]} if draw.random() < 0.5 else {}
        found.append(build(f"l:{n}", draw.choice(("Person", "Person", "LegalEntity", "Company")), told))
    return found


@pytest.mark.parametrize("large", [False, True], ids=["plain", "compiled"])
def test_what_is_found_is_what_comparing_with_everybody_finds(monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    monkeypatch.setattr(lookup, "COMPILE_ROWS", 0 if large else 1 << 30)
    listed = parties(60)
    index = Screener.over(listed)
    for asked in (*listed[:12], build("q", "Thing", {"name": ["Juanaleksandr Petrov"]})):
        for threshold in (0.5, 0.05):
            found = [(h.id, h.probability) for h in index.screen(asked, 100, threshold)]
            assert found == [(h.id, h.probability) for h in index.screen(asked, 100, threshold, exhaustive=True)]


def test_no_detail_tells_more_than_its_most() -> None:
    assert set(particulars.MOST) == set(particulars._JUDGES) == set(DETAILS)
    values = ["12 Main Road Block 7 Paris", "a@b.org", "+33 1 2345 6789", "https://b.org", "2000-01-01", "5000", "fr"]
    for name, (judge, _) in particulars._JUDGES.items():
        assert max(judge(a, b)[0] for a in values for b in values) <= particulars.MOST[name]
