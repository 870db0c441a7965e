"""Readers of lists that need a module of their own keep the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.sources.reader import Rejected
from counterflow.sources.sanctions import (
    ch_seco,
    csl,
    eu_fsf_csv,
    eu_fsf_xml,
    fincen_311,
    jp_export_ban,
    my_moha,
)
from counterflow.testing import ReaderContract

FIXTURES = Path(__file__).parents[1] / "fixtures"
LISTS = {
    "ch_seco": FIXTURES / "ch_seco" / "list.xml",
    "csl": FIXTURES / "csl" / "list.csv",
    "csl_json": FIXTURES / "csl" / "list.json",
    "eu_fsf_csv": FIXTURES / "eu_fsf_csv" / "list.csv",
    "eu_fsf_csv_old": FIXTURES / "eu_fsf_csv" / "old.csv",
    "eu_fsf_xml": FIXTURES / "eu_fsf_xml" / "list.xml",
    "fincen_311": FIXTURES / "fincen_311" / "list.csv",
    "jp_export_ban": FIXTURES / "jp_export_ban" / "list.txt",
    "my_moha": FIXTURES / "my_moha" / "list.xml",
    "un_xml": FIXTURES / "un_xml" / "list.xml",
    "uk_conlist": FIXTURES / "uk_conlist" / "list.csv",
}
READERS = {
    "ch_seco": ch_seco, "csl": csl, "csl_json": csl, "eu_fsf_csv": eu_fsf_csv, "eu_fsf_csv_old": eu_fsf_csv,
    "eu_fsf_xml": eu_fsf_xml, "fincen_311": fincen_311, "jp_export_ban": jp_export_ban, "my_moha": my_moha,
}  # fmt: skip


def others(name: str) -> tuple[Path, ...]:
    """Files of other formats."""
    own = LISTS[name].parent
    return tuple(path for path in LISTS.values() if path.parent != own)


class TestChSeco(ReaderContract):
    """Switzerland."""

    reader = ch_seco.READER
    fixture = LISTS["ch_seco"]
    strangers = others("ch_seco")
    spoilt = fixture.with_name("spoilt.xml")


class TestCsl(ReaderContract):
    """The US Consolidated Screening List as CSV."""

    reader = csl.READER
    fixture = LISTS["csl"]
    strangers = others("csl")
    spoilt = fixture.with_name("spoilt.csv")


class TestCslJson(ReaderContract):
    """The US Consolidated Screening List as JSON."""

    reader = csl.READER
    fixture = LISTS["csl_json"]
    strangers = others("csl")


class TestEuFsfXml(ReaderContract):
    """The European Union's Financial Sanctions File as XML."""

    reader = eu_fsf_xml.READER
    fixture = LISTS["eu_fsf_xml"]
    strangers = others("eu_fsf_xml")
    spoilt = fixture.with_name("spoilt.xml")


class TestEuFsfCsv(ReaderContract):
    """The same as CSV 1.1."""

    reader = eu_fsf_csv.READER
    fixture = LISTS["eu_fsf_csv"]
    strangers = others("eu_fsf_csv")
    spoilt = fixture.with_name("spoilt.csv")


class TestEuFsfCsvOld(ReaderContract):
    """The same as CSV 1.0, each line between quotes."""

    reader = eu_fsf_csv.READER
    fixture = LISTS["eu_fsf_csv_old"]
    strangers = others("eu_fsf_csv")


class TestFincen311(ReaderContract):
    """Special measures of FinCEN."""

    reader = fincen_311.READER
    fixture = LISTS["fincen_311"]
    strangers = others("fincen_311")
    spoilt = fixture.with_name("spoilt.csv")


class TestJpExportBan(ReaderContract):
    """Japan's export ban."""

    reader = jp_export_ban.READER
    fixture = LISTS["jp_export_ban"]
    strangers = others("jp_export_ban")
    spoilt = fixture.with_name("spoilt.txt")


class TestMyMoha(ReaderContract):
    """Malaysia's domestic list."""

    reader = my_moha.READER
    fixture = LISTS["my_moha"]
    strangers = others("my_moha")
    spoilt = fixture.with_name("spoilt.xml")


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_good_file_is_read_without_complaint(name: str) -> None:
    records = list(READERS[name].READER.read(LISTS[name], {}))
    assert [r for r in records if isinstance(r, Rejected)] == []
