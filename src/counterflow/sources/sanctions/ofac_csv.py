"""Reader of OFAC's legacy CSV files: the SDN list (``sdn.csv``) and the consolidated non-SDN list (``cons_prim.csv``),
each with its aliases, addresses and comments beside it (``alt.csv``, ``add.csv``, ``sdn_comments.csv``; ``cons_…``).

Give it the folder or the main file; companions that are not there are done without. ``-0-`` means nothing, a Ctrl-Z
ends a file (or stands between two that were joined), programmes are written ``A] [B``, and remarks cut at 1,000
characters go on in the comments.

Format: OFAC, "Data formats for the SDN list" (``dat_spec.txt``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UnreadableFile, UsageError
from counterflow.model.source import Descriptor
from counterflow.sources.csv_rows import CsvRows
from counterflow.sources.descriptors import load
from counterflow.sources.reader import Head, Record, Rejected, unpacked_name
from counterflow.sources.sanctions import ofac_remarks, ofac_terms
from counterflow.sources.sanctions.listed import Names
from counterflow.sources.sanctions.ofac_entry import Entry, Fact
from counterflow.sources.sanctions.ofac_terms import nothing

__all__ = ["READER", "OfacCsvReader"]

_MAIN = {"sdn.csv": ("alt.csv", "add.csv", "sdn_comments.csv")} | {
    "cons_prim.csv": ("cons_alt.csv", "cons_add.csv", "cons_comments.csv")
}
_SDN = ("ent_num", "name", "type", "program", "title", "call_sign", "vess_type", "tonnage", "grt", "flag", "owner")
_COLUMNS = {"main": 12, "alt": 5, "add": 6, "comments": 2}
_VESSEL = {
    "call_sign": "Vessel Call Sign",
    "vess_type": "Vessel Type",
    "tonnage": "Vessel Tonnage",
    "grt": "Vessel Gross Registered Tonnage",
    "flag": "Vessel Flag",
    "owner": "Vessel Owner",
}
_COMPANION = {
    "aliases": re.compile(r'\d+,\d+,"[afn]ka",'),
    "addresses": re.compile(
        r'\d+,\d+,(?:-0- ?|"[^"]*"),(?:-0- ?|"[^"]*"),(?:-0- ?|"[^"]*"),(?:-0- ?|"[^"]*")\r?$', re.MULTILINE
    ),
    "comments": re.compile(r'\d+,"[^"]+"\r?$', re.MULTILINE),
}
"""What the first rows of the files beside the main one look like."""
_FIRST_ROW = re.compile(r'\d+,"[^"]*",(?:-0- ?|"?(?:individual|vessel|aircraft)"?\s*),(?:[^,"]+|"[^"]*"),')


@dataclass(frozen=True)
class _Row:
    file: str
    line: int
    cells: list[str]

    def rejected(self, field: str | None, reason: str) -> Rejected:
        """This row, set aside."""
        return Rejected(self.line, field, reason, ",".join(self.cells)[:500], file=self.file)


class OfacCsvReader:
    """See the module."""

    name = "ofac_csv"
    descriptor = load("ofac")
    fields = ofac_terms.fields("ofac_csv")

    def describe(self, path: Path) -> Descriptor:
        """The SDN list or the consolidated one, by the name of the main file."""
        return load("ofac-cons") if _find(path).name.lower().startswith("cons_") else self.descriptor

    def recognises(self, head: Head) -> float:
        """A folder by its files; a file by its first row (twelve columns, the third a party type)."""
        if head.path.is_dir():
            main = next((m for m in _MAIN if _beside(head.path, m)), None)
            if main is None:
                return 0.0
            return 1.0 if all(_beside(head.path, name) for name in _MAIN[main][:2]) else 0.9
        return 0.9 if _FIRST_ROW.match(head.text) and "-0-" in head.text else 0.0

    def lacks(self, head: Head) -> str:
        """Of a main file: what is not beside it. Of aliases, addresses or comments: where they belong."""
        if head.path.is_dir() or self.recognises(head):
            main = _find(head.path)
            wanted = _MAIN.get(unpacked_name(main).lower(), ())
            missing = [name for name in wanted if _beside(main.parent, name) is None]
            told = f"{', '.join(missing)} not beside {main.name}: what they say is missing, or retracted"
            return told if missing else ""
        kind = next((kind for kind, row in _COMPANION.items() if row.match(head.text)), None)
        return (
            f"the {kind} of OFAC's list, a part of it: ingest sdn.csv (cons_prim.csv) in whose folder it lies, or "
            "the folder"
            if kind
            else ""
        )

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Entries in file order. Takes no options.

        :raises InputError: a file cannot be decoded or a line is beyond all measure; UnreadableFile where there is no
            main file or no entry in it
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        main = _find(path)
        rejected: list[Rejected] = []
        rows = list(_rows(main, main.name if path.is_dir() else "", "main", rejected))
        if not rows:
            raise UnreadableFile("no entry in it: rows of twelve columns were expected", file=str(main))
        companions = _MAIN.get(unpacked_name(main).lower(), _MAIN["sdn.csv"])
        alt, add, comments = (
            _by_number(main.parent, name, kind, rejected)
            for name, kind in zip(companions, ("alt", "add", "comments"), strict=True)
        )
        names = Names((row.cells[1], row.cells[0]) for row in rows)
        yield from rejected
        seen: dict[str, list[str]] = {}
        for row in rows:
            uid = row.cells[0]
            earlier = seen.setdefault(uid, row.cells)
            if earlier is not row.cells:
                if earlier != row.cells:
                    yield row.rejected("ent_num", f"{uid} was given to an earlier entry that says otherwise")
                continue
            yield from _entry(row, alt.pop(uid, []), add.pop(uid, []), comments.pop(uid, []), names).records()
        for left in (alt, add, comments):
            for orphan in (row for found in left.values() for row in found):
                yield orphan.rejected("ent_num", f"entry {orphan.cells[0]} is not in {main.name}")


def _entry(row: _Row, alt: list[_Row], add: list[_Row], comments: list[_Row], names: Names) -> Entry:
    cells = dict(zip(_SDN, row.cells, strict=False))
    entry = Entry(cells["ent_num"], cells["type"], f"sdn {cells['ent_num']}", row.line, row.file, names)
    entry.name(cells["name"])
    entry.programs(part.strip(" []") for part in re.split(r"\]\s*\[", cells["program"]) if not nothing(part))
    entry.fact(Fact("Title", cells["title"]))
    for column, type in _VESSEL.items():
        entry.fact(Fact(type, cells[column]))
    for other in alt:
        note = None if nothing(other.cells[4]) else other.cells[4].strip()
        entry.alias(other.cells[3].strip(), other.cells[2], note=note, locator=f"alt {other.cells[1].strip()}")
    for place in add:
        entry.address(
            {"street": place.cells[2], "city": place.cells[3], "remarks": place.cells[5]},
            place.cells[4],
            place.cells[1],
        )
    remarks = "" if nothing(row.cells[11]) else row.cells[11]
    ofac_remarks.tell(entry, remarks + "".join(comment.cells[1] for comment in comments))
    return entry


def _rows(path: Path, file: str, kind: str, rejected: list[Rejected]) -> Iterator[_Row]:
    """Rows with the right number of columns and a numeric key; others are added to `rejected`.

    :param file: name to put in what is set aside; empty for the file that was asked for
    """
    lines = CsvRows(path, file=file)
    for item in lines:
        if isinstance(item, Rejected):
            rejected.append(item)
            continue
        row = _Row(file, *item)
        if row.cells:
            row.cells[0] = row.cells[0].strip(" \x1a")
        if row.cells in ([], [""]):
            continue
        fault = _fault(row, kind)
        if fault is None:
            yield row
        elif not lines.whole:
            raise InputError("ends inside a row: cut short; fetch it again", file=str(path), line=row.line)
        else:
            rejected.append(fault)
    if "\x1a" not in lines.last and kind != "comments":
        reason = "no Ctrl-Z at its end, as OFAC sets it: rows may be missing"
        rejected.append(Rejected(lines.line, None, reason, file=file))


def _fault(row: _Row, kind: str) -> Rejected | None:
    """What is wrong with a row, if anything is."""
    if len(row.cells) != _COLUMNS[kind]:
        return row.rejected(None, f"{len(row.cells)} columns, expected {_COLUMNS[kind]}")
    if not row.cells[0].isdigit():
        return row.rejected("ent_num", f"'{row.cells[0]}' is not a number")
    if any("\ufffd" in cell for cell in row.cells):
        return row.rejected(None, "not UTF-8")
    return None


def _by_number(folder: Path, name: str, kind: str, rejected: list[Rejected]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    path = _beside(folder, name)
    if path is not None:
        for row in _rows(path, path.name, kind, rejected):
            found[row.cells[0]].append(row)
    return found


def _find(path: Path) -> Path:
    """The main file: `path` itself, or the one in that folder."""
    if not path.is_dir():
        return path
    found = next((file for main in _MAIN if (file := _beside(path, main))), None)
    if found is None:
        raise UnreadableFile(f"none of {', '.join(_MAIN)} in it (packed or not)", file=str(path))
    return found


def _beside(folder: Path, name: str) -> Path | None:
    files = {unpacked_name(file).lower(): file for file in folder.iterdir() if file.is_file()}
    return files.get(name)


READER = OfacCsvReader()
