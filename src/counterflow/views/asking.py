"""The four questions of the founding document, answered from what an audience may read.

* *substitution*: will illicit income rise as sanctions bite?
* *merger*: what does merging two offices change?
* *cashbox*: which measures hit the cash-box most?
* *coordination*: what does it add when agencies act together?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from counterflow.errors import UnknownName, UsageError
from counterflow.views.network import checked_date
from counterflow.views.picture import Picture

__all__ = ["PATIENT", "QUESTIONS", "ask"]

PATIENT = 20.0
"""Times the usual time that plans may take, where an answer has to be the same each time: a plan that the clock stopped
may differ from run to run."""

QUESTIONS: Mapping[str, str] = {
    "substitution": "Will illicit income rise as sanctions bite?",
    "merger": "What does merging one collector of money into another change?",
    "cashbox": "Which measures hit the cash-box most?",
    "coordination": "What does it add when agencies act together?",
}

BACK_TEST_DAY = "2005-08-31"
BACK_TEST_BANK = "office39:bda"
"""Banco Delta Asia, the day before the month in which the Treasury named it."""


def ask(
    picture: Picture,
    question: str,
    *,
    as_of: str | None = None,
    budget: float | None = None,
    config: Mapping[str, Any] | None = None,
    patience: float = 1.0,
) -> dict[str, Any]:
    """The answer to one question; made once for each way of asking.

    :param budget: points, where measures are chosen
    :param config: the user's own assumptions (`substitution`: portfolio; `coordination`: budgets, withhold)
    :param patience: times the usual time that plans may take together
    :raises UnknownName: no such question; UsageError: a budget that is none
    """
    if question not in QUESTIONS:
        raise UnknownName("question", question, QUESTIONS)
    if budget is not None and not 0 <= budget < float("inf"):
        raise UsageError(f"the budget is {budget}; it must be a number, 0 or more")
    day = checked_date(as_of)
    make: dict[str, Callable[[], dict[str, Any]]] = {
        "substitution": lambda: _substitution(picture, day, config),
        "merger": lambda: _merger(picture, day, budget, patience),
        "cashbox": lambda: _cashbox(picture, day, budget, patience),
        "coordination": lambda: _coordination(picture, day, budget, config, patience),
    }
    answer = (
        make[question]()
        if config is not None
        else picture.once(("question", question, day, budget, patience), make[question])
    )
    labels = picture.once(("question-labels", day), lambda: picture.model(day).flow.label)
    return {"question": question, "title": QUESTIONS[question], "as_of": day, "handling": labels.text, **answer}


def _substitution(picture: Picture, day: str | None, config: Mapping[str, Any] | None) -> dict[str, Any]:
    from counterflow.assessment.evidence import Evidence
    from counterflow.assessment.substitution import defaults, substitution

    evidence = Evidence(picture.scope, day)
    records = {r.code: r for r in evidence.of("Estimate", "Activity")}
    asked = defaults() if config is None else config
    captions = {r.code: evidence.caption(r.id) for r in evidence.of("Activity")}
    answer = substitution(asked, day=day, known=set(records) | {""}, captions=captions)
    claims = {code: list(records[code].claim_ids) for code in answer["figures"] if code in records}
    return {**answer, "own_assumptions": config is not None, "claim_ids": claims}


def _merger(picture: Picture, day: str | None, budget: float | None, patience: float) -> dict[str, Any]:
    from counterflow.assessment.evidence import Evidence
    from counterflow.assessment.merger import Division, merged_or_split

    found = picture.model(day)
    evidence = Evidence(picture.scope)
    box = found.flow.box
    told = [x for x in evidence.links if x.schema == "Succession" and box in (x.source, x.target)] if box else []
    others = sorted({x.source if x.target == box else x.target for x in told})
    if not others:
        return {"why_empty": "No claim tells of a merger into the cash-box.", "curves": [], "sign": [], "flips_at": [],
                "chronology": []}  # fmt: skip
    other = max(others, key=lambda o: (sum(o in (x.source, x.target) for x in told), o))
    uses = {n.id for n in found.flow.nodes if n.layer in ("use", "cashbox") and n.id != box}
    keeps = sorted({x.target for x in evidence.links if x.asserted and x.source == other and x.target in uses})
    answer = merged_or_split(
        found.flow, found.measures, Division(other, evidence.caption(other), tuple(keeps)), budget=budget,
        time_limit=16.0 * patience,
    )  # fmt: skip
    chronology = [
        {
            "id": x.id,
            "what": f"{evidence.caption(x.source)} → {evidence.caption(x.target)}: {x.role}",
            "start": x.start,
            "end": x.end,
            "grade": x.grade,
            "stance": x.stance,
            "conflict": x.conflict,
            "claim_ids": list(x.claim_ids),
        }
        for x in sorted(told, key=lambda x: (x.start or "", x.id))
        if other in (x.source, x.target)
    ]
    return {
        **answer,
        "merged": {"id": other, "caption": evidence.caption(other)},
        "into": {"id": box, "caption": evidence.caption(box or "")},
        "chronology": chronology,
        "chronology_note": (
            "These accounts contradict each other and are shown as they are: the answer does not depend on which is"
            " right, only on whether there are two offices or one on the day that is asked about."
        ),
    }


def _cashbox(picture: Picture, day: str | None, budget: float | None, patience: float) -> dict[str, Any]:
    from counterflow.assessment.history import enforced
    from counterflow.assessment.pressure import hardest

    found = picture.model(day)
    answer = hardest(found.flow, found.measures, budget, time_limit=20.0 * patience)
    now, told = enforced(found.flow, found.measures, day or "9999")
    return {
        **answer,
        "in_force": {"cashbox": now.cashbox, "measures": told},
        "back_test": _back_test(picture, found.flow.box),
    }


def _back_test(picture: Picture, box: str | None) -> list[dict[str, Any]]:
    """Banco Delta Asia, asked of the evidence as of the day before: as it held, and as it was published by then."""
    from counterflow.assessment.banks import back_test
    from counterflow.assessment.evidence import Evidence
    from counterflow.assessment.money_flow import estimate_from

    target = picture.canonical(BACK_TEST_BANK)
    if box is None or target not in picture.entities:
        return []

    def make() -> list[dict[str, Any]]:
        later = Evidence(picture.scope)
        found = []
        for published in (None, BACK_TEST_DAY):
            evidence = Evidence(picture.scope, BACK_TEST_DAY, published_by=published)
            flow = estimate_from(evidence, about=box)
            found.append(back_test(evidence, later, flow, target))
        return found

    rows: list[dict[str, Any]] = picture.once(("back-test", BACK_TEST_DAY, target), make)
    return rows


def _coordination(
    picture: Picture, day: str | None, budget: float | None, config: Mapping[str, Any] | None, patience: float
) -> dict[str, Any]:
    from counterflow.assessment.agencies import together

    found = picture.model(day)
    return together(found.flow, found.measures, budget, config or {}, time_limit=30.0 * patience)
