"""Embargoed: consignments that left a country under embargo, or were bound for it, by what their papers say.

Signs of either: the countries and ports that are printed, and a sender, receiver or ship that is known to be of that
country. A ship counts only where the papers do not say whence or whither: she also carries others' goods.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from counterflow.findings.commodities import rules
from counterflow.findings.sites import Site, sites
from counterflow.findings.traders import Trade
from counterflow.network.ties import facts, name_key

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["SIGNS", "TWIN", "countries", "linked", "of_country", "parties", "proof", "signs", "tied"]

SIGNS = {
    "export": {"by_origin": "origin", "by_departure": "sent from there", "by_load_port": "loaded at a port there",
               "by_shipper": "the sender is of there", "by_ship": "the ship is of there"},
    "import": {"by_dest": "destination", "by_discharge_port": "unloaded at a port there",
               "by_consignee": "the receiver is of there", "by_link": "the receiver is tied to a party of there",
               "by_ship": "the ship is of there"},
}  # fmt: skip
"""side → column of `tied` → the sign in words."""
TWIN = {"kp": "kr"}
"""Country → the one that it is taken for, in print and in statistics."""
_TIES = ("Ownership", "Directorship", "Control", "Representation", "Employment", "UnknownLink")
_PAPERS = (
    "row_id", "date", "shipper_name", "consignee_name", "hs_code", "hs_edition", "description", "quantity", "unit",
    "net_mass", "value", "currency", "imo", "origin_country", "departure_country", "dest_country", "load_port",
    "discharge_port", "credibility",
)  # fmt: skip
_COUNTRY = ("country", "jurisdiction", "mainCountry", "nationality", "flag")


@cache
def countries() -> tuple[str, ...]:
    """Countries whose trade a rule forbids."""
    return tuple(sorted({rule.country for rule in rules() if rule.kind == "embargo"}))


def of_country(data: Data, country: str) -> ibis.Table:
    """key, entity: names (``name:…``) and ships (``imo:…``) of parties whose country is the one, and of nobody else."""
    entities, holders = data.table("entities"), data.table("holders")
    own = entities.filter((entities.countries.length() > 0) & entities.countries.contains(country))
    return holders.semi_join(own, "entity").select("key", "entity").distinct()


def linked(data: Data, country: str) -> ibis.Table:
    """entity, claim_id: parties of elsewhere that a relationship ties to one of the country, by the claims of it."""
    import ibis

    links, entities = data.table("links"), data.table("entities")
    own = entities.filter((entities.countries.length() > 0) & entities.countries.contains(country)).select("entity")
    said = links.filter((links.stance == "asserts") & links["schema"].isin(_TIES))
    ends = [
        said.semi_join(own, said[one] == own.entity).select(entity=said[other], claim_id=said.claim_ids.unnest())
        for one, other in (("source", "target"), ("target", "source"))
    ]
    return ibis.union(*ends, distinct=True).anti_join(own, "entity")


def tied(data: Data, country: str, side: str, *, links: bool = False) -> ibis.Table:
    """Consignments that a sign of `side` ties to the country: what their papers say, and each sign as ``by_…``.

    :param side: export: they left the country; import: they were bound for it
    :param links: whether goods for a party of elsewhere count, which a relationship ties to one of the country
    """
    own, rows = of_country(data, country), data.table("shipments")
    rows = rows.select(
        *_PAPERS,
        _party="name:" + name_key(rows.shipper_name if side == "export" else rows.consignee_name),
        _ship="imo:" + rows.imo.re_replace("[^0-9]", ""),
    )
    near = data.table("holders").semi_join(linked(data, country), "entity") if links else own.limit(0)
    for key, column, keys in (("_party", "_own", own), ("_ship", "_flag", own), ("_party", "_near", near)):
        known = keys.select(**{column: keys.key}).distinct()
        rows = rows.left_join(known, rows[key] == known[column])
    ports = [site.caption for site in _ports(data, country)]
    origin, sent, bound = (rows[f"{name}_country"] for name in ("origin", "departure", "dest"))
    ship = rows._flag.notnull()
    told = {
        "export": {
            "by_origin": _is(origin, country), "by_departure": _is(sent, country),
            "by_load_port": _named(rows.load_port, ports), "by_shipper": rows._own.notnull(),
            "by_ship": ship & origin.isnull() & sent.isnull() & ~_is(bound, country),
        },
        "import": {
            "by_dest": _is(bound, country), "by_discharge_port": _named(rows.discharge_port, ports),
            "by_consignee": rows._own.notnull(), "by_link": rows._near.notnull(),
            "by_ship": ship & bound.isnull() & ~_is(origin, country),
        },
    }[side]  # fmt: skip
    rows = rows.mutate(**told).drop("_party", "_ship", "_own", "_flag", "_near")
    return rows.filter(functools.reduce(operator.or_, (rows[name] for name in told)))


def signs(row: Mapping[str, Any], side: str) -> tuple[str, ...]:
    """The columns of `tied` that are true in a row."""
    return tuple(name for name in SIGNS[side] if row[name])


def parties(trade: Trade, row: Mapping[str, Any], country: str, side: str) -> tuple[str, ...]:
    """Whom a finding is about: who deals with the country first, by id where he is known, else as printed; the other
    side; the country. :param side: as of `tied`"""
    sides = [(trade.shipper, row["shipper_name"]), (trade.consignee, row["consignee_name"])]
    order = sides if side == "export" else sides[::-1]
    named = [known or f"name:{printed}" for known, printed in order if known or printed]
    return (*dict.fromkeys(named), f"country:{country}")


def proof(data: Data, country: str, parties: Iterable[str], texts: Iterable[str | None]) -> set[str]:
    """Claims that these parties are of the country or tied to one that is, and that ports named in these texts are
    there."""
    wanted = sorted(set(parties))
    found: set[str] = set()
    if wanted:
        said = facts(data, *_COUNTRY)
        of_there, near = said.filter(said.value == country), linked(data, country)
        for rows in (of_there, near):
            told = rows.filter(rows.entity.isin(wanted)).select("claim_id")
            found |= set(data.run(told).column("claim_id").to_pylist())
    printed = " ".join(sorted(text.casefold() for text in set(texts) if text))
    for site in _ports(data, country) if printed else ():
        found |= set(site.claim_ids) if site.caption.casefold() in printed else set()
    return found


def _ports(data: Data, country: str) -> list[Site]:
    return [site for site in sites(data) if site.country == country and len(site.caption) > 3]


def _is(column: Any, country: str) -> Any:
    return (column == country).fill_null(False)


def _named(port: Any, names: list[str]) -> Any:
    """Whether the text names one of the ports, as a word."""
    import re

    import ibis

    if not names:
        return ibis.literal(False)
    words = "|".join(sorted({re.escape(name.casefold()) for name in names}))
    return port.lower().re_search(f"(^|[^a-z])({words})([^a-z]|$)").fill_null(False)
