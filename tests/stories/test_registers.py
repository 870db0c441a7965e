"""Ownership registers from file to answer: links between the same parties, whichever file comes first, and control."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterflow.workspace import Workspace

FIXTURES = Path(__file__).parents[1] / "fixtures"
# Who owns whom before who is who; the controllers before the companies.
FILES = ("gleif/rr.xml", "gleif/lei.xml", "gleif/repex.xml", "uk_psc/snapshot.json", "uk_companies/companies.csv")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.create(tmp_path / "w")
    yield made
    made.close()


def test_registers_meet_in_one_network(workspace: Workspace) -> None:
    for name in FILES:
        assert workspace.ingest(FIXTURES / name).quarantined == [], name
    workspace.run(upto="link")
    view = workspace.view()
    about = view.network("gleif:529900T8BM49AURSDO55")
    captions = {node["id"]: node["caption"] for node in about["nodes"]}
    assert captions["gleif:529900T8BM49AURSDO55"] != "529900T8BM49AURSDO55", "both files tell of one party"
    assert captions["gleif:213800WSGIIZCXF1P572"] == "Port Ministry of Example"
    owned = {(e["source"], e["share_low"], e["end"]) for e in about["edges"] if e["schema"] == "Ownership"}
    assert ("gleif:5493006MHB84DD0ZWV18", 75.5, "2020-01-31") in owned
    assert any(source.startswith("gleif-repex:") for source, _, _ in owned), (
        "a withheld parent is an owner without name"
    )

    company = view.network("uk-companies:01234567", as_of="2017-01-01")
    held = {(e["schema"], e["share_low"], e["share_high"]) for e in company["edges"]}
    assert {("Ownership", 50.0, 75.0), ("Control", 25.0, 50.0), ("Control", None, None)} <= held
    assert "EXAMPLE SHIPPING LTD" in {node["caption"] for node in company["nodes"]}


def test_a_band_above_the_line_blocks_and_votes_do_not_pass_for_shares(workspace: Workspace, tmp_path: Path) -> None:
    """One listed person holds 50 to 75 per cent of the shares of one company, and of the votes of another."""
    lines, number = [], "987654"
    for company, nature in (("1", "ownership-of-shares-50-to-75-percent"), ("2", "voting-rights-50-to-75-percent")):
        links = {"self": f"/company/{company}/persons-with-significant-control/individual/x"}
        data = {"kind": "individual-person-with-significant-control", "name": "Lagoon Example", "links": links}
        lines.append({"company_number": company, "data": {**data, "natures_of_control": [nature]}})
    listed = []
    for company in ("1", "2"):  # a list in the same dataset names both records
        ends = {"entity": [f"{company}-x"], "authority": ["Office of Foreign Assets Control"], "authorityId": [number]}
        listed.append({"id": f"l{company}", "schema": "Sanction", "properties": {**ends, "program": ["DPRK"]}})
    for name, rows in (("psc.json", lines), ("list.json", listed)):
        (tmp_path / name).write_text("\n".join(json.dumps(row) for row in rows))
    workspace.ingest(tmp_path / "psc.json")
    workspace.ingest(tmp_path / "list.json", dataset="uk-psc")
    workspace.run(upto="link")
    companies = ["uk-companies:1", "uk-companies:2"]
    found = {row["entity"]: row["status"] for row in workspace.view().controlled("ofac", ids=companies)}
    assert found == {"uk-companies:1": "blocked", "uk-companies:2": "not-blocked"}
