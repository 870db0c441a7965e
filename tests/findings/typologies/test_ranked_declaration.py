from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import pytest

from counterflow.errors import InputError, UsageError
from counterflow.findings.declarations import training
from counterflow.findings.declarations.model import Inspections, read, write
from counterflow.findings.ranking.trees import Growing
from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies.ranked_declaration import TYPOLOGY
from counterflow.testing import TypologyContract
from counterflow.testing.noise import noisy
from counterflow.testing.tables import scope_of, whole
from findings.world import COMMON, World

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

START, N = dt.date(2020, 1, 1), 600


def world(*, fraud: bool = True) -> World:
    """Two declarations a day; shoes sent from one country are fraud. :param fraud: whether any come from it"""
    w = World()
    w.entity("d:importer", "Importer 3")
    w.holds("d:importer", "name:importer 3")
    for k in range(N):
        guilty = k % 5 == 0
        country = "vn" if guilty and fraud else "de"
        w.ship(
            f"Maker {k % 7}", f"Importer {k % 11}", "640399", "shoes", (START + dt.timedelta(days=k // 2)).isoformat(),
            departure_country=country, origin_country=country, net_mass=10.0 + k % 13, value=900.0 + k, currency="USD",
        )  # fmt: skip
    return w


def inspected(labels: str = "as found") -> dict[str, pa.Table]:
    """The same among ordinary goods, all of which somebody inspected."""
    tables = noisy(world().tables(), times=1)
    w = World()
    for k, row in enumerate(tables["shipments"].to_pylist() if labels != "none" else ()):
        found = "fraud" if row["departure_country"] == "vn" or labels == "all fraud" else "clean"
        record = row["shipment_id"] if labels != "other ids" else f"X{k}"
        w._add("labels", row_id=f"l{k}", kind="shipment", record=record, label=found, locator=f"line {k}", **COMMON)
    return whole({**tables, **w.tables()})


@cache
def trained() -> Inspections:
    how = Growing(rounds=30, depth=3, least=1.0)
    return training.trained(scope_of(inspected()), seeds=(1,), how=how)


class TestRankedDeclaration(TypologyContract):
    typology = TYPOLOGY
    parameters: Mapping[str, float] = {"probability": 0.8}

    def inspections(self) -> Inspections:
        return trained()

    def planted(self) -> dict[str, pa.Table]:
        return world().tables()

    def clean(self) -> dict[str, pa.Table]:
        """The same goods, all from the country of which nothing was ever found."""
        return world(fraud=False).tables()

    def test_it_ranks_what_it_has_not_seen_with_reasons(self) -> None:
        found = self._detect(self.planted())
        assert len(found) == trained().card["parts"]["judge"]["fraud"]
        assert min(str(f.start) for f in found) >= trained().card["parts"]["judge"]["from"]
        for finding in found:
            assert (finding.basis, finding.detail["model"]) == ("calibrated", trained().id)
            assert any("fraud" in reason["text"] for reason in finding.detail["reasons"])
            assert " from Vietnam on " in finding.sentence

    def test_without_a_model_it_finds_nothing(self) -> None:
        assert detect(ScopeData(scope_of(whole(self.planted()))), [TYPOLOGY]) == []


def test_the_card_is_of_the_last_part_alone() -> None:
    card = trained().card
    parts = [card["parts"][name] for name in ("train", "choose", "judge")]
    assert sum(part["declarations"] for part in parts) == 2 * N
    assert parts[0]["to"] < parts[1]["from"] <= parts[1]["to"] < parts[2]["from"]
    assert card["all"]["pr_auc"] > 0.95
    assert f"{parts[2]['fraud']} frauds only" in card["limits"][0]


def test_what_is_kept_is_what_is_read(tmp_path: Path) -> None:
    write(trained(), tmp_path)
    again = read(tmp_path)
    assert again.id == trained().id
    assert b"Importer" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("labels", "error", "says"),
    [
        ("none", UsageError, "holds no answers"),
        ("all fraud", UsageError, "has nothing but fraud"),
        ("other ids", InputError, "fits a declaration here"),
    ],
)
def test_answers_from_which_nothing_can_be_learnt(labels: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        training.trained(scope_of(inspected(labels)), seeds=(1,))
