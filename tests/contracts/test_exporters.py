"""Every exporter keeps the contract that plug-ins keep."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

from lxml import etree

from counterflow.casework.exporters import (
    bods,
    clusters,
    docx,
    ftm,
    ftm_statements,
    gexf,
    goaml,
    graphml,
    i2,
    misp,
    pdf,
    stix,
    xlsx,
)
from counterflow.casework.goaml.check import misplaced
from counterflow.testing import ExporterContract

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


class TestFtm(ExporterContract):
    """FollowTheMoney entities."""

    exporter = ftm.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        return [json.loads(line)["handling"] for line in content.splitlines()]


class TestFtmStatements(ExporterContract):
    """FollowTheMoney statements."""

    exporter = ftm_statements.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        return [row["handling"] for row in csv.DictReader(content.decode().splitlines(), dialect="unix", strict=True)]


class TestClusters(ExporterContract):
    """Who is who."""

    exporter = clusters.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        return [row["handling"] for row in csv.DictReader(content.decode().splitlines(), strict=True)]


class TestGraphml(ExporterContract):
    """The link chart."""

    exporter = graphml.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        root = etree.fromstring(content)
        declared = {key.get("id") for key in root.iter(f"{GRAPHML}key")}
        assert {data.get("key") for data in root.iter(f"{GRAPHML}data")} <= declared
        nodes = {node.get("id") for node in root.iter(f"{GRAPHML}node")}
        edges = list(root.iter(f"{GRAPHML}edge"))
        assert all({edge.get("source"), edge.get("target")} <= nodes for edge in edges)
        records = [*root.iter(f"{GRAPHML}node"), *edges]
        return [str(next(d.text for d in record if str(d.get("key")).endswith("_handling"))) for record in records]


class TestStix(ExporterContract):
    """For threat-intelligence platforms: as the OASIS library reads it."""

    exporter = stix.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        import stix2

        objects = list(stix2.parse(content.decode(), allow_custom=False).objects) if b"spec_version" in content else []
        markings = {o.id: o for o in objects if o.type == "marking-definition"}
        ids = {o.id for o in objects}
        found = []
        for one in objects:
            refs = one.get("object_marking_refs", [])
            if one.type == "relationship":
                assert {one.source_ref, one.target_ref} <= ids
            if refs:
                last = markings[refs[-1]]
                found.append(last.definition.statement if "definition" in last else last.name)
        return found


class TestGexf(ExporterContract):
    """The link chart, for Gephi."""

    exporter = gexf.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        root = etree.fromstring(content)
        name = "{http://gexf.net/1.3}"
        records = [*root.iter(f"{name}node"), *root.iter(f"{name}edge")]
        found = []
        for record in records:
            values = {str(v.get("for")): str(v.get("value")) for v in record.iter(f"{name}attvalue")}
            of = "node" if record.tag == f"{name}node" else "edge"
            declared = {a.get("id") for a in root.iterfind(f".//{name}attributes[@class='{of}']/{name}attribute")}
            assert values.keys() <= declared
            found.append(values["handling"])
        return found


class TestBods(ExporterContract):
    """Owners, as our own reader and its survey take them."""

    exporter = bods.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        statements = json.loads(content)
        seen: set[str] = set()
        for s in statements:
            if s["recordType"] == "relationship":
                assert {s["recordDetails"]["subject"], s["recordDetails"]["interestedParty"]} <= seen
            seen.add(s["recordId"])
        return [s["annotations"][0]["description"].removeprefix("handling: ") for s in statements]


class TestI2(ExporterContract):
    """Rows for the import wizard of Analyst's Notebook."""

    exporter = i2.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        entities, links = _tables(content)
        ids = {row["Identity"] for row in entities}
        assert all({row["End 1 identity"], row["End 2 identity"]} <= ids for row in links)
        return [row["Handling"] for row in (*entities, *links)]

    def test_no_cell_is_a_formula(self) -> None:
        content, _ = self._content(self.world())
        cells = [cell for table in _tables(content) for row in table for cell in row.values()]
        assert cells
        assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))] == []


def _tables(content: bytes) -> list[list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        texts = [archive.read(name).decode("utf-8-sig") for name in ("entities.csv", "links.csv")]
    return [list(csv.DictReader(io.StringIO(text, newline=""), strict=True)) for text in texts]


class TestXlsx(ExporterContract):
    """A workbook, as openpyxl reads it."""

    exporter = xlsx.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(content))
        assert book.sheetnames == ["Entities", "Links", "Claims"]
        found = []
        for sheet in book:
            heading, *rows = sheet.iter_rows(values_only=True)
            found += [str(row[heading.index("handling")]) for row in rows]
            assert str(sheet.oddHeader.center.text).startswith("TLP:")
        return found

    def test_no_cell_is_a_formula(self) -> None:
        from openpyxl import load_workbook

        content, _ = self._content(self.world())
        cells = [cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
        assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)


class TestMisp(ExporterContract):
    """An event, as MISP's own library reads it, each object held against its template."""

    exporter = misp.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        from pymisp import MISPEvent, MISPObject

        event = MISPEvent()
        event.load(content.decode())
        ids = {o.uuid for o in event.objects}
        for one in event.objects:
            known = MISPObject(one.name, strict=True)
            assert (one.template_uuid, str(one.template_version)) == (known.template_uuid, str(known.template_version))
            for attribute in one.attributes:
                told = known.add_attribute(attribute.object_relation, attribute.value)
                assert told is not None
                assert told.type == attribute.type
                assert not attribute.to_ids
            assert {reference.referenced_uuid for reference in one.references} <= ids
        return [one.comment for one in event.objects]


class TestGoaml(ExporterContract):
    """A report to a financial intelligence unit, held against our own table of its nodes."""

    exporter = goaml.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        root = etree.fromstring(content)
        assert misplaced(root) == []
        records = [*root.iter("transaction"), *root.iter("report_party")]
        return [str(r.findtext("comments")).removeprefix("Handling: ").partition("; ")[0] for r in records]


MARK = re.compile(r"\((TLP:[^()]*)\)")


class TestPdf(ExporterContract):
    """A paper, as PDFium reads it: a banner on each page, a mark before each paragraph."""

    exporter = pdf.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        import pypdfium2

        with pypdfium2.PdfDocument(content) as document:
            pages = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
        assert all(page.startswith("TLP:") for page in pages)
        return MARK.findall(" ".join(pages))[1:]  # the first is the summary's


class TestDocx(ExporterContract):
    """A paper, as python-docx reads it."""

    exporter = docx.EXPORTER

    def handlings(self, content: bytes) -> list[str]:
        from docx import Document

        document = Document(io.BytesIO(content))
        assert all(s.header.paragraphs[0].text.startswith("TLP:") for s in document.sections)
        marks = [MARK.match(p.text) for p in document.paragraphs if p.style.name == "Normal"]
        return [mark[1] for mark in marks if mark][1:]
