"""A theft in small: a token is stolen, swapped, bridged, peeled and cashed; with switches for what is almost that."""

from __future__ import annotations

from findings.world import World

THIEF, POOL, BRIDGE, VAULT = "0xthief", "0xpool", "0xbridge", "bc1vault"
TRADER, HOT = "bc1trader", "bc1hot"


def town() -> World:
    """Who there is: a listed thief, an exchange, a bridge, a pool; and the ordinary traffic of a day."""
    w = World()
    w.entity("d:laz", "Lazarus Group", "Organization", listed=True)
    w.entity("d:exc", "Anyone Exchange", "Company")
    w.wallet(THIEF, "d:laz", topics="crime.theft")
    w.wallet(HOT, "d:exc", keywords="exchange")
    w.wallet(POOL, keywords="dex")
    w.wallet(BRIDGE, keywords="bridge")
    w.wallet(VAULT, keywords="bridge")
    for n in range(8):
        w.transfer(f"2025-02-20 {n + 8:02}:00", f"0xown{n}", f"0xown{n + 1}", 3 + n, amount_usd=2500.0 * (3 + n))
        w.transfer(f"2025-02-20 {n + 8:02}:30", f"0xown{n}", BRIDGE, 2 + n, amount_usd=2500.0 * (2 + n))
        w.transfer(f"2025-02-20 {n + 8:02}:45", VAULT, f"bc1own{n}", (2 + n) / 36.3, "BTC", chain="bitcoin",
                   amount_usd=2479.0 * (2 + n))  # fmt: skip
    return w


def swap(w: World, when: str, who: str, usdt: float) -> float:
    """USDT for ETH at the pool; returns the ETH."""
    w.transfer(when, who, POOL, usdt, "USDT", tx=f"swap {who}", amount_usd=usdt)
    w.transfer(when, POOL, who, usdt / 2500, "ETH", tx=f"swap {who}", amount_usd=usdt)
    return usdt / 2500


def cross(w: World, day: str, hour: int, who: str, whom: str, eth: float, share: float = 0.995) -> float:
    """ETH over the bridge; returns the BTC. :param share: what the bridge pays out of what it got"""
    w.transfer(f"{day} {hour:02}:00", who, BRIDGE, eth, amount_usd=eth * 2500)
    btc = eth * 2500 * share / 90_000
    w.transfer(f"{day} {hour:02}:17", VAULT, whom, btc, "BTC", chain="bitcoin", amount_usd=btc * 90_000)
    return btc


def peel(w: World, day: str, chain: str, btc: float, steps: int, shares: list[float], *, fresh: bool = True) -> float:
    """Peels off a sum in steps, to the trader; returns what is left at the last address, ``CHAINn``."""
    for n in range(steps):
        part = btc * shares[n % len(shares)]
        here, after = f"{chain}{n}", f"{chain}{n + 1}"
        if not fresh:  # the rest goes to addresses that were in use before
            w.transfer(f"{day} 01:{n:02}", f"bc1own{n % 8}", after, 0.01, "BTC", chain="bitcoin", amount_usd=900.0)
        when = f"{day} {n + 5:02}:00"
        for whom, sum_ in ((TRADER, part), (after, btc - part)):
            w.transfer(when, here, whom, sum_, "BTC", chain="bitcoin", tx=f"{chain} {n}", amount_usd=sum_ * 90_000)
        btc -= part
    return btc


def theft(branches: int = 3, thief: str = THIEF) -> World:
    """The whole way, over so many branches, to one trader who pays on to an exchange."""
    w = town()
    w.transfer("2025-02-21 01:00", "0xvictim", thief, 300_000, "USDT", amount_usd=300_000.0)
    whole = 0.0
    for b in range(branches):
        who = f"0xhop{b}"
        sum_ = 90_000.0 + 7_000 * b
        w.transfer(f"2025-02-21 02:0{b}", thief, who, sum_, "USDT", amount_usd=sum_)
        eth = swap(w, f"2025-02-21 03:0{b}", who, sum_)
        btc = cross(w, "2025-02-21", 5 + 2 * b, who, f"bc1peel{b}x0", eth)
        left = peel(w, "2025-02-22", f"bc1peel{b}x", btc, 6, [0.05])
        w.transfer(
            f"2025-02-23 0{b}:00", f"bc1peel{b}x6", TRADER, left, "BTC", chain="bitcoin", amount_usd=left * 90_000
        )
        whole += btc
    w.transfer("2025-02-24 00:00", TRADER, HOT, whole, "BTC", chain="bitcoin", amount_usd=whole * 90_000)
    return w
