"""Is a file what its format says? One judge a format: the format's own library where there is one, else its rules."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial

__all__ = ["JUDGES"]

_GRAPHML, _GEXF = "{http://graphml.graphdrawing.org/xmlns}", "{http://gexf.net/1.3}"
_FTM_ID = re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?")
_BODS = {"statementId", "declarationSubject", "recordId", "recordType", "recordDetails", "publicationDetails"}
_FORMULA = ("=", "+", "@", "\t", "\r")


def _csv(content: bytes) -> None:
    """As RFC 4180 has it; every row as long as the heading; no cell a formula."""
    heading, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    assert all(len(row) == len(heading) for row in rows)
    cells = [cell for row in rows for cell in row]
    assert not [c for c in cells if c.startswith(_FORMULA) and not re.fullmatch(r"[+-]?[\d .,()-]*\d", c)]


def _ftm(content: bytes) -> None:
    """One entity a line, its id and properties as FollowTheMoney admits them."""
    from counterflow.model import schema as vocabulary

    for line in content.splitlines():
        row = json.loads(line)
        schema = vocabulary.get(row["schema"])
        assert not schema.extension
        assert _FTM_ID.fullmatch(row["id"])
        for name, values in row["properties"].items():
            assert schema.property(name).name == name
            assert values
            assert all(isinstance(v, str) and v for v in values)


def _bods(content: bytes) -> None:
    """Version 0.4: every statement whole, its record types and references in order, dates as dates."""
    seen: set[str] = set()
    for s in json.loads(content):
        assert s.keys() >= _BODS
        assert 32 <= len(s["statementId"]) <= 64
        assert s["recordType"] in ("person", "entity", "relationship")
        if s["recordType"] == "relationship":
            assert {s["recordDetails"]["subject"], s["recordDetails"]["interestedParty"]} <= seen
        seen.add(s["recordId"])
        if "statementDate" in s:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", s["statementDate"])


def _graph(content: bytes, name: str) -> None:
    """Well-formed, every edge between nodes that are there, no id twice."""
    from lxml import etree

    root = etree.fromstring(content)
    nodes = [node.get("id") for node in root.iter(f"{name}node")]
    edges = list(root.iter(f"{name}edge"))
    assert len(nodes) == len(set(nodes))
    assert all({e.get("source"), e.get("target")} <= set(nodes) for e in edges)
    declared = {a.get("id") for kind in ("key", "attribute") for a in root.iter(f"{name}{kind}")}
    used = {d.get("key") for d in root.iter(f"{name}data")} | {d.get("for") for d in root.iter(f"{name}attvalue")}
    assert used <= declared


def _stix(content: bytes) -> None:
    """As the OASIS library reads it, with no custom object."""
    if b"spec_version" in content:
        importlib.import_module("stix2").parse(content.decode(), allow_custom=False)


def _misp(content: bytes) -> None:
    """As MISP's own library reads it."""
    event = importlib.import_module("pymisp").MISPEvent()
    event.load(content.decode())


def _xlsx(content: bytes) -> None:
    """As openpyxl reads it; no cell a formula."""
    from openpyxl import load_workbook

    for sheet in load_workbook(io.BytesIO(content), read_only=True):
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n", "inlineStr"}


def _i2(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in ("entities.csv", "links.csv"):
            _csv(archive.read(name))


def _goaml(content: bytes) -> None:
    """By our own table of nodes."""
    from lxml import etree

    from counterflow.casework.goaml.check import misplaced

    assert misplaced(etree.fromstring(content)) == []


def _pdf(content: bytes) -> None:
    """As PDFium opens it; the banner stands on each page."""
    import pypdfium2

    with pypdfium2.PdfDocument(content) as document:
        assert len(document)
        for page in document:
            assert page.get_textpage().get_text_range().startswith("TLP:")


def _docx(content: bytes) -> None:
    """As python-docx opens it; the banner heads each section."""
    from docx import Document

    document = Document(io.BytesIO(content))
    assert all(s.header.paragraphs[0].text.startswith("TLP:") for s in document.sections)


JUDGES: Mapping[str, Callable[[bytes], None]] = {
    "bods": _bods, "clusters": _csv, "docx": _docx, "ftm": _ftm, "ftm_statements": _csv,
    "gexf": partial(_graph, name=_GEXF), "goaml": _goaml, "graphml": partial(_graph, name=_GRAPHML),
    "i2": _i2, "misp": _misp, "pdf": _pdf, "stix": _stix, "xlsx": _xlsx,
}  # fmt: skip
"""Format → what raises where a file is not valid."""
