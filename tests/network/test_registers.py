"""Control on what registers really publish: worked examples of the ownership standard, and GLEIF's relationships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from counterflow.views.view import View
from counterflow.workspace import Workspace

EXAMPLES = ("multiple-indirect-ownership", "mixed-direct-and-indirect-ownership", "joint-ownership", "nomination")


@pytest.fixture(scope="module")
def view(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> View:
    folder = tmp_path_factory.mktemp("registers")
    workspace = Workspace.create(folder / "w")
    for name in EXAMPLES:
        workspace.ingest(shared_data / "ownership-bods" / "examples" / f"{name}.json.gz", dataset=name)
    for name in ("lei-data", "rr-data"):
        workspace.ingest(shared_data / "ownership-gleif" / f"{name}.xml.gz", dataset=f"gleif-{name}")
    first = workspace.view()
    listed = [e for e, row in first.picture.entities.items() if row["caption"] in ("Person 1", "Roberto Lopez")]
    listed += [row["source"] for row in first.picture.links if row["interest"] == "accountingConsolidation"]
    listings = [
        {
            "id": f"s{n}", "schema": "Sanction",
            "properties": {"entity": [entity.replace(":", "::", 1)], "authority": ["OFAC"], "startDate": ["2015"]},
        }
        for n, entity in enumerate(sorted(listed))
    ]  # fmt: skip
    path = folder / "list.ftm.json"
    path.write_text("\n".join(map(json.dumps, listings)), encoding="utf-8")
    report = workspace.ingest(path, reader="ftm", dataset="made-up-list")
    assert not report.quarantined
    return workspace.view()


def answer(view: View, dataset: str, caption: str, regime: str = "ofac") -> dict[str, Any]:
    [id] = [e for e, row in view.picture.entities.items() if row["caption"] == caption and dataset in row["datasets"]]
    [found] = view.controlled(regime, "2020-06-01", [id])
    return found


def test_a_direct_half_counts_and_the_indirect_figure_is_not_added_to_it(view: View) -> None:
    found = answer(view, EXAMPLES[1], "Company A")
    assert (found["status"], found["basis"], found["low"]) == ("blocked", "shares", 50)
    assert {step["measure"] for step in found["holders"]} == {"shares", "indirect"}


def test_an_indirect_figure_alone_leaves_the_answer_open(view: View) -> None:
    """60 per cent through two companies of half each: how the register reckoned it is not said."""
    found = answer(view, EXAMPLES[0], "Company B")
    assert (found["status"], found["basis"]) == ("may-be-blocked", "indirect")
    assert found["high"] == 0, "nothing of its direct shares is a listed party's"


def test_a_joint_holding_passes_on_what_half_of_it_reaches(view: View) -> None:
    found = answer(view, EXAMPLES[2], "CHRINON LTD")
    assert found["status"] == "blocked" and len(found["path"]) == 2


def test_consolidation_is_a_share_of_unknown_size(view: View) -> None:
    [found] = [
        row for row in view.controlled("ofac", "2020-06-01", [], ["may-be-blocked"])
        if any(link["id"].startswith("gleif") for step in row["path"] for link in step["links"])
    ][:1]  # fmt: skip
    assert (found["low"], found["high"]) == (0, 100)
    assert found["missing"]["what"] == "its size" and found["missing"]["from_per_cent"] == 50


def test_the_whole_of_them_is_answered_under_every_regime(view: View) -> None:
    from counterflow.network import regime

    for name in regime.names():
        rows = list(view.controlled(name))
        assert {row["status"] for row in rows} <= {"blocked", "may-be-blocked", "not-blocked"}
        assert len({row["entity"] for row in rows}) == len(rows)
