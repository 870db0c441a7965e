"""The written assessment: only what the records say, cited, marked, and refused where it may not stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assessment.case import Book, scope, small_case
from counterflow.assessment.measures import catalogue
from counterflow.assessment.money_flow import estimate
from counterflow.assessment.report import Report, write
from counterflow.assessment.scenario import whatif
from counterflow.assessment.writing import Draft, Judgement, Section, Sentence, Unsupported, ended, it_is, lint
from counterflow.model.handling import TLP, Audience, Label
from counterflow.model.likelihood import WORDS, word

OFFICE39 = Path(__file__).parents[2] / "examples" / "office39"


def report_of(book: Book, as_of: str | None = None, *, audience: Audience | None = None, about: str = "") -> Report:
    made = scope(book.records, audience=audience)
    flow = estimate(made, as_of, about=about)
    return write(made, flow, whatif(flow, catalogue(made, flow), 12), as_of=as_of)


@pytest.fixture(scope="module")
def report() -> Report:
    book = small_case()
    book.link("Succession", "army", "box", role="merged into", startDate="2009", conflictGroup="C1", _source_id="s1")
    book.link("Succession", "army", "box", role="merged into", startDate="2016", conflictGroup="C1", _source_id="s2")
    book.link("ProjectParticipant", "box", "drugs", role="takes no part", _source_id="s3", _stance="denies")
    return report_of(book)


def sentences(report: Report) -> list[dict]:
    return [s for x in report.to_dict()["sections"] for p in x["paragraphs"] for s in p["sentences"]]


def test_every_endnote_resolves_and_is_cited(report: Report) -> None:
    data = report.to_dict()
    numbers = [e["n"] for e in data["endnotes"]]
    assert numbers == list(range(1, len(numbers) + 1))
    cited = {n for s in sentences(report) for n in s["endnotes"]} | {
        n for j in data["key_judgements"] for n in j["endnotes"]
    }
    assert cited <= set(numbers)
    for note in data["endnotes"]:
        assert note["claim_ids"]
        assert re.search(r"\[[A-F][1-6]", note["text"])


def test_sentences_carry_their_claims(report: Report) -> None:
    cited = [s for s in sentences(report) if s["endnotes"]]
    assert cited
    assert all(s["claim_ids"] for s in cited)
    assert any("merged into" in s["text"] for s in cited)


def test_rival_accounts_stand_side_by_side(report: Report) -> None:
    text = report.markdown()
    assert "Accounts differ (C1)" in text
    assert text.index("from 2009") < text.index("from 2016")
    assert "denied: The Office" in text


def test_judgements_use_the_word_of_their_number(report: Report) -> None:
    judgements = report.to_dict()["key_judgements"]
    assert judgements
    for j in judgements:
        assert j["likelihood"] == word(j["probability"])
        assert j["likelihood"] in j["text"]
        assert j["confidence"] in ("high", "moderate", "low")
        assert "confidence" not in j["text"].lower()


def test_a_deleted_claim_takes_its_sentence_with_it() -> None:
    book = small_case()
    with_it = report_of(book).markdown()
    assert "Rockets" in with_it
    book.records = [r for r in book.records if getattr(r, "subject", "") != "rockets"]
    book.records = [r for r in book.records if "rockets" not in [s.value for s in getattr(r, "said", [])]]
    assert "Rockets" not in report_of(book).markdown()


def test_what_the_audience_may_not_read_leaves_no_trace() -> None:
    book, without = small_case(), small_case()
    book.source("s-secret", label=Label(tlp=TLP.AMBER, originator="AGENCY"))
    book.link("Directorship", "envoys", "box", role="head", _source_id="s-secret")
    public = Audience("public", ceiling=TLP.CLEAR)
    assert report_of(book, audience=public).to_dict() == report_of(without, audience=public).to_dict()
    marked = report_of(book).to_dict()
    assert marked["handling"] == "TLP:AMBER//ORIG AGENCY"
    portions = {p["handling"] for s in marked["sections"] for p in s["paragraphs"]}
    assert portions == {"TLP:AMBER//ORIG AGENCY", "TLP:CLEAR"}


def test_html_is_inert_whatever_a_source_holds() -> None:
    book = small_case()
    book.source("s-bad", title="<script>alert(1)</script>", url="javascript:alert(1)")
    book.thing("evil", "Person", "<img src=x onerror=alert(1)>", _source_id="s-bad")
    book.link("Directorship", "evil", "box", role='head" onload="x', _source_id="s-bad")
    page = report_of(book).html()
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert 'onload="x' not in page
    assert "default-src 'none'" in page
    assert "&lt;img src=x" in page


def test_html_has_drawing_intervals_and_anchors(report: Report) -> None:
    page = report.html()
    assert page.count("<svg") == 2, "the flow and the frontier"
    assert re.search(r"\d+ \(\d+–\d+\)", page)
    targets = set(re.findall(r'href="#(n\d+)"', page))
    assert targets
    assert targets <= set(re.findall(r'id="(n\d+)"', page))


def test_same_records_same_text(report: Report) -> None:
    book = small_case()
    assert report_of(book).html() == report_of(small_case()).html()
    assert report_of(book).markdown() == report_of(small_case()).markdown()


def test_unchecked_records_are_marked_so() -> None:
    book = small_case()
    book.link("Directorship", "envoys", "box", role="head", _source_id="s1", _verified=False)
    assert "(not verified)" in report_of(book).markdown()


def test_an_empty_case_still_makes_a_report() -> None:
    report = report_of(Book())
    assert "do not allow an estimate" in report.to_dict()["summary"]
    assert report.to_dict()["key_judgements"] == []
    assert "<svg" not in report.html()


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        (Sentence("It did."), "without a claim"),
        (Sentence("It is likely that it did.", ("c",)), "outside a judgement"),
        (Sentence("It probably did.", ("c",)), "keeps apart"),
        (Sentence("It is likely, with high confidence.", method=True), "likelihood and confidence"),
        (Sentence("No end", ("c",)), "full stop"),
    ],
)
def test_the_linter_refuses(sentence: Sentence, problem: str) -> None:
    draft = Draft("T", (), (), (Section("H", ((sentence,),)),))
    assert any(problem in found for found in lint(draft))


def test_the_linter_lets_quotes_and_methods_stand() -> None:
    fine = (Sentence("It was called “likely”.", ("c",)), Sentence("Sampled with a seed.", method=True))
    assert lint(Draft("T", fine, (), ())) == []


@pytest.mark.parametrize(
    ("judgement", "problem"),
    [
        (Judgement("It is likely that it rises.", 0.9, "low", "", ("c",)), "very likely"),
        (Judgement("It rises.", 0.7, "low", "", ("c",)), "nothing"),
        (Judgement("It is likely, with low confidence, that it rises.", 0.7, "low", "", ("c",)), "one sentence"),
        (Judgement("It is likely that it rises.", 0.7, "fair", "", ("c",)), "not high, moderate or low"),
        (Judgement("It is likely that it rises.", 0.7, "low", "", ()), "without a claim"),
    ],
)
def test_the_linter_refuses_judgements(judgement: Judgement, problem: str) -> None:
    assert any(problem in found for found in lint(Draft("T", (), (judgement,), ())))


@pytest.mark.parametrize("low", [low for _, low, _ in WORDS])
def test_every_word_makes_a_clause_that_passes(low: float) -> None:
    p = low + 0.01
    assert lint(Draft("T", (), (Judgement(f"{it_is(p)} it rises.", p, "low", "", ("c",)),), ())) == []


def test_one_full_stop_ends_a_sentence() -> None:
    assert [ended(text) for text in ("Bank of Dandong Co., Ltd.", "Glocom", "It did.")] == [
        "Bank of Dandong Co., Ltd.", "Glocom.", "It did.",
    ]  # fmt: skip


def test_refusal_names_the_sentence() -> None:
    assert "It did." in str(Unsupported(["asserts without a claim: It did."]))


def test_office39_report_in_the_form_of_the_founding_document() -> None:
    from counterflow.sources.case.case_csv import READER

    made = scope(READER.read(OFFICE39, {}), dataset="office39")
    flow = estimate(made, "2017-10-12", about="office39:office-39")
    report = write(made, flow, whatif(flow, catalogue(made, flow), 30, time_limit=2.0), as_of="2017-10-12")
    data = report.to_dict()
    assert data["date_of_information"] == "2017-10-12"
    assert "held on 2017-10-12 as it is known now" in data["summary"], "later sources are cited, and it says so"
    unfollowed = next(s for s in data["sections"] if s["heading"] == "What is not known")["paragraphs"][0]["text"]
    onward = unfollowed.partition("No claim follows the money onward from ")[2].partition(".")[0]
    assert "Tanchon" in onward and "Office 39" not in onward, "claims do say whom Office 39 pays"
    headings = [s["heading"] for s in data["sections"]]
    assert headings[0] == "The bureau"
    assert "Its history and the merger" in headings
    assert "Where pressure cuts most" in headings
    text = report.markdown()
    for word_ in ("Narcotics", "Currency counterfeiting", "Cigarette counterfeiting", "Arms trafficking",
                  "Automobile smuggling", "Banks in Italy", "Russian organised crime", "UNSCR 2371", "UNSCR 2375",
                  "Executive Order 13810", "Proliferation Security Initiative", "Illicit Activities Initiative",
                  "Accounts differ (C01)", "Accounts differ (C02)"):  # fmt: skip
        assert word_ in text, word_
    sources = {e["source_id"] for e in data["endnotes"]}
    assert "office39:s-kan2017" in sources
    assert "office39:s-en6" in sources
