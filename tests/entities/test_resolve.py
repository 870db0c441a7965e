from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.entities.clusters import Edge, cluster
from counterflow.entities.entity import entities, renewed
from counterflow.entities.profile import build
from counterflow.entities.rarity import Rarity
from counterflow.entities.resolve import Resolved, resolve
from counterflow.model.judgement import Judgement, in_force
from counterflow.storage.ibis import IbisScope

World = Callable[..., IbisScope]


def members(scope: IbisScope, judgements: list[Judgement] | None = None) -> dict[str, dict[str, Any]]:
    return {row["subject"]: row for row in resolve(scope, judgements or []).members.to_pylist()}


def entity_of(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {subject: row["entity"] for subject, row in found.items()}


def judged(left: str, right: str, verdict: str, at: str = "2026-01-01") -> Judgement:
    return Judgement(left, right, verdict, "analyst", at, "seen the passport")  # type: ignore[arg-type]


def test_the_same_parties_on_three_lists(world: World, office39: list[Any]) -> None:
    of = entity_of(members(world(office39)))
    assert of["un:1"] == of["us:10"] == "case:office-39"
    assert of["un:2"] == "case:kdb"
    assert of["un:3"] == of["us:12"] == "case:kim-komid"
    assert of["us:11"] == "case:kim-rgb"
    assert of["us:13"] == "case:ship"
    alone = {s for s, e in of.items() if s == e and list(of.values()).count(e) == 1}
    assert alone == {"case:office-38", "us:14"}


def test_each_member_says_why(world: World, office39: list[Any]) -> None:
    found = members(world(office39))
    first, other = found["case:office-39"], found["us:10"]
    assert (first["basis"], first["score"], first["reasons"]) == ("first", 1.0, [])
    assert other["basis"] == "match"
    assert 0.75 < other["score"] < 1
    assert any("39호실" in r or "Room 39" in r or "Office 39" in r for r in other["reasons"])


def test_the_order_of_rows_changes_nothing(world: World, office39: list[Any]) -> None:
    mixed = list(office39)
    random.Random(39).shuffle(mixed)
    assert answer(resolve(world(office39))) == answer(resolve(world(mixed)))


def test_a_case_file_gives_its_id_before_a_list(world: World, office39: list[Any]) -> None:
    found = members(world(office39, cites=("us",)))
    assert found["case:kdb"]["entity"] == "case:kdb"
    assert found["un:3"]["entity"] == "us:12"


def test_a_judgement_joins_and_parts(world: World, office39: list[Any]) -> None:
    scope = world(office39)
    found = members(scope, [judged("us:14", "case:office-38", "same"), judged("un:2", "case:kdb", "different")])
    assert found["us:14"]["entity"] == found["case:office-38"]["entity"]
    row = next(r for r in (found["us:14"], found["case:office-38"]) if r["basis"] == "judgement")
    assert "analyst judged them the same: seen the passport" in row["reasons"][0]
    assert found["un:2"]["entity"] != found["case:kdb"]["entity"]


def test_the_latest_judgement_counts_and_unsure_gives_the_word_back_to_the_evidence(
    world: World, office39: list[Any]
) -> None:
    scope = world(office39)
    parted = [judged("un:2", "case:kdb", "different")]
    assert members(scope, parted)["un:2"]["entity"] == "un:2"
    again = [*parted, judged("case:kdb", "un:2", "unsure", at="2026-02-01")]
    assert members(scope, again)["un:2"]["entity"] == "case:kdb"


def test_a_judgement_on_what_is_not_here_is_passed_over(world: World, office39: list[Any]) -> None:
    scope = world(office39)
    assert entity_of(members(scope, [judged("un:2", "eu:7", "same")])) == entity_of(members(scope))


def test_one_list_never_lists_a_party_twice_unless_a_number_says_so(world: World) -> None:
    one = {"name": ["Ri Yong Mu"], "birthDate": ["1925-01-25"]}
    of = entity_of(members(world([("us:1", "Person", one), ("us:2", "Person", one)])))
    assert of == {"us:1": "us:1", "us:2": "us:2"}
    one = {**one, "passportNumber": ["PS12345"]}
    of = entity_of(members(world([("us:1", "Person", one), ("us:2", "Person", one)])))
    assert of == {"us:1": "us:1", "us:2": "us:1"}


def test_a_third_list_does_not_chain_two_entries_of_one(world: World) -> None:
    parties = [
        ("us:1", "Person", {"name": ["Kim Tong Ho"], "birthDate": ["1969-08-18"], "country": ["kp"]}),
        ("us:2", "Person", {"name": ["Kim Tong Ho"], "country": ["kp"]}),
        ("un:1", "Person", {"name": ["Kim Tong Ho"], "birthDate": ["1969-08-18"], "country": ["kp"]}),
    ]
    of = entity_of(members(world(parties)))
    assert of["un:1"] == of["us:1"]
    assert of["us:2"] == "us:2"


def test_relationships_are_nobody(world: World) -> None:
    parties = [
        ("case:a", "Person", {"name": ["Jon Il Chun"]}),
        ("case:b", "Organization", {"name": ["Office 39"]}),
        ("case:r-1", "Directorship", {"director": ["case:a"], "organization": ["case:b"], "role": ["director"]}),
        ("case:s-1", "Sanction", {"entity": ["case:b"], "authority": ["UN"]}),
        ("case:ad", "Address", {"full": ["Changgwang Street, Pyongyang"]}),
    ]
    assert sorted(members(world(parties))) == ["case:a", "case:ad", "case:b"]


def test_an_empty_ledger(world: World) -> None:
    assert resolve(world([])).members.num_rows == 0


EDGES = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.floats(0.8, 1)).filter(lambda e: e[0] != e[1]), max_size=20
)


@settings(max_examples=60, deadline=None)
@given(EDGES, st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda e: e[0] != e[1]), max_size=4))
def test_clusters_part_all_subjects_and_keep_who_was_judged_different_apart(
    edges: list[tuple[int, int, float]], apart: list[tuple[int, int]]
) -> None:
    known = {
        f"d{n}:x": build(f"d{n}:x", "Person", {"name": ["Kim Yong Chol"], "birthDate": ["1962-02-18"]}, dataset=f"d{n}")
        for n in range(8)
    }
    decided = in_force(judged(f"d{a}:x", f"d{b}:x", "different") for a, b in apart)
    given_edges = [Edge(*sorted((f"d{a}:x", f"d{b}:x")), p) for a, b, p in edges]
    clusters, tree = cluster(known, given_edges, decided, Rarity(known.values()))
    assert sorted(s for held in clusters for s in held) == sorted(known)
    of = {s: n for n, held in enumerate(clusters) for s in held}
    assert all(of[a] != of[b] for a, b in decided)
    assert len(tree) == len(known) - len(clusters)


TRADING = {"name": ["Korea Daesong General Trading Corporation"], "country": ["kp"]}
QUOTING = [
    (
        "un:1",
        "Company",
        {**TRADING, "unscId": ["KPe.048"]},
    ),
    ("un:2", "Company", {"name": ["Korea Daesong Bank"], "country": ["kp"], "unscId": ["KPe.047"]}),
    (
        "uk:1",
        "Company",
        {**TRADING, "unscId": ["KPe.047"]},
    ),
    ("uk:2", "Company", {"name": ["Korea Daesong Bank"], "country": ["kp"], "unscId": ["KPe.047"]}),
    ("un:3", "Person", {"name": ["Ri Chun Song"], "birthDate": ["1965-10-30"], "unscId": ["KPi.074"]}),
    ("uk:3", "Person", {"name": ["Ri Chun Song"], "birthDate": ["1965-10-30"], "unscId": ["KPi.076"]}),
]
"""Facts of the UN's and the UK's lists, in our own hand: the UK quotes a wrong reference of the UN twice."""


def test_a_reference_that_a_list_quotes_wrongly_neither_merges_nor_parts(world: World) -> None:
    of = entity_of(members(world(QUOTING)))
    assert of["uk:1"] == of["un:1"] != of["un:2"], "the name counts, not the number quoted"
    assert of["uk:2"] == of["un:2"]
    assert of["uk:3"] == of["un:3"], "another's number quoted is no proof of another person"


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.integers(1, 4),
        st.sampled_from(["Ri Man Gon", "Ri Man Kon", "Pak To Chun", "Zoltan Kekvirag", "Zoltan Kekvirak"]),
        st.sampled_from(["", "1961-04-03", "1944"]),
        st.booleans(),
    ),
    max_size=9,
    unique_by=lambda row: row[:2],
)
SAID = st.lists(
    st.tuples(
        st.sampled_from(["a:1", "a:2", "b:1"]),
        st.sampled_from(["b:2", "c:1", "c:2"]),
        st.sampled_from(["same", "different"]),
    ),
    max_size=2,
)
Row = tuple[str, int, str, str, bool]
Said = tuple[str, str, str]


def ledger(world: World, rows: list[Row]) -> IbisScope:
    parties: list[Any] = []
    for dataset, n, name, born, listed in rows:
        parties.append((f"{dataset}:{n}", "Person", {"name": [name], "birthDate": [born] if born else []}))
        if listed:
            parties.append((f"{dataset}:s{n}", "Sanction", {"entity": [f"{dataset}:{n}"]}))
    return world(parties)


def answer(found: Resolved) -> Any:
    """All but what was done to get there, which is what memory is there to change."""
    return found[:3]


@settings(max_examples=6, deadline=None)
@given(PEOPLE, PEOPLE, SAID, SAID, st.booleans())
def test_what_is_remembered_changes_no_answer(
    world: World, one: list[Row], two: list[Row], said: list[Said], later: list[Said], grows: bool
) -> None:
    two = list({row[:2]: row for row in (*one, *two)}.values()) if grows else two
    then = ledger(world, one)
    before = resolve(then, [judged(*j) for j in said])
    scope, decided = ledger(world, two), [judged(*j) for j in later]
    found, fresh = resolve(scope, decided, None, before.memory), resolve(scope, decided)
    assert answer(found) == answer(fresh)
    rows = entities(scope, fresh.members)
    assert renewed(scope, entities(then, before.members), before.memory, found.memory).equals(rows)
    same = resolve(scope, decided, None, found.memory)
    assert answer(same) == answer(fresh)
    assert (same.report["parties_read"], same.report["pairs_compared"], same.report["parts_grown"]) == (0, 0, 0)


def test_one_change_touches_what_rests_on_it_alone(world: World, office39: list[Any], tmp_path: Path) -> None:
    from counterflow.entities.remembered import Memory, read, write

    before = resolve(world(office39))
    write(tmp_path, before.memory, "1")
    assert read(tmp_path, "1") == before.memory
    assert read(tmp_path, "2") == Memory(), "other code may find otherwise"
    changed = [
        (id, schema, {**told, "birthDate": ["1962-02-19"]} if id == "us:12" else told) for id, schema, told in office39
    ]
    found = resolve(world(changed), (), None, read(tmp_path, "1"))
    assert answer(found) == answer(resolve(world(changed)))
    assert found.report["parties_read"] == 1
    assert 0 < found.report["pairs_compared"] < before.report["pairs_compared"] / 2
    assert found.report["parts_grown"] < before.report["parts_grown"]


def test_ids_outlast_added_sources_and_reversals(world: World, office39: list[Any]) -> None:
    before = entity_of(members(world(office39)))
    added = [*office39, ("zz:1", "Organization", {"name": ["Office 39"], "country": ["kp"]})]
    after = entity_of(members(world(added)))
    assert {s: after[s] for s in before} == before
    assert after["zz:1"] == "case:office-39"
    parted = entity_of(members(world(added), [judged("zz:1", "case:office-39", "different")]))
    assert parted["case:office-39"] == "case:office-39"
    back = [judged("zz:1", "case:office-39", "different"), judged("zz:1", "case:office-39", "unsure", at="2026-02-01")]
    assert entity_of(members(world(added), back)) == after
