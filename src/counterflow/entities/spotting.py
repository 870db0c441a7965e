"""What else stands in a text that an analyst looks for: dates, amounts of money, countries, resolutions, and numbers of
ships, companies, accounts and wallets, with their check digits worked out.

A number without its word beside it is only taken where its own check says that it is one; a number whose check fails is
told as such, since a slip of the pen is worth knowing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from counterflow.entities.identifiers import SCHEMES
from counterflow.entities.naming import Names
from counterflow.model import currencies
from counterflow.model.check_digits import base58check, bech32, iban
from counterflow.model.values import table
from counterflow.sources import written_dates

__all__ = ["Spot", "spots"]


@dataclass(frozen=True, slots=True)
class Spot:
    """:param kind: date, amount, country, resolution, imo, mmsi, lei, iban, bic, uscc, wallet, email, url;
    :param value: in its clean form; :param unit: ISO 4217 of an amount, blockchain of a wallet; :param valid: whether
    its check digits agree, None where it has none"""

    start: int
    end: int
    kind: str
    value: str
    unit: str | None = None
    valid: bool | None = None


def spots(text: str) -> list[Spot]:
    """All of them, in order; where two overlap, the longer one."""
    found = sorted((spot for look in _LOOKS for spot in look(text)), key=lambda s: (s.start - s.end, s.start, s.kind))
    taken = bytearray(len(text))
    kept: list[Spot] = []
    for spot in found:
        if not any(taken[spot.start : spot.end]):
            taken[spot.start : spot.end] = b"\1" * (spot.end - spot.start)
            kept.append(spot)
    return sorted(kept, key=lambda s: s.start)


# -- dates -----------------------------------------------------------------------------------------------------------

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DATES = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?P<apa>(?P<y>(?:1[5-9]|20)\d\d), (?P<md>{_MONTH} \d{{1,2}}))"
    rf"|(?P<dmy>\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? \d{{4}})"
    rf"|(?P<mdy>{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?, \d{{4}})"
    rf"|(?P<my>{_MONTH},? (?:1[5-9]|20)\d\d)"
    r"|(?:(?<=\b[Ii]n )|(?<=\b[Bb]y )|(?<=\b[Oo]f )|(?<=\b[Ss]ince )|(?<=\b[Ff]rom )|(?<=\b[Uu]ntil ))"
    r"(?P<y1>(?:1[89]|20)\d\d)"
    r")(?![\d,.]*\d)"
)
_CJK_DATES = re.compile(r"(?<!\d)((?:1[89]|20)\d\d)\s?[年년]\s?(?:(\d{1,2})\s?[月월]\s?(?:(\d{1,2})\s?[日일])?)?")


def _dates(text: str) -> Iterator[Spot]:
    for match in _DATES.finditer(text):
        written = f"{match['md']}, {match['y']}" if match["apa"] else match[0]
        read = written_dates.read(written)
        if read is not None and len(read.values) == 1:
            yield Spot(match.start(), match.end(), "date", read.values[0])
    for match in _CJK_DATES.finditer(text):
        read = written_dates.read("-".join(part.zfill(2) for part in match.groups() if part))
        if read is not None:
            yield Spot(match.start(), match.end(), "date", read.values[0])


# -- money -----------------------------------------------------------------------------------------------------------

_SIGNS = {"US$": "USD", "USD": "USD", "HK$": "HKD", "S$": "SGD", "A$": "AUD", "C$": "CAD", "NT$": "TWD", "€": "EUR",
          "£": "GBP", "₩": "KRW", "₽": "RUB", "RMB": "CNY", "CN¥": "CNY", "$": "", "¥": ""}  # fmt: skip
_WORDS = {"us dollars": "USD", "u.s. dollars": "USD", "american dollars": "USD", "dollars": "", "euros": "EUR",
          "euro": "EUR", "pounds sterling": "GBP", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY", "yen": "JPY",
          "roubles": "RUB", "rubles": "RUB", "south korean won": "KRW", "swiss francs": "CHF"}  # fmt: skip
_SCALES = {"thousand": 3, "million": 6, "mn": 6, "m": 6, "billion": 9, "bn": 9, "trillion": 12, "tn": 12}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


@cache
def _money() -> re.Pattern[str]:
    codes = sorted(currencies.codes())
    signs = "|".join(map(re.escape, sorted({*_SIGNS, *codes}, key=lambda s: (-len(s), s))))
    words = "|".join(map(re.escape, sorted(_WORDS, key=lambda s: (-len(s), s))))
    scale = "thousand|million|mn|billion|bn|trillion|tn"
    return re.compile(
        rf"(?<![\w$])(?P<sign>{signs})\s?(?P<n1>{_NUMBER})(?:[\s-]?(?P<s1>(?i:{scale})|[mM](?![a-zA-Z]))\b)?"
        rf"|(?<![\w.,$])(?P<n2>{_NUMBER})(?:[\s-](?P<s2>(?i:{scale})))?[\s-]?(?P<unit>(?i:{words})\b|(?:{'|'.join(codes)})\b)"
    )


def _amounts(text: str) -> Iterator[Spot]:
    for match in _money().finditer(text):
        number, scale = match["n1"] or match["n2"], (match["s1"] or match["s2"] or "").lower()
        sign, unit = match["sign"], match["unit"]
        code = _SIGNS.get(sign, sign) if sign else _WORDS.get(unit.lower(), unit.upper())
        try:
            value = Decimal(number.replace(",", "")).scaleb(_SCALES.get(scale, 0))
        except InvalidOperation:
            continue
        yield Spot(match.start(), match.end(), "amount", f"{value.normalize():f}", code or None)


# -- numbers ---------------------------------------------------------------------------------------------------------

_SAID = r"\s*(?:numbers?|no\.?|nr\.?|code)?\s*[:#]?\s*"
_LABELLED = (
    ("imo", re.compile(rf"\bIMO{_SAID}(\d{{7}})\b"), "imo"),
    ("mmsi", re.compile(rf"\bMMSI{_SAID}(\d{{9}})\b"), "mmsi"),
    ("lei", re.compile(rf"\bLEI{_SAID}([0-9A-Z]{{18}}\d{{2}})\b"), "lei"),
    ("bic", re.compile(rf"\b(?:SWIFT|BIC)(?:/BIC)?{_SAID}([A-Z]{{6}}[A-Z0-9]{{2}}(?:[A-Z0-9]{{3}})?)\b"), "bic"),
    ("inn", re.compile(rf"\bINN{_SAID}(\d{{10}}|\d{{12}})\b"), "inn"),
    ("ogrn", re.compile(rf"\bOGRN{_SAID}(\d{{13}}|\d{{15}})\b"), "ogrn"),
)
_BARE = (
    ("lei", re.compile(r"\b([0-9A-Z]{18}\d{2})\b"), "lei"),
    ("uscc", re.compile(r"\b(9[0-9A-HJ-NPQRTUWXY]{17})\b"), "uscc"),
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?\b")
_WALLETS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool] | None], ...] = (
    ("bitcoin", re.compile(r"\b[13][1-9A-HJ-NP-Za-km-z]{25,34}\b"), base58check),
    ("bitcoin", re.compile(r"\b(?:bc1|BC1)[0-9a-zA-Z]{11,71}\b"), bech32),
    ("tron", re.compile(r"\bT[1-9A-HJ-NP-Za-km-z]{33}\b"), base58check),
    ("ethereum", re.compile(r"\b0x[0-9a-fA-F]{40}\b"), None),
)


def _numbers(text: str) -> Iterator[Spot]:
    for kind, pattern, scheme in _LABELLED:
        check = SCHEMES[scheme].check
        for match in pattern.finditer(text):
            yield Spot(match.start(), match.end(), kind, match[1], valid=check is None or check(match[1]))
    for kind, pattern, scheme in _BARE:
        check = SCHEMES[scheme].check
        for match in pattern.finditer(text):
            if check is not None and check(match[1]) and not match[1].isdigit():
                yield Spot(match.start(), match.end(), kind, match[1], valid=True)
    for match in _IBAN.finditer(text):
        value = match[0].replace(" ", "")
        if iban(value):
            yield Spot(match.start(), match.end(), "iban", value, valid=True)
    for chain, pattern, holds in _WALLETS:
        for match in pattern.finditer(text):
            if holds is None or holds(match[0]):
                yield Spot(match.start(), match.end(), "wallet", match[0], chain, None if holds is None else True)


# -- resolutions, countries, addresses -------------------------------------------------------------------------------

_RESOLUTION = re.compile(
    r"(?:\bUNSCRs?|\b(?:Security Council )?[Rr]esolutions?|\bUNSC [Rr]es(?:olution|\.)|\bS/RES/)\s*(?:[Nn]os?\.?\s*)?"
    r"(\d{3,4})(?: ?\((?:19|20)\d\d\))?"
)
_FURTHER = re.compile(r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*/\s*)(\d{3,4})(?: ?\((?:19|20)\d\d\))?(?!\d)")
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}\b")
_URL = re.compile(r"\bhttps?://[^\s<>\"'”’)\]]{1,2000}[^\s<>\"'”’)\].,;:]")


def _resolutions(text: str) -> Iterator[Spot]:
    for match in _RESOLUTION.finditer(text):
        yield Spot(match.start(), match.end(), "resolution", f"S/RES/{match[1]}")
        at = match.end()
        while more := _FURTHER.match(text, at):
            yield Spot(more.start(1), more.end(), "resolution", f"S/RES/{more[1]}")
            at = more.end()


_NO_COUNTRIES = frozenset({"un", "eu", "zz"})


@cache
def _countries() -> Names:
    rows = table("countries").items()
    # codes of two and three letters are words, or parts of them
    return Names((code, "Thing", [name for name in names if len(str(name)) > 3]) for code, names in rows)


def _places(text: str) -> Iterator[Spot]:
    for named in _countries().find(text):
        if len(named.bearers) == 1 and named.bearers[0] not in _NO_COUNTRIES:
            yield Spot(named.start, named.end, "country", named.bearers[0])


def _addresses(text: str) -> Iterator[Spot]:
    for kind, pattern in (("email", _EMAIL), ("url", _URL)):
        for match in pattern.finditer(text):
            yield Spot(match.start(), match.end(), kind, match[0])


_LOOKS: tuple[Callable[[str], Iterator[Spot]], ...] = (_dates, _amounts, _numbers, _resolutions, _places, _addresses)
