"""Observations as the typologies read them: payments between account keys, positions of ships, times as whole seconds.

Seconds since 1970 as integers, not timestamps: arithmetic and windows on them mean the same on every engine.
Ibis expressions throughout; they run unchanged on Spark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from counterflow.network.flows import told_once

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["DAY", "HOUR", "metres", "payments", "positions", "silences"]

HOUR, DAY = 3600, 86400


def payments(data: Data) -> ibis.Table:
    """Payments between two different accounts: row_id, payment_id, at, payer, payee, from_account, to_account, amount,
    currency.

    `payer` and `payee` are ``BANK/NUMBER``: account numbers are only unique within a bank. A payment that several
    messages tell of is one.
    """
    import ibis

    table = told_once(data.table("payments"))
    table = table.mutate(
        at=table.timestamp.epoch_seconds().cast("int64"),
        payer=ibis.coalesce(table.from_bank, "") + "/" + table.from_account,
        payee=ibis.coalesce(table.to_bank, "") + "/" + table.to_account,
    )
    table = table.filter(table.payer != table.payee)
    return table.select(
        "row_id", "payment_id", "at", "payer", "payee", "from_account", "to_account", "amount", "currency"
    )


def positions(data: Data) -> ibis.Table:
    """Positions of ships: row_id, at, mmsi, imo, vessel_name, lat, lon, sog, cog.

    Ship stations only: an MMSI that begins with 2 to 7 (ITU-R M.585); 0 and 1 are coast stations and aircraft, 8 and 9
    hand-held sets, buoys and distress beacons.
    """
    table = data.table("positions")
    table = table.filter((table.mmsi >= "2") & (table.mmsi < "8"))
    table = table.mutate(at=table.timestamp.epoch_seconds().cast("int64"))
    return table.select("row_id", "at", "mmsi", "imo", "vessel_name", "lat", "lon", "sog", "cog")


def silences(ships: ibis.Table, hours: float) -> ibis.Table:
    """Spans of at least `hours` between two messages of one ship: the columns of the message before, and of the one
    after as next_at, next_lat, next_lon, next_sog, next_cog, next_row_id.

    :param ships: from `positions`
    """
    import ibis

    order = ibis.window(group_by="mmsi", order_by=["at", "row_id"])
    names = ("at", "lat", "lon", "sog", "cog", "row_id")
    following: dict[str, Any] = {f"next_{name}": ships[name].lead().over(order) for name in names}
    pairs = ships.mutate(**following)
    return pairs.filter(pairs.next_at - pairs["at"] >= int(hours * HOUR))


def metres(lat: Any, lon: Any, other_lat: Any, other_lon: Any) -> Any:
    """Great-circle distance of positions in degrees, as an expression: haversine, mean earth radius 6,371,008.8 m."""
    half_lat = (other_lat - lat).radians() / 2
    half_lon = (other_lon - lon).radians() / 2
    parallels = lat.radians().cos() * other_lat.radians().cos()
    chord = half_lat.sin() * half_lat.sin() + parallels * half_lon.sin() * half_lon.sin()
    # rounding can carry the chord of two antipodes a hair above 1
    return chord.sqrt().clip(upper=1.0).asin() * (2 * 6_371_008.8)
