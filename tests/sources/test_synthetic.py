import csv
import json
from pathlib import Path

import pytest

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import Observations, Rejected
from counterflow.sources.ships import ais
from counterflow.sources.synthetic import Truth, generate
from counterflow.sources.trade import shipments
from counterflow.sources.transactions import payments

CASE = Path(__file__).parents[2] / "examples" / "office39"
FILES = ("payments", "positions", "shipments")


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    out = tmp_path_factory.mktemp("exercise")
    return out, generate(CASE, out)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_same_seed_gives_the_same_bytes(exercise: tuple[Path, Truth], tmp_path: Path) -> None:
    out, _ = exercise
    generate(CASE, tmp_path / "again")
    generate(CASE, tmp_path / "other", seed=40)
    files = sorted(p.relative_to(out) for p in out.rglob("*") if p.is_file())
    assert len(files) == 9
    for file in files:
        assert (tmp_path / "again" / file).read_bytes() == (out / file).read_bytes()
    for name in FILES:
        assert (tmp_path / "other" / f"{name}.csv").read_bytes() != (out / f"{name}.csv").read_bytes()


def test_the_readers_read_every_row(exercise: tuple[Path, Truth]) -> None:
    out, truth = exercise
    for name, reader in zip(FILES, (payments.READER, ais.READER, shipments.READER), strict=True):
        records = list(reader.read(out / f"{name}.csv", {}))
        assert [r for r in records if isinstance(r, Rejected)] == []
        assert sum(len(r.rows) for r in records if isinstance(r, Observations)) == truth.counts[name]
    assert truth.counts["payments"] >= 20_000
    assert truth.counts["positions"] >= 20_000
    assert truth.counts["shipments"] == 300


def test_the_truth_names_records_that_exist(exercise: tuple[Path, Truth]) -> None:
    out, truth = exercise
    assert json.loads((out / "truth.json").read_text()) == vars(truth)
    by_id = {row["payment_id"]: row for row in table(out / "payments.csv")}
    assert len({a["id"] for a in truth.attempts}) == len(truth.attempts) >= 8
    for attempt in truth.attempts:
        rows = [by_id[id] for id in attempt["payments"]]
        assert len(rows) >= 5
        touched = {row[side] for row in rows for side in ("from_account", "to_account")}
        assert set(attempt["accounts"]) <= touched
        assert all(any(a in (r["from_account"], r["to_account"]) for r in rows) for a in attempt["accounts"])
    ships = {row["mmsi"] for row in table(out / "positions.csv")}
    for event in [*truth.encounters, *truth.gaps]:
        assert set([event["mmsi"]] if isinstance(event["mmsi"], str) else event["mmsi"]) <= ships
    sent = {row["shipment_id"] for row in table(out / "shipments.csv")}
    assert {s["shipment"] for s in truth.shipments} <= sent


def test_a_ship_is_silent_where_the_truth_says_so(exercise: tuple[Path, Truth]) -> None:
    out, truth = exercise
    rows = table(out / "positions.csv")
    for gap in truth.gaps:
        inside = [r for r in rows if r["mmsi"] == gap["mmsi"] and gap["start"] <= r["timestamp"] < gap["end"]]
        assert inside == []
        assert any(r["mmsi"] == gap["mmsi"] and r["timestamp"] < gap["start"] for r in rows)
    [outage] = truth.outages
    heard = [
        r for r in rows if float(r["lat"]) > outage["north_of"] and outage["start"] <= r["timestamp"] < outage["end"]
    ]
    assert heard == []


def test_everything_says_that_it_is_invented(exercise: tuple[Path, Truth]) -> None:
    out, _ = exercise
    assert "EXERCISE" in (out / "case" / "case.yaml").read_text()
    rows = [
        row for name in ("entities", "facts", "relations", "sources") for row in table(out / "case" / f"{name}.csv")
    ]
    assert all(row["note"].startswith("EXERCISE") for row in rows)


def test_relations_refer_to_what_exists(exercise: tuple[Path, Truth]) -> None:
    out, _ = exercise
    own = {row["entity_id"] for row in table(out / "case" / "entities.csv")}
    case = {f"office39::{row['entity_id']}" for row in table(CASE / "entities.csv")}
    for row in table(out / "case" / "relations.csv"):
        assert {row["subject_id"], row["object_id"]} <= own | case


def test_a_case_without_the_actors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        generate(tmp_path, tmp_path / "out")
    (tmp_path / "entities.csv").write_text("entity_id,name,identifiers\nkdb,Bank,\n")
    with pytest.raises(InputError, match="kim-family-fund"):
        generate(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
