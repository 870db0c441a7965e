"""The record to ask for next: the one that is expected to tell most, with what its yes and its no would mean."""

from __future__ import annotations

import pytest

from counterflow.findings.activity.records import Question, ranked, records
from counterflow.findings.activity.words import activity, explanations, goods, role
from counterflow.findings.typology import KINDS

SHIP = {"ship": "Pong Su", "span": "2018-05-03 to 2018-05-07", "place": "38.50 S 143.90 E", "day": "2018-05-03"}


def ask(
    typology: str = "dark_meeting", kind: str = "ship", true: float = 0.9, known: float = 0.5, **words: str
) -> Question:
    return Question((typology, kind), ("f-1",), true, known, words or SHIP, "A log that says so.")


def test_records_are_named_in_full() -> None:
    names = [one.record for one in ranked(0.6, [ask()])]
    assert "bill of lading and mate's receipt of Pong Su for 2018-05-03 to 2018-05-07" in names
    assert "satellite or radar picture of 38.50 S 143.90 E, 2018-05-03 to 2018-05-07" in names


def test_a_record_that_nobody_could_look_for_is_not_proposed() -> None:
    assert ranked(0.6, [ask(ship="Pong Su", span="2018")])[0].record.startswith("bill of lading")
    assert all("picture" not in one.record for one in ranked(0.6, [ask(ship="Pong Su", span="2018")]))


@pytest.mark.parametrize("now", [0.1, 0.3, 0.6, 0.9, 0.97])
def test_yes_confirms_and_no_refutes(now: float) -> None:
    for one in ranked(now, [ask()]):
        assert one.no < now < one.yes
        assert one.bits > 0


def test_what_is_expected_balances_out() -> None:
    """The probability now is the mean of those after, by how likely each answer is."""
    [one] = [a for a in ranked(0.6, [ask(true=1.0, known=0.6)]) if a.record.startswith("satellite")]
    shown = 0.6 * 0.7 + 0.4 * (0.05 + 0.65 * 0.05)
    assert shown * one.yes + (1 - shown) * one.no == pytest.approx(0.6)


def test_what_is_known_already_tells_nothing_new() -> None:
    """A finding that is as good as certain either way is not worth a question."""
    doubtful, certain = (ranked(0.6, [ask(true=0.97, known=known)])[0].bits for known in (0.6, 0.97))
    assert certain < doubtful / 10


def test_the_most_telling_comes_first_and_each_once() -> None:
    found = ranked(0.5, [ask(), ask(true=0.6), ask("ais_gap")])
    assert [a.bits for a in found] == sorted((a.bits for a in found), reverse=True)
    assert len({a.record for a in found}) == len(found)


def test_a_typology_that_no_record_names_is_asked_in_its_own_words() -> None:
    [one] = ranked(0.5, [ask("from_a_plug_in", "of its own")])
    assert one.record == "A log that says so"


def test_the_catalogue_is_sound() -> None:
    from counterflow import registry

    known = {*registry.names("typologies"), *KINDS}
    for record in records():
        assert 0 < record.chance < record.sure < 1, record.key
        assert set(record.of) <= known, record.key
        assert bool(record.of) != bool(record.tie), record.key
    for _, explains in explanations():
        assert set(explains) <= known
        assert all(0 <= share <= 1 for share in explains.values())
    for name in registry.names("typologies"):
        kind = registry.get("typologies", name).kind
        assert activity(name, kind) != "other"
        assert role(kind, main=True) != "named"
        assert any(name in r.of or kind in r.of for r in records()), name


def test_goods_say_what_the_activity_is() -> None:
    assert goods("drugs", None) == "narcotics"
    assert goods(None, "270112") == "coal"
    assert goods(None, "8708") is None
