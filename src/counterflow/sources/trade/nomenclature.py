"""Nomenclatures of goods: which one and which edition a table names, and codes that a spreadsheet has spoilt."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources.columns import Mask

__all__ = ["edition", "mended"]

_EDITIONS = {"H0": "1992", "H1": "1996", "H2": "2002", "H3": "2007", "H4": "2012", "H5": "2017", "H6": "2022"}
_YEARS = frozenset(_EDITIONS.values()) | {"1988"}


def edition(written: str) -> tuple[str, str | None]:
    """The nomenclature (HS, SITC, BEC, else as written), and its edition where it is named: from ``H5``, ``HS 2017``,
    ``HS17``, ``S3``…"""
    word = "".join(c for c in written.upper() if c.isalnum())
    year = word[-4:] if word[-4:] in _YEARS else _EDITIONS.get(word) or _short(word)
    if word.startswith(("H", "NOMENH")) or (word in _YEARS):
        return "HS", f"HS{year}" if year else None
    if word.startswith("S"):
        return "SITC", f"SITC{word[-1]}" if word[-1] in "1234" else None
    return ("BEC", word if word[-1].isdigit() else None) if word.startswith("B") else (written, None)


def _short(word: str) -> str | None:
    """``HS17`` and ``HS07``: the year by its last two digits."""
    return next((year for year in sorted(_YEARS) if word == f"HS{year[2:]}"), None)


def mended(codes: pa.Array) -> tuple[pa.Array, Mask, Mask]:
    """Codes of the Harmonized System with the zero that a spreadsheet took; which those are; which stay odd.

    Its codes have two, four or six digits, and tariffs add them in pairs: an odd number of digits up to seven, of which
    the first is no zero, is one of the chapters 1 to 9. Tariffs of nine digits exist.

    :param codes: digits, or null
    """
    digits = np.asarray(pc.fill_null(pc.utf8_length(codes), 0))
    odd = digits % 2 == 1
    zero = np.asarray(pc.fill_null(pc.starts_with(codes, "0"), False))
    lost = odd & (digits < 9) & ~zero
    padded = pc.binary_join_element_wise("0", codes, "")
    return pc.if_else(pa.array(lost), padded, codes), lost, odd & ~lost
