"""Every exporter on random cases: a file is valid, and holds nothing that the audience may not read.

Twenty cases here; as many as you like in `benchmarks/exports.py`.
"""

from __future__ import annotations

import io

import pytest

from counterflow import registry
from counterflow.casework.export import Tally
from counterflow.casework.selection import Selection
from counterflow.model.handling import Audience
from counterflow.testing.exporters import unpacked
from counterflow.testing.formats import JUDGES
from counterflow.testing.worlds import CANARY, OPEN, SHUT, world


def test_every_format_has_its_judge() -> None:
    assert set(registry.names("exporters")) == set(JUDGES)


@pytest.mark.parametrize("seed", range(20))
def test_every_file_is_valid_and_no_canary_is_in_it(seed: int) -> None:
    selection = Selection(world(seed).scope)
    for name, judge in JUDGES.items():
        if name == "pdf" and seed % 4:  # a third of the time of all
            continue
        out = io.BytesIO()
        registry.get("exporters", name).write(selection, out, Tally())
        judge(out.getvalue())
        assert CANARY.encode() not in unpacked(out.getvalue()).lower(), name


def test_the_canary_is_found_where_a_wall_is_missing() -> None:
    """The search is no good that cannot find: whoever may read all of it is given canaries."""
    scope = world(7, wall=False).scope
    scope.audience = Audience("owner", owner=True)
    rows = scope.run(scope.table("claims").select("label_id")).column("label_id").to_pylist()
    scope.labels = lambda: {id: label for label in (*OPEN, *SHUT) if (id := label.id) in rows}  # type: ignore[method-assign]
    out = io.BytesIO()
    registry.get("exporters", "xlsx").write(Selection(scope), out, Tally())
    assert CANARY.encode() in unpacked(out.getvalue()).lower()
