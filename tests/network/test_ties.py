"""What parties could share, compared as people mean it and not as they write it."""

import pyarrow as pa
import pytest

from counterflow.network.ties import contact_key, few
from counterflow.testing import scope_of, whole
from findings.world import World


@pytest.mark.parametrize(
    ("kind", "written", "key"),
    [
        ("phone", "+44 (0)20 7183-8750", "+442071838750"),
        ("phone", "0044 20 7183 8750", "+442071838750"),
        ("phone", "Tel: 0086 24 2387", "+86242387"),
        ("phone", "02-381 7890", "023817890"),
        ("phone", "none", None),
        ("email", "Desk@Example.ORG", "desk@example.org"),
        ("website", "https://www.Example.org/", "example.org"),
        ("website", "http://example.org/fleet", "example.org/fleet"),
    ],
)
def test_a_contact_is_compared_by_where_it_leads(kind: str, written: str, key: str | None) -> None:
    scope = scope_of({"rows": pa.table({"kind": [kind], "text": [written]})})
    rows = scope.table("rows")
    assert scope.run(rows.select(key=contact_key(rows.kind, rows.text))).column("key").to_pylist() == [key]


def test_what_a_crowd_shares_ties_nobody() -> None:
    w = World()
    for n in range(4):
        w.entity(f"d:{n}", f"Company {n}", phone="+85211112222", address=f"{n // 2} Pier Road, Hull")
    scope = scope_of(whole(w.tables()))
    kept = scope.run(few(scope.table("ties"), 3)).to_pylist()
    assert {row["what"] for row in kept} == {"address"}
    assert len(kept) == 4
