"""Arms freight: goods of odd weight or price, on a way that arms take, on a silent ship, of a listed party's neighbour.

What the papers say is one witness, however much of it is odd: a consignment is told where two of papers, tracks and
registers agree. The set-based steps are Ibis; ships' silences are those that other typologies have found.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.arms_embargoes import embargoes
from counterflow.findings.commodities import under
from counterflow.findings.sites import sites
from counterflow.findings.typology import Data, Parameter, Typology, nothing, weigh
from counterflow.model.finding import Evidence, Finding
from counterflow.network.ties import few, name_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_ARMS = ("arms", "munition", "ammunition", "missile", "weapon", "ordnance", "naval base", "military")
"""Words one of which the kind, activity or name of a port has where a state ships its arms."""
_SILENT = ("ais_gap", "dark_meeting")


def papers(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Consignments on a day and what is odd about each: `listed` (goods of a list of arms or of dual use), `price`
    and `weight` (a kilogram's price, a piece's weight, beyond those of its subheading), `embargo` (whose, at either
    end) and `port` (of arms)."""
    import ibis

    goods = data.table("shipments")
    goods = goods.filter(goods.date.length() == 10)
    mass = ibis.coalesce(goods.net_mass, goods.gross_mass).nullif(0)
    goods = goods.select(
        "row_id", "date", "shipper_name", "consignee_name", "vessel_name", "imo", "mmsi", "hs_code", "hs_edition",
        "description", "currency", "departure_country", "dest_country", "load_port", "discharge_port",
        heading=goods.hs_code.substr(0, 6), dear=(goods.value.nullif(0) / mass).ln(),
        heavy=(mass / ibis.ifelse(goods.unit == "pcs", goods.quantity, ibis.null("float64")).nullif(0)).ln(),
    )  # fmt: skip
    goods = _beyond(
        _beyond(goods, "dear", ("heading", "currency"), "price", dial), "heavy", ("heading",), "weight", dial
    )
    named = under(goods.select("row_id", "hs_code", "hs_edition", "date"), "arms", "dual_use")
    named = named.group_by("row_id").agg(listed=named.rule_goods.min())
    goods = goods.left_join(named, goods.row_id == named.row_id).drop("row_id_right")
    goods = _embargoed(goods)
    ports = sorted({site.caption.lower() for site in sites(data, _ARMS)})
    at_port = goods.load_port.lower().isin(ports) | goods.discharge_port.lower().isin(ports) if ports else None
    return goods.mutate(port=ibis.literal(False) if at_port is None else at_port.fill_null(False))


def _beyond(goods: ibis.Table, of: str, by: Sequence[str], name: str, dial: Mapping[str, float]) -> ibis.Table:
    """`goods` and whether `of` is far outside its peers: True above, False below, null within, or where few are."""
    import ibis

    known = goods.filter(goods[of].notnull())
    peers = known.group_by(list(by)).agg(n=known.count(), low=known[of].quantile(0.25), high=known[of].quantile(0.75))
    peers = peers.filter(peers.n >= int(dial["peers"]))
    peers = peers.select(*(peers[column].name(f"_{column}") for column in by), "low", "high")
    found = goods.left_join(peers, [goods[column] == peers[f"_{column}"] for column in by])
    # prices of a subheading that are all alike still differ by a tenth
    reach = dial["spread"] * ibis.greatest(found.high - found.low, 0.1)
    odd = ibis.cases((found[of] > found.high + reach, True), (found[of] < found.low - reach, False))
    return found.mutate(**{name: odd}).drop(*(f"_{column}" for column in by), "low", "high")


def _embargoed(goods: ibis.Table) -> ibis.Table:
    """`goods` and `embargo`: the country at either end to which arms may not go, or from which, on that day."""
    import ibis

    for column, name in (("dest_country", "_to"), ("departure_country", "_from")):
        rules = ibis.memtable(embargoes()).view()
        rules = rules.select(**{name: rules.country}, first="first", last="last")
        goods = goods.left_join(rules, goods[column] == rules[name])
        inside = (goods.date >= goods["first"]) & ((goods["last"] == "") | (goods.date <= goods["last"]))
        goods = goods.mutate(**{name: ibis.ifelse(inside, goods[name], ibis.null("string"))}).drop("first", "last")
    return goods.mutate(embargo=ibis.coalesce(goods._to, goods._from)).drop("_to", "_from")


def neighbours(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """key (``name:…``), party, other, via, claim_ids: unlisted parties that share an address or number with a listed
    one, by the name that consignments print."""
    tied, entities, held = data.table("ties").drop("tie"), data.table("entities"), data.table("holders")
    listed = entities.filter(entities.listed.fill_null(False)).select("entity")
    shared = few(tied.filter(tied.what.isin(["address", "contact"])), dial["sharers"])
    theirs = shared.semi_join(listed, "entity").select("what", "via", other="entity", one="claim_ids")
    mine = shared.anti_join(listed, "entity")
    both = mine.join(theirs, ["what", "via"])
    named = held.filter(held.key.startswith("name:")).select("key", party="entity", names="claim_ids")
    rows = both.join(named, both.entity == named.party)
    return rows.select("key", "party", "other", "what", ours=rows.claim_ids, theirs=rows.one, names=rows.names)


def signs(data: Data, dark: Sequence[Finding], dial: Mapping[str, float]) -> ibis.Table:
    """The papers of consignments of which enough witnesses speak, with `silent` and `near`."""
    import ibis
    import pyarrow as pa

    goods = papers(data, dial)
    said = goods.listed.notnull() | goods.price.notnull() | goods.weight.notnull()
    said = said | goods.embargo.notnull() | goods.port
    near = neighbours(data, dial).select("key").distinct()
    goods = goods.mutate(sender="name:" + name_key(goods.shipper_name), said=said.fill_null(False))
    goods = goods.left_join(near, goods.sender == near.key)
    goods = goods.mutate(near=goods.key.notnull()).drop("key")
    spans = sorted({(ship, str(f.start)[:10], str(f.end)[:10]) for f in dark for ship in f.vessels})
    silences = ibis.memtable(
        pa.table(
            {name: pa.array([s[n] for s in spans], pa.string()) for n, name in enumerate(("ship", "fell", "came"))}
        )
    )
    met = goods.select("row_id", "date", "imo", "mmsi")
    met = met.join(silences, (met.imo == silences.ship) | (met.mmsi == silences.ship))
    day, reach = met.date.cast("date").epoch_days(), int(dial["days"])
    at_sea = (met.fell.cast("date").epoch_days() - reach <= day) & (day <= met.came.cast("date").epoch_days() + reach)
    met = met.filter(at_sea).select(met_id="row_id").distinct()
    goods = goods.left_join(met, goods.row_id == met.met_id)
    goods = goods.mutate(silent=goods.met_id.notnull()).drop("met_id")
    witnesses = goods.said.cast("int64") + goods.near.cast("int64") + goods.silent.cast("int64")
    return goods.filter(goods.said & (witnesses >= int(dial["witnesses"]))).order_by("date", "row_id")


def gather(data: Data, parts: Sequence[Finding], dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each sender, ship and day."""
    dark = [f for f in parts if f.typology in _SILENT and f.start and f.end]
    voyages: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in data.run(signs(data, dark, dial)).to_pylist():
        key = (row["shipper_name"] or "", row["imo"] or row["mmsi"] or row["vessel_name"] or "", row["date"])
        voyages[key].append(row)
    if not voyages:
        return
    keys = sorted({row["sender"] for rows in voyages.values() for row in rows if row["near"]})
    shared: dict[str, list[dict[str, Any]]] = defaultdict(list)
    beside = evidence.among(neighbours(data, dial), "key", keys).order_by("key", "party", "other", "what")
    for row in data.run(beside).to_pylist() if keys else ():
        shared[row["key"]].append(row)
    for (sender, _, _), rows in voyages.items():
        yield _finding(data, sender, rows, _at_sea(rows, dark, dial), shared.get(rows[0]["sender"], []))


def _at_sea(rows: Sequence[Mapping[str, Any]], dark: Sequence[Finding], dial: Mapping[str, float]) -> list[Finding]:
    """Silences of the ship about the day of the papers."""
    day, reach = dt.date.fromisoformat(rows[0]["date"]), dt.timedelta(days=int(dial["days"]))
    ships = {rows[0]["imo"], rows[0]["mmsi"]}
    return [
        f
        for f in dark
        if ships & set(f.vessels)
        and dt.date.fromisoformat(str(f.start)[:10]) - reach <= day <= dt.date.fromisoformat(str(f.end)[:10]) + reach
    ]


def _finding(
    data: Data, sender: str, rows: Sequence[Mapping[str, Any]], dark: Sequence[Finding],
    shared: Sequence[Mapping[str, Any]],
) -> Finding:  # fmt: skip
    first = rows[0]
    factors: dict[str, float] = {}
    listed = list(dict.fromkeys(row["listed"] for row in rows if row["listed"]))
    if listed:
        factors[f"the goods are under a list of arms or of dual use ({listed[0]})"] = 2.5
    for name, words in (("price", ("dearer", "cheaper")), ("weight", ("heavier", "lighter"))):
        odd = [row for row in rows if row[name] is not None]
        if odd:
            unit = "a kilogram" if name == "price" else "a piece"
            factors[f"{unit} is far {words[0] if odd[0][name] else words[1]} than of other such goods"] = 2.0
    embargoed = sorted({row["embargo"].upper() for row in rows if row["embargo"]})
    if embargoed:
        factors[f"the way begins or ends in {', '.join(embargoed)}, under an arms embargo"] = 2.0
    if any(row["port"] for row in rows):
        factors["a port that is said to ship arms"] = 3.0
    if dark:
        factors[f"its ship fell silent, {len(dark)} times about that day" if len(dark) > 1 else
                "its ship fell silent about that day"] = 4.0  # fmt: skip
    if shared:
        factors[f"the sender shares its {shared[0]['what']} with the listed {data.caption(shared[0]['other'])}"] = 4.0
    goods = ", ".join(dict.fromkeys(row["description"] or f"goods of HS {row['hs_code']}" for row in rows[:3]))
    way = " to ".join((place or "?").upper() for place in (first["departure_country"], first["dest_country"]))
    ship = f" on {first['vessel_name']}" if first["vessel_name"] else ""
    record: dict[tuple[str, str], Evidence] = {}
    claims = {id for row in shared for side in ("ours", "theirs", "names") for id in row[side] or ()}
    for item in (
        *evidence.of_rows("shipments", (row["row_id"] for row in rows), "the consignment"),
        *(item for f in dark for item in f.evidence),
        *evidence.claims(claims, "what the sender shares with a listed party"),
    ):
        record.setdefault((item.kind, item.id), item)
    parties = [id for row in shared for id in (row["party"], row["other"])]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{sender or 'A sender not named'} shipped {goods} from {way}{ship} on {first['date']}; "
        f"{'; '.join(factors)}.",
        subjects=tuple(dict.fromkeys([*parties, *(id for f in dark for id in f.subjects)])) or (f"name:{sender}",),
        probability=weigh(0.08, factors),
        evidence=tuple(record.values()),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=first["date"],
        end=first["date"],
        lat=dark[0].lat if dark else None,
        lon=dark[0].lon if dark else None,
        vessels=tuple(dict.fromkeys(ship for f in dark for ship in f.vessels)),
        detail={
            "consignments": len(rows), "witnesses": 1 + bool(dark) + bool(shared), "silences": len(dark),
            "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="arms_freight",
    title="Freight that looks like arms",
    kind="trade",
    what="A consignment whose goods, weight, price or way suit arms, on a ship that falls silent about that day, or "
    "of a sender who shares an address with a listed party: papers, tracks and registers, two of these at least.",
    why="Arms sail as machinery, sugar or scrap: no paper says so, but weight, price, silence and addresses do.",
    standard="UN Panel of Experts S/2014/147 (the Chong Chon Gang: arms beneath sugar, 2013) and S/2017/150 (the Jie "
    "Shun: grenades beneath iron ore, 2016); WCO, Strategic Trade Control Enforcement implementation guide",
    needs=("shipments",),
    parameters={
        "witnesses": Parameter(2, "witnesses", "of papers, tracks and registers that must agree"),
        "days": Parameter(5, "days", "before or after the day of the papers in which the ship is silent"),
        "spread": Parameter(3, "quartile spans", "of the logarithm, beyond which a price or weight is odd"),
        "peers": Parameter(30, "consignments", "of the subheading without which nothing is odd"),
        "sharers": Parameter(10, "parties", "an address or number that more share tells nothing"),
    },
    benign=(
        "sporting arms, or spare parts of civil aircraft, with a licence",
        "goods for a government that the embargo leaves out, or for peacekeepers",
        "a business centre whose address many have",
    ),
    refutes="The export licence with the end user's certificate; an inspection of the cargo.",
    detect=nothing,
    gather=gather,
    gathers=("ship",),
)  # fmt: skip
