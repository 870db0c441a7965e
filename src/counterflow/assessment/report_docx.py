"""The written assessment as a Word document: headings, portion marks, real endnotes, drawings as vectors.

A source is a Word endnote where it is first cited, and a cross-reference to that endnote wherever it is cited again.
Drawings are SVG with a picture of dots behind them for programs that show no SVG. The same paper gives the same bytes:
dates and times of the package are fixed.

Source: ECMA-376 part 1, 17.11 (endnotes), 17.16.5.37 (NOTEREF); Microsoft [MS-ODRAWXML] 2.23.1 (svgBlip).
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from counterflow.assessment.report_pdf import png

__all__ = ["docx"]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def docx(data: Mapping[str, Any]) -> bytes:
    """:param data: the shape of ``GET /api/report``"""
    return _Writer(data).bytes()


class _Writer:
    def __init__(self, data: Mapping[str, Any]) -> None:
        from docx import Document
        from docx.shared import Cm, Pt

        self.data = data
        self.seen: set[int] = set()
        self.order: list[int] = []
        self.document = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.3)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = "Cambria", Pt(10.5)
        fonts = style.element.rPr.rFonts
        fonts.set(_w("eastAsia"), "Batang")
        fonts.set(_w("cs"), "Times New Roman")
        self._properties()
        for place in (section.header, section.footer):
            paragraph = place.paragraphs[0]
            paragraph.alignment = 1
            paragraph.add_run(data["handling"]).bold = True

    def bytes(self) -> bytes:
        d = self.data
        self.document.add_heading(d["title"], 0)
        facts = self.document.add_paragraph()
        facts.add_run(f"Date of information: {d['date_of_information']} · Audience: {d['audience']}")
        if d.get("version"):
            facts.add_run(f" · {d['version']}")
        self.document.add_heading("Summary", 1)
        self._paragraph(d["summary_handling"], d["summary_sentences"])
        if d["key_judgements"]:
            self.document.add_heading("Key judgements", 1)
            for j in d["key_judgements"]:
                paragraph = self._paragraph(j["handling"], [j], "List Bullet")
                paragraph.add_run().add_break()
                paragraph.add_run(f"Confidence: {j['confidence']} ({j['because']}).").italic = True
        for section in d["sections"]:
            self.document.add_heading(section["heading"], 1)
            for p in section["paragraphs"]:
                self._paragraph(p["handling"], p["sentences"])
            for figure in d["figures"]:
                if figure["section"] == section["heading"]:
                    self._figure(figure)
        if d["endnotes"]:
            self.document.add_heading("Endnotes", 1)  # Word sets the notes themselves at the end of the document
        self._endnotes()
        return _fixed(self.document)

    def _properties(self) -> None:
        core = self.document.core_properties
        core.title, core.author, core.language = self.data["title"], "Counterflow", "en"
        core.keywords = self.data["handling"]
        core.comments = ""
        core.created = core.modified = dt.datetime(1980, 1, 1)  # noqa: DTZ001, python-docx takes naive UTC
        core.revision = 1

    def _paragraph(self, handling: str, sentences: list[dict[str, Any]], style: str | None = None) -> Any:
        paragraph = self.document.add_paragraph(style=style)
        paragraph.add_run(f"({handling}) ").bold = True
        for n, s in enumerate(sentences):
            paragraph.add_run((" " if n else "") + s["text"])
            for k, number in enumerate(s["endnotes"]):
                if k:
                    paragraph.add_run(", ").font.superscript = True
                self._cite(paragraph, number)
        return paragraph

    def _cite(self, paragraph: Any, number: int) -> None:
        """An endnote at its first citation, a cross-reference to it afterwards."""
        if number in self.seen:
            for kind, text in (("begin", ""), ("", f" NOTEREF note_{number} \\h "), ("separate", ""),
                               (None, str(self.order.index(number) + 1)), ("end", "")):  # fmt: skip
                run = paragraph.add_run(text if kind is None else "")
                run.font.superscript = True
                if kind == "":
                    instruction = _element("w:instrText", {"xml:space": "preserve"})
                    instruction.text = text
                    run._r.append(instruction)
                elif kind:
                    run._r.append(_element("w:fldChar", {"w:fldCharType": kind}))
            return
        self.seen.add(number)
        self.order.append(number)
        mark = {"w:id": str(number), "w:name": f"note_{number}"}
        paragraph._p.append(_element("w:bookmarkStart", mark))
        run = paragraph.add_run()
        run.font.superscript = True
        run._r.append(_element("w:endnoteReference", {"w:id": str(len(self.order))}))
        paragraph._p.append(_element("w:bookmarkEnd", {"w:id": str(number)}))

    def _figure(self, figure: Mapping[str, Any]) -> None:
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from docx.shared import Cm

        run = self.document.add_paragraph().add_run()
        shape = run.add_picture(io.BytesIO(png(figure["svg"], 1600)), width=Cm(16.4))
        described = shape._inline.docPr
        described.set("descr", figure["title"])
        described.set("name", figure["id"])
        package = self.document.part.package
        uri = PackURI(f"/word/media/{figure['id']}.svg")
        part = Part(uri, "image/svg+xml", figure["svg"].encode(), package)
        relation = self.document.part.relate_to(part, f"{_RELATIONS}/image")
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        extension = _raw(
            f'<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_RELATIONS}"'
            f' xmlns:asvg="{_SVG}"><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
            f'<asvg:svgBlip r:embed="{relation}"/></a:ext></a:extLst>'
        )
        blip.append(extension)
        caption = self.document.add_paragraph(style="Caption")
        caption.add_run(f"({figure['handling']}) {figure['caption']}")

    def _endnotes(self) -> None:
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from lxml import etree

        notes = {note["n"]: note for note in self.data["endnotes"]}
        root = etree.Element(_w("endnotes"), nsmap={"w": _W})
        for id, kind in ((-1, "separator"), (0, "continuationSeparator")):
            note = etree.SubElement(root, _w("endnote"), {_w("type"): kind, _w("id"): str(id)})
            etree.SubElement(etree.SubElement(etree.SubElement(note, _w("p")), _w("r")), _w(kind))
        for id, number in enumerate(self.order, 1):
            note = etree.SubElement(root, _w("endnote"), {_w("id"): str(id)})
            paragraph = etree.SubElement(note, _w("p"))
            run = etree.SubElement(paragraph, _w("r"))
            properties = etree.SubElement(run, _w("rPr"))
            etree.SubElement(properties, _w("vertAlign"), {_w("val"): "superscript"})
            etree.SubElement(run, _w("endnoteRef"))
            run = etree.SubElement(paragraph, _w("r"))
            text = etree.SubElement(run, _w("t"), {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            text.text = f" {notes[number]['text']}"
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml"
        part = Part(PackURI("/word/endnotes.xml"), kind, content, self.document.part.package)
        self.document.part.relate_to(part, f"{_RELATIONS}/endnotes")
        settings = self.document.settings.element
        numbering = _raw(f'<w:endnotePr xmlns:w="{_W}"><w:numFmt w:val="decimal"/></w:endnotePr>')
        compat = settings.find(_w("compat"))
        compat.addprevious(numbering) if compat is not None else settings.append(numbering)


def _w(name: str) -> str:
    return f"{{{_W}}}{name}"


def _element(name: str, attributes: Mapping[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(key), value)
    return made


def _raw(xml: str) -> Any:
    from docx.oxml import parse_xml

    return parse_xml(xml)


def _fixed(document: Any) -> bytes:
    """The package with its parts in order and without times."""
    written = io.BytesIO()
    document.save(written)
    out = io.BytesIO()
    with zipfile.ZipFile(written) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        names = package.namelist()
        first = [n for n in names if n == "[Content_Types].xml"]
        for name in [*first, *sorted(n for n in names if n not in first)]:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            fixed.writestr(info, package.read(name))
    return out.getvalue()
