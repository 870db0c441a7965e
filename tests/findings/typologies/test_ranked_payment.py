from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from counterflow.findings.ranking.inputs import inputs, kind_of
from counterflow.findings.ranking.model import Model
from counterflow.findings.ranking.split import in_time
from counterflow.findings.ranking.training import train
from counterflow.findings.ranking.trees import Growing
from counterflow.findings.ranking.truth import on
from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies.ranked_payment import TYPOLOGY
from counterflow.testing import TypologyContract
from counterflow.testing.tables import scope_of, whole
from findings.ranking.town import payments, truth_of
from findings.world import World

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = payments(170)


def world(*, laundering: bool) -> World:
    w = World()
    for row in ROWS:
        if laundering or not row["attempt"]:
            when = dt.datetime.fromtimestamp(row["at"], dt.UTC)
            w.pay(when, row["payer"][2:], row["payee"][2:], row["amount"])
    return w


@cache
def trained() -> Model:
    log = ScopeData(scope_of(whole(world(laundering=True).tables()))).log
    rows = [{**row, "payment_id": f"P{n + 1}"} for n, row in enumerate(ROWS)]  # as the world numbers them
    truth = truth_of(rows)
    split = in_time(log.at)
    kind = kind_of(log, split.first)
    how = Growing(rounds=20, depth=3, least=1.0)
    return train(log, inputs(log, kind), kind, truth, on(log, truth), split, seeds=(1,), how=how)


class TestRankedPayment(TypologyContract):
    typology = TYPOLOGY
    parameters: Mapping[str, float] = {"probability": 0.9}

    def model(self) -> Model:
        return trained()

    def planted(self) -> dict[str, pa.Table]:
        return world(laundering=True).tables()

    def clean(self) -> dict[str, pa.Table]:
        """The same town, with nothing but what it always pays."""
        return world(laundering=False).tables()

    def test_it_gives_reasons_and_a_calibrated_probability(self) -> None:
        found = self._detect(self.planted())
        assert {f.basis for f in found} == {"calibrated"}
        for finding in found:
            assert finding.probability >= 0.9
            assert finding.detail["model"] == trained().id
            assert any(reason["odds"] > 1 for reason in finding.detail["reasons"])
            assert all(reason["text"] for reason in finding.detail["reasons"])

    def test_without_a_model_it_finds_nothing(self) -> None:
        assert detect(ScopeData(scope_of(whole(self.planted()))), [TYPOLOGY]) == []

    def test_what_is_not_told_for_want_of_room_is_counted(self) -> None:
        class Short(TestRankedPayment):
            parameters: Mapping[str, float] = {"probability": 0.9, "most": 2}

        found = Short()._detect(self.planted())
        whole_ = self._detect(self.planted())
        assert len(found) == 2
        assert {f.id for f in found} < {f.id for f in whole_}
        assert found[0].detail["exhausted"].startswith(f"{len(whole_) - 2} more payments")
