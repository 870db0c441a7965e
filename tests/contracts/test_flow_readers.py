"""Readers of payments, positions and consignments keep the contract that every reader keeps."""

from __future__ import annotations

from pathlib import Path

from counterflow.sources.ships import ais
from counterflow.sources.trade import shipments
from counterflow.sources.transactions import accounts, amlworld_patterns, iso20022, labels, payments, swift
from counterflow.testing import ReaderContract

FIXTURES = Path(__file__).parents[1] / "fixtures"
PAYMENTS, AIS, SHIPMENTS = (FIXTURES / name / "good.csv" for name in ("payments", "ais", "shipments"))


class TestPayments(ReaderContract):
    """Payments without a mapping."""

    reader = payments.READER
    fixture = PAYMENTS
    strangers = (AIS, SHIPMENTS, FIXTURES / "un_xml" / "list.xml")
    spoilt = PAYMENTS.with_name("spoilt.csv")


class TestAis(ReaderContract):
    """Ship positions."""

    reader = ais.READER
    fixture = AIS
    strangers = (PAYMENTS, SHIPMENTS, FIXTURES / "un_xml" / "list.xml")
    spoilt = AIS.with_name("spoilt.csv")


class TestShipments(ReaderContract):
    """Consignments."""

    reader = shipments.READER
    fixture = SHIPMENTS
    strangers = (PAYMENTS, AIS, FIXTURES / "un_xml" / "list.xml")
    spoilt = SHIPMENTS.with_name("spoilt.csv")


ISO = FIXTURES / "iso20022"


class TestIso20022Statement(ReaderContract):
    """Account statements in XML."""

    reader = iso20022.READER
    fixture = ISO / "camt053.xml"
    strangers = (PAYMENTS, FIXTURES / "un_xml" / "list.xml", FIXTURES / "ofac_xml" / "sdn.xml")
    spoilt = ISO / "spoilt.xml"


class TestIso20022Order(TestIso20022Statement):
    """Orders between banks in XML, in an envelope."""

    fixture = ISO / "pacs008.xml"


class TestIso20022Initiation(TestIso20022Statement):
    """Orders of customers in XML, with prefixed names."""

    fixture = ISO / "pain001.xml"


FIN = FIXTURES / "swift"


class TestSwiftOrders(ReaderContract):
    """Orders between banks in FIN."""

    reader = swift.READER
    fixture = FIN / "orders.fin"
    strangers = (PAYMENTS, AIS, ISO / "pacs008.xml")
    spoilt = FIN / "spoilt.fin"


class TestSwiftStatement(TestSwiftOrders):
    """Account statements in FIN."""

    fixture = FIN / "statement.sta"


class TestSwiftWithoutHeaders(TestSwiftOrders):
    """Text blocks alone."""

    fixture = FIN / "bare.fin"


AMLWORLD = FIXTURES / "amlworld"


class TestAmlworldTransactions(ReaderContract):
    """Transactions with their answers."""

    reader = payments.READER
    fixture = AMLWORLD / "transactions.csv"
    strangers = (AIS, SHIPMENTS, AMLWORLD / "patterns.txt")


class TestAmlworldPatterns(ReaderContract):
    """Attempts."""

    reader = amlworld_patterns.READER
    fixture = AMLWORLD / "patterns.txt"
    strangers = (AIS, PAYMENTS, AMLWORLD / "transactions.csv")
    spoilt = AMLWORLD / "spoilt.txt"


class TestLabels(ReaderContract):
    """Answers alone."""

    reader = labels.READER
    fixture = FIXTURES / "labels" / "alerts.csv"
    strangers = (AIS, PAYMENTS, AMLWORLD / "transactions.csv")
    spoilt = FIXTURES / "labels" / "spoilt.csv"


ACCOUNTS = FIXTURES / "accounts"


class TestAccounts(ReaderContract):
    """Accounts of AMLworld."""

    reader = accounts.READER
    fixture = ACCOUNTS / "amlworld.csv"
    strangers = (PAYMENTS, SHIPMENTS, AMLWORLD / "transactions.csv", FIXTURES / "labels" / "alerts.csv")
    spoilt = ACCOUNTS / "spoilt.csv"


class TestAccountsOfAmlsim(TestAccounts):
    """Accounts of AMLSim."""

    fixture = ACCOUNTS / "amlsim.csv"
