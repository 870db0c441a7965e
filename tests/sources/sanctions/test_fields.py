"""No field of a publisher is lost: every element, attribute and column of the real files is named by `fields`."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from counterflow.model import schema as vocabulary
from counterflow.sources.sanctions import (
    eu_fsf_xml,
    fields,
    layout,
    ofac_advanced,
    ofac_enhanced,
    ofac_xml,
    plain_lists,
    un_xml,
)
from counterflow.sources.sanctions.tables import Row, rows

OFAC, UN = Path("sanctions-us"), Path("sanctions-un")
RECORDS = ("INDIVIDUAL", "ENTITY", "sdnEntry", "entity", "sanctionEntity")
BESIDE = ("Location", "IDRegDocument", "DistinctParty", "ProfileRelationship", "SanctionsEntry", "DateOfIssue",
          "publshInformation", "publicationInfo")  # fmt: skip


def walk(path: Path) -> set[str]:
    """Path of every element with text, and of every attribute, below the records of a file; record names of `BESIDE`
    begin the path, those of `RECORDS` do not."""
    from lxml import etree

    found: set[str] = set()
    parser = etree.XMLParser(recover=True, huge_tree=True)
    with gzip.open(path) as stream:
        root = etree.parse(stream, parser).getroot()
    pending = [(e, "") for e in root.iter() if isinstance(e.tag, str) and name(e) in RECORDS]
    pending += [(e, name(e)) for e in root.iter() if isinstance(e.tag, str) and name(e) in BESIDE]
    while pending:
        element, at = pending.pop()
        found |= {f"{at}/@{key.rpartition('}')[2]}".lstrip("/") for key in element.attrib}
        below = [child for child in element if isinstance(child.tag, str)]
        if not below and (element.text or "").strip():
            found.add(at)
        pending += [(child, f"{at}/{short(name(child))}".lstrip("/")) for child in below]
    return found


def name(element: object) -> str:
    return str(element.tag).rpartition("}")[2]  # type: ignore[attr-defined]


def short(tag: str) -> str:
    return tag.removeprefix("INDIVIDUAL_").removeprefix("ENTITY_")


@pytest.mark.parametrize(
    ("reader", "file"),
    [
        (un_xml, UN / "un_consolidated_2026-02-27.xml.gz"),
        (un_xml, UN / "un_consolidated_2018-08-24.xml.gz"),
        (ofac_xml, OFAC / "cons_sdnlist_2020-03-17.xml.gz"),
        (ofac_enhanced, OFAC / "cons_enhanced_2025-01-10.xml.gz"),
        (ofac_advanced, OFAC / "sdn_advanced_sample_2024-02-23.xml.gz"),
        (eu_fsf_xml, Path("sanctions-eu") / "eu_fsf_xml_1_1_sample.xml.gz"),
    ],
)
def test_every_element_of_the_real_file_is_named(reader: object, file: Path, shared_data: Path) -> None:
    known = reader.READER.fields.keys()  # type: ignore[attr-defined]
    met = walk(shared_data / file)
    assert len(met) > 20
    lost = {at for at in met if not any(at == key or at.startswith((f"{key}/", f"{key}@")) for key in known)}
    assert lost == set()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("au_dfat_parsed", "sanctions-other/au_dfat_parsed_2025-05.csv.gz"),
        ("ca_sema", "sanctions-other/ca_sema_2025-05.xml.gz"),
        ("cn_countersanctions", "sanctions-other/cn_countersanctions.csv.gz"),
        ("eu_acts", "sanctions-eu/consolidated/32017R1509.csv.gz"),
        ("il_mod_crypto", "sanctions-other/il_mod_crypto_wallets.csv.gz"),
        ("opensanctions_simple", "sanctions-vessels/ua_war_sanctions_targets.csv.gz"),
        ("uk_conlist", "sanctions-uk/hmt_conlist_2020-04-27.csv.gz"),
        ("uk_sanctions_list", "sanctions-uk/format_2026/UK-Sanctions-List.sample.csv"),
        ("uk_sanctions_list", "sanctions-uk/format_2026/UK-Sanctions-List.sample.xml"),
        ("us_dod_cmc", "sanctions-other/us_dod_chinese_milcorps.csv.gz"),
    ],
)
def test_every_column_of_the_real_file_is_named(name: str, file: str, shared_data: Path) -> None:
    reader = getattr(plain_lists, name)
    found = [row for row in rows(shared_data / file, reader.layout) if isinstance(row, Row)]
    assert found
    assert frozenset().union(*(row.unknown for row in found)) == frozenset()
    assert set().union(*(row.cells.keys() for row in found)) <= reader.fields.keys()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("csl", "sanctions-us/csl_consolidated_2022-04.csv.gz"),
        ("fincen_311", "sanctions-other/us_fincen_special_measures_311.csv.gz"),
    ],
)
def test_every_column_of_a_header_is_named(name: str, file: str, shared_data: Path) -> None:
    with gzip.open(shared_data / file, "rt", encoding="utf-8-sig", newline="") as stream:
        header = next(csv.reader(stream))
    assert set(header) <= fields.load(name).keys()


def test_every_column_of_both_csv_layouts_of_the_eu_arrives(shared_data: Path) -> None:
    """By the name that the XML has for it: version 1.1 by the fixture's 118 columns, 1.0 by the real header."""
    from counterflow.sources.sanctions.eu_fsf_csv import _read, _read_old

    known = {key.rpartition("/@")[2].lstrip("@") for key in fields.load("eu_fsf")} | {
        "remark",
        "contactInfo",
        "publicationUrl",
    }
    known |= {"fileGenerationDate", "subjectType_ClassificationCode", "number", "other"}
    fixture = Path(__file__).parents[2] / "fixtures" / "eu_fsf_csv" / "list.csv"
    new = fixture.read_text("utf-8-sig").partition("\n")[0].split(";")
    path = shared_data / "sanctions-eu" / "eu_fsf_csv_v1_2018-07-04_first1000.csv.gz"
    with gzip.open(path, "rt", encoding="cp1252") as stream:
        old = stream.readline().strip().strip('"').rstrip("\t").split(";")
    for read, header in ((_read, new), (_read_old, old)):
        entity, parts = read(1, dict.fromkeys(header, "x"))
        told = set(entity.values) | {key for part in parts for key in (*part.values, *part.basis)}
        assert told <= known | {"entity_logical_id"}, told - known


@pytest.mark.parametrize("name", sorted(fields.names()))
def test_the_properties_named_exist(name: str) -> None:
    for arrival in fields.load(name).values():
        for word in arrival.replace(",", " ").replace(";", " ").replace(":", " ").split():
            kind, point, property = word.strip("()").partition(".")
            if point and property and kind[:1].isupper() and property.isalnum() and kind.isalpha() and len(kind) > 1:
                vocabulary.get(kind).property(property)


@pytest.mark.parametrize("name", layout.names())
def test_a_layout_says_what_it_is(name: str) -> None:
    found = layout.load(name)
    assert found.about.strip()
    assert "Format:" in found.about
    assert set(found.required) | set(found.key) | set(found.named) | set(found.listing) <= found.columns.keys()
    assert set(found.names.get("parts", ())) <= found.columns.keys()
    assert all(rule.get("column") in (None, "title", *found.columns) for rule in found.schema)
