"""Documents of every kind come down to pages of text; hostile ones to a clear error or bounded work."""

from __future__ import annotations

import email.message
import email.policy
import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sources.documents import make

from counterflow.errors import InputError
from counterflow.model.source import Source
from counterflow.sources.documents import document, docx, html, mail, outlook, pdf, plain, written
from counterflow.sources.documents.document import READER
from counterflow.sources.documents.references import references
from counterflow.sources.reader import Observations, Rejected, read_head

PROSE = "The ship left on Monday. Nobody saw her again. She had no papers.\n\nThe owner was paid. He did not ask.\n"
LETTER = Path(__file__).parents[2] / "fixtures" / "document" / "letter.eml"


class Read:
    def __init__(self, folder: Path, content: bytes, name: str = "given.bin") -> None:
        self.path = folder / name
        self.path.write_bytes(content)
        self.sure = READER.recognises(read_head(self.path))
        records = list(READER.read(self.path, {}))
        self.sources = [r for r in records if isinstance(r, Source)]
        self.rejected = [r for r in records if isinstance(r, Rejected)]
        self.rows = [row for r in records if isinstance(r, Observations) for row in r.rows.to_pylist()]
        self.text = "\n\n".join(row["text"] for row in self.rows)


# -- each kind -------------------------------------------------------------------------------------------------------


def test_pdf_page_by_page(tmp_path: Path) -> None:
    found = Read(tmp_path, make.pdf(["First page.", "Second page.", ""], title="A report"))
    assert found.sure == 0.9
    assert [(r["page"], r["text"], r["format"]) for r in found.rows][:2] == [
        (1, "First page.", "pdf"),
        (2, "Second page.", "pdf"),
    ]
    assert [(r.field, "picture" in r.reason) for r in found.rejected] == [("page 3", True)]
    [source] = found.sources
    assert (source.title, source.author, source.date_published) == ("A report", "A. Clerk", "2017-10-30")
    assert found.rows[1]["offset"] == len("First page.") + 1


def test_docx_with_its_notes_as_references(tmp_path: Path) -> None:
    note = "<w:p><w:r><w:t>Clerk, A. (2016). Who rents the quays. Harbour Review.</w:t></w:r></w:p>"
    content = make.docx(
        make.p("The quay was rented.") + '<w:p><w:r><w:t>Nobody asked</w:t><w:endnoteReference w:id="2"/></w:r></w:p>'
        "<w:tbl><w:tr><w:tc>" + make.p("a cell") + "</w:tc></w:tr></w:tbl>",
        {
            "word/endnotes.xml": f'<w:endnotes {make.W}><w:endnote w:type="separator" w:id="0"><w:p/></w:endnote>'
            f'<w:endnote w:id="2">{note}</w:endnote></w:endnotes>',
            "docProps/core.xml": '<c xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
            "<dc:title>On quays</dc:title><dc:creator>B. Clerk</dc:creator>"
            "<t:created>2017-05-01T08:00:00Z</t:created></c>",
        },
    )
    found = Read(tmp_path, content)
    assert found.sure == 0.9
    assert found.text.split("\n\n") == [
        "The quay was rented.", "Nobody asked[2]", "a cell", "Endnotes:",
        "[2] Clerk, A. (2016). Who rents the quays. Harbour Review.",
    ]  # fmt: skip
    own, cited = found.sources
    assert (own.title, own.author, own.date_published) == ("On quays", "B. Clerk", "2017-05-01")
    assert (cited.title, cited.author, cited.publisher) == ("Who rents the quays", "Clerk, A.", "Harbour Review")
    assert cited.id == f"{own.id}.note-2"


def test_a_document_of_python_docx_reads_the_same(tmp_path: Path) -> None:
    import docx as library

    made = library.Document()
    made.core_properties.title = "On quays"
    made.add_heading("Quays", 1)
    made.add_paragraph("The quay was rented. Nobody asked.")
    out = io.BytesIO()
    made.save(out)
    found = Read(tmp_path, out.getvalue())
    assert found.text == "Quays\n\nThe quay was rented. Nobody asked."
    assert found.sources[0].title == "On quays"


def test_html_is_what_a_reader_sees(tmp_path: Path) -> None:
    content = (
        b"<!DOCTYPE html><html><head><title>The quay</title>"
        b"<meta property='article:published_time' content='2017-05-01T10'>"
        b"<meta property='og:site_name' content='Harbour Review'>"
        b"<style>p{}</style><script>steal()</script></head><body>"
        b"<nav>Home</nav><h1>Quays</h1><p>The <b>quay</b> was&nbsp;rented.<!-- secret --></p>"
        b"<iframe src='http://x'>in</iframe>"
        b"<p onclick='steal()'>Nobody asked.</p><noscript>no</noscript></body></html>"
    )
    found = Read(tmp_path, content)
    assert found.sure == 0.5
    assert found.text == "Quays\n\nThe quay was rented.\n\nNobody asked."
    assert (found.sources[0].title, found.sources[0].publisher, found.sources[0].date_published) == (
        "The quay", "Harbour Review", "2017-05-01",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["euc-kr", "gb18030", "shift_jis", "windows-1251"])
def test_html_in_the_encoding_that_it_names(name: str, tmp_path: Path) -> None:
    text = {"euc-kr": "조선대성은행", "gb18030": "丹东鸿祥", "shift_jis": "東京", "windows-1251": "Внешторг"}[name]
    content = f"<html><head><meta charset={name}></head><body><p>{text}</p></body></html>".encode(name)
    assert Read(tmp_path, content).text == text


def test_a_letter_and_what_is_attached_to_it(tmp_path: Path) -> None:
    found = Read(tmp_path, LETTER.read_bytes())
    assert found.sure == 0.6
    letter, note, cited = found.sources
    assert (letter.title, letter.author, letter.date_published) == (
        "Coal at the eastern quay", "Harbour Desk <desk@customs.example>", "2017-10-03",
    )  # fmt: skip
    assert (note.title, note.author, cited.id) == ("Note on the quay", "A. Clerk", f"{note.id}.note-1")
    assert "attachment 2: note.html of given.bin" in note.note
    assert [r["part"] for r in found.rows] == [None, "attachment 2: note.html"]
    assert "IMO 9314650" in found.rows[0]["text"] and "To: Unit 4" in found.rows[0]["text"]
    assert "alert" not in found.text


def test_an_outlook_message(tmp_path: Path) -> None:
    content = make.msg({
        "__properties_version1.0": b"", "__substg1.0_0037001F": "대성 coal".encode("utf-16-le"),
        "__substg1.0_0C1A001F": "Harbour Desk".encode("utf-16-le"),
        "__substg1.0_1000001F": "The ship left. Nobody saw her.".encode("utf-16-le"),
        "__substg1.0_007D001F": "Date: Tue, 03 Oct 2017 09:15:00 +0000\r\n".encode("utf-16-le"),
        "__attach_version1.0_#00000000/__substg1.0_3707001F": "note.txt".encode("utf-16-le"),
        "__attach_version1.0_#00000000/__substg1.0_37010102": PROSE.encode().ljust(5000),
    })  # fmt: skip
    found = Read(tmp_path, content)
    letter, note = found.sources
    assert (letter.title, letter.author, letter.date_published) == ("대성 coal", "Harbour Desk", "2017-10-03")
    assert "Nobody saw her" in found.rows[0]["text"]
    assert note.title == "note.txt" and "The owner was paid" in found.rows[1]["text"]


def test_plain_text_says_what_it_is(tmp_path: Path) -> None:
    found = Read(tmp_path, f"Title:  On quays\n\nAuthor: A. Clerk\n\nDate: 1 May 2017\n\n{PROSE}".encode())
    assert found.sure == 0.2
    [source] = found.sources
    assert (source.title, source.author, source.date_published) == ("On quays", "A. Clerk", "2017-05-01")


def test_tables_and_records_are_no_prose() -> None:
    for text in ("a,b\n1,2\n3,4\n", '{"id": 1}\n', "<list/>", "payment_id;amount\n1;2\n", "", "word\n" * 50, "\0" * 9):
        assert not plain.is_prose(text), text
    assert plain.is_prose(PROSE)
    assert plain.is_prose("배는 월요일에 떠났다. 아무도 다시 보지 못했다. 서류는 없었다. ")


# -- pages -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.text(max_size=3000), max_size=12))
@settings(max_examples=60, deadline=None)
def test_pages_hold_all_of_the_text_and_are_bounded(paragraphs: list[str]) -> None:
    pages = list(written.pages_of(paragraphs))
    assert all(0 < len(page) <= written.PAGE + 2 for page in pages)
    assert "".join("".join(pages).split()) == "".join("".join(map(written.tidy, paragraphs)).split())


@given(st.text(max_size=500))
@settings(max_examples=100, deadline=None)
def test_tidying_twice_changes_nothing(text: str) -> None:
    once = written.tidy(text)
    assert written.tidy(once) == once


def test_references_of_the_common_styles() -> None:
    page = (
        "Text [1].\n\nReferences\n\n1. Kim, K. (2007). A title with N. Korea in it. Some Journal, 11(9), 11-34.\n"
        "2. Panel of Experts (2016, March 2). Report S/2016/157. United Nations. https://example.org/2015/a.\n"
        "continued on the next line\n3) Interview with a banker, 4 October 2017\n1. again\n"
    )
    first, second, third = references([page])
    assert (first.author, first.title, first.date) == ("Kim, K.", "A title with N. Korea in it", "2007")
    assert (second.url, second.date) == ("https://example.org/2015/a", "2016-03-02")
    assert "continued on the next line" in second.text
    assert (third.kind, third.date) == ("interview", "2017-10-04")


def test_the_founding_document(shared_data: Path, tmp_path: Path) -> None:
    found = Read(tmp_path, (shared_data / "founding-document" / "assessment-2017.txt").read_bytes())
    own, *notes = found.sources
    assert own.date_published == "2017-10-30"
    assert [n.id.rpartition(".note-")[2] for n in notes] == [str(n) for n in range(1, 10)]
    by_number = {int(n.id.rpartition("-")[2]): n for n in notes}
    assert by_number[1].author == "Eberstadt, N." and by_number[1].date_published == "2004"
    assert by_number[4].publisher == "Chosun Ilbo" and by_number[4].date_published == "2013-03-12"
    assert by_number[6].publisher == "Yonhap" and by_number[6].date_published == "2016-09-29"
    assert by_number[7].kind == "interview" and by_number[7].date_published == "2017-10-04"
    assert "dated 2013, but its address says 2014" in by_number[3].note  # the slip that its README names
    assert "but its address" not in by_number[6].note


def ended(path: Path) -> str:
    """How reading a file ends: with an error that names it, or having told something."""
    try:
        return "told" if list(READER.read(path, {})) else "nothing"
    except InputError as error:
        return "named" if path.name in str(error) else f"not named: {error}"


# -- hostile ---------------------------------------------------------------------------------------------------------


def refused(folder: Path, content: bytes, words: str) -> None:
    path = folder / "hostile.bin"
    path.write_bytes(content)
    READER.recognises(read_head(path))
    with pytest.raises(InputError, match=words) as caught:
        list(READER.read(path, {}))
    assert "hostile.bin" in str(caught.value)


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    trailer = "/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(" + "o" * 32 + ")/U(" + "u" * 32 + ")>>/ID[(a)(a)]"
    refused(tmp_path, make.pdf(["secret"], trailer=trailer), "an encrypted PDF: save it without its password")


@pytest.mark.parametrize("cut", [5, 40, 200])
def test_a_broken_pdf(cut: int, tmp_path: Path) -> None:
    refused(tmp_path, make.pdf(["text"] * 3)[:cut], "a broken PDF")


def test_a_docx_that_unpacks_beyond_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "RATIO", 2)
    refused(tmp_path, make.docx(make.p("x" * 4000) * 5000), "beyond measure")


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><w:document/>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document xmlns:w="x"><w:t>&e;</w:t></w:document>',
        "<w:document",
        "<a>" * 50_000 + "</a>" * 50_000,
    ],
)
def test_a_docx_with_hostile_xml(body: str, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("[Content_Types].xml", "<Types/>")
        zipped.writestr("word/document.xml", body)
    refused(tmp_path, out.getvalue(), "DOCX|holds no text")


def message(subject: str, text: str) -> email.message.EmailMessage:
    made = email.message.EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "c@d.example", subject
    made["Date"] = "Tue, 03 Oct 2017 09:15:00 +0000"
    made.set_content(text)
    return made


def letter(*, parts: int = 0, deep: int = 0) -> bytes:
    made = message("s", "The ship left. Nobody saw her.")
    for n in range(parts):
        text = f"Attachment {n} says little. It is one of many."
        made.add_attachment(text.encode(), maintype="text", subtype="plain", filename=f"{n}.txt")
    for n in range(deep):
        outer = message(f"outer {n}", f"Message {n}. It holds another one.")
        outer.add_attachment(made)
        made = outer
    return made.as_bytes(policy=email.policy.SMTP)


def test_a_letter_with_a_thousand_attachments(tmp_path: Path) -> None:
    found = Read(tmp_path, letter(parts=1000))
    assert len(found.sources) <= document.MOST_DOCUMENTS
    assert any("801 of 1001 parts are not read" in r.reason for r in found.rejected)


def test_a_letter_nested_fifty_deep(tmp_path: Path) -> None:
    found = Read(tmp_path, letter(deep=50))
    assert len(found.sources) == document.DEEPEST + 1
    assert any("deep are not read" in r.reason for r in found.rejected)


def test_multiparts_nested_beyond_all_measure(tmp_path: Path) -> None:
    head = "From: a@b\nTo: c@d\nSubject: s\nDate: Tue, 03 Oct 2017 09:15:00 +0000\n"
    body = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))
    path = tmp_path / "deep.eml"
    path.write_text(head + body + "\nThe ship left.\n")
    assert ended(path) in ("told", "named")


def test_html_nested_beyond_all_measure(tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_bytes(b"<html><body>" + b"<div>" * 200_000 + b"The ship left." + b"</div>" * 200_000)
    began = time.process_time()
    assert ended(path) in ("told", "named")
    assert time.process_time() - began < 20


def test_a_hundred_megabytes_of_text(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes((PROSE.replace("\n\n", " ").strip() * 40 + "\n\n").encode() * 26_000)
    assert path.stat().st_size > 100_000_000
    began = time.process_time()
    pages = sum(len(r.rows) for r in READER.read(path, {}) if isinstance(r, Observations))
    assert pages > 25_000
    assert time.process_time() - began < 60


STARTS = [
    b"%PDF-1.4\n",
    b"<html>",
    b"From: a\nTo: b\nSubject: c\nDate: d\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
]


@given(content=st.binary(max_size=300))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("start", [*STARTS, b""])
def test_whatever_follows_a_beginning(start: bytes, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "noise.bin"
    path.write_bytes(start + content)
    assert 0 <= READER.recognises(read_head(path)) <= 1
    assert ended(path) in ("told", "named")


WHOLE = {
    "pdf": make.pdf(["First.", "Second."]),
    "docx": make.docx(make.p("First.")),
    "eml": LETTER.read_bytes(),
    "msg": make.msg({"__properties_version1.0": b"", "__substg1.0_1000001F": "Body.".encode("utf-16-le")}),
}


@given(at=st.floats(0, 1), byte=st.integers(0, 255))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("kind", WHOLE)
def test_one_wrong_byte(kind: str, at: float, byte: int, tmp_path: Path) -> None:
    content = bytearray(WHOLE[kind])
    content[min(int(at * len(content)), len(content) - 1)] = byte
    path = tmp_path / "noise.bin"
    path.write_bytes(bytes(content))
    assert ended(path) in ("told", "named")


def test_each_kind_is_told_from_the_others() -> None:
    assert html.is_html("<!-- c --><HTML lang=en>") and not html.is_html("<CONSOLIDATED_LIST>")
    assert mail.is_mail(LETTER.read_text(encoding="utf-8")) and not mail.is_mail("Title: x\nAuthor: y\nDate: z\n")
    assert outlook.is_msg(make.msg({"a": b""})) and not docx.is_docx(b"PK\x03\x04")
    assert pdf.read(make.pdf(["x"]), "x").format == "pdf"
