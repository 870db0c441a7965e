"""Links: one row a relationship, rival accounts side by side, origins not articles."""

from __future__ import annotations

import pytest

from counterflow.network.links import links, parse_share
from counterflow.storage.ibis import IbisScope


def test_each_relationship_is_a_link_with_its_dates_share_and_evidence(scope: IbisScope) -> None:
    rows = {row["link"]: row for row in links(scope).to_pylist()}
    own = rows["c:own"]
    assert (own["source"], own["target"], own["schema"]) == ("c:o39", "c:bank", "Ownership")
    assert (own["share_low"], own["share_high"], own["start"], own["end"]) == (25.0, 50.0, "1978", None)
    assert len(own["claim_ids"]) == 4


def test_rival_accounts_stay_apart_and_a_denial_is_kept(scope: IbisScope) -> None:
    rival = [row for row in links(scope).to_pylist() if row["conflict"] == "C02"]
    assert [(row["start"], row["stance"]) for row in rival] == [
        ("2009", "asserts"),
        ("2016-09", "asserts"),
        ("2012", "denies"),
    ]


def test_strength_counts_origins_not_articles(scope: IbisScope) -> None:
    row = next(row for row in links(scope).to_pylist() if row["link"] == "c:s1")
    assert row["origins"] == 2  # source a, and the origin x that its other claim repeats
    assert (row["reliability"], row["credibility"]) == ("B", 2)


def test_a_plain_reference_is_a_link_too(scope: IbisScope) -> None:
    rows = {row["link"]: row for row in links(scope).to_pylist()}
    assert rows["c:bank>addressEntity>c:ad"]["role"] == "addressEntity"
    assert not any("c:own>" in link for link in rows), "ends of a relationship are not links of their own"


@pytest.mark.parametrize(
    ("text", "share"),
    [("51", (51, 51)), ("25-50", (25, 50)), ("75 to 100%", (75, 100)), (">50", (50, 100)), ("over 25 %", (25, 100)),
     ("half", (None, None)), ("120", (None, None)), ("50-25", (None, None)), (None, (None, None))],
)  # fmt: skip
def test_shares_are_intervals_and_nonsense_is_unknown(
    text: str | None, share: tuple[float | None, float | None]
) -> None:
    assert parse_share(text) == share
