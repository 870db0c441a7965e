"""Wording: which words of a name are a company's own, and which are everybody's.

A word is told by how many companies at hand bear it, and by how often it occurs in names of the kind that lists hold:
in a small workspace "machinery" is rare and yet nobody's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from counterflow.network.ties import COMPANIES, address_key

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["bearers", "everyday", "words"]

_COMMON = 100
"""Names in 10,000 (``entities/words/common.yaml``) from which on a word is everyday, whatever the language."""


def words(name: str) -> tuple[str, ...]:
    """Words of a body's name in Latin letters, without legal form; empty where there are none."""
    from counterflow.entities.names import analyse

    forms = analyse(name, "body").forms
    return forms[0].tokens if forms else ()


def everyday(word: str) -> bool:
    """Whether names of the kind that lists hold are full of it (trading, machinery, korea), or it is short and common
    there (sea, new): then it is nobody's own."""
    trade, common = _vocabulary()
    return len(word) < 3 or word.isdigit() or word in trade or (len(word) < 5 and word in common)


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """Words of trades and offices: those that Korean and Chinese names are translated to, and the commonest; and every
    common word, family names and places among them."""
    from counterflow.entities.words import load

    terms, common = load("terms"), load("common")
    trade = {word for part in ("words", "hangul", "han") for said in terms[part].values() for word in said.split()}
    trade |= {str(word) for count, of in common.items() if count >= _COMMON for word in of}
    return frozenset(trade), frozenset(str(word) for of in common.values() for word in of)


def bearers(data: Data, wanted: Iterable[str]) -> dict[str, int]:
    """word → how many companies bear it in a name, as written."""
    chosen = sorted(set(wanted))
    return {row["word"]: row["bearers"] for row in data.run(_bearers(data, chosen)).to_pylist()} if chosen else {}


def _bearers(data: Data, chosen: list[str]) -> ibis.Table:
    entities = data.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES))
    names = companies.select("entity", name=companies.names.unnest())
    tokens = names.select("entity", word=address_key(names.name).split(" ").unnest())
    tokens = tokens.filter(tokens.word.isin(chosen))
    return tokens.group_by("word").agg(bearers=tokens.entity.nunique())
