"""Settlement in kind: goods are seized from somebody, and within weeks fuel, coal or gold goes the other way through
the same hands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.values import clean, country_name
from counterflow.network.ties import name_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_PAYS = ("2701", "2702", "2704", "2709", "2710", "2711", "7108", "7112")
"""Headings of coal, coke, oil, fuel, gas, and gold with its scrap: what is as good as money."""
_SEIZED = ("drugs", "currency", "tobacco", "arms", "vehicles")
_BETWEEN = re.compile(r"[;,/|\n]+|\band\b")
_ROLES = ("shipper_name", "consignee_name", "declarant_name", "carrier_name")


def seized(data: Data) -> ibis.Table:
    """Seizures of contraband that name somebody and tell where it came from."""
    rows = data.seizures
    rows = rows.filter(rows.category.isin(_SEIZED) & (rows.date.length() == 10))
    named = rows.persons.notnull() | rows.carrier.notnull()
    placed = rows.origin_country.notnull() | rows.departure_country.notnull() | rows.transit_country.notnull()
    columns = ("row_id", "country", "goods", "quantity", "unit", "persons", "carrier", "origin_country",
               "departure_country", "transit_country", "dest_country")  # fmt: skip
    rows = rows.filter(named & placed).select(*columns, day=goods.day_of(rows.date))
    return rows.order_by("day", "row_id")


def known(data: Data, names: list[str]) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Printed name → the parties that it may be: key ``name:…``, and who bears it, with everybody one link away, each
    with the claims of the link."""
    import ibis
    import pyarrow as pa

    printed = ibis.memtable(pa.table({"printed": pa.array(names, pa.string())}))
    keyed = data.run(printed.select("printed", key=name_key(printed.printed)).order_by("printed")).to_pylist()
    keys = {row["key"]: row["printed"] for row in keyed if row["key"]}
    entities = data.table("entities")
    borne = entities.select("entity", name=entities.names.unnest())
    borne = evidence.among(borne.select("entity", key=name_key(borne.name)), "key", sorted(keys)).distinct()
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {
        row["printed"]: [(f"name:{row['key']}", ())] for row in keyed
    }
    holds = {row["entity"]: keys[row["key"]] for row in data.run(borne.order_by("entity", "key")).to_pylist()}
    links = data.table("links")
    links = links.filter((links.stance == "asserts") & (links.source != links.target))
    for entity, name in holds.items():
        found[name].append((entity, ()))
    for one, other in (("source", "target"), ("target", "source")):
        rows = evidence.among(links, one, sorted(holds)).select(one, other, "link", "claim_ids").order_by("link")
        for row in data.run(rows).to_pylist():
            found[holds[row[one]]].append((row[other], tuple(row["claim_ids"] or ())))
    return found


def flows(data: Data, parties: list[str]) -> ibis.Table:
    """Consignments of what is as good as money in which one of these parties sells, buys, declares or carries:
    party, role."""
    import ibis

    rows = goods.consignments(
        data, "hs_code", "description", "net_mass", "usd", "declarant_name", "carrier_name", "departure_country",
        "origin_country", "dest_country",
    )  # fmt: skip
    rows = rows.filter(rows.hs_code[0:4].isin(_PAYS) & (rows.what == goods.DECLARED))
    sides = []
    for role in _ROLES:
        who = goods.printed(data).select(printed="printed", party="party")
        sides.append(rows.join(who, rows[role] == who.printed).select(rows, "party", role=ibis.literal(role[:-5])))
    return evidence.among(ibis.union(*sides, distinct=False), "party", parties).order_by(
        "day", "row_id", "party", "role"
    )


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each seizure and party whose goods went the other way."""
    taken = [row | {"names": _names(row)} for row in data.run(seized(data)).to_pylist()]
    who = known(data, sorted({name for row in taken for name in row["names"]})) if taken else {}
    parties = sorted({party for several in who.values() for party, _ in several})
    if not parties:
        return
    moved: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(flows(data, parties)).to_pylist():
        moved.setdefault(row["party"], []).append(row)
    for row in taken:
        came = _came(row)
        told: set[str] = set()
        for name in row["names"]:
            for party, claims in who.get(name, ()):
                back = {
                    r["row_id"]: r
                    for r in moved.get(party, ())
                    if abs(r["day"] - row["day"]) <= dial["days"] and r["dest_country"] in came
                    and (r["departure_country"] or r["origin_country"]) not in (None, r["dest_country"])
                }  # fmt: skip
                if back and party not in told:
                    told.add(party)
                    yield _finding(data, row, name, party, claims, list(back.values()))


def _names(row: Mapping[str, Any]) -> list[str]:
    told = (part.strip() for text in (row["persons"], row["carrier"]) for part in _BETWEEN.split(text or ""))
    return list(dict.fromkeys(part for part in told if len(part) > 3))


def _came(row: Mapping[str, Any]) -> set[str]:
    """Countries that the seized goods came from or through, but for that of the seizure."""
    through = (clean("country", part.strip()) for part in _BETWEEN.split(row["transit_country"] or ""))
    return {c for c in (row["origin_country"], row["departure_country"], *through) if c} - {row["country"]}


def _finding(
    data: Data, row: Mapping[str, Any], name: str, party: str, claims: tuple[str, ...], back: list[dict[str, Any]]
) -> Finding:  # fmt: skip
    first = back[0]
    role = first["role"]
    broker = goods.caption(data, party, first[f"{role}_name"])
    gap = min((abs(r["day"] - row["day"]) for r in back), default=0)
    usd = sum(r["usd"] or 0 for r in back)
    dest = country_name(first["dest_country"])
    factors = {
        f"within {gap} days": 2.0 if gap <= 30 else 1.5,
        **({"the very name that the seizure gives": 2.5} if not claims else {"one link from the name": 1.5}),
        **({f"{len(back)} consignments": 1.5} if len(back) > 1 else {}),
        **({"it is named by a sanctions list": 3.0} if data.listed(party) else {}),
    }
    ids = {id for r in back for k in ("seller", "buyer") for id in r[f"{k}_claims"] or ()} | set(claims)
    amount = f"{row['quantity']:,.0f} {row['unit'] or ''} of ".replace("  ", " ") if row["quantity"] else ""
    tied = "" if not claims else f", who is tied to {name},"
    worth = f" worth {usd:,.0f} USD" if usd else ""
    day = goods.iso_day(row["day"])
    days = sorted([row["day"], *(r["day"] for r in back)])
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{broker}{tied} has to do with {amount}{row['goods']} seized in {country_name(row['country'] or '')} "
        "on "
        f"{day}, and within {gap} days {goods.sold(back)}{worth} went through its hands the other way, to {dest}.",
        subjects=tuple(dict.fromkeys([party, *(r[k] for r in back for k in ("seller", "buyer"))])),
        probability=weigh(0.1, factors),
        evidence=(
            *evidence.of_rows("seizures", [row["row_id"]], "what was seized"),
            *evidence.of_rows("shipments", (r["row_id"] for r in back), f"went the other way; {role}"),
            *evidence.claims(ids, "who the names are, and what ties them"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=goods.iso_day(days[0]),
        end=goods.iso_day(days[-1]),
        detail={"named_in_seizure": name, "role": role, "consignments": len(back), "usd": round(usd, 2),
                "gap_days": gap, "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="settlement_in_kind",
    title="Contraband settled in kind",
    kind="trade",
    what="Somebody named in a seizure, or one link from it, sells, buys, declares or carries fuel, coal or gold to a "
    "country that the seized goods came from, within weeks.",
    why="Criminal partners without a bank between them pay in goods that are as good as money.",
    standard="FATF, Trade-Based Money Laundering (2006), barter; FATF and APG, Money Laundering and Terrorist "
    "Financing Risks and Vulnerabilities Associated with Gold (2015)",
    needs=("seizures", "shipments"),
    parameters={"days": Parameter(60, "days", "from the seizure to the goods, before or after")},
    benign=(
        "a carrier or broker in whose cargo others hid their goods",
        "another bearer of the name",
        "regular supply of fuel that has nothing to do with the seizure",
    ),
    refutes="A bank's payment for the fuel, coal or gold by its buyer.",
    detect=detect,
)
