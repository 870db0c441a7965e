"""Trade statistics: what one country reports of its trade with another, by commodity and period. CSV, Parquet or JSON.

Known without a mapping: UN Comtrade (CSV until 2022, API v1 as CSV and JSON), World Bank WITS, CEPII BACI and TRADHIST
pairs, Correlates of War bilateral trade; any other by a mapping.

Totals and their parts stand side by side in such files. So that no sum doubles, each row says its `level` (digits of
its commodity code, 0 for all commodities) and what it is a sum over (`aggregate`); `second_partner`, `procedure` and
`transport` are null where the figure is for all of them, and such a row must not be added to its parts.

Of Comtrade, WITS and BACI no file was at hand: they are read as their publishers describe them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.sources import cells as kinds
from counterflow.sources import descriptors
from counterflow.sources.columns import Mask, joined, texts
from counterflow.sources.table import Cells, TableReader
from counterflow.sources.trade.nomenclature import edition, mended

__all__ = ["READER"]

_TEXT = pa.string()
_FLOWS = {
    "m": "import", "1": "import", "import": "import", "imports": "import", "gross imp.": "import",
    "x": "export", "2": "export", "export": "export", "exports": "export", "gross exp.": "export",
    "rx": "re-export", "3": "re-export", "re-export": "re-export", "re-exports": "re-export",
    "rm": "re-import", "4": "re-import", "re-import": "re-import", "re-imports": "re-import",
    "dx": "domestic export", "fm": "foreign import",
}  # fmt: skip
_WORLD = ("world", "wld", "w00", "all countries", "total", "0", "0.0")
_ALL = ("TOTAL", "ALL", "_T", "AG0")
_FINEST = {"SITC": 5, "BEC": 3}
_ESTIMATED = (
    ("isQtyEstimated", "quantity"), ("isNetWgtEstimated", "net weight"), ("isGrossWgtEstimated", "gross weight"),
    ("isAltQtyEstimated", "second quantity"),
)  # fmt: skip


class TradeFiguresReader(TableReader):
    """Reads trade statistics; options: ``mapping``."""

    name = "trade_figures"
    descriptor = descriptors.load("trade-figures")
    own = frozenset({"flow", "nomenclature", "hs_edition", "hs_code", "aggregate"})
    made = {  # noqa: RUF012, never written to
        "digits of the commodity code; world as partner; whether the code is a leaf": "trade_figures.level, "
        "trade_figures.aggregate",
        "nomenclature": "trade_figures.hs_edition",
        "quantity and unit as written": "trade_figures.quantity_given",
        "flags of estimation": "trade_figures.estimated",
    }

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """Flow, nomenclature, level, and what the row is a sum over."""
        columns = cells.columns
        columns["flow"] = _flow(cells)
        _nomenclature(cells)
        total, level = _commodity(cells)
        leafless = _parts_exist(cells, level)
        world = _world(cells)
        columns["level"] = pa.array(level, mask=level < 0)
        words = [("commodity", total | leafless), ("partner", world)]
        columns["aggregate"] = joined([_word(word, where) for word, where in words], ", ")
        _estimated(cells)


def _flow(cells: Cells) -> pa.Array:
    coded = pc.utf8_lower(cells.rows.text("flow")).dictionary_encode()
    words = coded.dictionary.to_pylist()
    odd = pa.array([word not in _FLOWS for word in words], pa.bool_()).take(coded.indices)
    cells.note(np.asarray(pc.fill_null(odd, False)), "the flow is as written: neither import nor export")
    return pa.array([_FLOWS.get(word, word) for word in words], _TEXT).take(coded.indices)


def _nomenclature(cells: Cells) -> None:
    """HS, SITC or BEC, and which edition: from ``H5``, ``S3``, ``HS 2017``…"""
    coded = cells.rows.text("nomenclature").dictionary_encode()
    found = [edition(word) for word in coded.dictionary.to_pylist()]
    cells.columns["nomenclature"] = pa.array([f[0] for f in found], _TEXT).take(coded.indices)
    stated = pa.array([f[1] for f in found], _TEXT).take(coded.indices)
    own = cells.rows.text("hs_edition").dictionary_encode()
    read = pa.array([edition(word)[1] or word or None for word in own.dictionary.to_pylist()], _TEXT).take(own.indices)
    cells.columns["hs_edition"] = pc.coalesce(read, stated)


def _commodity(cells: Cells) -> tuple[Mask, np.ndarray[Any, np.dtype[np.int64]]]:
    """Rows for all commodities, and the digits of each row's code; -1 where it is none."""
    rows = cells.rows
    if not cells.has("hs_code"):
        n = len(rows.batch.rows)
        return np.ones(n, dtype=bool), np.zeros(n, dtype=np.int64)
    written = rows.text("hs_code")
    total = np.asarray(pc.fill_null(pc.is_in(pc.utf8_upper(written), pa.array(_ALL)), False))
    digits = pc.replace_substring_regex(written, r"[.\s]", "")
    width = cells.part.digits.get("hs_code", 0)
    digits = pc.utf8_lpad(digits, width, "0") if width else digits
    harmonised = pc.fill_null(pc.equal(cells.columns["nomenclature"], "HS"), False)
    whole, lost, _ = mended(pc.if_else(harmonised, digits, pa.scalar(None, _TEXT)))
    cells.note(lost, "the commodity code had lost its leading zero")
    digits = pc.if_else(pa.array(lost), whole, digits)
    good = np.asarray(pc.fill_null(pc.match_substring_regex(digits, r"^\d{1,12}$"), False)) & ~total
    odd = ~good & ~total & np.asarray(pc.is_valid(written))
    cells.note(odd, pc.binary_join_element_wise("'", pc.fill_null(written, ""), "' is no commodity code", ""))
    cells.columns["hs_code"] = pc.if_else(pa.array(good), digits, pa.scalar(None, _TEXT))
    length = np.asarray(pc.fill_null(pc.utf8_length(digits), 0)).astype(np.int64)
    return total, np.where(good, length, np.where(odd, -1, 0))


def _parts_exist(cells: Cells, level: np.ndarray[Any, np.dtype[np.int64]]) -> Mask:
    """Rows whose commodity has finer ones below it: as the file says, else by the nomenclature's finest level."""
    names = cells.columns["nomenclature"]
    finest = np.full(len(level), 6, dtype=np.int64)
    for name, digits in _FINEST.items():
        finest[np.asarray(pc.fill_null(pc.equal(names, name), False))] = digits
    above = level < finest
    told = (
        kinds.truth(cells.rows.text("aggregate")).values if cells.has("aggregate") else pa.nulls(len(level), pa.bool_())
    )
    return np.asarray(pc.coalesce(pc.invert(told), pa.array(above)))


def _world(cells: Cells) -> Mask:
    found = np.zeros(len(cells.rows.batch.rows), dtype=bool)
    for name in ("partner", "partner_name"):
        found |= np.asarray(pc.fill_null(pc.is_in(pc.utf8_lower(cells.rows.text(name)), pa.array(_WORLD)), False))
    return found


def _word(word: str, where: Mask) -> pa.Array:
    return pc.if_else(pa.array(where), word, pa.scalar(None, _TEXT))


def _estimated(cells: Cells) -> None:
    received = cells.rows.batch.rows
    told = [
        _word(word, np.asarray(pc.fill_null(kinds.truth(texts(received.column(name)).values).values, False)))
        for name, word in _ESTIMATED
        if name in received.column_names
    ]
    if told:
        own = [cells.columns["estimated"]] if "estimated" in cells.columns else []
        cells.columns["estimated"] = joined([*own, *told], ", ")


READER = TradeFiguresReader()
