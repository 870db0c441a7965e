"""Questions as files and rows: what is wrong is named, what is kept comes back, and the case's own questions weigh."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.case import Book, scope, small_case
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.hypotheses import Question, from_rows, of, rated, read, to_rows, to_yaml
from counterflow.assessment.matrix import Matrix
from counterflow.errors import InputError, NotFound, UnknownName, UsageError
from counterflow.model.handling import TLP, Audience, Label

OFFICE39 = Path(__file__).parents[2] / "examples" / "office39"


def question(**more: object) -> dict:
    return {
        "id": "q", "title": "Who?", "hypotheses": {"a": "it is A", "b": "it is B"},
        "evidence": [{"id": "one", "text": "A was seen", "cites": ["case:r-1"], "ratings": {"a": "CC", "b": "II"}}],
    } | more  # fmt: skip


def kept(q: Question) -> Question:
    """Through the rows of the casebook and back."""
    rows = [
        {"id": n, "key": key, "content": content, "labels": ["x"], "by": "me", "at": "now", "kind": kind}
        for n, (kind, key, content) in enumerate(to_rows(q))
    ]
    return from_rows(*([r for r in rows if r["kind"] == k] for k in ("question", "evidence", "rating")))[q.id][0]


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    q = of(question(dependent=[["s1", "s2"]], about=["case:box"]))
    again = kept(q)
    assert (again.hypotheses, again.dependent, again.about) == (q.hypotheses, q.dependent, q.about)
    assert again.item("one").ratings["b"].value == "II" and again.item("one").ratings["b"].by == "me"
    (tmp_path / "q.yaml").write_text(to_yaml(again), encoding="utf-8")
    assert to_rows(read(tmp_path / "q.yaml")[0]) == to_rows(q)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"hypotheses": {"a": "only"}}, "hypotheses", "at least two"),
        ({"evidence": [{"id": "x", "text": "t", "ratings": {"a": "C"}}]}, "evidence 1", "without a source"),
        ({"evidence": [{"id": "x", "text": "t", "cites": ["c"], "ratings": {"z": "C"}}]}, "ratings", "No hypothesis"),
        ({"evidence": [{"id": "x", "text": "t", "cites": ["c"], "ratings": {"a": "9"}}]}, "ratings.a", "No rating"),
        ({"dependence": 2}, "dependence", "0 to 1"),
        ({"titel": "x"}, "titel", "Did you mean 'title'"),
        ({"id": "No Good"}, "id", "lower-case"),
        ({"label": "TLP:PINK"}, "label", "TLP"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: dict, field: str, reason: str) -> None:
    import yaml

    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump(question(**change)), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read(path)
    assert reason in str(error.value) and field in str(error.value) and "bad.yaml" in str(error.value)


def test_a_rating_needs_a_reason_and_a_known_hypothesis() -> None:
    q = of(question())
    with pytest.raises(UsageError):
        rated(q, "one", "a", "C", " ")
    with pytest.raises(UnknownName):
        rated(q, "one", "z", "C", "why")
    with pytest.raises(NotFound):
        rated(q, "two", "a", "C", "why")
    assert rated(q, "one", "a", "C", "why").item("one").ratings["a"].reason == "why"


def test_evidence_that_may_not_be_read_is_not_there() -> None:
    book = small_case()
    book.source("s-secret", label=Label(tlp=TLP.AMBER, originator="AGENCY"))
    hidden = book.link("Directorship", "envoys", "box", role="head", _source_id="s-secret")
    seen = book.link("Directorship", "army", "box", role="head", _source_id="s2")
    items = [
        {"id": "hidden", "text": "h", "cites": [hidden], "ratings": {"a": "II", "b": "CC"}},
        {"id": "seen", "text": "s", "cites": [seen], "ratings": {"a": "C", "b": "I"}},
    ]
    q = of(question(evidence=items))
    public = Audience("public", ceiling=TLP.CLEAR)
    narrow = Matrix(q, Evidence(scope(book.records, audience=public))).to_dict()
    assert [i["id"] for i in narrow["evidence"]] == ["seen"]
    assert narrow["hypotheses"][0]["id"] == "a"
    whole = Matrix(q, Evidence(scope(book.records)))
    assert whole.to_dict()["hypotheses"][0]["id"] == "b"
    assert whole.to_dict()["origins"][0]["sensitivity"]
    with pytest.raises(UnknownName):
        Matrix(q, Evidence(scope(book.records)), without=["nothing"])


def test_copies_of_one_origin_are_one() -> None:
    book = small_case()
    first = book.link("Directorship", "army", "box", role="head", _source_id="s2")
    copies = [book.link("Directorship", "army", "box", role="head", _source_id="s3", _origin="s2") for _ in range(5)]
    told = [
        {"id": f"i{n}", "text": "t", "cites": [id], "ratings": {"a": "CC", "b": "II"}}
        for n, id in enumerate([first, *copies])
    ]
    evidence = Evidence(scope(book.records))
    alone = Matrix(of(question(evidence=told[:1])), evidence).to_dict()
    all_ = Matrix(of(question(evidence=told)), evidence).to_dict()
    assert all_["hypotheses"] == alone["hypotheses"]
    assert len(all_["origins"]) == 1
    assert sum(bool(i["why_silent"]) for i in all_["evidence"]) == 5


def test_the_questions_of_the_case() -> None:
    from counterflow.sources.case.case_csv import READER

    evidence = Evidence(scope(READER.read(OFFICE39, {}), dataset="office39"))
    found = {q.id: Matrix(q, evidence) for q in read(OFFICE39 / "hypotheses.yaml")}
    for weighed in found.values():
        missing = [i.id for i in weighed.question.evidence if not weighed.claims[i.id]]
        assert not missing, "every record cited is in the case"
    merger = found["office-38"].to_dict()
    assert merger["preference"]["hypothesis"] is None, "accounts conflict: no date is picked"
    assert [h["id"] for h in merger["hypotheses"]][-1] in ("separate", "merged-2016")
    assert any(o["items"] == ["seoul-2016", "september-2016"] for o in merger["origins"]), "one origin, two reports"


def test_an_empty_book_has_no_evidence() -> None:
    weighed = Matrix(of(question()), Evidence(scope(Book().records))).to_dict()
    assert weighed["evidence"] == [] and weighed["preference"]["why_none"] == "no evidence counts"
