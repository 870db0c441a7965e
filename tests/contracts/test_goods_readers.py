"""Readers of ships, goods and journeys keep the contract that every reader keeps."""

from __future__ import annotations

from pathlib import Path

from counterflow.sources.case import event_list, facilities
from counterflow.sources.ships import ais, nmea, ship_events, ship_register
from counterflow.sources.trade import seizures, shipments, trade_figures, vehicles
from counterflow.sources.travel import trips
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


class TestVehicles(ReaderContract):
    """Stolen and registered vehicles in one table."""

    reader = vehicles.READER
    fixture = FIXTURES / "vehicles" / "good.csv"
    strangers = (*FLOWS, LIST, SEIZURES)
    spoilt = FIXTURES / "vehicles" / "spoilt.csv"


class TestTrips(ReaderContract):
    """Bookings."""

    reader = trips.READER
    fixture = FIXTURES / "trips" / "good.csv"
    strangers = (*FLOWS, LIST, SEIZURES)
    spoilt = FIXTURES / "trips" / "spoilt.csv"


class TestTradeFigures(ReaderContract):
    """UN Comtrade as CSV."""

    reader = trade_figures.READER
    fixture = FIXTURES / "trade_figures" / "comtrade.csv"
    strangers = (*FLOWS, LIST, SEIZURES)


class TestTradeFiguresJson(ReaderContract):
    """UN Comtrade as the interface answers; its last record has a month that does not exist."""

    reader = trade_figures.READER
    fixture = FIXTURES / "trade_figures" / "comtrade.json"
    strangers = (*FLOWS, LIST, SEIZURES)
    spoilt = FIXTURES / "trade_figures" / "comtrade.json"


class TestShipEvents(ReaderContract):
    """Encounters of Global Fishing Watch."""

    reader = ship_events.READER
    fixture = FIXTURES / "ship_events" / "gfw.csv"
    strangers = (*FLOWS, LIST, SEIZURES)
    spoilt = FIXTURES / "ship_events" / "spoilt.csv"


class TestDeclarations(ReaderContract):
    """Korean customs declarations with their labels."""

    reader = shipments.READER
    fixture = FIXTURES / "shipments" / "korea.csv"
    strangers = (*FLOWS[:2], LIST, SEIZURES)


class TestNmea(ReaderContract):
    """AIS sentences as received."""

    reader = nmea.READER
    fixture = FIXTURES / "nmea" / "good.nmea"
    strangers = (*FLOWS, LIST, SEIZURES)
    spoilt = FIXTURES / "nmea" / "spoilt.nmea"


class TestMarineCadastre(ReaderContract):
    """Positions with all that MarineCadastre has since 2025."""

    reader = ais.READER
    fixture = FIXTURES / "ais" / "marinecadastre_2025.csv"
    strangers = (FLOWS[0], FLOWS[2], LIST, SEIZURES)
    spoilt = FIXTURES / "ais" / "danish.csv"


class TestShipRegister(ReaderContract):
    """Identities of ships over time."""

    reader = ship_register.READER
    fixture = FIXTURES / "ship_register" / "gfw.csv"
    strangers = (*FLOWS, LIST, SEIZURES, FIXTURES / "ship_events" / "gfw.csv")
    spoilt = FIXTURES / "ship_register" / "general.csv"


class TestEventList(ReaderContract):
    """Missile tests and their sites."""

    reader = event_list.READER
    fixture = FIXTURES / "event_list" / "cns.csv"
    strangers = (*FLOWS, LIST, SEIZURES, FIXTURES / "ship_events" / "gfw.csv")
    spoilt = FIXTURES / "event_list" / "spoilt.csv"


class TestFacilities(ReaderContract):
    """Ports."""

    reader = facilities.READER
    fixture = FIXTURES / "facilities" / "good.csv"
    strangers = (*FLOWS, LIST, SEIZURES, FIXTURES / "ship_events" / "gfw.csv")
    spoilt = FIXTURES / "facilities" / "spoilt.csv"
