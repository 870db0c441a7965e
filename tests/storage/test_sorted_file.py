"""A sorted file finds what a scan of it would find, in a few row groups."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.storage import sorted_file
from counterflow.storage.sorted_file import SortedFile, write_sorted

SCHEMA = pa.schema([pa.field("subject", pa.string()), pa.field("claim_id", pa.string(), nullable=False)])
SUBJECTS = ["a", "aa", "b", "호", "z", ""]


def written(folder: Path, subjects: list[str], cut: int) -> Path:
    rows = pa.table({"subject": sorted(subjects), "claim_id": [str(i) for i in range(len(subjects))]}, SCHEMA)
    path = folder / "claims.parquet"
    write_sorted(rows.to_batches(max_chunksize=cut), SCHEMA, "claim_id", path)
    return path


@settings(max_examples=40, deadline=None)
@given(
    subjects=st.lists(st.sampled_from(SUBJECTS), max_size=60),
    wanted=st.lists(st.sampled_from([*SUBJECTS, "absent"]), max_size=4),
    group=st.integers(1, 7),
    cut=st.integers(1, 20),
)
def test_what_a_scan_would_find(
    subjects: list[str], wanted: list[str], group: int, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_file, "GROUP", group)
        path = written(tmp_path_factory.mktemp("f"), subjects, cut)
    rows = pq.read_table(path).to_pylist()
    assert [row["subject"] for row in rows] == sorted(subjects)
    assert SortedFile(path, "subject").find(wanted).to_pylist() == [row for row in rows if row["subject"] in wanted]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    contents = []
    for name, cut in (("one", 3), ("two", 50)):
        (tmp_path / name).mkdir()
        contents.append(written(tmp_path / name, SUBJECTS * 10, cut).read_bytes())
    assert contents[0] == contents[1]


def test_only_the_row_groups_that_may_hold_it_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_file, "GROUP", 10)
    file = SortedFile(written(tmp_path, [f"s{i:03}" for i in range(1000)], 1000), "subject")
    read: list[list[int]] = []
    whole = file._file.read_row_groups
    monkeypatch.setattr(
        file._file, "read_row_groups", lambda groups, **how: read.append(groups) or whole(groups, **how)
    )
    assert file.find(["s005", "s995"]).num_rows == 2
    assert file.find(["t"]).num_rows == 0
    assert read == [[0, 99], []]


def test_it_is_read_on_when_another_has_taken_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, ["a", "b"], 10)
    file = SortedFile(path, "subject")
    path.unlink()
    assert file.find(["b"]).num_rows == 1
