"""Every built-in typology finds the same on Spark: its set-based steps say nothing that only one engine knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from contracts.test_scopes import on_spark, spark  # noqa: F401 - a fixture
from counterflow.findings.run import ScopeData, detect
from counterflow.model.handling import PUBLIC, Audience
from counterflow.storage.tables import DERIVED
from counterflow.testing import TypologyContract, scope_of
from findings.typologies import (
    test_ais_gap,
    test_encounter,
    test_fan_in,
    test_front_company,
    test_listed_owner,
    test_pass_through,
    test_round_trip,
    test_scatter_gather,
    test_structuring,
    test_successor,
)

if TYPE_CHECKING:
    import pyarrow as pa

SUITES: tuple[type[TypologyContract], ...] = (
    test_ais_gap.TestAisGap, test_encounter.TestEncounter, test_fan_in.TestFanIn,
    test_front_company.TestFrontCompany, test_listed_owner.TestListedOwner, test_pass_through.TestPassThrough,
    test_round_trip.TestRoundTrip, test_scatter_gather.TestScatterGather, test_structuring.TestStructuring,
    test_successor.TestSuccessor,
)  # fmt: skip


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # pyspark's own
@pytest.mark.parametrize("suite", SUITES, ids=lambda s: s.typology.name)
def test_the_same_findings_on_both_engines(spark: Any, suite: type[TypologyContract]) -> None:  # noqa: F811
    tables: Mapping[str, pa.Table] = suite().planted()
    whole = {name: table.schema.empty_table() for name, table in DERIVED.items()} | dict(tables)
    here = detect(ScopeData(scope_of(whole)), [suite.typology])
    there = detect(
        ScopeData(on_spark(spark, whole, Audience("test", owner=True), {PUBLIC.id: PUBLIC})), [suite.typology]
    )
    assert here
    assert [f.to_dict() for f in there] == [f.to_dict() for f in here]
