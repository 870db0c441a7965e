"""Plain tables, on invented persons of the benchmark's generator and small tables of our own."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.entities.plain.resolve import Found, resolve
from counterflow.entities.plain.spec import parse, read
from counterflow.errors import UsageError

ROOT = Path(__file__).parents[3]
PERSONS = read(ROOT / "examples" / "tables" / "persons.yaml")


@pytest.fixture(scope="module")
def people() -> ModuleType:
    spec = importlib.util.spec_from_file_location("people", ROOT / "benchmarks" / "people.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def table(people: ModuleType) -> pa.Table:
    found: pa.Table = people.table(6000)
    return found


@pytest.fixture(scope="module")
def found(table: pa.Table) -> Found:
    return resolve([("people", table)], PERSONS)


def pairs_of(labels: list[str]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


def f1(found: Found, truth: dict[str, str]) -> float:
    ids, clusters = found.clusters["id"].to_pylist(), found.clusters["cluster"].to_pylist()
    known = [truth[id] for id in ids]
    both = pairs_of([f"{a} {b}" for a, b in zip(known, clusters, strict=True)])
    return 2 * both / (pairs_of(known) + pairs_of(clusters))


def test_accuracy_has_not_fallen(found: Found, table: pa.Table) -> None:
    """The committed baseline: unsupervised, on 6,000 generated records."""
    truth = dict(zip(table["id"].to_pylist(), table["party"].to_pylist(), strict=True))
    assert f1(found, truth) >= BASELINE
    assert found.report["largest"] <= 6, "clusters chain"  # no party has more than four records


BASELINE = 0.80


def test_each_pair_keeps_what_every_column_said(found: Found) -> None:
    rows = found.pairs.to_pylist()
    assert rows and {row["outcome"] for row in rows} == {"joined", "within", "apart"}
    cluster = dict(zip(found.clusters["id"].to_pylist(), found.clusters["cluster"].to_pylist(), strict=True))
    import math

    for row in rows[:500]:
        told = sum(value for key, value in row.items() if key.startswith("weight: "))
        assert row["probability"] == pytest.approx(1 / (1 + math.exp(-told - found.report["prior"])), abs=2e-3)
        assert (row["outcome"] != "apart") == (cluster[row["left"]] == cluster[row["right"]])


def test_probabilities_mean_what_they_say(found: Found, table: pa.Table) -> None:
    truth = dict(zip(table["id"].to_pylist(), table["party"].to_pylist(), strict=True))
    rows = found.pairs.to_pylist()
    sure = [row for row in rows if row["probability"] >= 0.9]
    right = sum(truth[row["left"]] == truth[row["right"]] for row in sure)
    assert right / len(sure) >= 0.95


def test_the_same_again_is_the_same(found: Found, table: pa.Table) -> None:
    assert resolve([("people", table)], PERSONS).clusters == found.clusters


def test_two_tables_are_linked_and_none_names_a_party_twice(people: ModuleType) -> None:
    whole = people.table(3000)
    parties = whole["party"].to_pylist()
    seen: Counter[str] = Counter()
    sides: tuple[list[int], list[int]] = ([], [])
    for n, party in enumerate(parties):
        if seen[party] < 2:
            sides[seen[party]].append(n)
        seen[party] += 1
    spec = parse({"id": "id", "distinct": True, "columns": {f.column: f.kind for f in PERSONS.fields}})
    left, right = (whole.take(side) for side in sides)
    linked = resolve([("left", left), ("right", right)], spec)
    rows = linked.clusters.to_pylist()
    assert max(Counter((row["table"], row["cluster"]) for row in rows).values()) == 1
    truth = dict(zip(whole["id"].to_pylist(), parties, strict=True))
    assert f1(linked, truth) >= 0.75


def test_two_numbers_of_one_party_only_are_two_parties() -> None:
    rows = [{"id": str(n), "name": f"Firm {n % 40} Trading", "reg": f"A{n:04}", "town": "Port"} for n in range(80)]
    spec = parse({"id": "id", "columns": {"name": "name", "reg": {"kind": "number", "one_per_party": True}}})
    found = resolve([("t", pa.Table.from_pylist(rows))], spec)
    assert found.report["clusters"] == 80


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "columns"),
        ({"columns": {"a": "nonsense"}}, "column 'a'"),
        ({"columns": {"a": {"kind": "date", "order": "ydm"}}}, "order"),
        ({"columns": {"a": {"sort": "date"}}}, "kind"),
        ({"columns": {"a": "name"}, "index": "b"}, "unknown key 'index'"),
    ],
)
def test_a_spec_that_is_wrong_says_where(data: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse(data)


def test_a_table_without_the_column_is_refused() -> None:
    with pytest.raises(UsageError, match="has no column 'given'"):
        resolve([("t", pa.table({"id": ["1"]}))], PERSONS)


@pytest.mark.parametrize("rows", [[], [{"id": "1"}], [{"id": "1", "given": "", "family": None}, {"id": "2"}]])
def test_hardly_any_rows(rows: list[dict[str, str | None]]) -> None:
    columns = ["id", *(f.column for f in PERSONS.fields)]
    table = pa.table({c: pa.array([r.get(c) for r in rows], pa.string()) for c in columns})
    assert resolve([("t", table)], PERSONS).report["clusters"] == len(rows)


def test_from_the_command_line(tmp_path: Path, table: pa.Table) -> None:
    import pyarrow.csv as csv

    small = table.slice(0, 300)
    csv.write_csv(small, tmp_path / "people.csv")
    pq.write_table(small, tmp_path / "people.parquet")
    spec = str(ROOT / "examples" / "tables" / "persons.yaml")
    outs = []
    for name in ("people.csv", "people.parquet"):
        out, pairs = tmp_path / f"{name}.csv", tmp_path / f"{name}.jsonl"
        arguments = [str(tmp_path / name), "--columns", spec, "--out", str(out), "--pairs", str(pairs), "--json"]
        run = CliRunner().invoke(main, ["resolve", *arguments])
        assert run.exit_code == 0, run.output
        assert json.loads(run.stdout)["rows"] == 300
        outs.append(csv.read_csv(out).drop_columns("table"))
        assert all("weight: born" in json.loads(line) for line in pairs.read_text().splitlines())
    assert outs[0] == outs[1]
    run = CliRunner().invoke(main, ["resolve", str(tmp_path / "people.csv")])
    assert run.exit_code == 2 and "--columns" in run.output
