"""Fronts, from files to findings: what is planted in registers of four formats is found, and its clean twin is not."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterflow import registry
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
    ftm("d4", "Directorship", director="third", organization="stall", startDate="2018-02-01"),
    # somebody barred from it who directs a company, beside a second sign
    person("barred", "Gerald Harbourmaster", topics="corp.disqual"),
    ftm("straw", "Company", name="Straw Wharf Ltd", jurisdiction="gb", phone="+442071838750"),
    ftm("d5", "Directorship", director="barred", organization="straw"),
    ftm("desk", "Company", name="Distant Harbour Desk Ltd", jurisdiction="gb", phone="+44 20 7183 8750"),
    # a name one letter off one of the list
    ftm("alike", "Company", name="Cholsen Machinery Trading Co. Ltd", jurisdiction="my"),
    ftm("unlike", "Company", name="Cheltenham Machine Tools Ltd", jurisdiction="my"),
    # held by a listed trader, and by one that no list names
    ftm("held", "Company", name="Sunrise Pumps Ltd", jurisdiction="cn"),
    ftm("o1", "Ownership", owner="cholsan", asset="held", percentage="80", startDate="2017-01-01"),
    ftm("free", "Company", name="Sunset Valves Ltd", jurisdiction="cn"),
    ftm("o2", "Ownership", owner="line", asset="free", percentage="80", startDate="2017-01-01"),
    # silent since it was formed, until it moves much; and one that always moved something
    ftm("sleeper", "Company", name="Dormouse Ltd", jurisdiction="hk", incorporationDate="2015-01-05"),
    *accounts("sleeper", "700-1"),
    ftm("steady", "Company", name="Swallow Ltd", jurisdiction="hk", incorporationDate="2015-01-05"),
    *accounts("steady", "700-2"),
    # a criminal group; who stands between it and the bureau, another paper says
    ftm("gang", "Organization", name="Lagoon Brotherhood", topics="crime"),
    ftm("forwarder", "Company", name="Quayside Forwarding SA", jurisdiction="pa"),
    ftm("r1", "Representation", agent="forwarder", client="gang", role="forwarder", startDate="2015-01-01"),
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
    """Twelve at one door, one each at others; among each a baker: one ships pumps, the other flour."""
    made = []
    for n in range(2 * CROWD):
        street = "85 Crowded Road" if n < CROWD else f"{n} Quiet Lane"
        sector = "10710 - Manufacture of bread; fresh food products" if n in (0, CROWD) else "None Supplied"
        name = f"{['CROWDED', 'QUIET'][n // CROWD]} DOOR {'ABCDEFGHIJKL'[n % CROWD] * 3} LIMITED"
        made.append([name, f"{n:08}", street, "HULL", "HU1 1AA", "Private Limited Company", "Active", "United Kingdom",
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


PAYMENTS = [
    ["payment_id", "timestamp", "from_bank", "from_account", "to_bank", "to_account", "amount", "currency"],
    *[[f"P{n}", f"{2015 + n // 12}-{n % 12 + 1:02}-09T12:00:00Z", "HARBXSGS", "100-1", "FIRSTXHK", "700-2", "9000",
       "USD"] for n in range(51)],
    *[[f"Q{n}", "2019-04-02T12:00:00Z", "HARBXSGS", "100-1", "FIRSTXHK", f"700-{n}", "400000", "USD"] for n in (1, 2)],
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
    write(folder / "payments.csv", PAYMENTS)
    for name in ("un.xml", "owners.json", "uk.csv", "psc.json", "leak", "shipments.csv", "payments.csv"):
        ingested(made, folder / name)
    for name in ("notes", "paper"):
        ingested(made, folder / f"{name}.ftm.json", "--dataset", name, "--grade", "B2")
    counterflow(made, "run")
    return made


def ingested(workspace: Path, path: Path, *more: str) -> None:
    """The list is far shorter than a real one, and taken all the same."""
    for row in rows(counterflow(workspace, "ingest", str(path), "--accept", *more, "--json")):
        assert row["quarantined"] == [], row


def found(workspace: Path, typology: str, *more: str) -> set[str]:
    """The companies or persons that findings of a typology are first about."""
    return about(rows(counterflow(workspace, "detect", "--typology", typology, "--json", *more)))


def about(told: Iterable[dict[str, Any]]) -> set[str]:
    return {company for row in told for company in row["detail"].get("companies", row["subjects"][:1])}


def of(dataset: str, *ids: str) -> set[str]:
    return {f"{dataset}:{id}" for id in ids}


PLANTED = {
    # typology: what is found and nothing else (so the twins are silent), and the last day before it could be known
    "activity_mismatch": (of("uk-companies", "00000000"), "2018-12-31"),
    "bank_representative": (of("notes", "rep"), ""),
    "circular_ownership": (of("bods", "ring0", "ring1", "ring2"), "2018-12-31"),
    "criminal_logistics": (of("notes", "gang"), "2014-12-31"),
    "disqualified_director": (of("notes", "straw"), ""),
    "dormant_company": (of("notes", "sleeper"), "2019-04-01"),
    "embassy_business": (of("notes", "hostel", "stall"), ""),
    "impossible_owner": (of("bods", "child-firm") | of("uk-companies", "00000001"), "2018-12-31"),
    "incorporation_burst": (of("bods", *(f"burst{n}" for n in range(5))), "2019-05-05"),
    "lookalike_name": (of("notes", "alike"), ""),
    "mass_address": (of("uk-companies", *(f"{n:08}" for n in range(CROWD))), ""),
    "mass_agent": (of("icij", *(f"{100 + n}" for n in range(NOMINEES))), ""),
    "mission_accounts": (of("notes", "third"), ""),
    "officer_churn": (of("icij", "200"), "2004-06-30"),
    "secrecy_chain": (of("bods", "secret-foot"), "2018-12-31"),
    "shared_contact": (of("notes", "straw", "desk"), ""),
    "successor": (of("notes", "heir"), "2016-03-31"),
}


@pytest.fixture(scope="module")
def each(workspace: Path) -> list[dict[str, Any]]:
    """What each typology finds by itself, no sign gathered."""
    named = [word for name in (*PLANTED, "no_owner", "front_company") for word in ("--typology", name)]
    return rows(counterflow(workspace, "detect", *named, "--json"))


@pytest.mark.parametrize("typology", PLANTED)
def test_what_is_planted_is_found_and_its_twin_is_not(each: list[dict[str, Any]], typology: str) -> None:
    assert about(row for row in each if row["typology"] == typology) == PLANTED[typology][0]


@pytest.mark.parametrize("typology", [name for name, (_, eve) in PLANTED.items() if eve])
def test_nothing_is_found_on_the_eve(workspace: Path, typology: str) -> None:
    assert found(workspace, typology, "--as-of", PLANTED[typology][1]) == set()


def test_a_nobody_among_the_owned(each: list[dict[str, Any]]) -> None:
    ownerless = about(row for row in each if row["typology"] == "no_owner")
    assert "bods:nobody" in ownerless
    assert not {id for id in ownerless if "peer" in id or "foot" in id or "firm" in id}


def test_a_front_and_what_it_means_under_each_regime(workspace: Path, each: list[dict[str, Any]]) -> None:
    fronts = about(row for row in each if row["typology"] == "front_company")
    assert fronts == {"notes:held", "notes:forwarder"}, "and not the one that a party holds which no list names"
    assert "notes:held" not in found(workspace, "front_company", "--as-of", "2016-12-31")
    for regime, expected in (
        ("un", "may-be-blocked"),
        ("ofac", "not-blocked"),
        ("eu", "not-blocked"),
        ("uk", "not-blocked"),
    ):
        told = rows(counterflow(workspace, "control", "--all", "--regime", regime, "--json"))
        status = {row["entity"]: row["status"] for row in told}
        assert (status["notes:held"], status["notes:free"]) == (expected, "not-blocked"), regime


def test_signs_meet_on_a_shell_and_each_is_explained(workspace: Path) -> None:
    told = rows(counterflow(workspace, "detect", "--json"))
    shells = {row["subjects"][0]: row for row in told if row["typology"] == "shell_company"}
    assert of("notes", "straw") | of("uk-companies", "00000000", "00000001") <= shells.keys()
    assert not {"mass_address", "shared_contact", "no_owner"} & {row["typology"] for row in told}, "told by the shell"
    assert all(row["benign"] and row["refutes"] and row["evidence"] for row in told)
    straw = shells["notes:straw"]
    assert {sign["typology"] for sign in straw["detail"]["signs"]} == {"disqualified_director", "shared_contact"}
    text = counterflow(workspace, "explain", straw["id"])
    assert "who is disqualified as a director" in text
    assert "Straw Wharf Ltd" in text


def test_a_typology_is_listed_with_its_dials_and_can_be_turned_off(workspace: Path, tmp_path: Path) -> None:
    listed = {row["name"]: row for row in rows(counterflow(workspace, "typologies", "--json"))}
    assert set(PLANTED) < listed.keys()
    for row in listed.values():
        assert row["standard"] and row["benign"] and row["refutes"], row["name"]
        assert all({"default", "unit", "doc"} <= set(dial) for dial in row["parameters"].values())
    copy = Path(shutil.copytree(workspace, tmp_path / "w"))
    with (copy / "counterflow.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[typologies.shell_company]\nenabled = false\n[typologies.successor]\ndays = 30\n")
    told = {row["typology"] for row in rows(counterflow(copy, "detect", "--json"))}
    assert "shell_company" not in told
    assert "successor" not in told
    assert "mass_address" in told, "with nobody to gather them, signs are told one by one"


BAKERY = """
from counterflow.findings.signs import sign
from counterflow.findings.typology import Typology
from counterflow.network.ties import facts

def detect(data, dial):
    for row in data.run(facts(data, "name").filter(lambda t: t.value.contains("Bakery"))).to_pylist():
        yield sign(TYPOLOGY, data, [row["entity"]], "is a bakery", 2.0, [row["claim_id"]])

TYPOLOGY = Typology(
    name="bakery", title="Bakery", kind="trade", what="A company is a bakery.", why="It is an example.",
    standard="None.", needs=("claims",), parameters={}, benign=("bread",), refutes="No oven.", detect=detect,
)
"""


def test_a_typology_of_somebody_elses_runs_with_the_others(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed package announces it."""
    (tmp_path / "cf_bakery.py").write_text(BAKERY)
    info = tmp_path / "bakery-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bakery\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[counterflow.typologies]\nbakery = cf_bakery:TYPOLOGY\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry._loaded.cache_clear()
    try:
        assert found(workspace, "bakery") == {"notes:nextdoor"}
        assert "bakery" in counterflow(workspace, "typologies")
    finally:
        registry._loaded.cache_clear()
        sys.modules.pop("cf_bakery", None)
