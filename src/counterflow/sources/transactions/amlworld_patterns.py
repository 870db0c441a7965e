"""Attempts of IBM AMLworld: ``HI-Small_Patterns.txt`` and its sisters, which list the laundering transactions of each
attempt between a line ``BEGIN LAUNDERING ATTEMPT - FAN-OUT: Max 16-degree Fan-Out`` and one that begins with ``END``.

Each transaction arrives twice: as a payment, and as a label with number, pattern and detail of its attempt. Its id is
made of what it says, as the `payments` reader makes it for the transactions file of the same set: the two meet.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from counterflow.errors import UnreadableFile
from counterflow.model.source import Descriptor
from counterflow.sources import descriptors
from counterflow.sources.layout import Layouts, load
from counterflow.sources.mapping import Mapping
from counterflow.sources.payment_table import PaymentTable
from counterflow.sources.reader import Head, Rejected, open_text
from counterflow.sources.stream import Lines
from counterflow.sources.tabular import Batch

__all__ = ["READER"]

_BEGIN = re.compile(r"BEGIN LAUNDERING ATTEMPT - ([^:\r\n]+?)(?::\s*(.*))?\s*")
_ROW = ("Timestamp", "From Bank", "Account", "To Bank", "Account.1", "Amount Received", "Receiving Currency",
        "Amount Paid", "Payment Currency", "Payment Format", "Is Laundering")  # fmt: skip
_ATTEMPT = ("attempt_id", "typology", "detail")
_ROWS = 100_000


class AmlworldPatternsReader(PaymentTable):
    """Reads the attempts of AMLworld; options: ``mapping``, for its encoding alone."""

    name = "amlworld_patterns"
    descriptor = descriptors.load("amlworld")

    @property
    def layouts(self) -> Layouts:
        """Those of payments: a row here has the columns of the transactions file."""
        whole = load("payments")
        return Layouts(whole.general, whole.signature, tuple(p for p in whole.publishers if p.name == "amlworld"))

    @property
    def fields(self) -> dict[str, str]:
        """Its columns, by their place in a row."""
        told = {key: value for key, value in super().fields.items() if "AMLworld" in key}
        begin = {"BEGIN LAUNDERING ATTEMPT": "labels.attempt, labels.pattern, labels.detail", "END": "left out: an end"}
        return {**told, "what a row says": "payments.payment_id, labels.record, payments.amount_usd", **begin}

    def recognises(self, head: Head) -> float:
        """By the line that begins an attempt."""
        return 0.98 if _BEGIN.match(head.text.lstrip()) else 0.0

    def describe(self, path: Path) -> Descriptor:
        """IBM's."""
        return self.descriptor

    def header(self, path: Path, mapping: Mapping) -> list[str]:
        """The columns that rows here have without saying so. :raises UnreadableFile: no attempt in it"""
        with open_text(path, mapping.encoding, "replace") as stream:
            if not any(_BEGIN.match(line.strip()) for line in Lines(stream, path)):
                raise UnreadableFile("no line BEGIN LAUNDERING ATTEMPT in it", file=str(path))
        return [*_ROW, *_ATTEMPT]

    def batches(self, path: Path, mapping: Mapping, header: list[str]) -> Iterator[Batch]:
        """Rows with the attempt that they stand in."""
        rows: list[Sequence[str]] = []
        numbers: list[int] = []
        aside: list[Rejected] = []
        attempt: tuple[str, str, str] | None = None
        count = 0
        with open_text(path, mapping.encoding, "replace") as stream:
            for number, line in enumerate(Lines(stream, path), 1):
                text = line.strip()
                begins = _BEGIN.fullmatch(text)
                if begins:
                    count += 1
                    attempt = (str(count), begins[1], begins[2] or "")
                elif text.startswith("END"):
                    attempt = None
                elif text:
                    cells = next(csv.reader([text]))
                    if attempt is None or len(cells) != len(_ROW):
                        reason = "stands in no attempt" if attempt is None else f"{len(cells)} columns, not {len(_ROW)}"
                        aside.append(Rejected(number, None, reason, text))
                    else:
                        rows.append([*cells, *attempt])
                        numbers.append(number)
                if len(rows) == _ROWS:
                    yield _batch(header, rows, numbers, aside)
                    rows, numbers, aside = [], [], []
        yield _batch(header, rows, numbers, aside)


def _batch(header: list[str], rows: list[Sequence[str]], numbers: list[int], aside: list[Rejected]) -> Batch:
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    table = pa.table({name: pa.array(column, pa.string()) for name, column in zip(header, columns, strict=True)})
    return Batch(table, np.array(numbers, dtype=np.int64), aside)


READER = AmlworldPatternsReader()
