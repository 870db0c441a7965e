"""Every reader of lists keeps the contract that plug-ins keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.sources.interchange import ftm, ftm_statements
from counterflow.sources.ownership import bods, gleif, icij, uk_companies, uk_psc
from counterflow.sources.reader import Statements
from counterflow.sources.sanctions import ofac_advanced, ofac_csv, ofac_enhanced, ofac_xml, un_xml
from counterflow.testing import ReaderContract

FIXTURES = Path(__file__).parents[1] / "fixtures"
UN = FIXTURES / "un_xml" / "list.xml"
TRIO = FIXTURES / "ofac_csv"
CLASSIC = FIXTURES / "ofac_xml" / "sdn.xml"
ENHANCED = FIXTURES / "ofac_enhanced" / "sdn_enhanced.xml"
ADVANCED = FIXTURES / "ofac_advanced" / "sdn_advanced.xml"
FTM = FIXTURES / "ftm" / "entities.ftm.json"
BODS = FIXTURES / "bods" / "statements.json"
GLEIF = FIXTURES / "gleif" / "lei.xml"
PSC = FIXTURES / "uk_psc" / "snapshot.json"
UK_COMPANIES = FIXTURES / "uk_companies" / "companies.csv"
ICIJ = FIXTURES / "icij"
STATEMENTS = FIXTURES / "ftm_statements" / "statements.csv"
BODS_LINES = BODS.with_name("lines_0.2.json")
ALL = (
    UN,
    TRIO,
    CLASSIC,
    ENHANCED,
    ADVANCED,
    FTM,
    BODS,
    STATEMENTS,
    GLEIF,
    PSC,
    UK_COMPANIES,
    FIXTURES / "case" / "harbour",
)


def others(own: Path) -> tuple[Path, ...]:
    """Every fixture but this one."""
    return tuple(path for path in ALL if path != own)


class TestUnXml(ReaderContract):
    """The UN list."""

    reader = un_xml.READER
    fixture = UN
    strangers = others(UN)
    spoilt = UN.with_name("spoilt.xml")


class TestOfacCsv(ReaderContract):
    """A folder of legacy CSV files."""

    reader = ofac_csv.READER
    fixture = TRIO
    main = "sdn.csv"
    strangers = others(TRIO)
    spoilt = FIXTURES / "ofac_spoilt"


class TestOfacCsvAlone(ReaderContract):
    """The main file of the other list, without companions."""

    reader = ofac_csv.READER
    fixture = FIXTURES / "ofac_cons" / "cons_prim.csv"
    strangers = others(TRIO)


class TestOfacXml(ReaderContract):
    """OFAC's classic XML."""

    reader = ofac_xml.READER
    fixture = CLASSIC
    strangers = others(CLASSIC)
    spoilt = CLASSIC.with_name("spoilt.xml")


class TestOfacEnhanced(ReaderContract):
    """OFAC's enhanced XML."""

    reader = ofac_enhanced.READER
    fixture = ENHANCED
    strangers = others(ENHANCED)
    spoilt = ENHANCED.with_name("spoilt.xml")


class TestOfacAdvanced(ReaderContract):
    """OFAC's advanced XML."""

    reader = ofac_advanced.READER
    fixture = ADVANCED
    strangers = others(ADVANCED)
    spoilt = ADVANCED.with_name("spoilt.xml")


class TestFtm(ReaderContract):
    """FollowTheMoney entities."""

    reader = ftm.READER
    fixture = FTM
    strangers = others(FTM)
    spoilt = FTM.with_name("spoilt.ftm.json")


class TestFtmStatements(ReaderContract):
    """FollowTheMoney statements as CSV."""

    reader = ftm_statements.READER
    fixture = STATEMENTS
    strangers = others(STATEMENTS)
    spoilt = STATEMENTS.with_name("spoilt.csv")


class TestFtmStatementsJson(ReaderContract):
    """The same as JSON lines."""

    reader = ftm_statements.READER
    fixture = STATEMENTS.with_suffix(".json")
    strangers = others(STATEMENTS)


class TestGleif(ReaderContract):
    """Legal entity identifiers as XML."""

    reader = gleif.READER
    fixture = GLEIF
    strangers = others(GLEIF)
    spoilt = GLEIF.with_name("spoilt.json")


class TestGleifCsv(ReaderContract):
    """The golden copy as CSV."""

    reader = gleif.READER
    fixture = GLEIF.with_suffix(".csv")
    strangers = others(GLEIF)


class TestGleifRelationships(ReaderContract):
    """Who owns whom, as GLEIF's own JSON."""

    reader = gleif.READER
    fixture = GLEIF.with_name("rr.json")
    strangers = others(GLEIF)


class TestGleifExceptions(ReaderContract):
    """Why a parent is not reported."""

    reader = gleif.READER
    fixture = GLEIF.with_name("repex.xml")
    strangers = others(GLEIF)


class TestUkPsc(ReaderContract):
    """People with significant control."""

    reader = uk_psc.READER
    fixture = PSC
    strangers = others(PSC)
    spoilt = PSC.with_name("spoilt.json")


class TestUkCompanies(ReaderContract):
    """Basic company data."""

    reader = uk_companies.READER
    fixture = UK_COMPANIES
    strangers = others(UK_COMPANIES)
    spoilt = UK_COMPANIES.with_name("spoilt.csv")


class TestIcij(ReaderContract):
    """A folder of nodes and relationships of the Offshore Leaks database."""

    reader = icij.READER
    fixture = ICIJ
    main = "nodes-entities.csv"
    strangers = others(ICIJ)
    spoilt = FIXTURES / "icij_spoilt"


class TestIcijAlone(ReaderContract):
    """Its relationships alone."""

    reader = icij.READER
    fixture = FIXTURES / "icij_2016" / "all_edges.csv"
    strangers = others(ICIJ)


class TestBods(ReaderContract):
    """Beneficial ownership statements of version 0.4, an array."""

    reader = bods.READER
    fixture = BODS
    strangers = others(BODS)
    spoilt = BODS.with_name("spoilt.json")


class TestBodsLines(ReaderContract):
    """Version 0.2, one statement a line."""

    reader = bods.READER
    fixture = BODS_LINES
    strangers = others(BODS)


def test_the_contract_is_not_kept_by_a_reader_that_lies() -> None:
    """The suite itself fails where it should: a reader that tells something else each time."""

    class Fickle(un_xml.UnXmlReader):
        told = 0

        def read(self, path, options):  # type: ignore[no-untyped-def]
            Fickle.told += 1
            yield Statements("1", "Person", locator=f"reading {Fickle.told}")
            yield from super().read(path, options)

    suite = TestUnXml()
    suite.reader = Fickle()
    with pytest.raises(AssertionError):
        suite.test_it_reads_the_same_twice()
