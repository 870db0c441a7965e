"""Readers of ships and goods keep the contract that every reader keeps."""

from __future__ import annotations

from pathlib import Path

from counterflow.sources.trade import seizures
from counterflow.testing import ReaderContract

FIXTURES = Path(__file__).parents[1] / "fixtures"
FLOWS = tuple(FIXTURES / name / "good.csv" for name in ("payments", "ais", "shipments"))
LIST = FIXTURES / "un_xml" / "list.xml"
SEIZURES = FIXTURES / "seizures" / "unodc.csv"


class TestSeizures(ReaderContract):
    """Seizures, UNODC's layout."""

    reader = seizures.READER
    fixture = SEIZURES
    strangers = (*FLOWS, LIST)
    spoilt = SEIZURES.with_name("spoilt.csv")
