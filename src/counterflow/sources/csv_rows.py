"""Rows of a list in CSV, one at a time, with the line of each: lines of bounded length, nothing cut short goes unseen.

For lists, whose rows are parties; bulk rows (payments, positions) go through `tabular`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from counterflow.errors import InputError
from counterflow.sources.reader import Lines, Rejected, open_text

__all__ = ["CsvRows"]

_COLUMNS = 10_000


class CsvRows:
    """Iterates over (line, cells); what is no CSV comes as `Rejected`.

    :param encoding: where it is known; None: see `stream.open_utf8`
    :param file: name to put in what is set aside; empty for the file that was asked for
    :ivar line: number of the last line read
    """

    def __init__(self, path: Path, *, encoding: str | None = None, delimiter: str = ",", file: str = "") -> None:
        self._path, self._encoding, self._delimiter, self._file = path, encoding, delimiter, file
        self._lines: Lines | None = None
        self.line = 0

    @property
    def last(self) -> str:
        """The last line given out."""
        return self._lines.last if self._lines else ""

    @property
    def whole(self) -> bool:
        """Whether the last line given out had an end."""
        return self.last.endswith(("\n", "\r"))

    def broken(self, cells: Sequence[str], width: int) -> str | None:
        """What is wrong with the row just given out, where it is not whole text of so many cells."""
        if not self.whole:
            return "the last line has no end: the file may be cut short (add a line end if it is whole)"
        if len(cells) != width:
            return f"{len(cells)} columns, expected {width}"
        return "holds bytes that are no text" if any("\ufffd" in cell for cell in cells) else None

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Rejected]:
        """:raises InputError: a line beyond all measure, or an end inside a quoted cell"""
        with open_text(self._path, self._encoding, errors="replace") as stream:
            self._lines = Lines(stream, self._path)
            reader = csv.reader(self._lines, strict=True, delimiter=self._delimiter)
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if "unexpected end" in str(error):
                        raise self._cut("inside a quoted cell") from None
                    yield Rejected(reader.line_num, None, f"not CSV: {error}", file=self._file)
                    continue
                except (EOFError, OSError) as error:
                    reason = f"cannot be read to its end ({error}); fetch it again"
                    raise InputError(reason, file=str(self._path)) from None
                self.line = reader.line_num
                if len(cells) > _COLUMNS:
                    yield Rejected(self.line, None, f"{len(cells):,} columns: no list has as many", file=self._file)
                else:
                    yield self.line, cells

    def _cut(self, where: str) -> InputError:
        return InputError(f"ends {where}: cut short; fetch it again", file=str(self._path), line=self.line or None)
