"""A small network: an office, its bank, an account, a disputed succession."""

from __future__ import annotations

import pyarrow as pa
import pytest

from counterflow.storage.ibis import IbisScope
from counterflow.storage.tables import DERIVED
from counterflow.testing import claims_of, scope_of


def whole(claims: pa.Table, entities: list[str], **tables: pa.Table) -> IbisScope:
    """A scope in which every subject is its own entity."""
    subjects = sorted(set(claims.column("subject").to_pylist()))
    members = pa.table({"subject": subjects, "entity": subjects})
    rows = pa.table({"entity": entities})
    return scope_of(
        {
            "claims": claims,
            "members": DERIVED["members"].conform(members),
            "entities": DERIVED["entities"].conform(rows),
        }
        | tables
    )


@pytest.fixture
def scope() -> IbisScope:
    claims = claims_of(
        [
            ("c:o39", "Organization", "name", "Office 39"),
            ("c:o38", "Organization", "name", "Office 38"),
            ("c:bank", "Company", "name", "Bank"),
            ("c:bank", "Company", "addressEntity", "c:ad"),
            ("c:ad", "Address", "full", "1 Street"),
            ("c:acc", "BankAccount", "accountNumber", "AT-12 34"),
            ("c:ship", "Vessel", "imoNumber", "IMO 7937317"),
            ("c:own", "Ownership", "owner", "c:o39"),
            ("c:own", "Ownership", "asset", "c:bank"),
            ("c:own", "Ownership", "percentage", "25-50"),
            ("c:own", "Ownership", "startDate", "1978"),
            ("c:holds", "Ownership", "owner", "c:bank"),
            ("c:holds", "Ownership", "asset", "c:acc"),
            *(
                row
                for n, date, stance, by in (
                    ("1", "2009", "asserts", "a"),
                    ("2", "2016-09", "asserts", "b"),
                    ("3", "2012", "denies", "c"),
                )
                for row in (
                    (f"c:s{n}", "Succession", "predecessor", "c:o38", {"stance": stance, "source_id": by}),
                    (f"c:s{n}", "Succession", "successor", "c:o39", {"stance": stance, "source_id": by, "origin": "x"}),
                    (f"c:s{n}", "Succession", "startDate", date, {"stance": stance, "source_id": by, "credibility": 3}),
                    (f"c:s{n}", "Succession", "conflictGroup", "C02", {"stance": stance, "source_id": by}),
                )
            ),
        ]
    )
    return whole(claims, ["c:o39", "c:o38", "c:bank", "c:acc", "c:ship", "c:ad"])
