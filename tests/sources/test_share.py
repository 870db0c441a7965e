"""How much of a file has been read: of what is read in the end, plain or packed, and never more than all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from counterflow.sources import share, tabular
from counterflow.sources.stream import open_binary
from counterflow.workspace import Workspace

HEADER = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"


def payments(n: int) -> bytes:
    return (HEADER + "".join(f"p{i},2017-09-01,B,A{i % 97},C,D{i % 89},{i}.5,EUR\n" for i in range(n))).encode()


@pytest.mark.parametrize("packed", [False, True])
def test_the_share_grows_with_what_is_read(packed: bool, tmp_path: Path) -> None:
    file = tmp_path / "f"
    data = payments(50_000)
    file.write_bytes(gzip.compress(data) if packed else data)
    with share.watched() as told:
        assert told() == 0
        with open_binary(file) as stream:
            found = [told()]
            while stream.read(100_000):
                found.append(told())
        assert found == sorted(found)
        assert found[0] < 0.5 < found[len(found) // 2 + 2] <= found[-1] == 1
        assert told() == 0  # it is closed
    with open_binary(file) as stream:
        stream.read(100_000)
        assert told() == 0  # nobody asks any more


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_ingest_says_how_far_it_is(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "ROWS", 2000)
    monkeypatch.setattr(tabular, "BLOCK", 1 << 16)
    file = tmp_path / "payments.csv"
    file.write_bytes(payments(50_000))
    if ending == "parquet":
        rows = pyarrow.csv.read_csv(file)
        file = tmp_path / "payments.parquet"
        pq.write_table(rows, file)
    told: list[tuple[int, float]] = []
    workspace = Workspace.create(tmp_path / "w")
    workspace.ingest(file, progress=lambda _, n, part: told.append((n, part)))
    workspace.close()
    assert len(told) > 3
    assert [part for _, part in told] == sorted(part for _, part in told)
    assert 0 < told[0][1] <= told[-1][1] == 1
    assert ending == "csv" or told[0][1] == 2000 / 50_000  # of CSV, blocks are read ahead
