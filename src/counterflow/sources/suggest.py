"""Suggests a mapping: which column of somebody's table is which of ours, how sure that is, and why.

Header words in nine languages and the shape of values are weighed together. Nothing is decided here: a suggestion is a
draft for a person, what is unsure is said, and what could be read in two ways is left open.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from counterflow.errors import UnknownName, UnreadableFile
from counterflow.sources import json_table, tabular
from counterflow.sources.columns import texts
from counterflow.sources.mapping import Mapping as Columns
from counterflow.sources.mapping import plain
from counterflow.sources.reader import read_head
from counterflow.sources.shapes import Shape, shape
from counterflow.sources.xml_stream import root_name

__all__ = ["Column", "Suggestion", "readable", "suggest", "tables", "to_yaml"]

_ROWS = 1000
_LEAST = 0.35
"""Confidence below which a column is better left to a person."""
_EXPECTED: dict[str, tuple[str, ...]] = {
    "timestamp": ("date",), "date": ("date",), "value_date": ("date",), "clock": ("clock",), "amount": ("number",),
    "debit": ("number",), "credit": ("number",), "amount_usd": ("number",), "received_amount": ("number",),
    "instructed_amount": ("number",), "exchange_rate": ("number",), "charges": (), "currency": ("currency",),
    "received_currency": ("currency",), "instructed_currency": ("currency",), "uetr": ("uuid",), "mmsi": ("mmsi",),
    "imo": ("imo",), "lat": ("lat", "number"), "lon": ("lon", "number"), "sog": ("number",), "cog": ("number",),
    "heading": ("number",), "draught": ("number",), "hs_code": ("hs",), "quantity": ("number",), "value": ("number",),
    "net_mass": ("number",), "gross_mass": ("number",), "from_address": ("crypto",), "to_address": ("crypto",),
    "fee": ("number",), "block": ("number",), "from_account": ("iban", "account"), "to_account": ("iban", "account"),
    "account": ("iban", "account"), "counterparty_account": ("iban", "account"), "from_country": ("country",),
    "to_country": ("country",), "counterparty_country": ("country",), "origin_country": ("country",),
    "departure_country": ("country",), "dest_country": ("country",), "country": ("country",),
    "counterparty_name": ("text",), "from_name": ("text",), "to_name": ("text",), "purpose": ("text",),
    "from_bank": ("bic", "any"), "to_bank": ("bic", "any"), "counterparty_bank": ("bic", "any"),
    "direction": ("direction",), "from_bank_country": ("country",), "to_bank_country": ("country",),
}  # fmt: skip
_NUMBERS = ("amount", "debit", "credit", "quantity", "value")
_ALONE = {"uuid": "uetr", "currency": "currency", "mmsi": "mmsi", "hs": "hs_code", "date": "timestamp"}
"""Shapes that may say what a column is although its header does not, and what."""
_TELLING = ("iban", "bic", "currency", "uuid", "mmsi", "imo", "crypto", "date")


@dataclass(frozen=True)
class Column:
    """A column of theirs. :param ours: null where nothing fits well enough; :param reason: in words
    :param sample: first values as written"""

    theirs: str
    ours: str | None
    confidence: float
    reason: str
    sample: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """:param mapping: what a mapping file would hold; :param missing: what it still needs, in words
    :param notes: what to look at before trusting it"""

    table: str
    reader: str
    rows: int
    mapping: dict[str, Any]
    columns: list[Column]
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def likeness(self) -> float:
        """How well the table fits: what is there, less what is not."""
        return sum(c.confidence for c in self.columns if c.ours) - 0.7 * len(self.missing)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@cache
def _words() -> dict[str, Any]:
    import yaml

    text = (resources.files("counterflow.sources") / "column_words.yaml").read_text("utf-8")
    table: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, a safe one
    return table


def tables() -> dict[str, str]:
    """Table that a mapping can be suggested for → the reader that takes it."""
    return {name: str(told["reader"]) for name, told in _words().items()}


def suggest(path: Path, table: str | None = None) -> Suggestion:
    """A mapping for a file.

    :param table: one of `tables`; None: the one that its columns fit best
    :raises UnknownName: no such table; UnreadableFile: the file is no table, or has no rows
    """
    if table is not None and table not in _words():
        raise UnknownName("table", table, sorted(_words()))
    with readable(path):
        shapes, rows = _sampled(path)
    made = [_for(name, shapes, rows) for name in ([table] if table else _words())]
    return max(made, key=lambda found: found.likeness)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """What libraries say of a broken file, as an error that names it."""
    import pyarrow as pa

    try:
        yield
    except (OSError, EOFError, zlib.error, UnicodeError, pa.ArrowException) as e:
        raise UnreadableFile(
            f"cannot be read ({str(e).splitlines()[0] if str(e) else type(e).__name__})", file=str(path)
        ) from e


def _sampled(path: Path) -> tuple[dict[str, Shape], int]:
    """Shapes of the first rows, by column."""
    start = read_head(path)
    if root_name(start.text)[0] or start.start.startswith(b"%PDF"):
        raise UnreadableFile("it is a document, not a table; `counterflow ingest` tells what it is", file=str(path))
    if json_table.is_json(path):
        header = json_table.header(path)
        batches = json_table.batches(path, header)
    else:
        header = tabular.header(path, Columns())
        batches = tabular.batches(path, Columns(), header)
    for batch in batches:
        rows = batch.rows.slice(0, _ROWS)
        if len(rows):
            return {n: shape(texts(rows.column(n)).values.to_pylist()) for n in rows.column_names}, len(rows)
    raise UnreadableFile("it has column names and no rows to learn from", file=str(path))


def _for(table: str, shapes: Mapping[str, Shape], rows: int) -> Suggestion:
    told = _words()[table]
    chosen = _assigned(_scored(table, shapes), table, shapes)
    columns = []
    for theirs, found in shapes.items():
        ours, score, reason = chosen.get(theirs, (None, 0.0, _unfit(found)))
        columns.append(Column(theirs, ours, round(score, 2), reason, found.sample))
    mapping, notes = _mapping(chosen, shapes)
    given = {ours for ours, _, _ in chosen.values() if ours}
    missing = list(dict.fromkeys(_lacking(w) for w in told["required"] if not given & set(w.split("|"))))
    return Suggestion(table, str(told["reader"]), rows, mapping, columns, missing, notes)


def _lacking(wanted: str) -> str:
    names = wanted.split("|")
    if "account" in names:
        return "from_account and to_account; or account, of a statement: whose it is (defaults: {account: …})"
    if names == ["currency"]:
        return "currency (defaults: {currency: …} where all rows have one)"
    return " or ".join(names)


def _scored(table: str, shapes: Mapping[str, Shape]) -> list[tuple[float, str, str, str]]:
    """(confidence, theirs, ours, reason) of each pair that has anything for it."""
    found = []
    for theirs, seen in shapes.items():
        for ours, words in _vocabulary(table).items():
            word, likeness = _heard(theirs, words)
            expected = _EXPECTED.get(ours, ())
            fits = next((kind for kind in expected if kind in seen.kinds or kind == "any"), None)
            if expected and seen.sample and fits is None:
                continue  # an amount that is no number, whatever its header
            if likeness:
                score = 0.62 * likeness + (0.36 if fits in _TELLING else 0.27 if fits or not seen.sample else 0.12)
                found.append((score, theirs, ours, _why(word, fits, seen)))
            elif any(_ALONE.get(kind) == ours and seen.kinds[kind] > 0.95 for kind in seen.kinds if kind in _ALONE):
                found.append((0.4, theirs, ours, f"the header says nothing; {_why('', fits, seen)}"))
    return sorted(found, key=lambda pair: (-pair[0], list(shapes).index(pair[1]), pair[2]))


def _why(word: str, fits: str | None, seen: Shape) -> str:
    said = [f"the header says '{word}'"] if word else []
    if fits in _KIND_WORDS:
        share = seen.kinds[fits]
        said.append(f"{'all' if share == 1 else f'{share:.1%} of'} values are {_KIND_WORDS[fits]}")
    elif not seen.sample:
        said.append("it holds no value to look at")
    return "; ".join(said)


_KIND_WORDS = {
    "date": "dates", "number": "numbers", "iban": "IBANs with right check digits", "bic": "BICs", "uuid": "UUIDs",
    "currency": "currencies", "clock": "times of day", "mmsi": "MMSIs", "imo": "IMO numbers with right check digits",
    "lat": "degrees up to 90", "lon": "degrees up to 180", "hs": "HS codes", "crypto": "blockchain addresses",
    "country": "countries", "direction": "words for a direction", "account": "like account numbers", "text": "texts",
}  # fmt: skip


def _unfit(seen: Shape) -> str:
    if not seen.sample:
        return "it holds no value"
    kinds = [_KIND_WORDS[k] for k in _TELLING if k in seen.kinds]
    return (
        f"its values are {', '.join(kinds)}, and the header does not say whose" if kinds else "no column of ours fits"
    )


def _assigned(
    pairs: Iterable[tuple[float, str, str, str]], table: str, shapes: Mapping[str, Shape]
) -> dict[str, tuple[str | None, float, str]]:
    """Best pairs first, each column once; then what two columns together make clear."""
    chosen: dict[str, tuple[str | None, float, str]] = {}
    taken: dict[str, str] = {}
    for score, theirs, ours, reason in pairs:
        if score >= _LEAST and theirs not in chosen and ours not in taken:
            chosen[theirs] = (ours, score, reason)
            taken[ours] = theirs
    if table == "payments":
        _sides(chosen, taken, shapes)
    return chosen


def _sides(
    chosen: dict[str, tuple[str | None, float, str]], taken: dict[str, str], shapes: Mapping[str, Shape]
) -> None:
    """Either two accounts, or an own account and a counterparty: not half of each."""
    both = {"from_account", "to_account"} <= taken.keys()
    drop = {"account", "account_name", "direction", "debit", "credit"} if both else set()
    if both:
        drop |= {name for name in taken if name.startswith("counterparty_")}
    elif "account" in taken and not shapes[taken["account"]].constant and "counterparty_account" not in taken:
        theirs = taken.pop("account")  # one account that differs from row to row is not whose statement it is
        score = chosen[theirs][1]
        chosen[theirs] = ("counterparty_account", score - 0.1, f"{chosen[theirs][2]}; it differs from row to row")
        taken["counterparty_account"] = theirs
    if "debit" in taken and "credit" in taken:
        drop |= {"amount", "direction"}
    elif "amount" in taken:
        drop |= {"debit", "credit"} & taken.keys()
    for ours in drop & taken.keys():
        theirs = taken.pop(ours)
        chosen[theirs] = (None, 0.0, f"would be {ours}, which the other columns already say")


def _mapping(
    chosen: Mapping[str, tuple[str | None, float, str]], shapes: Mapping[str, Shape]
) -> tuple[dict[str, Any], list[str]]:
    """The contents of a mapping file, and what to look at."""
    of = {ours: theirs for theirs, (ours, _, _) in chosen.items() if ours}
    notes = []
    columns: dict[str, Any] = {ours: theirs for ours, theirs in of.items() if ours != "clock"}
    mapping: dict[str, Any] = {"columns": columns}
    date = of.get("timestamp") or of.get("date")
    if date is not None:
        formats, clock = shapes[date].formats, ""
        if "clock" in of and "timestamp" in of:
            columns["timestamp"] = [date, of["clock"]]
            sample = shapes[of["clock"]].sample
            clock = " %H:%M:%S" if sample and sample[0].count(":") == 2 else " %H:%M"
        if len(formats) > 1:
            notes.append(f"{date}: {shapes[date].ambiguous}; choose one as timestamp_format")
        elif formats and formats[0]:
            mapping["timestamp_format"] = formats[0] + clock
    numbers = [of[n] for n in _NUMBERS if n in of]
    notes += [f"{n}: {shapes[n].ambiguous}; set decimal and thousands" for n in numbers if shapes[n].ambiguous]
    decimals = {shapes[n].decimal for n in numbers} - {""}
    thousands = {shapes[n].thousands for n in numbers} - {""}
    if len(decimals) > 1 or len(thousands) > 1 or decimals & thousands:
        notes.append("numbers are written in more than one way; none was chosen")
    else:
        if decimals - {"."}:
            mapping["decimal"] = decimals.pop()
        if thousands:
            mapping["thousands"] = thousands.pop()
    if "amount" in of and "direction" not in of and shapes[of["amount"]].negative:
        notes.append(f"{of['amount']}: some are negative; on a statement a negative amount leaves the account")
    return mapping, notes


@cache
def _vocabulary(table: str) -> dict[str, tuple[str, ...]]:
    """Our columns with every word they go by: those of the list, their own names, and those that the reader knows."""
    from counterflow import registry

    told: dict[str, list[str]] = {ours: list(words) for ours, words in _words()[table]["columns"].items()}
    layouts = getattr(registry.get("readers", tables()[table]), "layouts", None)
    known = layouts.general.parts[0].columns if layouts is not None else {}
    for ours in (*told, *known):
        told.setdefault(ours, []).extend([ours.replace("_", " "), *(w.replace("_", " ") for w in known.get(ours, ()))])
    return {ours: tuple(dict.fromkeys(words)) for ours, words in told.items()}


@cache
def _tokens(text: str) -> tuple[str, ...]:
    """Words of a header in small letters, without accents: ``Buchungs-Tag``, ``bookingDate`` → two each."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    bare = "".join(c for c in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(c)).casefold()
    return tuple(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", bare)))


def _heard(header: str, words: Sequence[str]) -> tuple[str, float]:
    """The word that a header says best, and how fully: 1 where it is the word, less where it says more than that."""
    best, likeness = "", 0.0
    said = _tokens(header)
    for word in words:
        meant = _tokens(word)
        if not meant:
            continue
        if said == meant or plain(header) == plain(word):
            score = 1.0
        elif set(meant) <= set(said):
            score = 0.9 * (len(meant) / len(said)) ** 0.5
        elif not word.isascii() and len(word) > 1 and word in header:
            score = 0.9 * len(word) / len(header)
        else:
            continue
        if score > likeness:
            best, likeness = word, score
    return best, likeness


def to_yaml(found: Suggestion) -> str:
    """A mapping file, with the reason beside each column."""
    import json

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    lines = [
        f"# {found.table}: a draft from {found.rows} rows; read each line before you trust it, try it with",
        f"# counterflow mapping preview FILE --table {found.table} --mapping THIS, then",
        f"# counterflow ingest FILE --reader {found.reader} --mapping THIS",
        "columns:",
    ]
    by_theirs = {c.theirs: c for c in found.columns}
    for ours, theirs in found.mapping["columns"].items():
        c = by_theirs[theirs if isinstance(theirs, str) else theirs[0]]
        reason = " ".join(c.reason.split())
        lines.append(f"  {ours}: {text(theirs)}  # {c.confidence:.2f}: {reason}")
    lines += [f"{key}: {text(value)}" for key, value in found.mapping.items() if key != "columns"]
    lines += [f"# still missing: {' '.join(what.split())}" for what in found.missing]
    lines += [f"# look at: {' '.join(note.split())}" for note in found.notes]
    rest = [c for c in found.columns if not c.ours]
    lines += [f"# not used: {text(c.theirs)} ({' '.join(c.reason.split())})" for c in rest]
    return "\n".join(lines) + "\n"
