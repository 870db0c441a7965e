"""Arms broker's payment: money for "consulting" or "spare parts" to the family or companies of an arms broker.

It goes to a third country, about the time of a voyage of the one who pays.
Brokers are listed or criminal parties of whom a source says that they deal in arms, and who serves them. Few people are
one, or near one: payments to their accounts are looked up among all payments, the voyages of who paid among all
consignments.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import DAY
from counterflow.findings.roles import criminals
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.account_country import bic_country, iban_country
from counterflow.model.finding import Finding
from counterflow.network.flows import told_once
from counterflow.network.ties import PEOPLE, facts, holdings, name_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_DEALS = (
    r"(arms|weapons?|munitions?|ammunition|missiles?|military (goods|equipment)|ordnance|conventional arms)"
    r"[^.;]{0,60}(broker|deal|trad|procure|traffick|suppl|export|import|sale|sell)|"
    r"(broker|dealer|trader|procure|traffick|suppl|export|sale|sell)[^.;]{0,60}"
    r"(arms([^a-z]|$)|weapon|munition|ammunition|missile|military (goods|equipment)|ordnance)"
)
"""What a source says of an arms broker, in lower case."""
_SAID = ("summary", "description", "notes", "keywords", "sector", "position", "title", "topics")
_PRETEXT = (
    r"consult|machine|spare ?part|commission|equipment|technical (service|assist)|agency fee|engineering|"
    r"консульт|оборудован|запчаст|комисс|咨询|机械|零件|배상|자문|기계|부품"
)
"""Purposes that arms are paid for under."""


@dataclass
class _Near:
    """A party of a broker's circle. :param how: what it is to him, in words; :param claim_ids: that say so"""

    broker: str
    how: str
    claim_ids: set[str] = field(default_factory=set)


def brokers(data: Data) -> ibis.Table:
    """entity, claim_id: listed or criminal parties of whom it is said that they deal in arms."""
    import ibis

    said = facts(data, *_SAID)
    said = said.filter(said.value.lower().re_search(_DEALS)).select("entity", "claim_id")
    entities, bad = data.table("entities"), criminals(data)
    known = ibis.union(
        entities.filter(entities.listed.fill_null(False)).select(entity=entities.entity.nullif("")),
        bad.select(entity=bad.entity.nullif("")),
        distinct=True,
    )
    return said.semi_join(known, "entity").order_by("entity", "claim_id")


def _circle(data: Data) -> dict[str, _Near]:
    """party → whose it is: relatives and associates of each broker and of who serves it, and their companies."""
    said: dict[str, set[str]] = defaultdict(set)
    for row in data.run(brokers(data)).to_pylist():
        said[row["entity"]].add(row["claim_id"])
    heads = {who: _Near(who, "", set(ids)) for who, ids in said.items()}
    heads |= _step(data, heads, PEOPLE, "{0} of {1}", back=True)  # who directs, owns or serves the broker's body
    kin = _step(data, heads, ("Family", "Associate"), "of the family or circle of {1}", both=True)
    companies = _step(data, heads | kin, ("Ownership", "Directorship", "Control"), "a company of {1}")
    found = {**companies, **kin}
    return {who: near for who, near in found.items() if who not in said}


def _step(
    data: Data, of: Mapping[str, _Near], schemata: Sequence[str], how: str, *, back: bool = False, both: bool = False
) -> dict[str, _Near]:
    """Parties one link on from these. :param back: against the link; :param both: either way"""
    found: dict[str, _Near] = {}
    if not of:
        return found
    links = holdings(data, *schemata)
    for start, end in (("source", "target"), ("target", "source")):
        if both or (back == (start == "target")):
            rows = evidence.among(links, start, sorted(of)).order_by("link")
            for row in data.run(rows).to_pylist():
                whose, other = of[row[start]], row[end]
                if other in of:
                    continue
                says = how.format(str(row["role"] or row["schema"]).lower(), data.caption(row[start]))
                near = found.setdefault(other, _Near(whose.broker, says))
                near.claim_ids.update(whose.claim_ids, row["claim_ids"] or ())
    return found


def paid(data: Data, parties: Sequence[str]) -> ibis.Table:
    """Payments under a pretext to accounts of these parties: the payment, whom it went to (`party`) and by whom
    (`payer`, where known; `payer_key` the name printed)."""
    held = data.table("holders").filter(lambda t: t.key.startswith("account:"))
    theirs = evidence.among(held, "entity", parties).select("key", "claim_ids", party="entity")
    rows = told_once(data.table("payments"))
    rows = rows.filter(rows.purpose.lower().re_search(_PRETEXT))
    rows = rows.mutate(
        to_key="account:" + rows.to_account.upper().re_replace("[^0-9A-Z]", ""),
        from_key="account:" + rows.from_account.upper().re_replace("[^0-9A-Z]", ""),
        payer_key="name:" + name_key(rows.from_name),
    )
    known = held.select(held_key="key", payer="entity", payer_claims="claim_ids")
    rows = rows.join(theirs, rows.to_key == theirs.key)
    rows = rows.left_join(known, rows.from_key == known.held_key)
    return rows.select(
        "row_id", "payment_id", "party", "payer", "payer_key", "payer_claims", "claim_ids", "amount", "currency",
        "purpose", "from_name", "from_account", "to_account", "to_bank", "to_bank_country", "to_country",
        at=rows.timestamp.epoch_seconds().cast("int64"),
    ).order_by("at", "row_id")  # fmt: skip


def voyages(data: Data, keys: Sequence[str], parties: Sequence[str]) -> ibis.Table:
    """row_id, date, description, sender, receiver (keys), and the countries of consignments of these names and
    parties."""
    import ibis

    rows, held = data.table("shipments"), data.table("holders")
    names = evidence.among(held.filter(held.key.startswith("name:")), "entity", parties)
    names = names.select("key", party="entity", claim_ids="claim_ids")
    printed = ibis.memtable({"key": list(keys) or [""]}, schema={"key": "string"})
    rows = rows.filter(rows.date.length() == 10)
    rows = rows.select(
        "row_id", "date", "description", "vessel_name", "departure_country", "dest_country",
        sender="name:" + name_key(rows.shipper_name), receiver="name:" + name_key(rows.consignee_name),
    )  # fmt: skip
    sides = [rows.mutate(key=rows[side]) for side in ("sender", "receiver")]
    both = ibis.union(*sides, distinct=False)
    both = both.left_join(names, "key").select(both, names.party, names.claim_ids)
    both = both.left_join(printed.mutate(there=True), "key")
    return both.filter(both.party.notnull() | both.there.fill_null(False)).order_by("date", "row_id", "key")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each party paid."""
    circle = _circle(data)
    if not circle:
        return
    money = data.run(paid(data, sorted(circle))).to_pylist()
    places = _countries(data, {p for row in money for p in (row["party"], circle[row["party"]].broker)})
    money = [row for row in money if _abroad(row, places, circle[row["party"]])]
    if not money:
        return
    keys = sorted({row["payer_key"] for row in money if row["payer_key"] and row["payer_key"] != "name:"})
    people = {row["payer"] for row in money if row["payer"]} | {circle[row["party"]].broker for row in money}
    sailed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in data.run(voyages(data, keys, sorted(people | {row["party"] for row in money}))).to_pylist():
        for who in (row["party"], row["key"] if row["there"] else None):
            if who:
                sailed[who].append(row)
    found: dict[str, list[tuple[dict[str, Any], list[dict[str, Any]]]]] = defaultdict(list)
    for row in money:
        who = {row["payer"], row["payer_key"], circle[row["party"]].broker, row["party"]}
        near = [v for w in sorted(w for w in who if w) for v in sailed.get(w, ()) if _within(row, v, dial)]
        if near:
            found[row["party"]].append((row, near))
    for party, rows in sorted(found.items()):
        yield _finding(data, party, circle[party], rows, places)


def _countries(data: Data, entities: set[str]) -> dict[str, set[str]]:
    rows = data.table("entities").select("entity", "countries")
    found = data.run(evidence.among(rows, "entity", sorted(entities))).to_pylist() if entities else []
    return {row["entity"]: set(row["countries"] or ()) for row in found}


def _where(row: Mapping[str, Any], places: Mapping[str, set[str]]) -> set[str]:
    """Countries of the account that was paid."""
    bank = {row["to_bank_country"], bic_country(row["to_bank"] or ""), iban_country(row["to_account"] or "")} - {
        None,
        "",
    }
    return {str(place) for place in bank} or places.get(row["party"], set())


def _abroad(row: Mapping[str, Any], places: Mapping[str, set[str]], near: _Near) -> bool:
    """Whether the account is in a country that is not the broker's."""
    there = _where(row, places)
    return bool(there) and not there & places.get(near.broker, set())


def _within(row: Mapping[str, Any], voyage: Mapping[str, Any], dial: Mapping[str, float]) -> bool:
    sailed = (dt.date.fromisoformat(voyage["date"]) - dt.date(1970, 1, 1)).days
    return bool(abs(row["at"] // DAY - sailed) <= dial["days"])


def _finding(
    data: Data, party: str, near: _Near, rows: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]],
    places: Mapping[str, set[str]],
) -> Finding:  # fmt: skip
    money = [row for row, _ in rows]
    trips = {v["row_id"]: v for _, sailed in rows for v in sailed}
    first = min(trips.values(), key=lambda v: (v["date"], v["row_id"]))
    payer = next((data.caption(row["payer"]) for row in money if row["payer"]), None) or money[0]["from_name"]
    there = " and ".join(sorted(place.upper() for row in money[:1] for place in _where(row, places)))
    purposes = list(dict.fromkeys(str(row["purpose"]) for row in money))
    factors = {
        f"paid to {near.how}": 3.0, f"in {there}, a third country": 1.5, f"for '{purposes[0]}'": 2.0,
        "about the day of a voyage": 2.0,
    }  # fmt: skip
    factors |= {f"{len(money)} times": 1 + len(money) / 4} if len(money) > 1 else {}
    way = " to ".join((p or "?").upper() for p in (first["departure_country"], first["dest_country"]))
    claims = {id for row in money for side in ("claim_ids", "payer_claims") for id in row[side] or ()}
    names = {id for v in trips.values() for id in v["claim_ids"] or ()} - claims
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{payer or 'A payer not named'} paid {evidence.money(money)} for '{purposes[0]}' to {data.caption(party)} "
            f"in {there}, {near.how}, within {_days(rows)} days of a consignment of "
            f"{first['description'] or 'goods'} from {way} on {first['date']}."
        ),
        subjects=tuple(dict.fromkeys([party, near.broker, *(row["payer"] for row in money if row["payer"])])),
        probability=weigh(0.1, factors),
        evidence=(
            *evidence.of_rows("payments", (row["row_id"] for row in money), "the payment"),
            *evidence.of_rows("shipments", trips, "the voyage"),
            *evidence.claims(near.claim_ids - claims - names, "who the broker is, and whose the account"),
            *evidence.claims(claims, "whose account it is"),
            *evidence.claims(names, "whose name it is"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(money[0]["at"]),
        end=evidence.iso(money[-1]["at"]),
        payments=tuple(row["payment_id"] for row in money),
        accounts=tuple(sorted({row[side] for row in money for side in ("from_account", "to_account") if row[side]})),
        detail={"payments_made": len(money), "voyages": len(trips), "country": there, "factors": factors},
    )


def _days(rows: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]]) -> int:
    """Days between a payment and its nearest voyage, the most of all payments."""
    epoch = dt.date(1970, 1, 1)
    gaps = [
        min(abs(row["at"] // DAY - (dt.date.fromisoformat(v["date"]) - epoch).days) for v in sailed)
        for row, sailed in rows
    ]
    return int(max(gaps))


TYPOLOGY = Typology(
    name="arms_broker_payment",
    title="Payment to an arms broker's circle",
    kind="payment",
    what="A relative or company of a party that is said to deal in arms is paid in a third country for consulting, "
    "machinery or spare parts, within a month of a consignment of who paid, or of the broker.",
    why="Brokers are listed; their wives, sons and companies abroad are not, and are paid under everyday names.",
    standard="UN Panel of Experts S/2017/150 on brokers and representatives of arms dealers abroad; FATF, Guidance on "
    "Counter Proliferation Financing (2018), indicators; UN Security Council resolution 2270 (2016), paragraph 8",
    needs=("payments", "shipments", "holders", "links", "entities"),
    parameters={"days": Parameter(30, "days", "between payment and consignment, before or after")},
    benign=(
        "a relative with a business of his own in the trade",
        "a contract for machines that were delivered and work",
        "a namesake of the broker's company",
    ),
    refutes="The contract and proof of what was delivered for the money; proof that the relative deals on his own.",
    detect=detect,
)
