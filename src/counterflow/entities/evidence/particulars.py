"""Evidence of what tells a little more where both sides have it: places, addresses, contacts, positions, tonnage.

Mostly it can only speak for a match: whoever has one address or telephone may have another. A place of birth, a date of
death and a ship's size are one's own, so they can speak against it too. Labelled pairs with such properties are too few
to fit these weights; they are set by hand, low.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from counterflow.entities.evidence.feature import Feature
from counterflow.entities.profile import Profile
from counterflow.entities.transliterate import clean, latin

__all__ = ["MOST", "features"]


def features(left: Profile, right: Profile) -> list[Feature]:
    """One feature for each property that both sides have, where it says anything."""
    if not left.details or not right.details:
        return []
    ours, theirs = left.detail, right.detail
    found = []
    for name, (judge, what) in _JUDGES.items():
        if name in ours and name in theirs:
            (weight, how), a, b = max(
                ((judge(a, b), a, b) for a in ours[name][:20] for b in theirs[name][:20]), key=lambda w: w[0][0]
            )
            if weight:
                says = f"{how} {what} {a}" if a == b else f"{how} {what}: {a} and {b}"
                found.append(Feature(name, weight, a, b, says))
    return found


Judged = tuple[float, str]
SILENT: Judged = (0.0, "")

_GENERAL = frozenset([
    "a", "and", "of", "the", "in", "near", "at", "city", "town", "village", "district", "province", "region", "oblast",
    "republic", "governorate", "county", "state", "street", "st", "road", "rd", "avenue", "ave", "floor", "building",
    "block", "no", "number", "p", "o", "box", "postal", "code",
])  # fmt: skip
"""Words of places and addresses that tell none from another."""


@lru_cache(maxsize=65536)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", latin(clean(text)))) - _GENERAL


@lru_cache(maxsize=65536)
def _place(a: str, b: str) -> Judged:
    one, two = _words(a), _words(b)
    shared = one & two
    if not one or not two:
        return SILENT
    if shared in (one, two):
        return (1.8 if len(shared) > 1 or one == two else 1.2), "same"
    return (0.6, "partly the same") if shared else (-0.4, "different")


@lru_cache(maxsize=65536)
def _address(a: str, b: str) -> Judged:
    one, two = _words(a), _words(b)
    shared = one & two
    if len(shared) >= 3 and any(w.isdigit() for w in shared) and 2 * len(shared) > min(len(one), len(two)):
        return 2.5, "same"
    return (0.8, "partly the same") if len({w for w in shared if not w.isdigit()}) >= 2 else SILENT


def _position(a: str, b: str) -> Judged:
    one, two = _words(a), _words(b)
    return (0.8, "like") if len(one & two) >= 2 and 2 * len(one & two) >= min(len(one), len(two)) else SILENT


def _exactly(weight: float, key: Callable[[str], str]) -> Callable[[str, str], Judged]:
    def judge(a: str, b: str) -> Judged:
        return (weight, "same") if key(a) and key(a) == key(b) else SILENT

    return judge


def _digits(text: str) -> str:
    """The last nine digits: with or without the country's code or a zero before the area's."""
    found = re.sub(r"\D", "", text)[-9:]
    return found if len(found) >= 7 else ""


def _host(text: str) -> str:
    return re.sub(r"^(?:\w+://)?(?:www\.)?", "", text.casefold()).partition("/")[0]


def _country(a: str, b: str) -> Judged:
    return (0.5, "same") if a == b else (-0.7, "different")


def _death(a: str, b: str) -> Judged:
    if a[:4] != b[:4]:
        return -2.0, "different"
    return (2.0, "same") if a == b and len(a) >= 10 else (1.0, "same year in")


def _tonnage(a: str, b: str) -> Judged:
    try:
        one, two = sorted((abs(float(a)), abs(float(b))))
    except ValueError:
        return SILENT
    apart = (two - one) / two if two else 1.0
    if apart <= 0.01:
        return 1.5, "same"
    return (0.5, "about the same") if apart <= 0.05 else (-1.5, "different") if apart > 0.2 else SILENT


_JUDGES: dict[str, tuple[Callable[[str, str], Judged], str]] = {
    "birthPlace": (_place, "place of birth"),
    "birthCountry": (_country, "country of birth"),
    "deathDate": (_death, "date of death"),
    "address": (_address, "address"),
    "email": (_exactly(5.0, str.casefold), "e-mail address"),
    "phone": (_exactly(3.5, _digits), "telephone number"),
    "website": (_exactly(3.5, _host), "website"),
    "position": (_position, "position"),
    "pastFlags": (_exactly(0.6, str.casefold), "former flag"),
    "grossRegisteredTonnage": (_tonnage, "gross tonnage"),
    "deadweightTonnage": (_tonnage, "deadweight"),
    "tonnage": (_tonnage, "tonnage"),
}

MOST = {
    "birthPlace": 1.8,
    "birthCountry": 0.5,
    "deathDate": 2.0,
    "address": 2.5,
    "email": 5.0,
    "phone": 3.5,
    "website": 3.5,
    "position": 0.8,
    "pastFlags": 0.6,
    "grossRegisteredTonnage": 1.5,
    "deadweightTonnage": 1.5,
    "tonnage": 1.5,
}
"""What each can tell at most."""
