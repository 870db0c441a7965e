"""The book: labels, swaps and crossings joined up; traces over them; hubs, circles and what no amount is known of."""

from __future__ import annotations

import numpy as np
import pytest

from counterflow.findings.crypto import labels, peels
from counterflow.findings.crypto.book import made
from counterflow.findings.crypto.labels import Label
from counterflow.findings.crypto.trace import arrivals, behind, path, trace
from counterflow.findings.crypto.waypoints import branches, chains, crossed
from counterflow.findings.run import ScopeData
from counterflow.testing.tables import scope_of, whole
from findings.crypto.heist import POOL, THIEF, TRADER, cross, swap, theft, town
from findings.crypto.test_transfers import told
from findings.world import World


def book_of(world: World):
    return ScopeData(scope_of(whole(world.tables()))).book


def marked(transfers, **kinds):
    """A book in which ``t…`` are thieves. :param kinds: address=kind of service"""
    names = transfers.names.to_pylist()
    known = {n: Label(a, f"wallet:{a}", a, topics=("crime.theft",)) for n, a in enumerate(names) if a.startswith("t")}
    known |= {n: Label(a, f"wallet:{a}", a, kinds[a]) for n, a in enumerate(names) if a in kinds}
    return made(transfers, known)


def spends(edges):
    """Rows that name transactions, as of a source without amounts and times."""
    nobody = {"way": ">", "from_address": None, "to_address": None, "amount": None, "block": 1}
    return [{**nobody, "spent_tx": spent, "tx": tx} for spent, tx in edges]


def got(book, **how):
    return {a.label: round(a.tainted, 6) for a in _named(book, **how)}


def _named(book, **how):
    from types import SimpleNamespace

    found = trace(book, book.seeds(), **how)
    for a in arrivals(found):
        yield SimpleNamespace(label=book.transfers.names[a.name].as_py(), tainted=a.tainted, arrival=a)


class TestLabels:
    def test_a_seed_is_told_by_topic_and_a_service_by_its_category(self):
        book = book_of(theft())
        by_address = {label.address: label for label in book.labels.values()}
        assert {a for a, label in by_address.items() if label.seed} == {THIEF}
        assert by_address[POOL].kind == "dex"
        assert by_address["0xbridge"].kind == "bridge"

    def test_the_holder_stands_for_the_address_and_its_claims_are_evidence(self):
        [label] = [x for x in book_of(theft()).labels.values() if x.address == THIEF]
        assert (label.entity, label.caption, label.listed) == ("d:laz", "Lazarus Group", True)
        assert len(label.claim_ids) == 3

    def test_a_listed_holder_is_enough(self):
        w = World()
        w.entity("d:laz", "Lazarus Group", listed=True)
        w.wallet("0xa", "d:laz")
        w.transfer("2025-01-01 00:00", "0xa", "0xb", 1)
        [label] = book_of(w).labels.values()
        assert label.topics == ("sanction",)

    def test_capitals_that_carry_nothing_are_no_difference(self):
        w = World()
        w.wallet("0x098B716B8Aaf21512996dC57EB0615e2383E2f96", topics="crime.theft")
        w.transfer("2025-01-01 00:00", "0x098b716b8aaf21512996dc57eb0615e2383e2f96", "0xb", 1)
        assert len(book_of(w).seeds()) == 1

    @pytest.mark.parametrize(
        ("word", "kind"),
        [("mixing_service", "mixer"), ("Tornado-Cash", "mixer"), ("defi_dex", "dex"), ("Binance deposit", "exchange"),
         ("bridge", "bridge"), ("gambling", "service"), ("user", ""), ("service_hack", ""), ("ronin_bridge_hack", "")],
    )  # fmt: skip
    def test_words_of_attributions(self, word, kind):
        assert labels.service(word) == kind


class TestSwapsAndCrossings:
    def test_value_goes_on_in_another_asset_with_the_same_holder(self):
        w = town()
        w.transfer("2025-02-21 00:00", THIEF, "0xhop", 5000, "USDT")
        swap(w, "2025-02-21 01:00", "0xhop", 5000)
        swap(w, "2025-02-21 02:00", "0xown1", 9000)  # somebody else at the same pool
        w.transfer("2025-02-21 03:00", "0xhop", "0xend", 2, "ETH")
        found = got(book_of(w), hops=9)
        assert found["0xend"] == 2.0
        assert "0xown1" not in found
        assert POOL not in found

    def test_what_is_got_first_in_the_rows_is_got_for_what_is_given(self):
        book = marked(told(
            {"way": "t>h", "at": 1, "asset": "USDT", "amount": 10.0, "tx": "a"},
            {"way": "pool>h", "at": 2, "position": "1", "block": 9, "amount": 4.0, "tx": "b"},
            {"way": "h>pool", "at": 2, "position": "2", "block": 9, "asset": "USDT", "amount": 10.0, "tx": "b"},
            {"way": "h>end", "at": 3, "amount": 4.0, "tx": "c"},
        ), pool="dex")  # fmt: skip
        assert got(book)["end"] == 4.0

    def test_a_crossing_is_followed_to_the_other_chain_at_its_own_amount(self):
        w = town()
        w.transfer("2025-02-21 00:00", THIEF, "0xhop", 40, amount_usd=100_000.0)
        btc = cross(w, "2025-02-21", 5, "0xhop", "bc1new", 40)
        found = got(book_of(w), hops=2)  # the crossing itself is no hop
        assert found["bc1new"] == pytest.approx(btc)

    def test_the_same_address_on_both_sides_decides_between_rivals(self):
        rows = [{"way": "t>h", "at": 1, "amount": 10.0}, {"way": "h>br", "at": 2, "amount": 10.0}]
        outs = [{"way": f"{vault}>{whom}", "at": 60, "amount": 9.99, "chain": "bsc", "tx": whom}
                for vault, whom in (("vault", "h"), ("vault", "x"))]  # fmt: skip
        book = marked(told(*rows, *outs), br="bridge", vault="bridge")
        assert book.crossings.unique.tolist() == [True]
        assert book.transfers.names[int(book.transfers.receiver[book.crossings.payout[0]])].as_py() == "h"

    def test_a_payout_before_the_deposit_or_too_late_is_none(self):
        for at in (1, 2 + 3601):
            book = marked(
                told({"way": "a>br", "at": 2}, {"way": "v>b", "at": at, "chain": "bsc"}), br="bridge", v="bridge"
            )
            assert len(book.crossings) == 0

    def test_two_deposits_for_one_payout_have_neither(self):
        rows = [{"way": f"{who}>br", "at": n, "amount": 10.0} for n, who in enumerate("ab")]
        payout = {"way": "v>c", "at": 9, "amount": 9.99, "chain": "bsc"}
        book = marked(told(*rows, payout), br="bridge", v="bridge")
        assert book.crossings.unique.tolist() == [False, False]

    def test_who_pays_what_the_bridge_took_in_again_and_again_is_the_bridges(self):
        rng = np.random.default_rng(0)
        rows, crowd = [], [{"way": f"s{n}>r{n}", "at": 40 * n, "amount": 7.0 + n, "chain": "bsc"} for n in range(60)]
        for n in range(40):
            at, amount = 300 * n, float(rng.uniform(1, 200))
            rows += [{"way": f"a{n}>br", "at": at, "amount": amount},
                     {"way": f"v>b{n}", "at": at + 90, "amount": amount * 0.997, "chain": "bsc"}]  # fmt: skip
        book = marked(told(*rows, *crowd), br="bridge")
        [vault] = book.crossings.vaults
        assert book.transfers.names[vault].as_py() == "v"
        assert book.kind(vault) == "vault"
        assert len(book.crossings) == 40
        pairs = zip(book.crossings.deposit, book.crossings.payout, book.crossings.unique, strict=True)
        t = book.transfers
        sure = [(t.row(d)["sender"], t.row(p)["receiver"]) for d, p, unique in pairs if unique]
        assert len(sure) >= 30  # the others came in the same hour with the same sum
        assert all(a[1:] == b[1:] for a, b in sure)

    def test_of_assets_that_are_not_the_same_without_a_value_nothing_is_said(self):
        payout = {"way": "v>c", "at": 9, "asset": "SOL", "chain": "solana"}
        book = marked(told({"way": "a>br", "at": 1}, payout), br="bridge", v="bridge")
        assert len(book.crossings) == 0
        wrapped = {"way": "v>c", "at": 9, "asset": "WETH", "chain": "bsc"}
        assert len(marked(told({"way": "a>br", "at": 1}, wrapped), br="bridge", v="bridge").crossings) == 1


class TestTraces:
    def test_nothing_is_lost_between_the_thief_and_the_ends(self):
        book = book_of(theft())
        for method in ("haircut", "fifo"):
            found = trace(book, book.seeds(), method=method, hops=20)
            rest = sum(a.usd * a.rests for a in arrivals(found))
            assert rest == pytest.approx(0.995 * 291_000, rel=1e-6)

    def test_the_part_that_can_be_reached_says_the_same_as_everything(self):
        w = theft()
        for n in range(9):
            w.transfer("2025-02-21 02:30", f"0xown{n}", "0xhop0", 10_000, "USDT")
            w.transfer("2025-02-22 00:30", f"bc1own{n % 8}", "bc1peel1x2", 0.5, "BTC", chain="bitcoin")
        book = book_of(w)
        found = trace(book, book.seeds(), hops=20)
        from counterflow.findings.crypto.taint import SEEDED, STOPPED, carry

        t = book.transfers
        mark = np.where(book.stops[t.sender] & ~book.own(book.source), STOPPED, 0).astype(np.int8)
        mark[np.isin(t.sender, book.seeds())] = SEEDED
        whole_ = carry("haircut", book.source, book.target, book.leaving, book.arriving, t.at, mark, book.holdings,
                       hops=20, window=90 * 86400, free=t.holdings)  # fmt: skip
        share = np.zeros(len(t))
        share[found.part] = found.share
        np.testing.assert_allclose(share, whole_.share)

    def test_the_way_is_told_from_the_marked_address_on(self):
        book = book_of(theft())
        found = trace(book, book.seeds(), hops=20)
        [end] = [a for a in arrivals(found) if book.transfers.names[a.name].as_py() == TRADER]
        way = path(found, int(np.searchsorted(found.part, end.transfers[-1])))
        rows = [book.transfers.row(i) for i in way]
        assert rows[0]["sender"] == THIEF
        assert rows[-1]["receiver"] == TRADER
        assert [r["at"] for r in rows] == sorted(r["at"] for r in rows)
        assert set(way) <= set(behind(found, end.transfers))

    def test_an_address_with_very_many_transfers_is_a_service_though_nobody_says_so(self):
        rows = [{"way": f"c{n}>hub", "at": n} for n in range(60)] + [
            {"way": f"hub>d{n}", "at": 100 + n} for n in range(9)
        ]
        transfers = told({"way": "t>hub", "at": 50}, *rows)
        names = transfers.names.to_pylist()
        known = {names.index("t"): Label("t", "wallet:t", "t", topics=("crime.theft",))}
        assert set(got(made(transfers, known))) == {"hub", *(f"d{n}" for n in range(9))}
        book = made(transfers, known, hub=50)
        assert set(got(book)) == {"hub"}
        assert book.kind(names.index("hub")) == "hub"

    def test_where_no_amounts_are_known_the_structure_speaks(self):
        edges = [("t1", "a"), ("x", "a"), ("a", "b"), ("a", "c"), ("b", "d"), ("y", "d")]
        book = marked(told(*spends(edges), chain="bitcoin", asset="BTC"))
        found = trace(book, book.seeds())
        assert found.method == "structure"
        assert got(book) == {"a": 1.0, "b": 0.5, "c": 0.5, "d": 0.5}

    def test_a_transaction_mixes_what_it_spends_in_proportion(self):
        """Bitcoin's own book: the outputs of a transaction are all as tainted as its inputs together."""
        rows = [("t1", "a", 3.0, 1), ("x", "a", 1.0, 1), ("a", "b", 2.5, 2), ("a", "c", 1.5, 3), ("b", "d", 2.5, 4)]
        spent = [{"way": ">", "from_address": None, "to_address": None, "spent_tx": s, "tx": tx, "amount": a, "at": at}
                 for s, tx, a, at in rows]  # fmt: skip
        book = marked(told(*spent, chain="bitcoin", asset="BTC"))
        assert got(book) == {"a": 3.0, "b": 1.875, "c": 1.125, "d": 1.875}
        assert got(book, method="fifo") == {"a": 3.0, "b": 2.5, "c": 0.5, "d": 2.5}
        assert {a.label: a.arrival.share for a in _named(book)}["d"] == 0.75

    def test_an_address_that_pays_itself_changes_nothing(self):
        book = marked(told({"way": "t>a", "at": 1}, {"way": "a>a", "at": 2, "amount": 50.0}, {"way": "a>b", "at": 3}))
        assert got(book) == {"a": 1.0, "b": 1.0}

    def test_a_transfer_of_nothing_carries_nothing(self):
        book = marked(told({"way": "t>a", "at": 1, "amount": 0.0}, {"way": "a>b", "at": 2}))
        for method in ("haircut", "fifo", "poison"):
            assert got(book, method=method) == {}

    def test_listed_mixers_take_it_and_are_named(self):
        book = marked(told({"way": "t>m", "at": 1}, {"way": "m>x", "at": 2}), m="mixer")
        assert got(book) == {"m": 1.0}


class TestPeels:
    def test_the_longest_chain_once_with_its_roles(self):
        transfers = told(*(
            {"way": way, "at": n, "amount": a, "asset": "BTC", "chain": "bitcoin"}
            for n, (way, a) in enumerate([("x>a", 100), ("a>p", 4), ("a>b", 96), ("b>p", 4), ("b>c", 92), ("c>q", 4),
                                          ("c>d", 88)])
        ))  # fmt: skip
        none = np.zeros(len(transfers.names), dtype=np.bool_)
        hits = peels.find(transfers, none, steps=3, peel=0.3, dust=0.001, window=1000)
        assert [m.tolist() for m in hits] == [[1, 2, 3, 4, 5, 6]]
        assert hits.role.tolist() == [1, 0, 1, 0, 1, 0]
        assert len(peels.find(transfers, none, steps=4, peel=0.3, dust=0.001, window=1000)) == 0
        uneven, off = peels.spread(transfers, hits.members, hits.role)
        assert uneven == 0.0
        assert off == pytest.approx(4 / 96)

    def test_a_circle_of_steps_ends(self):
        rows = [("x>a", 9), ("a>p", 1), ("a>b", 8), ("b>p", 1), ("b>a", 7), ("a>q", 1)]
        transfers = told(*({"way": w, "at": n, "amount": a} for n, (w, a) in enumerate(rows)))
        none = np.zeros(len(transfers.names), dtype=np.bool_)
        assert len(peels.find(transfers, none, steps=1, peel=0.6, dust=0.001, window=1000)) <= 2


@pytest.mark.slow
def test_compiled_it_says_the_same(monkeypatch):
    edges = [("t1", "a"), ("x", "a"), ("a", "b"), ("a", "c"), ("b", "d"), ("y", "d")]

    def everything():
        book = book_of(theft())
        for method in ("haircut", "fifo", "poison"):
            found = trace(book, book.seeds(), method=method, hops=20)
            yield [found.share.tolist(), found.hop.tolist(), found.previous.tolist()]
        hits = peels.find(book.transfers, book.stops, steps=3, peel=0.3, dust=0.001, window=10**6)
        yield [hits.members.tolist(), hits.role.tolist(), book.crossings.payout.tolist(), book.swap.tolist()]
        yield got(marked(told(*spends(edges), chain="bitcoin", asset="BTC")))

    interpreted = list(everything())
    monkeypatch.setattr("counterflow.findings.crypto.transfers.COMPILE_FROM", 0)
    assert list(everything()) == interpreted


class TestWaypoints:
    DIAL = {"steps": 5.0, "peel": 0.35, "dust": 0.002, "days": 7.0, "uneven": 0.5}  # noqa: RUF012

    def test_bridges_peel_chains_and_meeting_points_on_the_way(self):
        book = book_of(theft())
        found = trace(book, book.seeds(), hops=20, days=365)
        assert [share for _, share in crossed(found)] == [1.0, 1.0, 1.0], "of eleven crossings, the thief's"
        told = chains(book, self.DIAL)
        assert [(len(chain.main), len(chain.peeled)) for chain in told] == [(6, 6)] * 3
        assert chains(book, self.DIAL) is told
        [trader] = [a for a in arrivals(found) if book.transfers.names[a.name].as_py() == TRADER]
        assert len(trader.senders) == 21
        assert len(branches(found, trader.transfers)) == 3

    def test_what_the_money_did_not_reach_is_no_waypoint(self):
        book = book_of(theft())
        found = trace(book, book.seeds(), hops=1, days=365)
        assert list(crossed(found)) == []
