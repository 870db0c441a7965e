from __future__ import annotations

import pytest

from counterflow.errors import UnknownName, UsageError
from counterflow.model.triage import STATES, Triage, checked, grew_from, lapsed, reasons, records


def decided(
    finding: str, *rows: str, typology: str = "fan_in", at: str = "2026-01-01", until: str | None = None
) -> Triage:
    return Triage(finding, typology, "It fired.", "dismiss", "payroll", "", until, "who", at, tuple(sorted(rows)))


def test_every_state_has_reasons_that_nine_keys_can_name() -> None:
    for state in STATES:
        fitting = [code for code, r in reasons().items() if state in r.states]
        assert 3 <= len(fitting) <= 9
        assert fitting[-1] == "other"
    for reason in reasons().values():
        assert reason.use.endswith(".")
        assert set(reason.states) <= set(STATES)


@pytest.mark.parametrize(
    ("what", "error"),
    [
        (("forget", "payroll", "", None), UnknownName),
        (("dismiss", "", "", None), UnknownName),
        (("escalate", "payroll", "", None), UnknownName),  # a code of another state
        (("dismiss", "other", " ", None), UsageError),  # says nothing without a note
        (("watch", "may-grow", "", "soon"), UsageError),
    ],
)
def test_a_decision_that_could_not_be_counted_is_refused(what: tuple[str, str, str, str | None], error: type) -> None:
    with pytest.raises(error):
        checked(*what)


def test_what_is_taken_back_needs_no_reason() -> None:
    assert checked("withdrawn", "", "", None) is None
    assert checked("watch", "may-grow", "", "2027-01") == "2027-01"


def test_a_finding_is_known_by_its_rows_and_by_its_claims_where_it_has_none() -> None:
    claim, row = {"kind": "claim", "id": "c"}, {"kind": "payments", "id": "p"}
    assert records([claim, row]) == ("p",)
    assert records([claim]) == ("c",)


def test_the_decision_with_most_in_common_is_the_one_it_grew_from() -> None:
    small, large = decided("f-1", "a", "b"), decided("f-2", "a", "b", "c")
    other = decided("f-3", "a", "b", "c", typology="cycle", at="2026-02-01")
    assert grew_from(["a", "b", "c", "d"], "fan_in", [small, large, other]) is large
    assert grew_from(["a", "b", "c", "d"], "cycle", [small, large, other]) is other
    assert grew_from(["a", "x", "y"], "fan_in", [large]) is None  # a third of it
    assert grew_from(["x"], "fan_in", [small, large]) is None


def test_it_counts_until_its_day_and_until_the_finding_changes() -> None:
    one = decided("f-1", "a", "b", until="2026-06")
    assert lapsed(one, "f-1", ["a", "b"], today="2026-06-30") == ()
    assert lapsed(one, "f-1", ["a", "b"], today="2026-07-01") == ("it counted until 2026-06",)
    assert lapsed(decided("f-1", "a", "b"), "f-2", ["b", "c", "d"], today="2026-01-01") == (
        "the finding has changed since: 2 records new and 1 record gone",
    )
