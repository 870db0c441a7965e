"""The founding document's questions as sections of the report: cited, marked, linted, and numbered with the rest."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.case import scope, small_case
from assessment.test_report import report_of
from counterflow.assessment.answers import with_answers
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.proofreading import proofread, units
from counterflow.assessment.writing import Unsupported
from counterflow.views.assessment import FORMATS, report_file


def interval(low: float, central: float, high: float) -> dict[str, float]:
    return {"low": low, "central": central, "high": high}


def answers(claims: list[str]) -> list[dict[str, Any]]:
    """In the shape of `views.asking.ask`, with numbers of our own."""
    fan = {"low": [1.0, 2.0], "central": [2.0, 3.0], "high": [4.0, 6.0]}
    curve = [{"budget": 0.0, **interval(5, 6, 7)}, {"budget": 9.0, **interval(2, 3, 4)}]
    return [
        {
            "question": "substitution", "day": "2017-09", "until": "2019-09", "unit": "million USD a year",
            "claim_ids": {"E1": claims[:2]},
            "answer": {
                "rise": {"probability": 1.0}, "more_than_without": {"probability": 0.3},
                "illicit_now": interval(1, 2, 4), "illicit_then": interval(2, 3, 6),
                "illicit_then_without": interval(1, 2, 3),
            },
            "fan": {"dates": ["2017-01", "2018-01"], "illicit": fan, "all": fan,
                    "shocks": [{"date": "2017-09", "title": "A resolution <b>"}]},
            "matrix": {"activities": [{"code": "notes", "caption": "Notes"}],
                       "rows": [{"caption": "Drugs", "to": [{"code": "notes", "central": 0.4}]}]},
            "backtest": {"words": "3 of 4 figures lie within"}, "identifiability": {"words": "Only 2 shocks. Few."},
        },
        {
            "question": "merger", "unit": "million", "theorem": "Exact", "note": "A note.",
            "curves": [{"how": "split", "measures": "arcs", "points": curve}],
            "flips_at": [{"budget": 9.0, "exposure": 0.3}, {"budget": 3.0, "exposure": None}],
            "chronology": [{"what": "A → B: merged", "start": "2009", "grade": "B2", "stance": "asserts",
                            "claim_ids": claims[:1]}],
        },
        {
            "question": "cashbox", "why_empty": "", "budget": 9.0, "draws": 8, "unit": "million", "note": "A bound.",
            "measures": [{"title": "Close Front Ltd", "contribution": 3.2, "inclusion": 0.5}], "back_test": [],
        },
        {
            "question": "coordination", "why_empty": "", "unit": "million USD a year", "budget": 9.0,
            "baseline": interval(5, 6, 7), "claims": {"sum": 4.2}, "note": "A note.",
            "withholding": [{"agency": "Customs", "price": 1.2}],
            "stages": [{"title": "Each alone", "share": 0.3, **interval(1, 2, 3)}],
        },
        {"question": "of another day"},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return Evidence(scope(small_case().records))


@pytest.fixture(scope="module")
def paper() -> dict[str, Any]:
    return report_of(small_case()).to_dict()


def test_answers_are_sections_like_the_others(paper: dict[str, Any], evidence: Evidence) -> None:
    claims = sorted({c for _, u in units(paper) for c in u["claim_ids"]})
    made = with_answers(paper, answers(claims), evidence)
    assert proofread(made) == []
    numbers = [n["n"] for n in made["endnotes"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {n for _, u in units(made) for n in u["endnotes"]} == set(numbers)
    assert len(made["key_judgements"]) == len(paper["key_judgements"]) + 2
    assert {"fan", "merger", "contribution", "coordination"} <= {f["id"] for f in made["figures"]}
    headings = [s["heading"] for s in made["sections"]]
    assert headings.index("Which measures hit the cash-box most?") < headings.index("What is not known")
    assert "&lt;b&gt;" in next(f["svg"] for f in made["figures"] if f["id"] == "fan")
    assert len({u["id"] for _, u in units(made)}) == len(list(units(made)))
    for format in FORMATS:
        assert report_file(made, format)
    assert "answers" not in paper, "the report itself is left as it was"


def test_an_answer_without_claims_is_left_out(paper: dict[str, Any], evidence: Evidence) -> None:
    told = answers(["x"])[:1]
    told[0]["claim_ids"] = {}
    assert with_answers(paper, told, evidence)["sections"] == paper["sections"]


def test_an_answer_that_mixes_likelihood_in_is_refused(paper: dict[str, Any], evidence: Evidence) -> None:
    told = answers(sorted({c for _, u in units(paper) for c in u["claim_ids"]}))[2:3]
    told[0]["note"] = "It is likely, with high confidence."
    with pytest.raises(Unsupported, match="one sentence"):
        with_answers(paper, told, evidence)
