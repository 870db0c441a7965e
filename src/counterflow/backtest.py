"""Back-tests: what would have been found of a known affair, on what records, and how many days before it was public.

The facts of a case folder (see examples/office39) are frozen on a day, in one of two ways, and all typologies run on
what is left, as of that day:

* ``public``: what had been published. A row counts from the day its source came out; what a list says of a party, from
  the day it was listed.
* ``held``: what somebody held, had all who did put it together. A row counts from its own date; one that bears none is
  taken to have held throughout, which is the best that could have been.

Invariant: nothing later than the day is in the frozen folder: no listing, no end date, no topic, summary or number that
a list gave, nothing recorded from memory. A listing counts from its own date in both.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path

from counterflow.config import read_yaml
from counterflow.errors import InputError, UsageError
from counterflow.findings.run import detect_all
from counterflow.model import dates
from counterflow.model.finding import Finding
from counterflow.workspace import Workspace

__all__ = ["MODES", "Affair", "Case", "Told", "days_of", "found_on", "frozen", "load", "run"]

MODES = ("public", "held")
_LATER = ("crime", "sanction", "mare", "corp.shell", "corp.offshore", "export", "poi")
"""Topics that are told of a party in hindsight."""
_GIVEN_BY_LISTS = ("UN ", "OFAC ", "IMO 1", "IMO 5")
"""Numbers that came with a listing, and company numbers of the IMO, which register them without a date here."""
_NEVER = "9999-12-31"
_ALWAYS = "0001-01-01"
_OUTSET = "1900-01-01"
"""A day before anything that is dated: what fires then rests on facts without a date alone."""

Cells = dict[str, str]


@dataclass(frozen=True)
class Case:
    """A case folder, row by row. :param folder: where it lies"""

    folder: Path

    @cached_property
    def tables(self) -> Mapping[str, list[Cells]]:
        """Rows of its tables."""
        names = ("sources", "entities", "facts", "relations", "events")
        return {name: _rows(self.folder / f"{name}.csv") for name in names}

    @cached_property
    def published(self) -> Mapping[str, str]:
        """source_id → last day that its date can mean; what bears none was never published, as far as is known."""
        return {s["source_id"]: _day(s["date"]) or _NEVER for s in self.tables["sources"]}

    @cached_property
    def lists(self) -> frozenset[str]:
        """Sources that are sanctions lists in an edition of today, which speak of listings of long ago."""
        return frozenset(s["source_id"] for s in self.tables["sources"] if s["kind"] == "designation")

    @cached_property
    def listed(self) -> Mapping[str, str]:
        """Entity → day of its first dated listing."""
        found: dict[str, str] = {}
        for row in self.tables["relations"]:
            if row["schema"] == "Sanction" and (day := _day(row["start_date"])):
                found[row["object_id"]] = min(day, found.get(row["object_id"], _NEVER))
        return found

    def known(self, row: Cells, mode: str) -> str:
        """The day from which a row counts; `_NEVER` where nothing says."""
        if row["verified"] == "general-knowledge":
            return _NEVER
        own = _day(row.get("start_date") or row.get("date") or row.get("end_date") or "")
        if row.get("schema") == "Sanction":
            return own or _NEVER
        if mode == "held":
            return own or _ALWAYS
        out = self.published.get(row["source_id"], _NEVER)
        if row["source_id"] in self.lists:  # what an entry tells came with the entry
            ends = [self.listed[id] for id in _ids(row) if id in self.listed]
            out = min(ends, default=out)
        return max(out, own or _ALWAYS)


@dataclass(frozen=True)
class Affair:
    """One known affair. :param event: day on which it became public, and what happened
    :param own: ids of the case's rows that are the event itself; :param rows: of all that document the affair
    :param watch: parties that it is about; :param tables: files of observations, each row with ``public`` and ``held``
    :param expected: typology → why it is thought to bear on it; :param missing: typology → why it could not fire
    """

    name: str
    title: str
    event: Mapping[str, str]
    own: frozenset[str]
    rows: tuple[str, ...]
    watch: tuple[str, ...]
    case: Case
    folder: Path
    tables: tuple[str, ...] = ()
    expected: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    def known(self, row: Cells, mode: str) -> str:
        """The day from which a row of the case counts: the event itself was public on its day."""
        day = self.case.known(row, mode)
        id = row.get("event_id") or row.get("relation_id")
        return min(day, self.event["day"]) if id in self.own else day


@dataclass(frozen=True)
class Told:
    """What one typology would have told of an affair. :param day: first one, in a mode; None: never
    :param early: days before the event was public; negative: after it; None: never
    :param why: what it was expected for; or, where it never fired, why not
    :param undated: it rests on facts without a date alone, so that no day can be given"""

    affair: str
    typology: str
    mode: str
    day: str | None
    early: int | None
    sentence: str
    likelihood: str
    why: str
    undated: bool = False


def load(folder: Path) -> list[Affair]:
    """The affairs of a folder: its own ``backtest.yaml``, or those of its subfolders.

    :raises InputError: a file that is not one; UsageError: no such file anywhere in it
    """
    files = [p for p in [folder / "backtest.yaml", *sorted(folder.glob("*/backtest.yaml"))] if p.is_file()]
    if not files:
        raise UsageError(f"{folder} holds no backtest.yaml, nor does a folder in it.")
    cases: dict[Path, Case] = {}
    return [_test(path, cases) for path in files]


def _test(path: Path, cases: dict[Path, Case]) -> Affair:
    said = read_yaml(path)
    needed = ("title", "event", "rows", "watch", "case")
    if not isinstance(said, dict) or (lacks := [k for k in needed if k not in said]):
        missing = lacks[0] if isinstance(said, dict) else "title"
        raise InputError(f"must say '{missing}'. Needed: {', '.join(needed)}.", file=str(path), field=missing)
    place = (path.parent / said["case"]).resolve()
    case = cases.setdefault(place, Case(place))
    known = {id for name in ("relations", "events") for r in case.tables[name] for id in [r[f"{name[:-1]}_id"]]}
    for id in said["rows"]:
        if id not in known:
            raise InputError(f"names the row '{id}', which the case has not.", file=str(path), field="rows")
    day = str(said["event"]["day"])
    if dates.clean(day) != day or len(day) < 10:
        raise InputError(f"'{day}' is no day. Write 2013-07-15.", file=str(path), field="event")
    return Affair(
        path.parent.name, said["title"], {"day": day, "what": str(said["event"]["what"])},
        frozenset(said["event"].get("rows", ())), tuple(said["rows"]),
        tuple(said["watch"]), case, path.parent, tuple(said.get("tables", ())), said.get("expected", {}),
        said.get("missing", {}),
    )  # fmt: skip


def frozen(affair: Affair, day: str, mode: str, out: Path) -> None:
    """The case and the tables of an affair as they stood on a day, as files that readers know.

    :param mode: one of `MODES`
    """
    case = affair.case
    kept: dict[str, list[Cells]] = {}
    for name in ("facts", "relations", "events"):
        kept[name] = [_cut(row, day) for row in case.tables[name] if affair.known(row, mode) <= day]
    kept["facts"] = [r for r in kept["facts"] if r["property"] not in ("topics", "keywords", "notes", "summary")]
    named = {id for name in kept for row in kept[name] for id in _ids(row)}
    kept["entities"] = [
        _bare(row) for row in case.tables["entities"] if row["entity_id"] in named or row["schema"] == "Activity"
    ]
    kept["sources"] = [dict(row) for row in case.tables["sources"]]
    folder = out / "case"
    folder.mkdir(parents=True)
    for name, rows in kept.items():
        _write(folder / f"{name}.csv", _header(case.folder / f"{name}.csv"), rows)
    (folder / "case.yaml").write_text("dataset: backtest\n", encoding="utf-8")
    for name in affair.tables:
        rows = _rows(affair.folder / name)
        left = [row for row in rows if (_day(row[mode]) or _NEVER) <= day]
        if left:
            _write(out / name, [c for c in rows[0] if c not in MODES], left)


def found_on(affair: Affair, day: str, mode: str, only: Sequence[str] = ()) -> dict[str, Finding]:
    """Typology → its likeliest finding about a party of the affair, on that day.

    :param only: these typologies; none: all
    """
    with tempfile.TemporaryDirectory(prefix="counterflow-") as place:
        root = Path(place)
        frozen(affair, day, mode, root / "files")
        workspace = Workspace.create(root / "workspace")
        try:
            for path in sorted((root / "files").iterdir()):
                workspace.ingest(path, label="TLP:CLEAR")
            line = workspace.line(None, True)
            line.run("link")
            found = detect_all(line.scope, {}, only=only, as_of=day).findings
        finally:
            workspace.close()
    told: dict[str, Finding] = {}
    for f in found:
        if {id.partition(":")[2] for id in f.subjects} & set(affair.watch):
            told.setdefault(f.typology, f)
    return told


def days_of(affair: Affair, mode: str) -> list[str]:
    """The days on which anything comes to count about the parties of an affair, or about those one row from them; and
    those on which anybody was listed."""
    case = affair.case
    rows = [row for name in ("relations", "events", "facts") for row in case.tables[name]]
    around = set(affair.watch)
    for row in rows:
        ids = set(_ids(row))
        if ids & set(affair.watch) and len(ids) <= 4:
            around |= ids
    days = {affair.known(row, mode) for row in rows if around & set(_ids(row)) or row.get("schema") == "Sanction"}
    for name in affair.tables:
        days |= {_day(row[mode]) or _NEVER for row in _rows(affair.folder / name)}
    return sorted(day for day in days if _ALWAYS < day < _NEVER)


def run(affair: Affair, modes: Sequence[str] = MODES) -> Iterator[Told]:
    """What each typology would have told, and when first: found by halving, on the days on which anything changes."""
    event = dates.earliest(affair.event["day"])
    for mode in modes:
        days = days_of(affair, mode)
        if mode == "held":
            days = [_OUTSET, *days]
        last = len(days) - 1
        everything = found_on(affair, days[last], mode) if days else {}
        at = cache(partial(_nth, affair, mode, tuple(days), tuple(everything)))
        for typology in sorted({*everything, *affair.expected, *affair.missing}):
            if typology not in everything:
                why = affair.missing.get(typology, "not explained")
                yield Told(affair.name, typology, mode, None, None, "", "", why)
                continue
            low, high = 0, last
            while low < high:
                middle = (low + high) // 2
                low, high = (low, middle) if typology in at(middle) else (middle + 1, high)
            f, day = at(low)[typology], days[low]
            undated = day == _OUTSET
            yield Told(
                affair.name, typology, mode, None if undated else day,
                None if undated else (event - dates.earliest(day)).days, f.sentence, f.likelihood,
                affair.expected.get(typology, ""), undated,
            )  # fmt: skip


def _nth(affair: Affair, mode: str, days: Sequence[str], only: Sequence[str], k: int) -> dict[str, Finding]:
    return found_on(affair, days[k], mode, only)


def _ids(row: Cells) -> list[str]:
    """Entities that a row names."""
    return [
        id
        for key in ("subject_id", "object_id", "entity_id", "involved_ids")
        for id in row.get(key, "").split(";")
        if id
    ]


def _cut(row: Cells, day: str) -> Cells:
    """A row without what was not over by that day: an end, and a sum that adds up until then."""
    end = _day(row.get("end_date", ""))
    if end is None or end <= day:
        return dict(row)
    return {**row, "end_date": "", "note": "", **({"amount": "", "currency": ""} if "amount" in row else {})}


def _bare(row: Cells) -> Cells:
    """An entity by its names, countries and kind, without what was found out about it later."""
    topics = [t for t in row.get("topics", "").split(";") if t and not t.startswith(_LATER)]
    numbers = [n for n in row["identifiers"].split(";") if n and not n.startswith(_GIVEN_BY_LISTS)]
    return {**row, "topics": ";".join(topics), "identifiers": ";".join(numbers), "summary": "", "note": ""}


def _day(text: str) -> str | None:
    """The last day that a partial date can mean."""
    return dates.latest(text).isoformat() if text else None


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def _rows(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def _write(path: Path, columns: Sequence[str], rows: Sequence[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
