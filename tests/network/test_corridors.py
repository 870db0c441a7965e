"""Payments between countries: by what the country of a side is known, what they were worth, and what has none."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.model.account_country import bic_country, iban_country
from counterflow.model.values import table
from counterflow.network.corridors import between_countries
from counterflow.testing.tables import scope_of, whole
from counterflow.workspace import Workspace
from findings.world import World
from stories.conftest import counterflow

IBAN = "DE89 3704 0044 0532 0130 00"


def paid(world: World, only: list[str] | None = None) -> list[dict[str, Any]]:
    return list(between_countries(scope_of(whole(world.tables())), only).to_pylist())


def payment(world: World, when: str = "2022-09-01", currency: str = "USD", amount: float = 10, **more: Any) -> None:
    world.pay(f"{when} 08:00", more.pop("payer", "A"), more.pop("payee", "B"), amount, currency)
    world.rows["payments"][-1].update(more)


def test_a_bic_and_an_iban_name_their_country_where_they_are_one() -> None:
    assert [bic_country(b) for b in ("DEUTDEFF", "UOVBSGSGXXX", "CITIBANK", "B1", "ABCDQQ22")] == [
        "de", "sg", None, None, None,
    ]  # fmt: skip
    assert iban_country(IBAN) == "de"
    assert iban_country(IBAN.replace("89", "88")) is None  # its check digits are wrong


def test_the_surest_way_to_a_country_counts_and_is_told() -> None:
    world = World()
    world.entity("h", "Holder", country="kp")
    world.holds("h", "account:A")
    payment(world, from_bank_country="fr", from_bank="DEUTDEFF", to_bank="UOVBSGSG")
    payment(world, payer=IBAN, from_bank="X", to_country="gb", payee="C")
    payment(world, payer="A", from_bank="X", payee="C", to_bank="X")
    assert [(r["source"], r["source_basis"], r["target"], r["target_basis"]) for r in paid(world)] == [
        ("de", "IBAN", "gb", "party"), ("fr", "bank", "sg", "BIC"), ("kp", "holder", None, None),
    ]  # fmt: skip


def test_a_corridor_bears_the_labels_of_what_says_whose_the_account_is() -> None:
    world = World()
    world.entity("h", "Holder", country="kp")
    world.holds("h", "account:A")
    payment(world, payer="A", from_bank="X", payee="C", to_bank="X")
    payment(world, payer="A", from_bank_country="fr", payee="C", to_bank="X")
    tables = whole(world.tables())
    marks: dict[str, dict[str, Any]] = {
        "claims": {"label_id": "said", "prop_type": "country"},
        "holders": {"label_ids": ["held"]},
    }
    for name, mark in marks.items():
        rows = [{**row, **mark} for row in tables[name].to_pylist()]
        tables[name] = pa.Table.from_pylist(rows, tables[name].schema)
    own = {row["label_id"] for row in tables["payments"].to_pylist()}
    found = {r["source"]: set(r["label_ids"]) for r in between_countries(scope_of(tables)).to_pylist()}
    assert found == {"kp": own | {"held", "said"}, "fr": own}


def test_worth_is_added_up_where_it_is_known_and_counted_where_not() -> None:
    world = World()
    both = {"from_bank_country": "de", "to_bank_country": "fr"}
    payment(world, currency="USD", amount=10.5, **both)
    payment(world, currency="EUR", amount=100, **both)
    payment(world, currency="EUR", amount=100, amount_usd=90.0, **both)
    payment(world, currency="XAU", amount=1, **both)
    (row,) = paid(world)
    assert (row["payments"], row["rated"], row["period"]) == (4, 3, "2022-09-01")
    assert 190 < row["amount_usd"] < 230


def test_long_times_are_added_up_by_month_and_only_what_is_wanted() -> None:
    world = World()
    payment(world, "2022-01-05")
    payment(world, "2022-09-01")
    assert [r["period"] for r in paid(world)] == ["2022-01", "2022-09"]
    assert [r["payments"] for r in paid(world, ["row-p00002"])] == [1]
    assert paid(world, []) == []
    assert paid(World()) == []


def test_every_place_is_a_country_s() -> None:
    places = table("country_places")
    assert set(places) <= set(table("countries"))
    assert len(places) > 240
    for code, (lat, lon) in places.items():
        assert -90 <= lat <= 90, code
        assert -180 <= lon <= 180, code


HEAD = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
ROWS = """\
1,2026-03-01T08:00:00Z,DEUTDEFF,A,HSBCHKHH,B,100,USD
2,2026-03-02T08:00:00Z,DEUTDEFF,A,HSBCHKHH,B,50,USD
3,2026-03-03T08:00:00Z,HSBCHKHH,B,HSBCHKHH,C,40,USD
4,2026-03-04T08:00:00Z,X,Z,HSBCHKHH,C,7,USD
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corridors")
    workspace = Workspace.create(folder / "w")
    (folder / "p.csv").write_text(HEAD + ROWS, encoding="utf-8")
    workspace.ingest(folder / "p.csv", label="TLP:AMBER")
    workspace.run()
    workspace.close()
    return workspace.path


def test_the_answer_says_what_could_not_be_placed(made: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(Path(shutil.copytree(made, tmp_path / "w")))
    client = TestClient(create_app(workspace), base_url="http://127.0.0.1")
    found = client.get("/api/corridors").json()
    assert [(c["id"], c["payments"], c["usd"], c["start"], c["end"]) for c in found["corridors"]] == [
        ("de>hk", 2, 150, "2026-03-01", "2026-03-02")
    ]
    assert [(c["id"], c["payments"]) for c in found["within"]] == [("hk>hk", 1)]
    assert found["unknown"] == {"payments": 1, "usd": 7, "unrated": 0, "payer": 1, "payee": 0}
    assert found["bases"] == {"BIC": 7, "not known": 1}
    assert set(found["places"]) == {"de", "hk"}
    assert found["handling"] == "TLP:AMBER"
    window = client.get("/api/corridors", params={"from": "2026-03-02", "to": "2026-03-03"}).json()
    assert (window["payments"], window["unknown"]["payments"]) == (2, 0)
    assert window["periods"] == found["periods"]  # the bar keeps showing what lies outside the window
    assert client.get("/api/corridors", params={"findings": 1}).json()["payments"] == 0
    assert client.get("/api/corridors", params={"audience": "public"}).json()["payments"] == 0
    assert client.get("/api/corridors", params={"from": "soon"}).status_code == 400
    told = counterflow(workspace.path, "corridors")
    assert "de → hk" in told
    assert "1 have no known country on a side" in told
    workspace.close()
