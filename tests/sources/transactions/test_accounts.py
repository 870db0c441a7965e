from pathlib import Path

from counterflow.sources.reader import read_head
from counterflow.sources.transactions.accounts import READER
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures" / "accounts"


def test_an_account_has_a_holder() -> None:
    told = Told(READER, FIXTURES / "amlworld.csv")
    assert READER.describe(FIXTURES / "amlworld.csv").dataset == "amlworld"
    assert values(told.by_subject["account-331579-80B779D80"]) == {
        "accountNumber": ["80B779D80"], "bankName": ["Portugal Bank #4507"], "notes": ["bank: 331579"]}  # fmt: skip
    assert told["holder-80062E240", "name"] == ["Sole Proprietorship #50438"]
    owns = told.by_subject["holder-80062E240-owns-account-331579-80B779D80"]
    assert values(owns) == {"owner": ["holder-80062E240"], "asset": ["account-331579-80B779D80"]}


def test_a_simulated_person_with_address_and_birth() -> None:
    told = Told(READER, FIXTURES / "amlsim.csv")
    assert READER.describe(FIXTURES / "amlsim.csv").dataset == "amlsim"
    person = told.one("Person") if len(told.statements) == 3 else values(told.statements[1])
    assert person["name"] == ["Anna Berg"]
    assert person["address"] == ["4 Pier Road, Harbour, ME, 04101"]
    assert (person["birthDate"], person["idNumber"], person["country"]) == (["1960-05-06"], ["123-45-6789"], ["US"])
    account = values(told.statements[0])
    assert "opened: 0" in account["notes"]
    assert "prior_sar_count: false" in account["notes"]
    assert account["balance"] == ["184.44"]


def test_a_bank_s_own_file() -> None:
    told = Told(READER, FIXTURES / "spoilt.csv")
    assert [(r.line, r.field) for r in told.rejected] == [(3, "account_number")]
    account = values(told.statements[0])
    assert (account["iban"], account["bic"]) == (["DE89370400440532013000"], ["HARBDEFF"])
    assert told.statements[1].schema == "Person"


def test_accounts_of_amlworld_in_full(shared_data: Path) -> None:
    path = shared_data / "ibm-aml-patterns" / "hi_small_accounts_sample.parquet"
    assert READER.recognises(read_head(path)) > 0.5
    told = Told(READER, path)
    assert told.rejected == []
    assert sum(r.schema == "BankAccount" for r in told.statements) == 1000
    assert told.dangling() == set()
    assert not told.unclean()
