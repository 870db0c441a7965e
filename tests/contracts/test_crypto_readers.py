"""Readers of wallets and of transfers on blockchains keep the contract that every reader keeps."""

from __future__ import annotations

from pathlib import Path

from counterflow.sources.crypto import addresses, tagpack, transfers
from counterflow.testing import ReaderContract

FIXTURES = Path(__file__).parents[1] / "fixtures"
PACK, LIST, EDGES = FIXTURES / "tagpack", FIXTURES / "addresses", FIXTURES / "transfers"
PAYMENTS = FIXTURES / "payments" / "good.csv"


class TestTagpack(ReaderContract):
    """Tags."""

    reader = tagpack.READER
    fixture = PACK / "pack.yaml"
    strangers = (PAYMENTS, LIST / "list.csv", LIST / "bare.txt")
    spoilt = PACK / "spoilt.yaml"


class TestActorpack(TestTagpack):
    """Actors."""

    fixture = PACK / "actors.yaml"


class TestAddresses(ReaderContract):
    """A table of addresses."""

    reader = addresses.READER
    fixture = LIST / "list.csv"
    strangers = (PAYMENTS, EDGES / "edges.csv", PACK / "pack.yaml")
    spoilt = LIST / "spoilt.csv"


class TestBareAddresses(TestAddresses):
    """Addresses and nothing else."""

    fixture = LIST / "bare.txt"


class TestTransfers(ReaderContract):
    """An edge list."""

    reader = transfers.READER
    fixture = EDGES / "edges.csv"
    strangers = (PAYMENTS, LIST / "list.csv", PACK / "pack.yaml")
    spoilt = EDGES / "spoilt.csv"


class TestEtherscan(TestTransfers):
    """An export of an explorer."""

    fixture = EDGES / "etherscan.csv"
