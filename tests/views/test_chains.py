"""Chains, differences and lineages on the real case: what is no tie is no way, rival accounts stand side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.errors import NotFound, UsageError
from counterflow.views.view import View
from counterflow.workspace import Workspace

OFFICE, SHIP = "office39:office-39", "office39:v-wise"


@pytest.fixture(scope="module")
def view(demo: Path) -> View:
    return Workspace.open(demo).view()


def steps(chain: dict[str, Any]) -> list[tuple[str, str]]:
    return [(edge["source"], edge["target"]) for edge in chain["edges"]]


def test_no_chain_runs_through_an_act_a_report_or_a_denial(view: View) -> None:
    listed = [row["entity"] for row in view.picture.entities.values() if row["listed"]][:40]
    for entity in listed:
        for edge in view.path(OFFICE, entity)["edges"]:
            assert edge["schema"] not in ("Measure", "Sanction", "Estimate", "Documentation"), edge
            assert edge["stance"] != "denies"
    acts = [row for row in view.picture.links if row["schema"] == "Measure"]
    assert acts[0]["link"] in {e["id"] for e in view.network(acts[0]["target"], 1, limit=2000)["edges"]}


def test_the_likeliest_chains_come_in_order_and_the_shortest_is_no_longer(view: View) -> None:
    shortest, several = view.path(OFFICE, SHIP), view.path(OFFICE, SHIP, None, 4)
    chains = [several, *several["others"]]
    assert len(chains) == 4
    assert [c["strength"] for c in chains] == sorted((c["strength"] for c in chains), reverse=True)
    assert shortest["hops"] <= min(c["hops"] for c in chains) and shortest["others"] == []
    assert len({tuple(steps(c)) for c in chains}) == 4


def test_a_chain_may_be_held_to_some_kinds_of_link(view: View) -> None:
    found = view.path("office39:kpa", SHIP, kinds=["ownership", "control"])
    assert {edge["schema"] for edge in found["edges"]} == {"Ownership", "Control"}
    assert view.path("office39:kpa", SHIP, kinds=["family"])["hops"] is None
    with pytest.raises(UsageError, match="act"):
        view.path("office39:kpa", SHIP, kinds=["acts"])


def test_a_span_of_time_shows_what_held_on_some_day_of_it(view: View) -> None:
    one, span = (view.network(OFFICE, 1, "2009", 2000, until)["edges"] for until in (None, "2012"))
    assert {e["id"] for e in one} < {e["id"] for e in span}
    assert all(e["start"] is None or e["start"][:4] <= "2012" for e in span)


def test_the_nearest_listed_party_is_told_with_the_way_there(view: View) -> None:
    found = view.nearest("office39:office-38")
    assert found["target"] in view.picture.entities and view.picture.entities[found["target"]]["listed"]
    assert found["hops"] == len(found["edges"]) >= 1 and found["weakest"]
    everyone = {row["entity"]: row for row in view.nearest_of_all()}
    assert everyone["office39:office-38"]["hops"] == found["hops"]
    assert everyone["office39:office-38"]["links"] == [edge["id"] for edge in found["edges"]]
    assert not any(view.picture.entities[e]["listed"] for e in everyone)
    listed = found["target"]
    assert view.nearest(listed)["target"] != listed
    assert view.nearest("office39:office-38", "1990")["target"] is None, "nobody was listed yet"


def test_offices_38_and_39_by_every_account(view: View) -> None:
    found = view.lineage("office39:office-38", "2012-01")
    assert {"office39:office-39"} <= set(found["before"]) & set(found["after"])
    assert [r["group"] for r in found["rivals"]] == ["C02"]
    events = {e["link"]: e for account in found["accounts"] for e in account["events"]}
    in_force = {events[a["in_force"]]["to"] for a in found["accounts"] if a["in_force"]}
    assert in_force == {"office39:office-38", "office39:office-39"}, "in early 2012 one says restored, another merged"
    assert {e["id"] for e in found["edges"]} == set(events)
    later = view.lineage("office39:office-38", "2016-10")
    assert {a["source"]: a["in_force"] for a in later["accounts"]} != {
        a["source"]: a["in_force"] for a in found["accounts"]
    }
    assert view.lineage("office39:bda")["accounts"] == []


def test_what_began_and_ended_between_two_dates(view: View) -> None:
    found = view.difference("2008", "2017", OFFICE)
    assert found["totals"]["began"] == len(found["began"]) > 0
    assert all(OFFICE in (edge["source"], edge["target"]) for edge in found["began"] + found["ended"])
    assert view.difference("2008", "2008")["totals"] == {"began": 0, "ended": 0}
    back = view.difference("2017", "2008", OFFICE)
    assert [e["id"] for e in back["began"]] == [e["id"] for e in found["ended"]]
    assert len(view.difference("1990", "2017", None, 5)["began"]) == 5


def test_wrong_questions(view: View) -> None:
    for ask in (
        lambda: view.path(OFFICE, SHIP, None, 0),
        lambda: view.path(OFFICE, SHIP, "2016-13"),
        lambda: view.difference("2008", "20x"),
        lambda: view.difference("2008", "2009", OFFICE, 0),
    ):
        with pytest.raises(UsageError):
            ask()
    for ask in (lambda: view.nearest("office39:nobody"), lambda: view.lineage("x"), lambda: view.path("x", SHIP)):
        with pytest.raises(NotFound):
            ask()


def test_shared_numbers_and_payments_are_links_that_can_be_unfolded(view: View) -> None:
    links = view.picture.links
    for beginning, table in (("payments>", "payments"), ("carriage>", "shipments")):
        summed = [row for row in links if row["link"].startswith(beginning)][:3]
        assert summed, f"the demonstration has {table}"
        assert any(row["amount"] is not None for row in summed)
        for row in summed:
            assert row["start"]
            below = [child["kind"] for child in view.explain(row["link"])["children"]]
            assert row["role"].startswith(f"{below.count('row')} {table}")
            assert "claim" in below, "who holds the accounts, and who bears the names, is said by claims"
    assert all(row["claim_ids"] for row in links if row["role"] in ("phone", "email", "website"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("network", OFFICE, "--to", SHIP, "--paths", "2"), "weakest"),
        (("network", OFFICE, "--to", SHIP, "--in-time"), "links"),
        (("network", OFFICE, "--as-of", "2008", "--compare", "2017"), "began"),
        (("nearest", "office39:office-38"), "links"),
        (("nearest", "--all"), "…"),
        (("lineage", "office39:office-38"), "according to"),
        (("lineage", "office39:bda"), "nothing is told"),
    ],
)
def test_the_command_line_says_it_for_people_and_for_programs(
    demo: Path, arguments: tuple[str, ...], words: str
) -> None:
    call = ["--workspace", str(demo), *arguments]
    text = CliRunner().invoke(main, call)
    assert text.exit_code == 0 and words in text.stdout, text.output
    rows = [json.loads(line) for line in CliRunner().invoke(main, [*call, "--json"]).stdout.splitlines()]
    assert rows


def test_a_command_that_misses_a_date_or_an_entity_is_refused(demo: Path) -> None:
    for arguments in (("network", OFFICE, "--compare", "2017"), ("nearest",), ("nearest", OFFICE, "--all")):
        assert CliRunner().invoke(main, ["--workspace", str(demo), *arguments]).exit_code == 2
