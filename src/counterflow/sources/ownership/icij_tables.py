"""The tables of the Offshore Leaks database in all their layouts, under one set of column names.

Four layouts are met: ``nodes-*.csv`` with ``relationships.csv`` (since 2021), ``*.nodes.*.csv`` with ``*.edges.csv``
(2017 and 2018), ``Entities.csv`` and its like with ``all_edges.csv`` (2016), and the flattened properties of the graph
that newspapers drew (``data.properties.name``…). Which table a file is, its columns say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from counterflow.errors import UnreadableFile
from counterflow.model import dates
from counterflow.model.values import clean
from counterflow.sources import written_dates
from counterflow.sources.reader import Head, Rejected, read_head
from counterflow.sources.rows import header_of, rows

__all__ = ["EDGES", "country", "day", "kind_of", "parts", "strays", "table"]

EDGES = "edges"
_NAMES = {
    "node_id_start": "start", "node_1": "start", "START_ID": "start", "source": "start",
    "node_id_end": "end", "node_2": "end", "END_ID": "end", "target": "end",
    "TYPE": "rel_type", "data.type": "rel_type", "id": "node_id", "n.node_id": "node_id",
    "data.categories.0": "category", "data.properties.date_start": "start_date",
    "data.properties.date_end": "end_date", "data.properties.registrationDate": "incorporation_date",
    "data.properties.inactivationDate": "inactivation_date", "data.properties.file_number": "internal_id",
    "data.properties.country": "countries",
}  # fmt: skip
_EDGE = {"start", "end", "rel_type"}
_ENTITY = {"company_type", "service_provider", "ibcRUC", "dorm_date"}
_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_MONTH = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_JURISDICTIONS = {
    "PMA": "pa", "BAH": "bs", "SEY": "sc", "SAM": "ws", "ANG": "ai", "NIUE": "nu", "NEV": "us", "WYO": "us",
    "COOK": "ck", "RAK": "ae", "BRB": "bb", "BM": "bm", "LABUA": "my", "DUBAI": "ae", "BERMU": "bm",
}  # fmt: skip
"""Codes of the database's own, where it gives no description; Nevada and Wyoming are states of the US."""


def kind_of(head: Head) -> str | None:
    """entity, officer, intermediary, address, other, node (each row says which) or edges; None for any other table."""
    names = set(_renamed(header_of(head)))
    if names >= _EDGE:
        return EDGES
    if "category" in names and "node_id" in names:
        return "node"
    if "node_id" not in names or not names & {"sourceID", "valid_until"}:
        return None
    if names & _ENTITY:
        return "entity"
    if "closed_date" in names or {"type", "jurisdiction"} <= names:
        return "other"
    if names & {"internal_id", "status"}:
        return "intermediary"
    return "address" if "address" in names else "officer"


def parts(path: Path) -> list[tuple[Path, str]]:
    """(file, kind) of the tables of a folder, or of a file alone; edges last, so that all nodes are known."""
    found = [(file, kind) for file in files(path) if (kind := kind_of(read_head(file)))]
    return sorted(found, key=lambda pair: (pair[1] == EDGES, pair[0]))


def files(path: Path) -> list[Path]:
    """The CSV files of a folder, or a file alone."""
    if not path.is_dir():
        return [path]
    return [f for f in sorted(path.rglob("*")) if f.is_file() and ".csv" in f.name.lower() and f.name[0] != "."]


def strays(path: Path) -> Iterator[Rejected]:
    """CSV files of a folder that are no tables of the database.

    :raises UnreadableFile: one has no column names: a table was lost, and what refers to it would be nameless
    """
    for file in files(path):
        head = read_head(file)
        if kind_of(head) is None:
            if not any(header_of(head)):
                raise UnreadableFile(
                    "is empty, or no text; without it the others cannot be told", file=str(file), line=1
                )
            reason = "is no table of the Offshore Leaks database, left out"
            yield Rejected(None, None, reason, file=file.relative_to(path).as_posix() if path.is_dir() else "")


def table(path: Path) -> Iterator[tuple[int, Mapping[str, str]] | Rejected]:
    """(line, cells by our names) of each row, without blank cells."""
    names: list[str] = []
    for row in rows(path):
        if isinstance(row, Rejected):
            yield row
        elif not names:
            names = _renamed([name.strip() for name in row[1]])
        else:
            yield row[0], {name: text for name, cell in zip(names, row[1], strict=True) if (text := cell.strip())}


def _renamed(columns: Collection[str]) -> list[str]:
    drawn = "data.type" in columns or "data.categories.0" in columns  # there, `id` of an edge is another
    found = []
    for name in columns:
        if name in ("source", "target", "id") and not drawn:
            found.append(name)
        elif name == "id" and "data.type" in columns:
            found.append("edge_id")
        else:
            ours = _NAMES.get(name) or name.removeprefix("data.properties.")
            found.append("link" if ours == "name" and "data.type" in columns else ours)
    return found


def day(text: str) -> str | None:
    """``02-JAN-1998``, ``21/01/1998`` (the day comes first in this database), ``1998-01-02``, ``2005``; None where it
    is no date."""
    found = _DAY.fullmatch(text)
    if found:
        return dates.clean(f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}")
    found = _MONTH.fullmatch(text)
    written = written_dates.read(f"{found[1]} {found[2]} {found[3]}" if found else text)
    return written.values[0] if written and len(written.values) == 1 else None


def country(*texts: str | None) -> str | None:
    """The first of these that names a country, by name, code or the database's own code; None where none does."""
    for text in texts:
        if text:
            found = _JURISDICTIONS.get(text) or (text if clean("country", text) else None)
            if found:
                return found
    return None
