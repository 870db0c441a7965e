"""Fronts, from files to findings: what is planted in registers of four formats is found, and its clean twin is not."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterflow.cli import main
from stories.conftest import rows

UN_LIST = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2020-01-05T00:00:01.000Z"><INDIVIDUALS/><ENTITIES>{}</ENTITIES></CONSOLIDATED_LIST>
"""
LISTED = """<ENTITY><DATAID>{n}</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>{name}</FIRST_NAME>
<UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPe.{n}</REFERENCE_NUMBER><LISTED_ON>{day}</LISTED_ON>
<LIST_TYPE><VALUE>UN List</VALUE></LIST_TYPE><ENTITY_ADDRESS><STREET>{street}</STREET><CITY>Pyongyang</CITY>
<COUNTRY>Democratic People's Republic of Korea</COUNTRY></ENTITY_ADDRESS></ENTITY>"""

# -- an investigator's notes, FollowTheMoney -----------------------------------------------------------------------


def ftm(id: str, schema: str, **said: str | Sequence[str]) -> dict[str, Any]:
    properties = {k: [v] if isinstance(v, str) else list(v) for k, v in said.items()}
    return {"id": id, "schema": schema, "properties": properties}


def person(id: str, name: str, **said: str) -> dict[str, Any]:
    return ftm(id, "Person", name=name, **said)


def accounts(holder: str, *numbers: str) -> Iterable[dict[str, Any]]:
    for number in numbers:
        yield ftm(f"a{number}", "BankAccount", accountNumber=number)
        yield ftm(f"h{number}", "Ownership", owner=holder, asset=f"a{number}")


NOTES = [
    # a trader of the list, the company that took over from it, and one formed too late
    ftm("cholsan", "Company", name="Cholsan Machinery Trading Corporation", jurisdiction="kp",
        address="7 Sungri Street, Pyongyang"),
    person("runner", "Ho Tok Su"),
    ftm("d1", "Directorship", director="runner", organization="cholsan"),
    ftm("heir", "Company", name="Green Pine Machinery Ltd", jurisdiction="cn", incorporationDate="2016-04-20"),
    ftm("d2", "Directorship", director="runner", organization="heir", startDate="2016-04-20"),
    ftm("late", "Company", name="Blue Oak Machinery Ltd", jurisdiction="cn", incorporationDate="2018-04-20"),
    ftm("d3", "Directorship", director="runner", organization="late", startDate="2018-04-20"),
    # a bank's man with accounts of his wife; a shipping company's man with the same
    ftm("bank", "Company", name="Taesong Harbour Bank", jurisdiction="kp"),
    person("rep", "Kim Chol Sam"), person("wife", "Ri Un Sim"),
    ftm("e1", "Employment", employer="bank", employee="rep", role="representative in Dandong"),
    ftm("f1", "Family", person="rep", relative="wife", relationship="spouse"),
    *accounts("wife", "6217000010001", "6217000010002"),
    ftm("line", "Company", name="Harbour Shipping Line", jurisdiction="cn"),
    person("clerk", "Wang Lei"), person("spouse", "Zhao Min"),
    ftm("e2", "Employment", employer="line", employee="clerk", role="clerk"),
    ftm("f2", "Family", person="clerk", relative="spouse", relationship="spouse"),
    *accounts("spouse", "6217000020001"),
    # an embassy, its house, its people and its accounts
    ftm("embassy", "Organization", name="Embassy of Lagoonia in Atlantis", address="12 Palm Avenue, Port Example"),
    person("third", "Pak Kum Chol", position="Third Secretary"),
    ftm("e3", "Employment", employer="embassy", employee="third", role="Third Secretary"),
    *accounts("third", "900001", "900002", "900003"),
    person("second", "Choe Il", position="Second Secretary"),
    *accounts("second", "900011"),
    ftm("house", "Address", full="12, Palm Avenue - Port Example"),
    ftm("hostel", "Company", name="City Hostel GmbH", jurisdiction="de", addressEntity="house"),
    ftm("nextdoor", "Company", name="Palm Bakery GmbH", jurisdiction="de", address="14 Palm Avenue, Port Example"),
    ftm("stall", "Company", name="Lagoon Art Export Ltd", jurisdiction="za"),
    ftm("d4", "Directorship", director="third", organization="stall"),
    # somebody barred from it who directs a company, beside a second sign
    person("barred", "Gerald Harbourmaster", topics="corp.disqual"),
    ftm("straw", "Company", name="Straw Wharf Ltd", jurisdiction="gb", phone="+442071838750"),
    ftm("d5", "Directorship", director="barred", organization="straw"),
    ftm("desk", "Company", name="Distant Harbour Desk Ltd", jurisdiction="gb", phone="+44 20 7183 8750"),
    # a name one letter off one of the list
    ftm("alike", "Company", name="Cholsen Machinery Trading Co. Ltd", jurisdiction="my"),
    ftm("unlike", "Company", name="Cheltenham Machine Tools Ltd", jurisdiction="my"),
    # a criminal group; who stands between it and the bureau, another paper says
    ftm("gang", "Organization", name="Lagoon Brotherhood", topics="crime"),
    ftm("forwarder", "Company", name="Quayside Forwarding SA", jurisdiction="pa"),
    ftm("r1", "Representation", agent="forwarder", client="gang", role="forwarder"),
    ftm("r2", "UnknownLink", subject="rival", object="gang", role="moves goods for"),
    ftm("rival", "Company", name="Other Quay Forwarding SA", jurisdiction="pa"),
]  # fmt: skip
PAPER = [
    ftm("bureau", "PublicBody", name="Example Bureau of Foreign Trade", country="kp", topics=["gov", "sanction"]),
    ftm("agent", "Company", name="Quayside Forwarding SA", jurisdiction="pa", registrationNumber="PA-77001"),
    ftm("r3", "Representation", agent="agent", client="bureau", role="forwarder"),
]

# -- a register of owners, BODS 0.4 ---------------------------------------------------------------------------------


class Bods:
    def __init__(self) -> None:
        self.statements: list[dict[str, Any]] = []

    def _state(self, record: str, type: str, details: dict[str, Any]) -> str:
        publisher = {"name": "Example Register", "url": "https://register.example.org"}
        self.statements.append({
            "statementId": f"s-{record}", "declarationSubject": record, "statementDate": "2021-01-15",
            "publicationDetails": {"publicationDate": "2021-03-01", "bodsVersion": "0.4", "publisher": publisher},
            "recordId": record, "recordStatus": "new", "recordType": type, "recordDetails": details,
        })  # fmt: skip
        return record

    def company(self, id: str, name: str, country: str, formed: str | None = None, street: str | None = None) -> str:
        details: dict[str, Any] = {
            "isComponent": False, "entityType": {"type": "registeredEntity"}, "name": name,
            "jurisdiction": {"code": country, "name": country},
        }  # fmt: skip
        if formed:
            details["foundingDate"] = formed
        if street:
            details["addresses"] = [{"type": "registered", "address": street, "country": {"code": country}}]
        return self._state(id, "entity", details)

    def person(self, id: str, name: str, born: str) -> str:
        names = [{"type": "legal", "fullName": name}]
        details = {"isComponent": False, "personType": "knownPerson", "names": names, "birthDate": born}
        return self._state(id, "person", details)

    def owns(self, owner: str, company: str, since: str = "2019-01-01") -> None:
        share = {"exact": 80}
        interest = {"type": "shareholding", "directOrIndirect": "direct", "share": share, "startDate": since}
        details = {"isComponent": False, "subject": company, "interestedParty": owner, "interests": [interest]}
        self._state(f"{owner}-{company}", "relationship", details)


def owners() -> list[dict[str, Any]]:
    """A ring and a line; a burst and a trickle; a minor and a grown owner; secret layers and open ones; no owner."""
    made = Bods()
    for kind in ("ring", "row"):
        firms = [made.company(f"{kind}{n}", f"{kind} holding {'ABC'[n]} AS".title(), "NO") for n in range(3)]
        for n in range(3 if kind == "ring" else 2):
            made.owns(firms[n], firms[(n + 1) % 3])
    for n in range(5):
        made.company(f"burst{n}", f"Shelf {['Ash', 'Birch', 'Cedar', 'Elm', 'Fir'][n]} AS", "NO",
                     "2019-05-06", "44 Formation Street, Bergen")  # fmt: skip
        made.company(f"trickle{n}", f"Cupboard {['Ash', 'Birch', 'Cedar', 'Elm', 'Fir'][n]} AS", "NO",
                     f"2019-0{n + 1}-06", "45 Formation Street, Bergen")  # fmt: skip
    child, adult = made.person("child", "Lille Eier", "2015-03-04"), made.person("adult", "Store Eier", "1970-03-04")
    for owner in (child, adult):
        made.owns(owner, made.company(f"{owner}-firm", f"{owner} harbour AS".title(), "NO"))
    for kind, places in (("secret", ("VG", "PA")), ("open", ("DK", "SE"))):
        top, middle = (made.company(f"{kind}{n}", f"{kind} layer {n} Ltd".title(), places[n]) for n in range(2))
        foot = made.company(f"{kind}-foot", f"{kind} foot AS".title(), "NO")
        made.owns(top, middle)
        made.owns(middle, foot)
    # its peers have owners: sixty of them, so that the companies above without one are the exception
    for n in range(60):
        made.owns(adult, made.company(f"peer{n}", f"Peer Number {n} AS", "NO"))
    made.company("nobody", "Nobody Owns AS", "NO")
    return made.statements


# -- the British register -------------------------------------------------------------------------------------------

UK_COLUMNS = ("CompanyName", " CompanyNumber", "RegAddress.AddressLine1", "RegAddress.PostTown", "RegAddress.PostCode",
              "CompanyCategory", "CompanyStatus", "CountryOfOrigin", "IncorporationDate",
              "SICCode.SicText_1")  # fmt: skip
CROWD = 12


def uk_companies() -> list[list[str]]:
    """Twelve at one door, one each at others; one of them a baker that ships missile parts, and one that ships flour."""
    made = []
    for n in range(2 * CROWD):
        street = "85 Crowded Road" if n < CROWD else f"{n} Quiet Lane"
        sector = "10710 - Manufacture of bread; fresh food products" if n in (0, CROWD) else "None Supplied"
        made.append([f"{['CROWDED', 'QUIET'][n // CROWD]} DOOR {'ABCDEFGHIJKL'[n % CROWD] * 3} LIMITED", f"{n:08}", street,
                     "HULL", "HU1 1AA", "Private Limited Company", "Active", "United Kingdom",
                     f"{n % 27 + 1:02}/0{n % 9 + 1}/201{n % 7}", sector])  # fmt: skip
    return made


def uk_psc() -> list[dict[str, Any]]:
    """Owners by their month of birth: one was eight when it began, the other forty."""
    made = []
    for number, born in ((1, 2012), (CROWD + 1, 1980)):
        links = {"self": f"/company/{number:08}/persons-with-significant-control/individual/p{number}"}
        made.append({"company_number": f"{number:08}", "data": {
            "kind": "individual-person-with-significant-control", "name": f"Owner {born} Example", "links": links,
            "date_of_birth": {"month": 5, "year": born}, "notified_on": "2020-06-01",
            "natures_of_control": ["ownership-of-shares-75-to-100-percent"],
        }})  # fmt: skip
    return made


# -- a leak, in the tables of the Offshore Leaks database -------------------------------------------------------------

NOMINEES = 25


def leak() -> dict[str, list[list[str]]]:
    """A nominee of many companies and one of few; a board that changed within the year, and one that did over ten."""
    note = ["Example Papers", "current through 2015"]
    entities = [["node_id", "name", "jurisdiction", "jurisdiction_description", "incorporation_date", "sourceID",
                 "valid_until"]]  # fmt: skip
    officers = [["node_id", "name", "sourceID", "valid_until"]]
    edges = [["node_id_start", "node_id_end", "rel_type", "link", "start_date", "end_date", "sourceID"]]
    officers += [["1", "NOMINEE EXAMPLE BUSY", *note], ["2", "NOMINEE EXAMPLE SELDOM", *note]]
    for n in range(NOMINEES + 3):
        entities.append([f"{100 + n}", f"LAGOON {n} INC.", "SAM", "Samoa", f"{n % 27 + 1:02}-MAR-{1985 + n}", *note])
        word = "nominee shareholder of" if n % 2 else "nominee director of"
        edges.append(["1" if n < NOMINEES else "2", f"{100 + n}", "officer_of", word, "", "", note[0]])
    for k, months in ((0, ("JAN", "MAR", "MAY", "JUL")), (1, ("JAN", "MAR", "MAY", "JUL"))):
        company = f"{200 + k}"
        entities.append([company, f"CHANGING BOARD {k} INC.", "SAM", "Samoa", f"0{k + 3}-MAR-1999", *note])
        for n, month in enumerate(months):
            officer, year = f"{300 + 10 * k + n}", 2004 + (2 * n if k else 0)
            officers.append([officer, f"DIRECTOR {'ABCD'[n]}{'XY'[k]} EXAMPLE", *note])
            dates = [f"01-JAN-{year}", f"15-{month}-{year}"]
            edges.append([officer, company, "officer_of", "director of", *dates, note[0]])
    return {"nodes-entities": entities, "nodes-officers": officers, "relationships": edges}


# -- what moved -----------------------------------------------------------------------------------------------------

SHIPMENTS = [
    ["shipment_id", "date", "shipper_name", "consignee_name", "origin_country", "dest_country", "hs_code",
     "description", "quantity", "unit", "value", "currency"],
    *[[f"S{n}", f"2019-0{n}-01", who, "Importer 2", "gb", "kr", hs, goods, "800", "kg", "14400.00", "USD"]
      for n, who, hs, goods in (
        (1, "CROWDED DOOR AAA LIMITED", "841350", "pumps"), (2, "CROWDED DOOR AAA LIMITED", "841350", "pumps"),
        (3, "QUIET DOOR AAA LIMITED", "110100", "flour"), (4, "QUIET DOOR AAA LIMITED", "110100", "flour"))],
]  # fmt: skip


def write(path: Path, table: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(table)


def lines(path: Path, records: Iterable[Any]) -> None:
    path.write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")


def counterflow(workspace: Path, *words: str) -> str:
    done = CliRunner().invoke(main, ["--workspace", str(workspace), *words])
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done.stdout


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything ingested by commands alone."""
    folder = tmp_path_factory.mktemp("fronts")
    made = folder / "w"
    counterflow(made, "init")
    entries = [
        LISTED.format(n=901, name="CHOLSAN MACHINERY TRADING CORPORATION", day="2016-03-02",
                      street="7 Sungri Street"),
    ]  # fmt: skip
    (folder / "un.xml").write_text(UN_LIST.format("".join(entries)), encoding="utf-8")
    lines(folder / "notes.ftm.json", NOTES)
    lines(folder / "paper.ftm.json", PAPER)
    (folder / "owners.json").write_text(json.dumps(owners()), encoding="utf-8")
    write(folder / "uk.csv", [UK_COLUMNS, *uk_companies()])
    lines(folder / "psc.json", uk_psc())
    (folder / "leak").mkdir()
    for name, table in leak().items():
        write(folder / "leak" / f"{name}.csv", table)
    write(folder / "shipments.csv", SHIPMENTS)
    for name, dataset in (("un.xml", ""), ("notes.ftm.json", "notes"), ("paper.ftm.json", "paper"),
                          ("owners.json", ""), ("uk.csv", ""), ("psc.json", ""), ("leak", ""),
                          ("shipments.csv", "")):  # fmt: skip
        told = counterflow(made, "ingest", str(folder / name), "--accept", *(["--dataset", dataset] if dataset else []), "--json")
        assert all(row.get("rejected", 0) == 0 for row in rows(told)), told
    counterflow(made, "run")
    return made


def found(workspace: Path, typology: str, *more: str) -> set[str]:
    """The companies or persons that findings of a typology are first about."""
    told = rows(counterflow(workspace, "detect", "--typology", typology, "--json", *more))
    return {company for row in told for company in row["detail"].get("companies", row["subjects"][:1])}
