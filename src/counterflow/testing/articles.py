"""Generated reports and the articles that copy them, with the truth: what origin recognition is measured on.

Each matter has one to three independent reports with figures and words of their own; each report is copied by up to
eight articles, some of which copy a copy. Copies quote, excerpt, give the rare figure, or cite and round. Independent
reports on one matter share its names, round figures and the stock phrases of the trade, which must link nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["WAYS", "Corpus", "corpus"]

WAYS = ("excerpt", "quotation", "figure", "citation", "rounded")

_TRADES = ("cigarettes", "narcotics", "coal", "seafood", "arms", "labour", "gold", "textiles", "crypto", "insurance")
_WHO = ("Institute", "Bureau", "Centre", "Panel", "Ministry", "Commission", "Observatory", "Service", "Council", "Fund")
_OF = ("Maritime", "Regional", "Strategic", "Customs", "Economic", "Northern", "Pacific", "Eastern", "Fiscal", "Border")
_FOR = ("Trade", "Finance", "Security", "Research", "Statistics", "Affairs", "Analysis", "Development", "Policy")
_PRESS = ("Herald", "Tribune", "Courier", "Gazette", "Observer", "Chronicle", "Dispatch", "Monitor", "Sentinel")
_TOWNS = ("Dalian", "Busan", "Macau", "Vladivostok", "Nairobi", "Vienna", "Lagos", "Manila", "Jakarta", "Rome")
_STOCK = (
    "officials declined to comment on the matter when reached by telephone on Monday",
    "the country is under wide international sanctions over its nuclear and missile programmes",
    "the figures could not be independently verified by this newspaper at the time of writing",
    "analysts say that the true amount is hard to know because trade is not reported",
    "experts believe the proceeds go to the leadership and to its weapons programmes",
)
_TEXT = """
cargo harbour ledger broker courier vessel account crew warehouse permit invoice shipment envoy driver dealer
clerk office route border market season factory partner payment deposit contract licence manifest customs agent
quietly often mostly later again slowly openly rarely moved sold carried stored hid paid counted signed traded
loaded waited called shared kept small large northern old new private foreign local busy distant hidden
"""
_WORDS = _TEXT.split()


@dataclass(frozen=True)
class Corpus:
    """:param sources: rows as `storage.tables.SOURCES` has them; :param texts: source → its words
    :param origin: source → the report it goes back to; itself where it is none's copy; :param way: how it copies"""

    sources: list[dict[str, Any]]
    texts: dict[str, str]
    origin: dict[str, str]
    way: dict[str, str]


def corpus(seed: int, *, matters: int = 25) -> Corpus:
    """A corpus; the same seed gives the same."""
    rng = np.random.default_rng(seed)
    made = Corpus([], {}, {}, {})
    names: set[str] = set()
    for m in range(matters):
        trade, town = str(rng.choice(_TRADES)), str(rng.choice(_TOWNS))
        for r in range(int(rng.integers(1, 4))):
            maker = _maker(rng, names)
            id = f"m{m}r{r}"
            day = int(rng.integers(0, 3000))
            report = _report(rng, trade, town)
            _add(made, id, f"{trade.capitalize()} from {town}", maker, day, report["text"], id, "")
            printed = [(id, report, maker, day)]
            for c in range(min(8, int(rng.zipf(1.7)))):
                _, said, named, when = printed[int(rng.integers(0, len(printed)))]
                way = str(rng.choice(WAYS))
                press = f"{rng.choice(_TOWNS)} {rng.choice(_PRESS)}"
                copy = f"{id}c{c}"
                text, keeps = _copy(rng, way, said, named, trade, town)
                later = when + int(rng.integers(1, 40))
                _add(made, copy, f"More on {trade}", press, later, text, id, way)
                if keeps:  # what no longer holds the report's own words cannot be copied for them
                    printed.append((copy, {**said, "text": text}, named, later))
    return made


def _add(made: Corpus, id: str, title: str, maker: str, day: int, text: str, origin: str, way: str) -> None:
    date = str(np.datetime64("2008-01-01") + day)
    blank = dict.fromkeys(("author", "kind", "url", "note"), "")
    row = {"source_id": id, "title": title, "date_published": date, "publisher": maker, "origin": None}
    made.sources.append({**row, **blank})
    made.texts[id] = text
    made.origin[id] = origin
    made.way[id] = way


def _maker(rng: np.random.Generator, names: set[str]) -> str:
    while True:
        name = f"{rng.choice(_OF)} {rng.choice(_WHO)} for {rng.choice(_FOR)} of {rng.choice(_TOWNS)}"
        if name not in names:
            names.add(name)
            return name


def _sentence(rng: np.random.Generator, words: int) -> str:
    text = " ".join(str(w) for w in rng.choice(_WORDS, words))
    return text.capitalize() + "."


def _report(rng: np.random.Generator, trade: str, town: str) -> dict[str, Any]:
    value = float(np.exp(rng.normal(4.5, 1.0)))
    figure = f"{value:.4g}" if value < 1000 else f"{value:,.1f}"
    passage = _sentence(rng, 26)
    quotation = _sentence(rng, 9).rstrip(".").lower()
    round_ = f"{float(f'{value:.1g}'):,.0f}"
    text = " ".join(
        (
            _sentence(rng, 18), f"The trade in {trade} through {town} earned {figure} million dollars a year.", passage,
            f"One witness said: “{quotation}”.", str(rng.choice(_STOCK)).capitalize() + ".", _sentence(rng, 20),
        )
    )  # fmt: skip
    return {"figure": figure, "round": round_, "passage": passage, "quotation": quotation, "text": text}


def _copy(
    rng: np.random.Generator, way: str, said: dict[str, Any], named: str, trade: str, town: str
) -> tuple[str, bool]:
    """An article that takes something from a report, and whether it holds the report's own words or figure."""
    own = [_sentence(rng, 16), str(rng.choice(_STOCK)).capitalize() + ".", _sentence(rng, 22)]
    taken = {
        "excerpt": said["passage"],
        "quotation": f"“{said['quotation']}”, a witness is quoted as saying, and {said['round']} million is spoken of.",
        "figure": f"It is said that {trade} bring {said['figure']} million dollars a year by way of {town}.",
        "citation": f"The trade in {trade} goes on in {town}, according to the {named}.",
        "rounded": f"According to a report by the {named}, it earns about {said['round']} million dollars.",
    }[way]
    return " ".join((own[0], taken, *own[1:])), way in ("excerpt", "quotation", "figure")
