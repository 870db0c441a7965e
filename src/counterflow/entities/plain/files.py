"""Tables in and clusters out: CSV, Parquet, and JSON lines for those who read by eye."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from counterflow.errors import UsageError

__all__ = ["read", "write"]


def read(path: Path) -> pa.Table:
    """A table with all columns as text; CSV may be packed (gz, bz2, zst) and separated by any one sign.

    :raises UsageError: it cannot be read, with the line at fault where it is one
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file.")
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        with pa.input_stream(path) as stream:
            head = stream.read(65536).split(b"\n", 1)[0].decode("utf-8", "replace")
        sign = max(",;\t|%", key=head.count)
        names = next(csv.open_csv(path, parse_options=csv.ParseOptions(delimiter=sign)).schema.names for _ in "1")
        return csv.read_csv(
            path,
            parse_options=csv.ParseOptions(delimiter=sign, newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        ).rename_columns([n.strip().lstrip("\ufeff") for n in names])
    except (pa.ArrowInvalid, OSError) as e:
        raise UsageError(f"{path} cannot be read as a table: {' '.join(str(e).split())}") from e


def write(table: pa.Table, path: Path) -> None:
    """By the name's ending: ``.parquet``, ``.jsonl`` or ``.csv``.

    :raises UsageError: another ending, or it cannot be written
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        if path.suffix == ".parquet":
            pq.write_table(table, partial)
        elif path.suffix in (".jsonl", ".json"):
            with partial.open("w", encoding="utf-8") as out:
                for batch in table.to_batches(max_chunksize=10_000):
                    out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())
        elif path.suffix == ".csv":
            csv.write_csv(table, partial)
        else:
            raise UsageError(f"{path}: name it .csv, .parquet or .jsonl.")
        partial.replace(path)
    except OSError as e:
        raise UsageError(f"{path} cannot be written: {e.strerror or e}.") from e
    finally:
        partial.unlink(missing_ok=True)
