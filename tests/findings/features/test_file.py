"""`counterflow features`: any file of payments that a reader knows becomes columns; bad rows are set aside."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.errors import UsageError
from counterflow.findings.features import Windows, features
from counterflow.findings.features.windows import asked
from findings.features.oracle import table_of

ROWS = [(60 * i, i % 4, (i * 3 + 1) % 5, 10.0 + i) for i in range(30)]
CSV = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"


def run(*arguments):
    return CliRunner().invoke(main, ["features", *map(str, arguments)])


def test_a_parquet_file_and_the_same_as_csv_and_shuffled_say_the_same(tmp_path):
    table = table_of(ROWS)
    pq.write_table(table, tmp_path / "p.parquet")
    pq.write_table(table.take(list(range(29, -1, -1))), tmp_path / "back.parquet")
    lines = [",".join(map(str, row.values())) + ",USD\n" for row in table.to_pylist()]
    (tmp_path / "p.csv").write_text(CSV + "".join(lines))
    want = {row["payment_id"]: row for row in features(table).to_pylist()}
    for name in ("p.parquet", "back.parquet", "p.csv"):
        done = run(tmp_path / name, "--out", tmp_path / f"{name}.out", "--json")
        assert done.exit_code == 0, done.output
        report = json.loads(done.stdout)
        assert (report["payments"], report["aside"], report["rejected"]) == (30, 0, None)
        found = pq.read_table(tmp_path / f"{name}.out")
        assert found.schema.metadata[b"windows"]
        assert {row["payment_id"]: row for row in found.to_pylist()} == want


def test_bad_rows_are_set_aside_with_line_and_reason(tmp_path):
    good = "P{},2024-01-0{}T00:00:00Z,B,A{},B,C{},{},USD\n"
    (tmp_path / "p.csv").write_text(
        CSV + good.format(1, 1, 1, 1, 5) + good.format(2, 2, 1, 2, -5) + good.format(3, 3, 1, 2, 0)
    )
    done = run(tmp_path / "p.csv", "--out", tmp_path / "f.parquet", "--json")
    report = json.loads(done.stdout)
    assert (report["payments"], report["aside"]) == (1, 2)
    aside = [json.loads(line) for line in (tmp_path / "f.parquet.rejected.jsonl").read_text().splitlines()]
    assert [(a["line"], a["field"]) for a in aside] == [(3, "amount"), (None, None)]
    assert aside[1]["reason"] == "no amount above zero"
    assert '"P3"' in aside[1]["raw"]


def test_nothing_is_written_over_and_wrong_windows_are_named(tmp_path):
    pq.write_table(table_of(ROWS), tmp_path / "p.parquet")
    (tmp_path / "there.parquet").write_bytes(b"mine")
    assert run(tmp_path / "p.parquet", "--out", tmp_path / "there.parquet").exit_code == 2
    assert (tmp_path / "there.parquet").read_bytes() == b"mine"
    assert run(tmp_path / "p.parquet", "--out", tmp_path / "f.parquet", "--window", "stats=1y").exit_code == 2
    assert not list(tmp_path.glob("f.parquet*"))


def test_windows_as_they_are_asked_for():
    assert asked(["stats=1d,7d", "cycle=90m"]) == Windows(stats=(86400, 604800), cycle=5400)
    assert asked(["short", "fans=6h"]).fans == (21600,)
    for wrong in ("stats", "cycle=1d,2d", "hops=3d", "relay=", "stats=1d,1d", "stats=1d,0s"):
        with pytest.raises(UsageError):
            asked([wrong])
