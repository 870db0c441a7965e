"""Lists of blockchain addresses: a table (CSV, Parquet, JSON records) with one in each row, or bare addresses, one a
line or in a JSON array.

Columns by any of their usual names: address, currency, name, label (of the holder), actor, category, abuse, confidence,
source, lastmod; of mirrors of a sanctions list also from when until when it named the address. Another table is read by
a mapping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from counterflow.errors import UnreadableFile
from counterflow.model import crypto_address
from counterflow.model.dates import clean
from counterflow.sources import descriptors, json_table, tabular
from counterflow.sources.columns import texts
from counterflow.sources.crypto.attribution import FIELDS, Attribution
from counterflow.sources.mapping import Mapping as Columns
from counterflow.sources.mapping import from_options, plain, resolve
from counterflow.sources.reader import Head, Record, Rejected, open_binary, open_text
from counterflow.sources.stream import Lines

__all__ = ["READER"]

_COLUMNS: dict[str, tuple[str, ...]] = {
    "address": ("wallet", "wallet_address", "crypto_address", "public_key", "publickey"),
    "currency": ("asset", "symbol", "ticker", "coin", "network", "chain", "blockchain"),
    "name": ("name_tag", "nametag"),
    "label": ("tag", "entity", "owner"),
    "actor": (),
    "category": ("labels", "categories", "concepts", "type"),
    "abuse": (),
    "confidence": (),
    "source": ("source_url", "url", "reference"),
    "lastmod": ("modified", "updated", "last_modified"),
    "listed_from": ("first_seen_in_list", "listed_on", "listing_date"),
    "listed_to": ("removed_from_list", "delisted_on"),
    "notes": ("description", "comment", "pack"),
}
_PARTED = re.compile(r"[|;,]")


class AddressesReader:
    """Reads lists of addresses; options: ``mapping``."""

    name = "addresses"
    descriptor = descriptors.load("addresses")
    fields: Mapping[str, str] = {
        **{key: value for key, value in FIELDS.items() if key != "context"},
        "notes, pack": "CryptoWallet.notes",
        "name": "CryptoWallet.name",
    }

    def recognises(self, head: Head) -> float:
        """By a column of addresses that are some, or by lines that are nothing else."""
        names = json_table.header_of(head) or tabular.header_of(head)
        known = {plain(n) for ours in _COLUMNS for n in (ours, *_COLUMNS[ours])}
        if len(names) > 1 and {plain(n) for n in names} & {plain(n) for n in ("address", *_COLUMNS["address"])}:
            return 0.85 if sum(plain(n) in known for n in names) > 1 and _some(head, names) else 0.0
        bare = [text.strip(' \t\r"[]') for line in head.text.splitlines()[:20] for text in line.split(",")[:20]]
        bare = [text for text in bare if text and not text.startswith("#")]
        return 0.85 if bare and all(crypto_address.parse(text).chains for text in bare) else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Statements about wallets and their holders."""
        mapping = from_options(options, _COLUMNS)
        bare = _bare(path, mapping)
        cited: set[str] = set()
        found = False
        for record in _plain(path, mapping) if bare else _table(path, mapping):
            if isinstance(record, Attribution):
                found = True
                yield from record.records(cited)
            else:
                yield record
        if not found and bare:
            raise UnreadableFile("no blockchain address in it", file=str(path))


def _some(head: Head, names: Sequence[str]) -> bool:
    """Whether the address column of a file that is being recognised holds addresses."""
    at = next(n for n in names if plain(n) in {plain(x) for x in ("address", *_COLUMNS["address"])})
    try:
        for batch in _batches(head.path, Columns(), list(names)):
            values = [v for v in texts(batch.rows.column(at)).values.slice(0, 20).to_pylist() if v]
            return bool(values) and sum(bool(crypto_address.parse(v).chains) for v in values) * 2 > len(values)
    except Exception:  # noqa: BLE001, whatever is wrong with it, it is not ours
        return False
    return False


def _bare(path: Path, mapping: Columns) -> bool:
    """Whether a file has no columns: its first line is an address, or a JSON array of texts begins."""
    if mapping.columns or path.suffix == ".parquet":
        return False
    with open_binary(path) as stream:
        start = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"["):
        return start[1:].lstrip()[:1] == b'"'
    lines = [line.strip().strip('"') for line in start.decode("utf-8", "replace").splitlines()]
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return bool(first) and bool(crypto_address.parse(first).chains)


def _plain(path: Path, mapping: Columns) -> Iterator[Attribution | Rejected]:
    """Bare addresses."""
    with open_text(path, mapping.encoding, "replace") as stream:
        for number, line in enumerate(Lines(stream, path), 1):
            for text in (part.strip(' \t\r\n"[]') for part in line.split(",")):
                if not text or text.startswith("#"):
                    continue
                if crypto_address.parse(text).chains:
                    yield Attribution(text, locator=f"address {text}", line=number)
                else:
                    yield Rejected(
                        number, "address", f"'{text[:120]}' is no form of address that is known", text[:2000]
                    )


def _batches(path: Path, mapping: Columns, header: list[str]) -> Iterator[tabular.Batch]:
    return json_table.batches(path, header) if json_table.is_json(path) else tabular.batches(path, mapping, header)


def _table(path: Path, mapping: Columns) -> Iterator[Attribution | Rejected]:
    header = json_table.header(path) if json_table.is_json(path) else tabular.header(path, mapping)
    found = resolve(mapping, header, _COLUMNS, ("address",), str(path))
    for batch in _batches(path, mapping, header):
        rows = tabular.Rows(batch, mapping, found)
        columns = {name: rows.text(name) for name in _COLUMNS}
        rows.require("address", columns["address"])
        yield from rows.rejected()
        lines, kept = batch.lines.tolist(), rows.kept.tolist()
        values = {name: column.to_pylist() for name, column in columns.items()}
        for n in range(len(lines)):
            if kept[n]:
                yield _row({name: column[n] for name, column in values.items()}, lines[n])


def _row(row: Mapping[str, str | None], line: int) -> Attribution:
    words = [w for key in ("category", "abuse") for w in _PARTED.split(row[key] or "")]
    return Attribution(
        row["address"] or "",
        currency=row["currency"],
        name=row["name"],
        label=row["label"],
        actor=row["actor"],
        words=words,
        confidence=row["confidence"],
        source=row["source"],
        modified=row["lastmod"],
        notes=[row["notes"]] if row["notes"] else [],
        listed=(_day(row["listed_from"]), _day(row["listed_to"])),
        locator=f"address {row['address']}",
        line=line,
    )


def _day(text: str | None) -> str | None:
    return clean(text[:10]) if text else None


READER = AddressesReader()
