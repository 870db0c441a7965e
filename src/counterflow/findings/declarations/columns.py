"""What the trees are given of each declaration: what inspections of its like found, who is new to whom, what is odd
about its figures.

A share of fraud among few inspected declarations is drawn towards the share among more of them: that of a commodity
towards that of its heading, of a commodity from a country towards that of the commodity, and so on down to the very
same goods, mass and value. No date is among the columns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.model.rates import dollars

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COLUMNS", "Declarations", "Found", "columns", "counts", "declarations", "known"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Keys = np.ndarray[Any, np.dtype[np.uint64]]
Matrix = np.ndarray[Any, np.dtype[np.float32]]

COLUMNS = (
    "row_id", "shipment_id", "date", "shipper_id", "shipper_name", "consignee_id", "consignee_name", "declarant_id",
    "declarant_name", "carrier_id", "carrier_name", "transport", "origin_country", "departure_country", "office",
    "procedure", "hs_code", "net_mass", "value", "currency", "tax_rate", "tax_type",
)  # fmt: skip
"""Of the shipments table: what is looked at."""

_PARTIES = {
    "consignee": "importer", "shipper": "seller", "declarant": "declarant", "carrier": "carrier",
    "office": "customs office", "procedure": "procedure", "transport": "means of transport",
}  # fmt: skip

_GOODS = (
    (("hs2",), "the chapter"), (("hs4",), "the heading"), (("hs6",), "the commodity"),
)  # fmt: skip
_PROFILE = (
    ("departure", "the commodity from the country"), ("origin", "the commodity from the country, of the same origin"),
    ("tax_type", "commodity, countries and tax type alike"),
    ("tax_rate", "commodity, countries, tax type and rate alike"),
    ("mass", "commodity, countries, tax and mass alike"), ("worth", "commodity, countries, tax, mass and value alike"),
)  # fmt: skip
_CHAINS: tuple[tuple[tuple[tuple[str, ...], str], ...], ...] = (
    (*_GOODS, *((("hs6", *(name for name, _ in _PROFILE[: k + 1])), told) for k, (_, told) in enumerate(_PROFILE))),
    (*_GOODS, (("hs6", "tax_type"), "the commodity with the tax type"),
     (("hs6", "tax_type", "tax_rate"), "the commodity with the tax type and rate")),
    ((("departure",), "the country of departure"), (("departure", "origin"), "countries of departure and origin")),
    ((("hs6",), "the commodity"), (("hs6", "mass"), "the commodity of the same mass"),
     (("hs6", "worth"), "the commodity of the same value"),
     (("hs6", "mass", "worth"), "the commodity of the same mass and value")),
)  # fmt: skip
"""Ever narrower likes of a declaration: each one's share of fraud is drawn towards that before it."""

_PAIRS = (
    ("consignee", "shipper"), ("consignee", "hs6"), ("declarant", "consignee"), ("shipper", "hs4"),
    ("consignee", "origin"),
)  # fmt: skip
_WORDS = {**_PARTIES, "hs6": "commodity", "hs4": "heading", "origin": "origin"}

_DRAWN, _PARTY_DRAWN = 1.0, 5.0
"""Declarations that the wider share counts for, beside those inspected: of likes, and of parties."""
_FEW = 3
"""Earlier declarations without which nothing is said of the usual unit value."""


@dataclass(frozen=True)
class Declarations:
    """Declarations in order of day.

    :param rows: with the columns `COLUMNS`; :param day: int64[n], days since 1970
    :param keys: what is compared → uint64[n], 0 where it is not stated; the same value has the same key in any run
    :param worth: value in US dollars where the currency is known, else as it stands; NaN: none
    :param mass: kg, likewise
    """

    rows: pa.Table
    day: Ints
    keys: Mapping[str, Keys]
    worth: Floats
    mass: Floats

    def __len__(self) -> int:
        return len(self.day)

    def key(self, names: Sequence[str]) -> Keys:
        """uint64[n]: one key for several things together, other than that of any other things."""
        whole = np.full(len(self), _number("\x1f".join(names)), dtype=np.uint64)
        for name in names:
            whole = _mixed(whole ^ self.keys[name])
        return whole


@dataclass(frozen=True)
class Found:
    """What inspections found, by likes: uint64 keys rising, how many were inspected and how many of these were fraud.

    :param whole: inspected and fraud, of all
    """

    keys: Keys
    inspected: Ints
    fraud: Ints
    whole: tuple[int, int]

    def of(self, keys: Keys) -> tuple[Floats, Floats]:
        """Inspected and fraud of each key; 0 where none was."""
        if not len(self.keys):
            return np.zeros(len(keys)), np.zeros(len(keys))
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = self.keys[at] == keys
        return np.where(there, self.inspected[at], 0).astype(float), np.where(there, self.fraud[at], 0).astype(float)


def declarations(rows: pa.Table) -> Declarations:
    """In order of day, then of id. :param rows: of the shipments table; those without a whole date are left out"""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in COLUMNS:
        if name not in rows.column_names:
            kind = pa.float64() if name in ("net_mass", "value", "tax_rate") else pa.string()
            rows = rows.append_column(name, pa.nulls(len(rows), kind))
    rows = rows.select(COLUMNS)
    rows = rows.filter(pc.equal(pc.utf8_length(rows["date"]), 10)).combine_chunks()
    rows = rows.sort_by([("date", "ascending"), ("shipment_id", "ascending"), ("row_id", "ascending")])
    day = np.asarray(rows["date"].cast(pa.date32()).cast(pa.int32()), dtype=np.int64)
    mass, worth = _positive(rows["net_mass"]), _worth(rows, day)
    code = rows["hs_code"]
    text = {
        "hs6": pc.utf8_slice_codeunits(code, 0, 6), "hs4": pc.utf8_slice_codeunits(code, 0, 4),
        "hs2": pc.utf8_slice_codeunits(code, 0, 2), "departure": rows["departure_country"],
        "origin": rows["origin_country"], "tax_type": rows["tax_type"], "tax_rate": rows["tax_rate"].cast(pa.string()),
        **{name: rows[name] for name in ("office", "procedure", "transport")},
        **{name: pc.coalesce(rows[f"{name}_id"], rows[f"{name}_name"])
           for name in ("consignee", "shipper", "declarant", "carrier")},
    }  # fmt: skip
    keys = {name: _hashed(column) for name, column in text.items()}
    keys |= {"mass": _bits(mass), "worth": _bits(_positive(rows["value"]))}
    return Declarations(rows, day, keys, worth, mass)


def known(some: Declarations, fraud: Floats, until: int) -> Found:
    """What inspections of declarations before the day `until` found. :param fraud: 1 or 0; NaN: not inspected"""
    rows = np.flatnonzero(~np.isnan(fraud) & (some.day < until))
    keys = np.concatenate([some.key(names)[rows] for names in _likes()] or [np.zeros(0, np.uint64)])
    guilty = np.tile(fraud[rows].astype(np.int64), len(_likes()))
    found, place = np.unique(keys, return_inverse=True)
    inspected = np.bincount(place, minlength=len(found))
    return Found(
        found, inspected, np.bincount(place, weights=guilty, minlength=len(found)).astype(np.int64),
        (len(rows), int(fraud[rows].sum())),
    )  # fmt: skip


def columns(
    some: Declarations, shares: Callable[[Sequence[str]], tuple[Floats, Floats]]
) -> tuple[dict[str, str], Matrix]:
    """(column → what it is, float32[n, columns]), NaN where nothing can be said.

    :param shares: what is compared → inspected and fraud of each declaration's like, as known on its day; of nothing:
        of all declarations
    """
    told: dict[str, tuple[str, Floats]] = {}
    n, s = shares(())
    base = (s + 1) / (n + 10)
    for chain, levels in enumerate(_CHAINS):
        drawn = base
        for names, words in levels:
            n, s = shares(names)
            drawn = (s + _DRAWN * drawn) / (n + _DRAWN)
            name = "_".join(names)
            told[f"fraud_{chain}_{name}"] = (
                f"Share of fraud found earlier, {words}; drawn towards that of wider likes.",
                drawn,
            )
            if f"inspected_{name}" not in told:
                told[f"inspected_{name}"] = (f"Declarations inspected earlier: {words}.", n)
    for name, words in _PARTIES.items():
        n, s = shares((name,))
        told[f"fraud_{name}"] = (f"Share of fraud found earlier, the {words}; drawn towards that of all.",
                                 (s + _PARTY_DRAWN * base) / (n + _PARTY_DRAWN))  # fmt: skip
        told[f"inspected_{name}"] = (f"Declarations inspected earlier: the {words}.", n)
    for one, other in _PAIRS:
        seen = earlier(some, some.key((one, other)), np.ones(len(some)))
        told[f"seen_{one}_{other}"] = (f"Earlier declarations of this {_WORDS[one]} with this {_WORDS[other]}.", seen)
    told |= _figures(some)
    values = np.column_stack([values for _, values in told.values()]).astype(np.float32)
    return {name: says for name, (says, _) in told.items()}, values


def counts(some: Declarations, fraud: Floats, until: int) -> Callable[[Sequence[str]], tuple[Floats, Floats]]:
    """For `columns`: what inspections found on earlier days, and before the day `until`.

    :param fraud: 1 or 0; NaN: not inspected
    """
    there = (~np.isnan(fraud) & (some.day < until)).astype(float)
    guilty = np.where(there > 0, fraud, 0.0)

    def of(names: Sequence[str]) -> tuple[Floats, Floats]:
        key = some.key(names)
        return earlier(some, key, there), earlier(some, key, guilty)

    return of


def earlier(some: Declarations, key: Keys, weight: Floats) -> Floats:
    """Of each declaration: the sum of weights over those of the same key on earlier days."""
    order = np.lexsort((some.day, key))
    of, day, w = key[order], some.day[order], weight[order]
    before = np.cumsum(w) - w
    other = np.append(True, of[1:] != of[:-1])[: len(of)]
    later = other | np.append(True, day[1:] != day[:-1])[: len(of)]
    place = np.arange(len(of))
    first = np.maximum.accumulate(np.where(other, place, 0)) if len(of) else place
    today = np.maximum.accumulate(np.where(later, place, 0)) if len(of) else place
    found = np.empty(len(of))
    found[order] = before[today] - before[first]
    return found


def _figures(some: Declarations) -> dict[str, tuple[str, Floats]]:
    """Value, mass and tax beside what was usual on earlier days."""
    import pyarrow.compute as pc

    with np.errstate(all="ignore"):
        unit = np.log(some.worth) - np.log(some.mass)
        told = {
            "value": ("Value, natural logarithm.", np.log(some.worth)),
            "mass": ("Net mass, natural logarithm.", np.log(some.mass)),
            "unit_value": ("Value of a kilogram, natural logarithm.", unit),
        }
        for names, words in (
            (("hs6",), "of the commodity"), (("hs6", "origin"), "of the commodity from that origin"),
            (("hs4",), "of the heading"),
        ):  # fmt: skip
            mean, spread = _usual(some, some.key(names), unit)
            told[f"unit_value_{'_'.join(names)}"] = (
                f"Value of a kilogram beside earlier declarations {words}, in standard deviations.",
                (unit - mean) / np.sqrt(spread + 0.1),  # so that a few alike ones do not make the next one odd
            )
        rate = np.asarray(pc.fill_null(some.rows["tax_rate"], np.nan), dtype=np.float64)
        mean, _ = _usual(some, some.key(("hs6",)), rate, few=1)
    told["tax_rate"] = ("Rate of tax, per cent.", rate)
    told["tax_gap"] = ("Rate of tax less its mean in earlier declarations of the commodity, points.", rate - mean)
    apart = (some.keys["origin"] != some.keys["departure"]).astype(float)
    told["sent_from_elsewhere"] = ("1: sent from another country than that of origin.", apart)
    return told


def _usual(some: Declarations, key: Keys, of: Floats, few: int = _FEW) -> tuple[Floats, Floats]:
    """Mean and variance over the same key on earlier days; NaN where there are fewer than `few`."""
    there = np.isfinite(of)
    values = np.where(there, of, 0.0)
    n = earlier(some, key, there.astype(float))
    mean = np.where(n >= few, earlier(some, key, values) / np.maximum(n, 1), np.nan)
    return mean, np.maximum(earlier(some, key, values * values) / np.maximum(n, 1) - mean**2, 0.0)


def _likes() -> list[tuple[str, ...]]:
    """Everything that shares of fraud are kept of, each once."""
    chains = (names for levels in _CHAINS for names, _ in levels)
    return list(dict.fromkeys([*chains, *((name,) for name in _PARTIES)]))


def _worth(rows: pa.Table, day: Ints) -> Floats:
    import pyarrow.compute as pc

    value = _positive(rows["value"])
    if not len(day):
        return value
    coded = pc.fill_null(rows["currency"], "").combine_chunks().dictionary_encode()
    year = np.asarray(day, "datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    first = int(year.min())
    rates = dollars([c.as_py() for c in coded.dictionary], first, int(year.max()))
    rate = rates[np.asarray(coded.indices), year - first]
    return value * np.where(np.isnan(rate), 1.0, rate)


def _positive(column: Any) -> Floats:
    """float64[n], NaN where it is not above 0."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan), dtype=np.float64)
    return np.where(values > 0, values, np.nan)


def _hashed(column: Any) -> Keys:
    """A key for each text, by its letters; 0 where there is none."""
    coded = column.combine_chunks().dictionary_encode()
    coded = coded.combine_chunks() if hasattr(coded, "combine_chunks") else coded
    table = np.array([*(_number(str(word)) for word in coded.dictionary.to_pylist()), 0], dtype=np.uint64)
    return table[np.asarray(coded.indices.fill_null(len(table) - 1), dtype=np.int64)]


def _number(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def _bits(values: Floats) -> Keys:
    """A key for each figure; 0 where there is none."""
    return np.where(np.isnan(values), np.uint64(0), _mixed(np.nan_to_num(values).view(np.uint64)))


def _mixed(key: Keys) -> Keys:
    """Steele's splitmix64: every bit of the key moves every other."""
    with np.errstate(over="ignore"):
        key = key + np.uint64(0x9E3779B97F4A7C15)
        key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: Keys = key ^ (key >> np.uint64(31))
    return mixed
