"""Bulk rows: told apart by all of their content, counted where they come again, and never held all at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.claims import observed, runs
from counterflow.claims.ingest import EVERYTHING, IngestReport, Store, ingest
from counterflow.errors import InputError
from counterflow.model.handling import TLP, Label
from counterflow.model.source import Assertion, Descriptor
from counterflow.sources.reader import Head, Observations, Record
from counterflow.storage import duckdb
from counterflow.storage.blobs import FolderBlobs
from counterflow.storage.duckdb import ParquetLedger
from counterflow.storage.sql import Casebook
from counterflow.storage.tables import OBSERVATIONS

UTC = dt.UTC


class Log:
    """Gives out the batches it was made with."""

    name = "log"
    fields: Mapping[str, str] = MappingProxyType({})

    def __init__(self, *batches: pa.Table, table: str = "payments", then: BaseException | None = None,
                 assertions: tuple[Assertion, ...] = ()) -> None:  # fmt: skip
        self.batches, self.table, self.then = batches, table, then
        self.descriptor = Descriptor("log", "A log", "nobody", "CC0-1.0", "", "never", "B2", assertions=assertions)

    def recognises(self, head: Head) -> float:
        return 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        for batch in self.batches:
            yield Observations(self.table, batch)
        if self.then is not None:
            raise self.then


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def a_store(folder: Path) -> Store:
    casebook = Casebook(f"sqlite:///{folder / 'casebook.sqlite'}", folder)
    casebook.create()
    return Store(ParquetLedger(folder / "ledger", casebook), casebook, FolderBlobs(folder / "blobs"))


def take(store: Store, folder: Path, *batches: pa.Table, name: str = "1", **how: Any) -> IngestReport:
    path = folder / "log.txt"
    path.write_text(name)  # the file's content makes it a file of its own
    label = how.pop("label", None)
    return ingest(path, Log(*batches, **how), store, who="test", label=label)


def rows(store: Store, table: str = "payments") -> list[dict[str, Any]]:
    scope = store.ledger.scope(EVERYTHING)
    return scope.run(scope.table(table)).to_pylist()


def payments(*ids: str, day: int = 1) -> pa.Table:
    n = len(ids)
    when = pa.array([dt.datetime(2020, 1, day, tzinfo=UTC)] * n, pa.timestamp("us", tz="UTC"))
    return pa.table({"payment_id": list(ids), "timestamp": when, "locator": [f"line {i}" for i in range(n)]})


def test_what_comes_again_is_counted_within_a_file_and_across_files(store: Store, tmp_path: Path) -> None:
    first = take(store, tmp_path, payments("a", "b", "a"), payments("b", "c"))
    assert (first.observations, first.repeated, first.known) == (3, 2, 0)
    second = take(store, tmp_path, payments("c", "d"), payments("d", "e", day=2), name="2")
    assert (second.observations, second.repeated, second.known) == (4, 0, 1)
    found = sorted((r["payment_id"], r["timestamp"].day) for r in rows(store))
    assert found == [("a", 1), ("b", 1), ("c", 1), ("d", 1), ("d", 2), ("e", 2)]
    assert len({r["row_id"] for r in rows(store)}) == 6


def test_the_first_of_equal_rows_stays(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, payments("a", "b"), payments("x", "a"))
    assert [(r["payment_id"], r["locator"]) for r in rows(store)] == [("a", "line 0"), ("b", "line 1"), ("x", "line 0")]


def test_a_row_under_another_label_is_another_observation(store: Store, tmp_path: Path) -> None:
    """Else the stricter one, which fewer may read, would take the other away from those who may."""
    take(store, tmp_path, payments("a"), label=Label(tlp=TLP.RED))
    assert take(store, tmp_path, payments("a"), label=Label(tlp=TLP.GREEN)).known == 0
    assert len(rows(store)) == 2


def test_rows_without_a_time_are_compared_too(store: Store, tmp_path: Path) -> None:
    undated = pa.table({"payment_id": ["a"]})
    take(store, tmp_path, undated)
    assert take(store, tmp_path, undated, name="2").known == 1
    assert take(store, tmp_path, payments("a"), name="3").known == 0


values = st.fixed_dictionaries(
    {
        "payment_id": st.sampled_from([None, "", "a", "b", "ab", "x" * 254, "x" * 255, "y" * 255, "호"]),
        "from_name": st.sampled_from([None, "", "a", "b", "ba"]),
        "purpose": st.sampled_from([None, "", "x" * 300]),
        "amount": st.sampled_from([None, 0.0, -0.0, 1.5]),
        "timestamp": st.sampled_from([None, dt.datetime(2020, 1, 1, tzinfo=UTC), dt.datetime(2020, 1, 2, tzinfo=UTC)]),
    }
)


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("payment_id", "from_name", "purpose", "amount", "timestamp"))


@settings(max_examples=15, deadline=None)
@given(
    batches=st.lists(st.lists(values, min_size=1, max_size=6), min_size=1, max_size=4),
    compiled=st.booleans(),
    few=st.integers(1, 5),
)
def test_equal_in_all_is_one_and_different_in_anything_is_two(
    batches: list[list[dict[str, Any]]], compiled: bool, few: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("w")
    store = a_store(folder)
    schema = pa.schema([OBSERVATIONS["payments"].schema.field(name) for name in batches[0][0]])
    tables = [pa.Table.from_pylist(batch, schema) for batch in batches]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(observed, "ROWS", few)
        patch.setattr(runs, "RUN", few)  # so that a temporary file is needed
        patch.setattr(duckdb, "MAX_ROWS", few)
        patch.setattr(observed.digest, "MANY", 0 if compiled else 10**9)
        report = take(store, folder, *tables)
        again = take(store, folder, *tables[:1], name="2")
    told = [key(row) for batch in batches for row in batch]
    assert report.observations == len(set(told))
    assert report.repeated == len(told) - len(set(told))
    assert again.known == len({key(row) for row in batches[0]})
    found = [key(row) for row in rows(store)]
    assert sorted(map(repr, found)) == sorted(map(repr, dict.fromkeys(found)))
    assert set(found) == set(told)
    assert store.ledger.verify() == []


def test_the_same_rows_in_other_batches_have_the_same_ids(tmp_path: Path) -> None:
    found = []
    for n, batches in enumerate(([payments("a", "b", "c")], [payments("a"), payments("b", "c")])):
        folder = tmp_path / str(n)
        folder.mkdir()
        store = a_store(folder)
        take(store, folder, *batches)
        found.append({r["payment_id"]: r["row_id"] for r in rows(store)})
    assert found[0] == found[1]


def test_segments_are_written_as_batches_come(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observed, "ROWS", 10)
    monkeypatch.setattr(duckdb, "MAX_ROWS", 40)
    report = take(store, tmp_path, *(payments(*(f"{k}-{i}" for i in range(10))) for k in range(10)))
    segments = store.casebook.segments()
    sizes = [s["rows"] for s in segments if s["table"] == "payments"]
    assert report.observations == sum(sizes) == 100
    assert sorted(sizes) == [20, 40, 40]
    written = pq.read_metadata(tmp_path / "ledger" / next(s["path"] for s in segments if s["rows"] == 40))
    assert written.num_row_groups == 4


@pytest.mark.parametrize("then", [KeyboardInterrupt(), InputError("broken", file="log.txt")])
def test_what_is_interrupted_leaves_nothing_behind(store: Store, tmp_path: Path, then: BaseException,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(observed, "ROWS", 2)
    monkeypatch.setattr(duckdb, "MAX_ROWS", 2)
    with pytest.raises(type(then)):
        take(store, tmp_path, payments("a", "b"), payments("c", "d"), payments("e", "f"), then=then)
    assert [p for folder in ("ledger", "blobs") for p in (tmp_path / folder).rglob("*") if p.is_file()] == []
    assert rows(store) == []
    assert take(store, tmp_path, payments("a")).observations == 1


def test_an_edition_that_is_held_back_leaves_no_segment(store: Store, tmp_path: Path) -> None:
    rule = Assertion("observations", 5, "there were never fewer")
    with pytest.raises(InputError, match="held back"):
        take(store, tmp_path, payments("a", "b"), assertions=(rule,))
    assert list((tmp_path / "ledger").rglob("*.parquet")) == []


def test_every_column_of_every_table_can_be_told_apart() -> None:
    for table in OBSERVATIONS.values():
        rows = table.schema.empty_table()
        columns = {name: rows.column(name).combine_chunks() for name in rows.column_names}
        observed._message([f for f in table.schema if f.name != "row_id"], columns, 0)


def test_what_is_null_takes_part_in_no_id(store: Store, tmp_path: Path) -> None:
    """A row is the same whether its batch has a column that it has nothing in, or not."""
    plain = payments("a", "b", "c")
    take(store, tmp_path, plain)
    n = pa.array([None, "x", None], pa.string())
    more = plain.append_column("from_name", n).append_column("amount", pa.array([None, None, 1.0]))
    again = take(store, tmp_path, more, name="2")
    assert (again.observations, again.known) == (3, 1)
    assert sorted(r["payment_id"] for r in rows(store)) == ["a", "b", "b", "c", "c"]
