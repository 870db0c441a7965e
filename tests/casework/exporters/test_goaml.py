"""What a goAML report holds of a payment, what it says is missing, and what a unit's own schema says of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from counterflow.casework.export import Tally, export
from counterflow.casework.exporters import graphml
from counterflow.casework.exporters.goaml import EXPORTER
from counterflow.casework.goaml.check import misplaced
from counterflow.casework.goaml.missing import gathered
from counterflow.casework.goaml.profile import named, profile, structure
from counterflow.casework.goaml.report import amount
from counterflow.casework.selection import Selection
from counterflow.errors import InputError, UnknownName, UsageError
from counterflow.testing import ExporterContract

TOLD: tuple[tuple[str, str, str, str], ...] = (
    ("c:owner", "Person", "name", "김철수"),
    ("c:owner", "Person", "firstName", "철수"),
    ("c:owner", "Person", "lastName", "김"),
    ("c:owner", "Person", "birthDate", "1970"),
    ("c:owner", "Person", "nationality", "kp"),
    ("c:firm", "Company", "name", "Firm"),
    ("c:ship", "Vessel", "name", "Boat"),
    ("c:pass", "Passport", "holder", "c:owner"),
    ("c:pass", "Passport", "number", "PS 1"),
    ("c:pass", "Passport", "type", "passport"),
    ("c:pass", "Passport", "country", "kp"),
)


def report(findings: Any = (), **options: Any) -> tuple[Any, Tally]:
    selection = Selection(ExporterContract().world(TOLD, payments=True), None, findings)
    out, tally = io.BytesIO(), Tally()
    EXPORTER.with_options(options).write(selection, out, tally)
    root = etree.fromstring(out.getvalue())
    assert misplaced(root) == []
    return root, tally


def test_a_payment_has_both_sides_with_who_holds_the_account() -> None:
    root, tally = report(profile="mt", report={"rentity_id": "7"})
    first = root.find("transaction")
    assert (first.findtext("transactionnumber"), first.findtext("amount_local")) == ("T1", "10.50")
    assert first.findtext("date_transaction") == "2016-09-30T12:00:00"
    assert first.findtext("t_from/from_account/account") == "111"
    person = first.find("t_from/from_account/signatory/t_person")
    assert (person.findtext("first_name"), person.findtext("last_name")) == ("철수", "김")
    assert first.findtext("t_to/to_account/account_name") == "Firm"
    # a year is no day: said in words, and counted
    assert person.find("birthdate") is None
    assert "birthDate: 1970" in person.findtext("comments")
    assert tally.left_out["partial dates"] > 0
    # the ship is no party; the firm that paid nobody is told as one
    assert [n.text for n in root.iterfind(".//report_party/entity/name")] == ["Firm"]
    assert tally.left_out["other things"] == 1


def test_what_a_profile_wants_and_the_data_lack_is_told_by_path_field_and_record() -> None:
    _, tally = report(profile="mt")
    assert {
        "path": "report",
        "field": "rentity_id",
        "record": "",
        "reason": "not in the data",
        "key": "rentity_id",
    } in tally.gaps
    assert {"path": "report/transaction[1]/t_from", "field": "from_country", "record": "p1",
            "reason": "not in the data", "key": "default.country"} in tally.gaps  # fmt: skip
    assert "reason" in {gap["field"] for gap in tally.gaps if gap["path"] == "report"}
    root, _ = report(profile="mt")
    assert not [e for e in root.iter() if not len(e) and not (e.text or "").strip()]  # never a blank instead


def test_findings_bring_the_reason_the_indicators_and_their_payments_only() -> None:
    finding = {
        "id": "f-1", "typology": "fan_in", "sentence": "Firm collects.", "likelihood": "likely",
        "subjects": ["c:firm"], "label_ids": [], "evidence": [{"kind": "payments", "id": "p2", "role": ""}],
    }  # fmt: skip
    root, _ = report([finding], report={"rentity_id": "7", "indicators": ["SB01"]})
    assert [t.findtext("transactionnumber") for t in root.iter("transaction")] == ["T2"]
    assert root.findtext("reason") == "Firm collects. (likelihood: likely)"
    assert root.findtext("report_indicators/indicator") == "SB01"


def test_names_are_romanised_where_the_unit_takes_latin_letters_only() -> None:
    root, _ = report(profile="ae")
    person = root.find(".//t_person")
    assert person.findtext("last_name").isascii()
    assert person.findtext("full_name_frn") == "김철수"


def test_the_banks_own_clients_are_my_client(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "extends: mt\nmy_client: ['']\nreport: {rentity_id: 9}\nindicators: {fan_in: [A1]}\n", encoding="utf-8"
    )
    found = profile(tmp_path / "own.yaml")
    assert (found.report["rentity_id"], found.report["currency_code_local"]) == (9, "EUR")
    assert found.indicators == {"fan_in": ["A1"]}


def test_every_profile_that_is_shipped_names_its_source_and_only_nodes_that_we_write() -> None:
    assert len(named()) >= 6
    for name in named():
        found = profile(name)
        assert found.title
        assert found.source
        for kind, fields in {**found.required, **{k: f[0] for k, f in found.either.items()}}.items():
            assert {f.rstrip("*") for f in structure()[kind]} >= set(fields), (name, kind)
        for of, code in found.defaults.items():
            assert of == "country" or code in found.lists.get(of, [code]), (name, of)
        for of, words in found.methods.items():
            assert set(words.values()) <= set(found.lists.get(of, words.values())), (name, of)


SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="report"><xs:complexType><xs:sequence>
    <xs:element name="rentity_id" type="xs:int"/>
    <xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/>
  </xs:sequence>{more}</xs:complexType></xs:element>
</xs:schema>"""


def test_the_users_own_schema_is_asked(tmp_path: Path) -> None:
    schema, out = tmp_path / "own.xsd", tmp_path / "out.xml"
    schema.write_text(SCHEMA.replace("{more}", ""))
    scope = ExporterContract().world(TOLD, payments=True)
    told = export(EXPORTER.with_options({"schema": schema}), scope, out)
    assert "rentity_id" in told["problems"][0]
    told = export(EXPORTER.with_options({"schema": schema, "report": {"rentity_id": "1"}}), scope, out)
    assert told["problems"] == []
    schema.write_text(SCHEMA.replace("{more}", '<xs:assert test="1 = 1"/>'))
    told = export(EXPORTER.with_options({"schema": schema, "report": {"rentity_id": "1"}}), scope, out)
    assert told["problems"] == ["1 assertions of XSD 1.1 in own.xsd were not checked"]


@pytest.mark.parametrize(
    "text",
    [
        "no xml",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="http://127.0.0.1/a"/></xs:schema>',
    ],
)
def test_a_schema_that_is_none_or_reaches_out_is_refused(tmp_path: Path, text: str) -> None:
    schema = tmp_path / "own.xsd"
    schema.write_text(text)
    with pytest.raises(InputError, match=r"own\.xsd"):
        export(EXPORTER.with_options({"schema": schema}), ExporterContract().world(), tmp_path / "out.xml")


def test_a_profile_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="ch"):
        profile("cz")
    own = tmp_path / "own.yaml"
    for text, match in (("- a", "keys and values"), ("lists: 3", "lists"), ("lists: {a: b}", "lists.a"),
                        ("a: [", "YAML"), (f"extends: {own}", "itself")):  # fmt: skip
        own.write_text(text)
        with pytest.raises(InputError, match=match):
            profile(own)
    own.write_text("requierd: {}")
    with pytest.raises(UnknownName, match="required"):
        profile(own)
    with pytest.raises(UsageError, match="takes no profile"):
        graphml.EXPORTER.with_options({"profile": "ae"})


@pytest.mark.parametrize(
    ("value", "text"),
    [(10, "10.00"), (0.1, "0.10"), (1e15, "1000000000000000.00"), (1e300, None), (float("nan"), None),
     (float("inf"), None), (None, None), (1e-13, "0.0000000000001")],
)  # fmt: skip
def test_amounts_are_plain_digits_or_nothing(value: float | None, text: str | None) -> None:
    assert amount(value) == text


def test_what_is_missing_can_be_stated_until_nothing_is() -> None:
    """Each line of what is missing names the key by which it is stated; what the data say is never overwritten."""
    known: dict[str, Any] = {"currency_code_local": "AED", "submission_date": "2026-11-30T00:00:00"}
    for _ in range(3):
        root, tally = report(profile="ae", report=known)
        lines = gathered(tally.gaps, profile("ae", known))
        if not lines:
            break
        assert all(line["key"] for line in lines), lines
        known |= {
            line["key"]: "7" if line["key"] == "rentity_id" else (line["codes"] or ["3.67"])[-1] for line in lines
        }
    assert lines == []
    assert {"rate.EUR", "indicators", "rentity_id"} <= known.keys(), known
    [first, *_] = root.iterfind("transaction")
    assert first.findtext("amount_local") == "38.54"  # 10.50 EUR
    assert "stated for this report" in first.findtext("comments")
    person = first.find("t_from/from_account/signatory/t_person")
    assert person is None or person.findtext("first_name") != "3.67"
    with pytest.raises(UsageError, match="rate"):
        profile("ae", {"rate.USD": "much"})
