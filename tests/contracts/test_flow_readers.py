"""Readers of payments, positions and consignments keep the contract that every reader keeps."""

from __future__ import annotations

from pathlib import Path

from counterflow.sources.ships import ais
from counterflow.sources.trade import shipments
from counterflow.sources.transactions import payments
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
