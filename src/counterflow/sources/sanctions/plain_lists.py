"""Readers of the lists that are plain tables, one for each layout (`layout`): CSV, spreadsheet, or the same in XML.

Each is an attribute of this module under its layout's name, and is registered under the entry point group
``counterflow.readers``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from counterflow.errors import UsageError
from counterflow.sources import descriptors, enumerated, written_dates
from counterflow.sources.party import digest
from counterflow.sources.reader import Head, Record, Rejected, Statements
from counterflow.sources.sanctions import layout as layouts
from counterflow.sources.sanctions.layout import Layout, Target
from counterflow.sources.sanctions.listed import Dates, Listed, Names
from counterflow.sources.sanctions.tables import Row, recognises, rows

__all__ = ["ListReader", "pieces"]

_QUOTED = re.compile(r'"[^"]*"')
_ADDRESS = "Address."
_LISTING = "Sanction."
_UN = re.compile(r"([A-Z]{2})\s?([eiEI])[.\s]*(\d{1,3})")
_NAMES = ("name", "alias", "weakAlias", "previousName")
_TELLING = ("name", "publicKey", "accountId", "idNumber", "passportNumber")
"""What a party must have one of."""
_UNKNOWN = (Target(to=("",)),)
"""No property: a note under the column's own name."""


class ListReader:
    """Reads one layout. Rows of one number are one party; they are held until the file ends, since a list may scatter
    them."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.name = layout.name
        self.descriptor = descriptors.load(layout.descriptor)
        self.fields = layout.fields
        self.encoding = layout.encoding or None
        self.about = layout.about

    def recognises(self, head: Head) -> float:
        """By the names of its columns, or the root and the records of its XML."""
        return recognises(head, self.layout)

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Parties in the order of their first rows. Takes no options.

        :raises InputError: the file is cut short; UnreadableFile where it has no header of this layout
        """
        if options:
            raise UsageError(f"reader {self.name} has no option '{sorted(options)[0]}'; it takes none")
        groups: dict[str, list[Row]] = {}
        unknown: set[str] = set()
        for row in rows(path, self.layout):
            if isinstance(row, Rejected):
                yield row
                continue
            for column in sorted(row.unknown - unknown):
                unknown.add(column)
                yield Rejected(row.line, column, f"column '{column}' is not known; its values are kept as notes")
            key = self._key(row)
            if key is None:
                wanted = ", ".join((*(self.layout.key or self.layout.named), *self.layout.or_named))
                yield Rejected(row.line, wanted, f"a row needs {wanted}", row.raw)
                continue
            groups.setdefault(self._apart(key, row, groups), []).append(row)
        by_name = Names((_named(group, self.layout), key) for key, group in groups.items())
        shared = _shared(groups.values(), self.layout)
        for key, group in groups.items():
            yield from _party(key, group, self.layout, by_name, shared)

    def _key(self, row: Row) -> str | None:
        layout = self.layout
        number = [row.cells.get(column, "") for column in layout.key]
        if number and number[-1]:
            text = re.sub(layout.strip, "", "-".join(number)) if layout.strip else "-".join(number)
            return re.sub(r"[^\w.]+", "-", text).strip("-")
        told = [row.cells.get(column, "") for column in layout.named]
        told = told if any(told) else [row.cells.get(column, "") for column in layout.or_named]
        if not any(told) or (layout.key and not layout.named):
            return None
        return "-".join(filter(None, [*(re.sub(r"[^\w.]+", "-", n) for n in number if n), digest(*told)]))

    def _apart(self, key: str, row: Row, groups: Mapping[str, list[Row]]) -> str:
        """A key of its own for a row without a number, where the layout says that each is a party."""
        number = self.layout.key and row.cells.get(self.layout.key[-1])
        if not self.layout.apart or number:
            return key
        found, n = key, 1
        while found in groups:
            n += 1
            found = f"{key}-{n}"
        return found


def _schema(group: Sequence[Row], layout: Layout) -> str:
    for rule in layout.schema:
        column = rule.get("column")
        values = [row.title if column == "title" else row.cells.get(column, "") for row in group] if column else [""]
        pattern = rule.get("matches", ".+" if column else "")
        if any(re.fullmatch(pattern, value.strip(), re.IGNORECASE) for value in values):
            return rule["is"]
    return "LegalEntity"


def _named(group: Sequence[Row], layout: Layout) -> str:
    """The party's primary name, by which others may refer to it."""
    if layout.names:
        found = [_full(row, layout) for row in group if _kind(row, layout) == "name"]
        return next(filter(None, found), "")
    column = next((c for c, cases in layout.columns.items() if "name" in cases[0].to), "")
    return group[0].cells.get(column, "")


def _full(row: Row, layout: Layout) -> str:
    return " ".join(row.cells[part] for part in layout.names["parts"] if part in row.cells)


def _kind(row: Row, layout: Layout) -> str:
    kind, weak = layout.names.get("kind"), layout.names.get("weak")
    found = "name"
    if kind:
        given = row.cells.get(kind["column"], "").casefold()
        values = {key.casefold(): value for key, value in kind["values"].items()}
        found = values.get(given, "alias" if given else "name")
    if weak and found in ("alias", "name") and re.search(weak["matches"], row.cells.get(weak["column"], ""), re.I):
        return "weakAlias"
    return found


def _party(
    key: str, group: Sequence[Row], layout: Layout, by_name: Names, shared: Mapping[tuple[str, str], int]
) -> Iterator[Record]:
    first = group[0]
    given = [first.cells[c] for c in layout.key if c in first.cells]
    number = " / ".join(given) if len(given) == len(layout.key) else ""
    where = f"{layout.key[-1]} {key}" if number else f"entry {key}"
    party = Listed(
        key,
        _schema(group, layout),
        where,
        first.line,
        layout.authority,
        layout.country,
        dates=_dates(layout),
        by_name=by_name,
    )
    for row in group:
        party.line = row.line
        _row(party, row, layout, number)
        _search(party, row, layout, shared)
    if not any(said.property == "name" for said in party.main.said):
        _rename(party)
    if not any(said.property in _TELLING for said in party.main.said):
        yield Rejected(first.line, layout.required[-1], f"{where} has no name", first.raw, subject=key)
        return
    yield from party.records()


def _dates(layout: Layout) -> Dates:
    if layout.dates == "day-first":
        return partial(written_dates.day_first, century=layout.century)
    return written_dates.year_first if layout.dates == "year-first" else written_dates.read


def _rename(party: Listed) -> None:
    """A party of whom the list gives no primary name is known by the first of its others."""
    for said in party.main.said:
        if said.property in _NAMES:
            said.note = ", ".join(filter(None, [said.note, f"given as {said.property}; no primary name is given"]))
            said.property = "name"
            return


def _row(party: Listed, row: Row, layout: Layout, number: str) -> None:
    key = digest(*(row.cells.get(column, "") for column in layout.listing))
    listing = party.listing_of(f"sanction-{key}") if layout.listing else party.listing
    for property in ("authorityId", "recordId"):
        party.tell(property, number, "number", record=listing)
    if row.title:
        party.tell("program", row.title, "title", record=listing)
    if layout.names:
        kind = _kind(row, layout)
        party.name(_full(row, layout), kind, packed=bool(layout.names.get("packed")))
        for part, property in layout.names.get("properties", {}).items():
            if kind == "name" and party.schema == "Person":
                party.tell(property, row.cells.get(part), part)
    place: dict[str, str] = {}
    for column, value in row.cells.items():
        _cell(party, listing, row, column, value, layout, place)
    if place:
        country = place.pop("country", None)
        party.address(place, country)


def pieces(text: str, target: Target) -> list[str]:
    """The values packed into a cell; what stands between double quotes is one."""
    if not target.split:
        return [text]
    numbered = "enumerated" in target.split
    marks = re.compile("|".join(mark for mark in target.split if mark != "enumerated") or "$^")
    found = enumerated.pieces(text) if numbered else [text]
    cut = [piece.strip() for part in found for piece in _cut(part, marks)]
    whole = [p for piece in cut for p in (enumerated.pieces(piece.strip('"')) if numbered else [piece.strip('"')])]
    return [piece.strip(" ;,") for piece in whole if piece.strip(" ;,")]


def _cut(text: str, marks: re.Pattern[str]) -> list[str]:
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    hidden = _QUOTED.sub(hide, text)
    return [re.sub("\x00(\\d+)\x00", lambda m: kept[int(m[1])], piece) for piece in marks.split(hidden)]


def _finds(row: Row, layout: Layout) -> Iterator[tuple[str, str, str, bool]]:
    """(column, property, value, whether it is one party's alone) of what the words of cells tell."""
    for column, value in row.cells.items():
        target = layout.columns.get(column, _UNKNOWN)[0]
        for property, pattern in target.find.items():
            for match in re.finditer(pattern, value):
                found = match[match.lastindex or 0].strip(" .,;")
                yield column, property, _reference(found), property in target.sole


def _reference(text: str) -> str:
    """A reference of the UN as the UN writes it, whatever the case and marks: ``KPI. 67`` is KPi.067."""
    match = _UN.fullmatch(text)
    return f"{match[1]}{match[2].lower()}.{int(match[3]):03}" if match else text


def _shared(groups: Collection[Sequence[Row]], layout: Layout) -> dict[tuple[str, str], int]:
    """How many parties bear a value that is one party's alone, where there are several."""
    bearers: Counter[tuple[str, str]] = Counter()
    for group in groups:
        bearers.update({(property, value) for row in group for _, property, value, sole in _finds(row, layout) if sole})
    return {key: n for key, n in bearers.items() if n > 1}


def _search(party: Listed, row: Row, layout: Layout, shared: Mapping[tuple[str, str], int]) -> None:
    for column, property, found, sole in _finds(row, layout):
        n = shared.get((property, found)) if sole else None
        if n:
            party.refuse(party.main, found, column, f"is said of {n} parties, so it is no number of one", property)
            continue
        record = party.listing if property.startswith(_LISTING) else party.main
        party.tell(property.removeprefix(_LISTING), found, column, record=record, note=f"in {column}")


def _cell(
    party: Listed, listing: Statements, row: Row, column: str, value: str, layout: Layout, place: dict[str, str]
) -> None:
    cases = layout.columns.get(column, _UNKNOWN)
    for piece in pieces(value, cases[0]):
        target = next((case for case in cases if re.search(case.matches, piece)), cases[-1])
        if not (target.left_out or "part" in target.to or target.goes_with in row.cells):
            given = re.sub(target.drop, "", piece).strip() if target.drop else target.values.get(piece, piece)
            if given:
                _piece(party, listing, row, column, given, target, place)


def _piece(
    party: Listed, listing: Statements, row: Row, column: str, piece: str, target: Target, place: dict[str, str]
) -> None:
    to = target.to[0]
    words = f"{target.kind}: {piece}" if target.kind else piece
    if to.startswith(_ADDRESS):
        name = to.removeprefix(_ADDRESS)
        place[name] = ", ".join(filter(None, [place.get(name), piece]))
    elif to.startswith(_LISTING):
        party.tell(to.removeprefix(_LISTING), words, column, record=listing, note=target.note)
    elif to == "place":
        party.place(piece)
    elif to == "document":
        party.document(target.kind or column, piece, target.number, row.cells.get(target.remark))
    elif to == "link":
        party.link(target.schema, piece, target.kind or column, kind=target.other, reverse=target.reverse)
    elif to == "wallet":
        party.wallet(piece, row.cells.get(target.remark))
    elif to in _NAMES:
        party.name(piece, to, packed=target.packed, lang=target.lang, note=target.note)
    else:
        party.tell(target.to, piece, column, lang=target.lang, note=target.note)


@cache
def __getattr__(name: str) -> ListReader:
    """The reader of that layout.

    :raises AttributeError: there is no such layout
    """
    if name not in layouts.names():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return ListReader(layouts.load(name))
