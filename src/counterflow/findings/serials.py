"""Serials: numbers of single pieces (vehicles above all) as consignments and seizures print them, one a row.

A number is compared as capitals and digits alone. Of a vehicle's seventeen characters I, O and Q are misreadings of 1
and 0 (ISO 3779). Ibis throughout; runs on any engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["carried", "vin_key"]

_PARTED = r"[;,|/\s]+"
_WHOLE = r"[;,|/\n]+"
_VIN = r"\b[A-Ha-hJ-Nj-nPR-Zpr-z0-9]{17}\b"


def vin_key(text: Any) -> Any:
    """A number as it is compared."""
    bare = text.upper().re_replace("[^0-9A-Z]", "")
    return (bare.length() == 17).ifelse(bare.translate("IOQ", "100"), bare)


def carried(data: Data) -> ibis.Table:
    """row_id, vin of each number that a consignment prints, in its column of numbers or, where it is a vehicle's whole
    number, among its goods.

    Blanks part numbers, or stand within one: both readings are there, for a number that is none meets nothing.
    """
    import ibis

    rows = data.table("shipments")
    rows = rows.select("row_id", "serials", "description")
    given = rows.filter(rows.serials.notnull())
    told = rows.filter(rows.description.re_search(_VIN))
    parts = [
        given.select("row_id", piece=given.serials.re_split(_PARTED).unnest()),
        given.select("row_id", piece=given.serials.re_split(_WHOLE).unnest()),
        told.select("row_id", piece=told.description.re_split(r"[^0-9A-Za-z]+").unnest()).filter(
            lambda t: t.piece.length() == 17
        ),
    ]
    found = ibis.union(*parts, distinct=False)
    found = found.select("row_id", vin=vin_key(found.piece))
    return found.filter(found.vin.length().between(6, 17) & found.vin.re_search("[0-9]")).distinct()
