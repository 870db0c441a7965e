"""Accounts: a table with an account and its holder in each row, as a bank's customer file or a simulation brings it.

Known without a mapping: AMLSim's accounts and IBM AMLworld's; any other table with an account and a holder under their
usual names, or by a mapping. The account, its holder and the holding become claims, so that payments reach the network
by the number of the account. Dates of AMLSim, which count days, are kept as notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from counterflow.model.source import Descriptor
from counterflow.model.values import clean
from counterflow.sources import descriptors, tabular
from counterflow.sources.mapping import from_options, plain, resolve
from counterflow.sources.party import digest
from counterflow.sources.reader import Head, Record, Statements

__all__ = ["READER"]

_COLUMNS: dict[str, tuple[str, ...]] = {
    "account": ("account_number", "account_id", "acct_id", "account_no", "iban"),
    "bank": ("bank_id", "bic", "bank_code"),
    "bank_name": (),
    "account_name": ("dsply_nm", "acct_name"),
    "account_type": ("acct_type", "type"),
    "currency": ("acct_rptng_crncy", "account_currency"),
    "opened": ("open_dt", "opening_date"),
    "closed": ("close_dt", "closing_date"),
    "balance": ("initial_deposit", "initial_balance"),
    "status": ("acct_stat", "account_status"),
    "branch": ("branch_id",),
    "holder_id": ("entity_id", "customer_id", "primary_cust_id", "client_id"),
    "holder_name": ("entity_name", "customer_name", "account_holder", "holder", "client_name"),
    "first_name": (),
    "last_name": (),
    "birth_date": ("date_of_birth", "dob"),
    "gender": (),
    "id_number": ("ssn", "tax_id", "national_id"),
    "street": ("street_addr", "address"),
    "city": (),
    "state": (),
    "postal_code": ("zip", "postcode"),
    "country": ("holder_country", "nationality"),
}
_ACCOUNT = {"account_type": "accountType", "currency": "currency", "bank_name": "bankName"}
_PERSON = ("first_name", "last_name", "birth_date", "gender")


class AccountsReader:
    """Reads accounts with their holders; options: ``mapping``."""

    name = "accounts"
    descriptor = descriptors.load("accounts")
    fields: Mapping[str, str] = {
        "account": "BankAccount.accountNumber, BankAccount.iban where it is one",
        "bank": "BankAccount.bic where it is one, else BankAccount.notes",
        "bank_name": "BankAccount.bankName",
        "account_name": "BankAccount.name",
        "account_type": "BankAccount.accountType",
        "currency": "BankAccount.currency",
        "opened": "BankAccount.openingDate, BankAccount.notes",
        "closed": "BankAccount.closingDate, BankAccount.notes",
        "balance": "BankAccount.balance",
        "status, branch; any other column": "BankAccount.notes",
        "holder_id": "the holder's id; Ownership.owner, Ownership.asset",
        "holder_name": "LegalEntity.name",
        "first_name, last_name": "Person.firstName, Person.lastName, LegalEntity.name",
        "birth_date": "Person.birthDate",
        "gender": "Person.gender",
        "id_number": "LegalEntity.idNumber",
        "street, city, state, postal_code": "LegalEntity.address",
        "country": "LegalEntity.country",
    }

    def recognises(self, head: Head) -> float:
        """By an account beside its holder or bank, and no second account or amount as a payment has."""
        names = {plain(n) for n in tabular.header_of(head)}

        def has(ours: str) -> bool:
            return any(plain(n) in names for n in (ours, *_COLUMNS[ours]))

        if not has("account") or names & {"amount", "baseamt", "timestamp", "amountpaid", "tranid", "issar"}:
            return 0.0
        named = has("holder_id") or has("holder_name") or has("last_name")
        return 0.9 if named and (has("bank") or has("bank_name") or has("account_type")) else 0.0

    def describe(self, path: Path) -> Descriptor:
        """Of the simulation that the columns belong to."""
        names = {plain(n) for n in tabular.header(path, from_options({}, _COLUMNS))}
        if {"acctid", "dsplynm", "txbehaviorid"} <= names:
            return descriptors.load("amlsim")
        if {"bankname", "bankid", "entityid", "entityname"} <= names:
            return descriptors.load("amlworld")
        return self.descriptor

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Statements about accounts, their holders and the holding."""
        mapping = from_options(options, _COLUMNS)
        header = tabular.header(path, mapping)
        found = resolve(mapping, header, _COLUMNS, ("account",), str(path))
        used = {name for names in found.values() for name in names}
        for batch in tabular.batches(path, mapping, header):
            rows = tabular.Rows(batch, mapping, found)
            columns = {name: rows.text(name) for name in _COLUMNS}
            rows.require("account", columns["account"])
            rest = [name for name in header if name not in used]
            others = {name: tabular.printed(batch.rows.column(name)) for name in rest}
            values = {name: column.to_pylist() for name, column in columns.items()}
            yield from rows.rejected()
            for n in rows.kept.nonzero()[0].tolist():
                row = {name: column[n] for name, column in values.items()}
                more = [f"{name}: {column[n]}" for name, column in others.items() if column[n]]
                yield from _row(row, more, int(batch.lines[n]))


def _row(row: Mapping[str, str | None], more: list[str], line: int) -> Iterator[Statements]:
    bank = (row["bank"] or "").lstrip("0") or row["bank"]
    number = row["account"] or ""
    account = Statements(f"account-{bank or ''}-{number}", "BankAccount", locator=f"account {number}", line=line)
    account.say("accountNumber", number)
    compact = number.replace(" ", "").upper()
    account.say("iban", compact if len(compact) > 14 and compact[:2].isalpha() and compact[2:4].isdigit() else None)
    account.say("name", row["account_name"])
    for ours, property in _ACCOUNT.items():
        account.say(property, row[ours])
    is_bic = bank is not None and len(bank) in (8, 11) and bank[:6].isalpha() and bank.isupper()
    account.say("bic" if is_bic else "notes", bank if is_bic or not bank else f"bank: {bank}")
    for ours, property in (("opened", "openingDate"), ("closed", "closingDate")):
        day = row[ours]
        good = day is not None and clean("date", day) is not None
        account.say(property if good else "notes", day if good or not day else f"{ours}: {day}")
    account.say("balance", row["balance"])
    for ours in ("status", "branch"):
        account.say("notes", f"{ours}: {row[ours]}" if row[ours] else None)
    for note in more:
        account.say("notes", note)
    yield account
    yield from _holder(row, account)


def _holder(row: Mapping[str, str | None], account: Statements) -> Iterator[Statements]:
    parts = [row["first_name"], row["last_name"]]
    name = row["holder_name"] or " ".join(p for p in parts if p) or None
    if not name and not row["holder_id"]:
        return
    subject = f"holder-{row['holder_id'] or digest(name, account.subject)}"
    kind = "Person" if any(row[p] for p in _PERSON) else "LegalEntity"
    holder = Statements(subject, kind, locator=account.locator, line=account.line)
    holder.say("name", name or f"holder {row['holder_id']}")
    holder.say("idNumber", row["id_number"])
    street = [row[p] for p in ("street", "city", "state", "postal_code")]
    holder.say("address", ", ".join(p for p in street if p))
    country = row["country"]
    known = country is not None and clean("country", country) is not None
    holder.say("country" if known else "notes", country if known or not country else f"country: {country}")
    if kind == "Person":
        holder.say("firstName", row["first_name"])
        holder.say("lastName", row["last_name"])
        holder.say("birthDate", row["birth_date"])
        holder.say("gender", row["gender"])
    yield holder
    link = Statements(f"{subject}-owns-{account.subject}", "Ownership", locator=account.locator, party=False)
    link.line = account.line
    link.say("owner", subject)
    link.say("asset", account.subject)
    yield link


READER = AccountsReader()
