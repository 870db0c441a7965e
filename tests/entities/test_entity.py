from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counterflow.entities.entity import caption, entities
from counterflow.entities.resolve import resolve
from counterflow.storage.ibis import IbisScope
from counterflow.storage.tables import DERIVED

World = Callable[..., IbisScope]


def rows(scope: IbisScope) -> dict[str, dict[str, Any]]:
    made = entities(scope, resolve(scope).members)
    assert made.schema.equals(DERIVED["entities"].schema)
    return {row["entity"]: row for row in made.to_pylist()}


def test_one_row_for_each_entity(world: World, office39: list[Any]) -> None:
    found = rows(world(office39))
    assert list(found) == sorted(found)
    office = found["case:office-39"]
    assert office["caption"] == "Office 39"
    assert office["schema"] == "Organization"
    assert office["referents"] == ["case:office-39", "un:1", "us:10"]
    assert office["datasets"] == ["case", "un", "us"]
    assert office["countries"] == ["kp"]
    assert {"39호실", "Bureau 39", "CENTRAL COMMITTEE BUREAU 39"} <= set(office["names"])
    assert office["claims"] == 4 + 4 + 3
    assert office["origins"] == 3
    assert len(office["label_ids"]) == 1


def test_the_most_specific_schema_wins(world: World, office39: list[Any]) -> None:
    assert rows(world(office39))["case:kdb"]["schema"] == "Company"


def test_listed_by_topic_or_by_a_sanction_record(world: World) -> None:
    found = rows(
        world(
            [
                ("case:a", "Company", {"name": ["Tanchon Commercial Bank"], "topics": ["sanction", "fin.bank"]}),
                ("un:1", "Company", {"name": ["Amroggang Bank"]}),
                ("un:s", "Sanction", {"entity": ["un:1"], "authority": ["UN"]}),
                ("case:b", "Company", {"name": ["Meinl Bank"], "topics": ["sanction.linked"]}),
            ]
        )
    )
    assert {id: row["listed"] for id, row in found.items()} == {"case:a": True, "un:1": True, "case:b": False}
    assert found["case:a"]["topics"] == ["fin.bank", "sanction"]


def test_what_is_denied_names_nobody(world: World) -> None:
    denied = rows(world([("case:a", "Company", {"name": ["Zokwang Trading"], "country": ["mo"]})], stance="denies"))
    assert denied["case:a"]["names"] == []
    assert denied["case:a"]["countries"] == []
    assert denied["case:a"]["caption"] == "a"


def name(value: str, subject: str = "a:1", property: str = "name", verified: bool = True) -> dict[str, Any]:
    return {"value": value, "subject": subject, "property": property, "verified": verified}


def test_the_caption_is_readable() -> None:
    assert caption("a:1", [name("金正恩"), name("Kim Jong Un", property="alias")]) == "金正恩"
    assert caption("a:1", [name("金正恩"), name("Kim Jong Un", "b:1")]) == "Kim Jong Un"
    assert caption("a:1", [name("KOTI CORP"), name("Koti Corp", "b:1")]) == "Koti Corp"
    assert caption("a:1", [name("KOMID"), name("Korea Mining", "b:1")]) == "KOMID"
    assert caption("a:1", [name("Unseen", verified=False), name("Seen in print")]) == "Seen in print"
    assert caption("a:1", []) == ""


def test_no_claims_no_rows(world: World) -> None:
    assert rows(world([])) == {}
