"""What seizures are a basis for: the real rows of the trap, and every typology that reads seizures."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pyarrow as pa
import pytest

from counterflow.findings.run import ScopeData, detect
from counterflow.findings.seized import denomination, told
from counterflow.findings.typologies.repeated_route import TYPOLOGY as REPEATED
from counterflow.sources.trade.seizures import READER
from counterflow.testing import TypologyContract, scope_of, whole
from findings import typologies
from findings.world import COMMON, World
from sources.observed import Observed


def suites() -> Iterator[type[TypologyContract]]:
    for module in iter_modules(typologies.__path__):
        for found in vars(import_module(f"{typologies.__name__}.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, TypologyContract) and found is not TypologyContract:
                yield found


SEIZED = [suite for suite in suites() if "seizures" in suite().planted()]


@pytest.mark.parametrize("suite", SEIZED, ids=lambda suite: suite.typology.name)
def test_what_is_probably_false_is_no_basis_of_any_finding(suite: type[TypologyContract]) -> None:
    tables = dict(suite().planted())
    rows = tables["seizures"]
    at = rows.schema.get_field_index("credibility")
    tables["seizures"] = rows.set_column(at, "credibility", pa.array([5] * len(rows), pa.int8()))
    data = ScopeData(scope_of(whole(tables)))
    found = detect(data, [suite.typology, *suite.parts])
    assert [f.sentence for f in found if any(e.kind == "seizures" for e in f.evidence)] == []
    assert data.left_out == {
        "seizures: a source or grade that calls them doubtful or improbable (see their note)": len(rows)
    }


def test_repeated_rows_are_left_out_and_counted_once() -> None:
    w = World()
    w.seize("2012-01-01", "nz", "drugs", "heroin")
    w.seize("2012-01-01", "nz", "drugs", "heroin", repeat=2)
    w.seize("2012-01-01", "nz", "drugs", "heroin", repeat=3, credibility=4)
    data = ScopeData(scope_of(whole(w.tables())))
    assert [r["row_id"] for r in data.run(data.seizures).to_pylist()] == ["row-z00001"]
    assert sorted(data.left_out.values()) == [1, 1]


def test_real_rows_tell_the_routes_that_analysts_know_and_nothing_of_north_korea(
    shared_data: Path, tmp_path: Path
) -> None:
    """Spain, Pakistan and New Zealand as UNODC has them: 43 parcels of New Zealand name North Korea."""
    import duckdb

    some = tmp_path / "seizures.parquet"
    source = shared_data / "unodc-seizures" / "seizures.parquet"
    rows = duckdb.read_parquet(str(source)).filter("country in ('Spain', 'Pakistan', 'New Zealand')")
    rows.write_parquet(str(some))
    table = Observed(READER, some).table("seizures")
    for name, value in COMMON.items():
        if name in table.column_names:
            type_ = table.schema.field(name).type
            table = table.set_column(table.schema.get_field_index(name), name, pa.array([value] * len(table), type_))
    table = table.set_column(0, "row_id", table.column("locator"))
    data = ScopeData(scope_of(whole({"seizures": table})))
    found = detect(data, [REPEATED])
    routes = {(f.subjects[0], f.detail["what"], f.detail["hidden"]) for f in found}
    assert ("route:pk>gb", "heroin", "postal") in routes
    assert ("route:pk>om", "heroin", "swallowed") in routes
    assert ("route:ar>es", "cocaine", "postal") in routes
    assert not any("kp" in route for route, _, _ in routes)
    # New Zealand reports parcels by the month, and nearly everything by post: volume, no route
    assert not any(route.endswith(">nz") for route, _, _ in routes)
    assert data.left_out["seizures: a source or grade that calls them doubtful or improbable (see their note)"] == 44


@pytest.mark.parametrize(
    ("goods", "currency", "note"),
    [
        ("counterfeit 100 dollar notes", None, "USD 100"),
        ("$50 bills", None, "USD 50"),
        ("500 Euro", None, "EUR 500"),
        ("100 notes", "USD", ""),
        ("false banknotes, 20 GBP", None, "GBP 20"),
        ("US$ 100 notes", None, "USD 100"),
    ],
)
def test_what_a_note_is_worth(goods: str, currency: str | None, note: str) -> None:
    assert denomination(goods, currency) == note


def test_a_seizure_in_words() -> None:
    row = {"goods": "heroin", "quantity": 1500.5, "unit": "kg", "place": "Lorne", "country": "au", "date": "2003-04"}
    assert told(row) == "heroin (1,500.5 kg) at Lorne, Australia on 2003-04"
    assert told(row | {"place": None, "quantity": None}) == "heroin in Australia on 2003-04"
    assert told(row | {"place": None, "country": None, "unit": None}) == "heroin (1,500.5) on 2003-04"
