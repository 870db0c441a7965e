"""FollowTheMoney entities: what a line says, and what FollowTheMoney itself makes of the demonstration."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from counterflow.casework.export import Tally
from counterflow.casework.exporters import ftm, ftm_statements
from counterflow.casework.selection import Selection
from counterflow.testing import ExporterContract
from counterflow.workspace import Workspace


def lines(selection: Selection) -> tuple[dict[str, dict[str, Any]], Tally]:
    out, tally = BytesIO(), Tally()
    ftm.EXPORTER.write(selection, out, tally)
    return {row["id"]: row for row in map(json.loads, out.getvalue().splitlines())}, tally


def test_an_entity_has_its_canonical_id_and_its_referents() -> None:
    found, _ = lines(Selection(ExporterContract().world()))
    assert found["c--owner"] == {
        "id": "c--owner",
        "schema": "Person",
        "properties": {"name": ['Owner, "the" first', "The owner"]},
        "referents": ["d--owner"],
        "datasets": ["c", "d"],
        "first_seen": "2026-01-01T00:00:00",
        "last_change": "2026-01-01T00:00:00",
        "handling": "TLP:CLEAR",
        "grade": "B2",
        "verified": True,
    }


def test_a_relationship_names_canonical_ends_and_an_extension_is_mapped_down() -> None:
    found, tally = lines(Selection(ExporterContract().world()))
    assert found["c--own"]["properties"] == {"owner": ["c--owner"], "asset": ["c--firm"], "startDate": ["2016-09"]}
    assert (found["c--apart"]["schema"], found["c--apart"]["properties"]["summary"]) == ("Event", ["Lower bound: 5"])
    assert tally.left_out == {"conflictGroup": 1}


def test_what_is_denied_is_not_asserted() -> None:
    found, tally = lines(Selection(ExporterContract().world(denied=["c:own"])))
    assert "c--own" not in found
    assert "c--firm" in found
    assert tally.left_out == {"stance": 4}


@pytest.fixture(scope="module")
def judged(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demonstration, exported; skipped where FollowTheMoney is not there to judge it."""
    pytest.importorskip("followthemoney", reason="the judge is not installed: pip install 'counterflow[ftm]'")
    folder = tmp_path_factory.mktemp("ftm")
    workspace = Workspace.open(demo)
    for exporter in (ftm.EXPORTER, ftm_statements.EXPORTER):
        workspace.view().export(exporter.name, folder / exporter.name)
    yield folder
    workspace.close()


@pytest.mark.slow
def test_followthemoney_loads_every_line_without_loss(judged: Path) -> None:
    from followthemoney import model
    from followthemoney.types import registry

    rows = [json.loads(line) for line in (judged / "ftm").read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 1000
    ids = {row["id"] for row in rows}
    for row in rows:
        assert registry.entity.validate(row["id"]), row["id"]
        proxy = model.get_proxy(json.loads(json.dumps(row)))
        read = proxy.to_dict()
        assert {name: set(values) for name, values in read["properties"].items()} == {
            name: set(values) for name, values in row["properties"].items()
        }
        assert {key: read[key] for key in ("handling", "grade", "verified", "datasets", "referents")} == {
            key: row[key] for key in ("handling", "grade", "verified", "datasets", "referents")
        }
        assert not proxy.schema.edge or list(proxy.edgepairs()), row
        refers = {value for prop in proxy.iterprops() if prop.type is registry.entity for value in proxy.get(prop)}
        assert refers <= ids, row


@pytest.mark.slow
def test_followthemoney_makes_the_same_entities_of_the_statements(judged: Path) -> None:
    from followthemoney.dataset import Dataset
    from followthemoney.statement import StatementEntity
    from followthemoney.statement.serialize import CSV, read_statements

    wanted = {row["id"]: row for row in map(json.loads, (judged / "ftm").read_text(encoding="utf-8").splitlines())}
    told = defaultdict(list)
    for statement in read_statements(BytesIO((judged / "ftm_statements").read_bytes()), CSV):
        told[statement.canonical_id].append(statement)
    assert set(told) == set(wanted)
    dataset = Dataset.make({"name": "judge", "title": "Judge"})
    for id, statements in told.items():
        made = StatementEntity.from_statements(dataset, statements).to_dict()
        assert made["schema"] == wanted[id]["schema"]
        assert {k: sorted(v) for k, v in made["properties"].items()} == wanted[id]["properties"]
