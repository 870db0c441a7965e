"""Every built-in typology finds the same on Spark: its set-based steps say nothing that only one engine knows."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from contracts.test_scopes import on_spark, spark  # noqa: F401 - a fixture
from counterflow import registry
from counterflow.findings.run import ScopeData, detect
from counterflow.model.handling import PUBLIC, Audience
from counterflow.testing import TypologyContract, scope_of
from findings import typologies


def _suites() -> Iterator[type[TypologyContract]]:
    """The suite of every typology: a new test file brings its own."""
    for module in iter_modules(typologies.__path__):
        for found in vars(import_module(f"{typologies.__name__}.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, TypologyContract) and found is not TypologyContract:
                yield found


SUITES = tuple(sorted(_suites(), key=lambda suite: suite.typology.name))


def test_every_built_in_typology_has_a_suite() -> None:
    assert {suite.typology.name for suite in SUITES} == set(registry.names("typologies"))


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # pyspark's own
@pytest.mark.parametrize("suite", SUITES, ids=lambda s: s.typology.name)
def test_the_same_findings_on_both_engines(spark: Any, suite: type[TypologyContract]) -> None:  # noqa: F811
    tables = suite().planted()
    together = [suite.typology, *suite.parts]
    models = {"model": suite().model(), "inspections": suite().inspections()}
    here = detect(ScopeData(scope_of(tables, derived=True), **models), together)
    scope = on_spark(spark, tables, Audience("test", owner=True), {PUBLIC.id: PUBLIC})
    there = detect(ScopeData(scope, **models), together)
    assert here
    assert [f.to_dict() for f in there] == [f.to_dict() for f in here]
