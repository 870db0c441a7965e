"""A workspace's own catalogue of measures, laid over the shipped one; what is wrong in it is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.case import scope, small_case
from counterflow.assessment.measures import catalogue, kinds
from counterflow.assessment.money_flow import estimate
from counterflow.assessment.own_measures import read
from counterflow.config import Named, load
from counterflow.errors import CounterflowError, InputError, UnreadableFile

OWN = """
asset_freeze: {cost: 7, success: 0.5}
"asset_freeze:case:bank-a":
  cost: 1
  agency: Port police
"asset_freeze:case:nobody": {cost: 3}
port_ban:
  title: "Close ports to {target}"
  what: Ports refuse it.
  laid_on: node
  layers: [channel]
  authority: Ministry of transport
  agency: Port police
  legal_basis: harbour law
  cost: 2
  delay_days: 30
  success: 0.9
  effect: 0.5
  note: an exercise
"""


def test_is_laid_over_the_shipped_catalogue() -> None:
    made = scope(small_case().records)
    flow = estimate(made)
    shipped = {m.id: m for m in catalogue(made, flow)}
    made.measures = Named(Path("measures.yaml"), OWN)
    own = {m.id: m for m in catalogue(made, flow)}
    one = own["asset_freeze:case:bank-a"]
    assert (one.kind.cost, one.kind.success, one.agency) == (1, 0.5, "Port police")
    assert one.hits == shipped[one.id].hits and one.kind.legal_basis == shipped[one.id].kind.legal_basis
    assert (own["asset_freeze:case:bank-b"].kind.cost, own["asset_freeze:case:bank-b"].kind.success) == (7, 0.5)
    assert {m.kind.name for m in own.values()} - {m.kind.name for m in shipped.values()} == {"port_ban"}
    assert set(shipped) <= set(own) and "asset_freeze:case:nobody" not in own


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("designation:\n  cost: -1\n", 2, "designation.cost", "number from 0"),
        ("designation:\n  cost: 1\n  delay_days: soon\n", 3, "designation.delay_days", "whole number from 0 to 36500"),
        ("designation: {succes: 0.4}\n", 1, "designation.succes", "Did you mean 'success'"),
        ("\ndesignatoin: {cost: 2}\n", 2, "designatoin", "Did you mean 'designation'.*also needs title"),
        ("designation: {cost: 2}\ndesignation: {cost: 3}\n", 2, "designation", "twice"),
        ('"freeze:case:x": {cost: 2}\n', 1, "freeze:case:x", "No kind of measure 'freeze'"),
        ('"designation:case:x": {effect: 0.2}\n', 1, "designation:case:x.effect", "no reach of its own"),
        ("designation: {laid_on: river}\n", 1, "designation.laid_on", "one of node"),
        ("designation: {collateral: .nan}\n", 1, "designation.collateral", "number from 0 to 10"),
        ("designation: 3\n", 1, None, "must be a table"),
        ("- a\n", 1, None, "must be a table"),
        ("designation: {cost: 2\n", None, None, "no YAML"),
    ],
)
def test_what_is_wrong_is_named(text: str, line: int | None, field: str | None, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read(Named(Path("own.yaml"), text), kinds())
    assert caught.value.file == "own.yaml" and caught.value.field == field
    assert line is None or caught.value.line == line


def test_the_settings_name_the_file(tmp_path: Path) -> None:
    settings = tmp_path / "counterflow.toml"
    settings.write_text('measures = "costs.yaml"\n')
    with pytest.raises(UnreadableFile, match=r"the setting 'measures' names it"):
        load(settings)
    (tmp_path / "costs.yaml").write_text("designation: {cost: 3}\n")
    found = load(settings).measures
    assert found is not None and read(found, kinds()).kinds == {"designation": {"cost": 3}}
    settings.write_text("measures = 3\n")
    with pytest.raises(CounterflowError, match="must be a text"):
        load(settings)
    assert read(None, kinds()).over(kinds()) == list(kinds())
