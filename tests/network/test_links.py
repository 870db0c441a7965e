"""Links: one row a relationship, rival accounts side by side, origins not articles."""

from __future__ import annotations

from counterflow.network.links import links
from counterflow.storage.ibis import IbisScope
from counterflow.testing import claims_of
from network.conftest import whole


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


def test_votes_are_kept_apart_from_shares_with_their_bounds() -> None:
    """A band of votes is a link of its own: kind, ends that do not belong to it, and that it runs through others."""
    claims = claims_of(
        [
            ("c:a", "Company", "name", "A"),
            ("c:b", "Company", "name", "B"),
            ("c:s", "Ownership", "owner", "c:a"),
            ("c:s", "Ownership", "asset", "c:b"),
            ("c:s", "Ownership", "percentage", ">25-50"),
            ("c:s", "Ownership", "ownershipType", "shareholding"),
            ("c:v", "Control", "controller", "c:a"),
            ("c:v", "Control", "controlled", "c:b"),
            ("c:v", "Control", "percentage", "50-<75"),
            ("c:v", "Control", "controlType", "votingRights"),
            ("c:v", "Control", "directness", "indirect"),
        ]
    )
    rows = {row["link"]: row for row in links(whole(claims, ["c:a", "c:b"])).to_pylist()}
    columns = ("interest", "share_low", "share_high", "low_open", "high_open", "directness")
    assert [rows["c:s"][name] for name in columns] == ["shareholding", 25.0, 50.0, True, False, None]
    assert [rows["c:v"][name] for name in columns] == ["votingRights", 50.0, 75.0, False, True, "indirect"]


def test_rival_figures_of_one_record_stay_an_interval_and_nonsense_is_kept_as_written() -> None:
    claims = claims_of(
        [
            (f"c:{name}", "Ownership", property, value)
            for name, shares in (("a", ["30", ">60"]), ("b", ["120"]), ("c", ["half", "20"]))
            for property, value in [("owner", "c:o"), ("asset", "c:x"), *(("percentage", s) for s in shares)]
        ]
        + [("c:o", "Company", "name", "O"), ("c:x", "Company", "name", "X")]
    )
    rows = {row["link"]: row for row in links(whole(claims, ["c:o", "c:x"])).to_pylist()}
    columns = ("share", "share_low", "share_high", "low_open", "high_open")
    assert [rows["c:a"][c] for c in columns] == ["30 | >60", 30, 100, False, False]
    assert [rows["c:b"][c] for c in columns] == ["120", None, None, None, None]
    assert [rows["c:c"][c] for c in columns] == ["20 | half", 20, 20, False, False]
