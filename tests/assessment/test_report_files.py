"""The report as files: markings in every format, nothing hostile acts, nothing hidden leaks, same bytes again."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pypdfium2
import pytest
from lxml import etree

from assessment.case import Book, small_case
from assessment.test_report import report_of
from counterflow.assessment.report_pdf import pdf
from counterflow.errors import UnknownName
from counterflow.model.handling import TLP, Audience, Label
from counterflow.views.assessment import FORMATS, report_file

HOSTILE = '#eval("1") *b* <w:t>x</w:t> $sum$ {{x}} \\u{202e} `raw` @note <img src=x>\x07\x1b[31m\u202egnp.exe\u2066'
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def pdf_text(made: bytes) -> str:
    document = pypdfium2.PdfDocument(made)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def docx_parts(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in package.infolist())
        return {name: package.read(name) for name in package.namelist()}


def text_of(made: bytes, format: str) -> str:
    if format == "pdf":
        return pdf_text(made)
    if format == "docx":
        parts = docx_parts(made)
        return "\n".join(
            "".join(etree.fromstring(parts[n]).itertext()) for n in sorted(parts) if n.endswith(".xml")
        )  # fmt: skip
    return made.decode()


def told(*, secret: bool = True) -> Book:
    book = small_case()
    book.thing("kim", "Person", "김철수 / 金哲洙 / Ким", _source_id="s1")
    book.link("Directorship", "kim", "box", role="head", _source_id="s1")
    if secret:
        book.source("s-secret", label=Label(tlp=TLP.AMBER, originator="AGENCY"))
        book.link("Directorship", "envoys", "box", role="CANARYrole", _source_id="s-secret")
    return book


@pytest.fixture(scope="module")
def paper() -> dict[str, Any]:
    return report_of(told()).to_dict()


@pytest.fixture(scope="module")
def public() -> tuple[dict[str, Any], dict[str, Any]]:
    """For an audience that may not read everything, and where there is nothing else."""
    who = Audience("public", ceiling=TLP.CLEAR)
    return report_of(told(), audience=who).to_dict(), report_of(told(secret=False), audience=who).to_dict()


@pytest.fixture(scope="module")
def hostile() -> dict[str, Any]:
    book = small_case()
    book.source("s-bad", title=HOSTILE, url="javascript:alert(1)")
    book.thing("evil", "Person", HOSTILE, _source_id="s-bad")
    book.link("Directorship", "evil", "box", role=HOSTILE, _source_id="s-bad")
    return report_of(book).to_dict()


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_every_format_says_it_all_and_says_it_again(paper: dict[str, Any], format: str) -> None:
    made = report_file(paper, format)
    assert report_file(paper, format) == made, "same paper, same bytes"
    text = re.sub(r"\s+", " ", text_of(made, format))
    assert paper["handling"] in text and "TLP:CLEAR" in text, "banner and portion marks"
    assert "김철수" in text and "金哲洙" in text and "Ким" in text
    for judgement in paper["key_judgements"]:
        assert judgement["text"][:40] in text or format == "pdf"  # lines break within


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_nothing_above_the_audience_is_in_any_byte(
    paper: dict[str, Any], public: tuple[dict[str, Any], dict[str, Any]], format: str
) -> None:
    shown, without = (report_file(p, format) for p in public)
    assert shown == without
    everything = b"".join(docx_parts(shown).values()) if format == "docx" else shown
    assert b"CANARY" not in everything and "CANARY" not in text_of(shown, format)
    assert "CANARY" in text_of(report_file(paper, format), format)


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_hostile_text_is_only_text(hostile: dict[str, Any], format: str) -> None:
    made = report_file(hostile, format)
    text = text_of(made, format)
    assert "eval" in text, "it is there, as text"
    assert not set("\x07\x1b\u202e\u2066") & set(text)
    if format == "html":
        assert "<img" not in text and "<w:t>" not in text and 'href="javascript' not in text
    if format == "docx":
        parts = docx_parts(made)
        assert b"&lt;w:t&gt;" in parts["word/document.xml"]
    if format == "md":
        assert "\\<img" in text and "\\`raw\\`" in text


def test_pdf_is_tagged_titled_and_embeds_its_fonts(paper: dict[str, Any]) -> None:
    made = report_file(paper, "pdf")
    assert b"/StructTreeRoot" in made and b"/Lang" in made and b"pdfuaid" in made
    document = pypdfium2.PdfDocument(made)
    assert document.get_metadata_dict()["Title"] == paper["title"]
    assert b"/FontFile3" in made or b"/FontFile2" in made or b"/ObjStm" in made
    assert len([o for o in document[0].get_objects() if o.type == 1]) > 10, "text, not a picture of it"


def test_letters_without_a_font_are_given_in_latin(paper: dict[str, Any]) -> None:
    odd = {**paper, "title": "Name ᠮᠣᠩᠭᠣᠯ and \U00013000"}
    text = pdf_text(pdf(odd))
    assert "‹" in text and "Latin script" in text


def test_docx_has_headings_real_endnotes_and_vectors(paper: dict[str, Any]) -> None:
    parts = docx_parts(report_file(paper, "docx"))
    notes = etree.fromstring(parts["word/endnotes.xml"])
    ids = [int(n.get(f"{W}id")) for n in notes if n.get(f"{W}type") is None]
    assert ids == list(range(1, len(paper["endnotes"]) + 1))
    body = etree.fromstring(parts["word/document.xml"])
    assert [int(r.get(f"{W}id")) for r in body.iter(f"{W}endnoteReference")] == ids, "cited in their order, once each"
    marks = {b.get(f"{W}name") for b in body.iter(f"{W}bookmarkStart")}
    referred = set(re.findall(r"NOTEREF (\w+)", "".join(t.text or "" for t in body.iter(f"{W}instrText"))))
    assert referred and referred <= marks
    assert any(s.get(f"{W}val") == "Heading1" for s in body.iter(f"{W}pStyle"))
    drawings = [n for n in parts if n.endswith(".svg")]
    assert len(drawings) == len(paper["figures"]) and b"svgBlip" in parts["word/document.xml"]
    import docx

    document = docx.Document(io.BytesIO(report_file(paper, "docx")))
    assert document.core_properties.title == paper["title"]


def test_an_empty_case_is_a_report_in_every_format() -> None:
    empty = report_of(Book()).to_dict()
    for format in FORMATS:
        assert "do not allow an estimate" in re.sub(r"\s+", " ", text_of(report_file(empty, format), format))


def test_an_unknown_format_is_named(paper: dict[str, Any]) -> None:
    with pytest.raises(UnknownName, match="docx"):
        report_file(paper, "doc")
