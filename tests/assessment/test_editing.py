"""An edited report: words change, numbers, likelihood and citations do not; and what changed between two is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.case import scope, small_case
from assessment.test_report import report_of
from counterflow.assessment.changes import changes
from counterflow.assessment.editing import Edits, edited
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.proofreading import proofread, proofread_text, refuse, units
from counterflow.assessment.report_markdown import markdown
from counterflow.assessment.writing import Unsupported, harmless, locks, skeleton
from counterflow.errors import NotFound, UsageError


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return Evidence(scope(small_case().records))


@pytest.fixture(scope="module")
def paper() -> dict[str, Any]:
    return report_of(small_case()).to_dict()


def unit(paper: dict[str, Any], words: str) -> dict[str, Any]:
    return next(u for _, u in units(paper) if words in u["text"])


def test_words_may_change_around_what_is_locked(paper: dict[str, Any], evidence: Evidence) -> None:
    one = unit(paper, "takes in")
    new = "Each year " + one["text"][0].lower() + one["text"][1:]
    made = edited(paper, Edits({one["id"]: new}), evidence)
    changed = unit(made, "Each year")
    assert changed["claim_ids"] == one["claim_ids"] and changed["endnotes"] and changed["generated"] == one["text"]
    assert proofread(made) == []
    assert edited(made, Edits({one["id"]: one["text"]}), evidence) == edited(paper, Edits({}), evidence)


@pytest.mark.parametrize(
    ("find", "old", "new"), [("takes in", "1", "9"), ("takes in", "(", "4 ("), ("It is", "likely", "unlikely")]
)
def test_what_is_locked_may_not(paper: dict[str, Any], evidence: Evidence, find: str, old: str, new: str) -> None:
    one = unit(paper, find)
    text = one["text"].replace("very likely", "likely").replace("almost certain", "likely").replace(old, new, 1)
    with pytest.raises(UsageError, match="locked"):
        edited(paper, Edits({one["id"]: text}), evidence)
    found: list[dict[str, str]] = []
    assert unit(edited(paper, Edits({one["id"]: text}), evidence, found), find)["text"] == one["text"]
    assert [p["id"] for p in found] == [one["id"]]


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_no_edit_alters_a_number_or_a_citation(data: st.DataObject, paper: dict[str, Any], evidence: Evidence) -> None:
    """Whatever is typed: it is refused, or numbers, likelihood and claims of every sentence are what they were."""
    _, one = data.draw(st.sampled_from(list(units(paper))))
    words = one["text"].split(" ")
    at = data.draw(st.integers(0, len(words)))
    typed = data.draw(st.text(max_size=12) | st.sampled_from(["17", "likely", "", "12%", "[1]", "3.5"]))
    cut = data.draw(st.integers(0, 2))
    try:
        made = edited(paper, Edits({one["id"]: " ".join([*words[:at], typed, *words[at + cut :]])}), evidence)
    except UsageError:
        return
    for (_, a), (_, b) in zip(units(paper), units(made), strict=True):
        assert a["claim_ids"] == b["claim_ids"] and a["endnotes"] == b["endnotes"]
        judged = "probability" in a
        assert locks(a["text"], judgement=judged) == locks(b["text"], judgement=judged)


def test_a_sentence_goes_with_its_citations(paper: dict[str, Any], evidence: Evidence) -> None:
    gone = [u["id"] for _, u in units(paper) if "s3" not in str(u) and "probability" not in u][:3]
    made = edited(paper, Edits({}, drop=tuple(gone)), evidence)
    numbers = [n["n"] for n in made["endnotes"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {n for _, u in units(made) for n in u["endnotes"]} == set(numbers)
    cited = {c for _, u in units(made) for c in u["claim_ids"]}
    assert {c for n in made["endnotes"] for c in n["claim_ids"]} == cited
    with pytest.raises(NotFound):
        edited(paper, Edits({"nothing": "x"}), evidence)


def test_a_sentence_that_is_added_rests_on_claims(paper: dict[str, Any], evidence: Evidence) -> None:
    last = [u for _, u in units(paper) if "probability" not in u][-1]["id"]
    claims = [c for _, u in units(paper) for c in u["claim_ids"] if evidence.claims([c])[c]["value"] == "80"]
    assert claims, "the lower bound of a figure"
    one = {"after": last, "text": "At least 80 million is on record.", "claim_ids": claims}
    made = edited(paper, Edits({}, add=(one,)), evidence)
    assert unit(made, "At least 80")["endnotes"] and proofread(made) == []
    with pytest.raises(UsageError, match="says 85"):
        edited(paper, Edits({}, add=({**one, "text": "At least 85 million."},)), evidence)
    with pytest.raises(NotFound):
        edited(paper, Edits({}, add=({**one, "claim_ids": ["nope"]},)), evidence)


def test_the_linter_reads_edited_reports(paper: dict[str, Any], evidence: Evidence) -> None:
    one = unit(paper, "takes in")
    for text, problem in (
        (one["text"].replace("takes in", "probably takes in"), "keeps apart"),
        (one["text"].replace("takes in", "is likely to take in"), "outside a judgement"),
        (one["text"].rstrip("."), "full stop"),
    ):
        made = edited(paper, Edits({one["id"]: text}), evidence)
        assert any(problem in p["problem"] and p["id"] == one["id"] for p in proofread(made)), problem
        with pytest.raises(Unsupported):
            refuse(made)
    tampered = copy.deepcopy(paper)
    unit(tampered, "takes in")["claim_ids"] = []
    assert any("without a claim" in p["problem"] for p in proofread(tampered))
    j = tampered["key_judgements"][0]
    j["text"] = j["text"].replace(".", ", with high confidence.")
    assert any("confidence" in p["problem"] for p in proofread(tampered))


def test_text_made_from_a_report_is_read_too(paper: dict[str, Any]) -> None:
    text = markdown(paper)
    assert proofread_text(text, paper) == []
    judgement = paper["key_judgements"][0]["text"]
    for old, new, problem in (
        ("Each", "Each", ""),
        (judgement, "It is almost certain that all is well.", "outside a judgement"),
        ("## Endnotes", "The sky is blue.\n\n## Endnotes", "asserts without a claim"),
        ("## Endnotes", "Some 999 million went missing [1].\n\n## Endnotes", "not generated: 999"),
        ("## Endnotes", "Nobody came [77].\n\n## Endnotes", "endnote 77"),
    ):
        found = proofread_text(text.replace(old, new, 1), paper)
        assert (not found) if not problem else any(problem in p["problem"] for p in found), (problem, found)


def test_what_changed_is_told_with_its_reason() -> None:
    before = report_of(small_case()).to_dict()
    book = small_case()
    book.estimate("e-drugs-2", "drugs", "revenue", 800, 1200, _source_id="s3")
    book.link("Directorship", "army", "box", role="head", _source_id="s3")
    after = report_of(book).to_dict()
    known = {c for _, u in units(after) for c in u["claim_ids"]}
    found = changes(before, after, known=known)
    kinds = {c["kind"] for c in found["changes"]}
    assert {"added", "changed", "figure"} <= kinds
    head = next(c for c in found["changes"] if c["kind"] == "added" and "head" in c["after"])
    assert head["claims_new"] and "more claim" in head["why"]
    moved = [c for c in found["changes"] if c["kind"] == "changed" and c["before"]]
    assert any(skeleton(c["before"]) == skeleton(c["after"]) for c in moved), "a number moved, the sentence stayed"
    back = changes(after, before, known={c for _, u in units(before) for c in u["claim_ids"]})
    assert any("taken back" in c["why"] for c in back["changes"])
    assert changes(before, before, known=known)["changes"] == []


def test_a_judgement_that_moves_by_a_band_is_told() -> None:
    before = report_of(small_case()).to_dict()
    after = copy.deepcopy(before)
    j = after["key_judgements"][0]
    other = "unlikely" if j["likelihood"] != "unlikely" else "likely"
    j["text"], j["likelihood"] = j["text"].replace(j["likelihood"], other), other
    assert changes(before, after, known=set())["counts"]["moved"] == 1
    assert skeleton("It is very likely that 3 come.") == skeleton("There is almost no chance that 12 come.")


def test_harmless_keeps_letters_and_drops_what_acts() -> None:
    assert harmless({"a": ["x\u202ey\x00z\ufeff", "조선로동당 عربي עברית"]}) == {"a": ["xyz", "조선로동당 عربي עברית"]}
