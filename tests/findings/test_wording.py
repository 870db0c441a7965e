"""Which words of a name are a company's own."""

import pytest

from counterflow.findings.run import ScopeData
from counterflow.findings.wording import bearers, everyday, words
from counterflow.testing import scope_of, whole
from findings.world import World


@pytest.mark.parametrize(
    ("word", "expected"),
    [("trading", True), ("machinery", True), ("korea", True), ("sea", True), ("39", True), ("daesong", False),
     ("hongxiang", False), ("pan", False)],
)  # fmt: skip
def test_a_trade_is_everybodys_and_a_name_its_bearers(word: str, expected: bool) -> None:
    assert everyday(word) is expected


def test_companies_that_bear_a_word_are_counted_once_each() -> None:
    w = World()
    for n, name in enumerate(("Zokwang Trading", "ZOKWANG Zokwang Co", "Other Co")):
        w.entity(f"d:{n}", name)
    w.entity("d:man", "Zokwang Man", "Person")
    data = ScopeData(scope_of(whole(w.tables())))
    assert bearers(data, ["zokwang", "absent"]) == {"zokwang": 2}
    assert bearers(data, []) == {}
    assert words("Zokwang Trading Co., Ltd.")[0] == "zokwang"
