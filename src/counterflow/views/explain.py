"""Explain: unfold anything that was concluded down to the claims and rows it rests on, with source, grade, locator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from counterflow.errors import NotFound
from counterflow.network.consignments import consigned
from counterflow.network.edges import CARRIED, PAID, SENT
from counterflow.network.flows import sided
from counterflow.storage.tables import OBSERVATIONS
from counterflow.views import claims as claims_view
from counterflow.views import entity as entity_view
from counterflow.views.findings import observed, records
from counterflow.views.network import edge
from counterflow.views.picture import Picture
from counterflow.views.sources import described

if TYPE_CHECKING:
    import ibis

__all__ = ["explain", "figure", "in_words"]

MOST_ROWS = 500
"""Rows under one link at most, the first ones; how many more there are is said."""


def explain(picture: Picture, id: str) -> dict[str, Any]:
    """The tree below an entity, a value (``entity#property``), a link, a finding, a claim or a row.

    :raises NotFound: nothing of that id is readable
    """
    for unfold in (_finding, _link, _entity, _claim, _row):
        tree = unfold(picture, id)
        if tree is not None:
            return tree
    raise NotFound("thing to explain", id)


def branch(
    id: str, kind: str, text: str, children: list[dict[str, Any]], *, handling: str = "", grade: str | None = None
) -> dict[str, Any]:
    """A node of the tree."""
    return {"id": id, "kind": kind, "text": text, "grade": grade, "handling": handling, "source": None,
            "locator": None, "children": children}  # fmt: skip


def leaf(claim: Mapping[str, Any]) -> dict[str, Any]:
    """A claim as the end of a branch."""
    said = {"asserts": "", "denies": "denies: ", "doubts": "doubts: "}[claim["stance"]]
    dates = (
        f" ({claim['valid_from'] or '…'} to {claim['valid_to'] or '…'})"
        if claim["valid_from"] or claim["valid_to"]
        else ""
    )
    mark = "" if claim["verified"] else " [unverified: from general knowledge]"
    if claim["repeats"]:
        mark += f" [repeats {claim['repeats']['title']}: {'; '.join(claim['repeats']['reasons'])}]"
    return {
        "id": claim["id"],
        "kind": "claim",
        "text": f"{said}{claim['property']} = {claim['caption']}{dates}{mark}",
        "grade": claim["grade"],
        "handling": claim["handling"],
        "source": claim["source"],
        "locator": claim["locator"],
        "children": [],
    }


def claims_below(picture: Picture, ids: list[str]) -> list[dict[str, Any]]:
    """Leaves for these claims."""
    return [leaf(claim) for claim in claims_view.by_ids(picture, ids)]


def _entity(picture: Picture, id: str) -> dict[str, Any] | None:
    whom, _, property = id.partition("#")
    if picture.canonical(whom) not in picture.entities:
        return None
    page = entity_view.entity(picture, whom)
    known = {c["id"]: c for c in claims_view.of_entity(picture, whom, property or None)}
    values = [
        branch(
            f"{page['id']}#{p['name']}",
            "value",
            f"{p['label']}: {v['caption']}",
            [leaf(known[i]) for i in v["claim_ids"]],
            handling=v["handling"],
            grade=v["grade"],
        )
        for p in page["properties"]
        if not property or p["name"] == property
        for v in p["values"]
    ]
    if property:
        return (
            branch(id, "value", f"{page['caption']}: {property}", values, handling=page["handling"]) if values else None
        )
    joined = [
        branch(
            r["subject"],
            "referent",
            f"{r['subject']}: " + (f"{r['basis']}, " + "; ".join(r["reasons"]) if r["reasons"] else "first recorded"),
            [],
        )
        for r in page["referents"]
    ]
    return branch(page["id"], "entity", page["caption"], [*joined, *values], handling=page["handling"])


def _link(picture: Picture, id: str) -> dict[str, Any] | None:
    found = [row for row in picture.links if row["link"] == id]
    if not found:
        return None
    shown = edge(picture, found[0])
    ends = f"{picture.caption(shown['source'])} {shown['label']} {picture.caption(shown['target'])}"
    dates = f", {shown['start'] or '…'} to {shown['end'] or '…'}" if shown["start"] or shown["end"] else ""
    text = f"{ends}{dates}" + (f" ({shown['role']})" if shown["role"] else "")
    rivals = [
        branch(row["link"], "rival account", _account(picture, row), claims_below(picture, row["claim_ids"]))
        for row in picture.links
        if row["conflict"] and row["conflict"] == shown["conflict"] and row["link"] != id
    ]
    below = [*claims_below(picture, shown["claim_ids"]), *_added_up(picture, found[0]), *rivals]
    return branch(id, "link", text, below, handling=shown["handling"], grade=shown["grade"])


def _added_up(picture: Picture, link: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows that a link of payments or shipments adds up, and the claims that say whose their numbers and names
    are; nothing for another link."""
    scope, id = picture.scope, link["link"]
    holders = scope.table("holders")
    if id.startswith(PAID):
        table, rows = "payments", sided(scope.table("payments"), holders)
    elif id.startswith((SENT, CARRIED)):
        role = "sent" if id.startswith(SENT) else "carried"
        table, rows = "shipments", consigned(scope.table("shipments"), holders).filter(lambda t: t.role == role)
    else:
        return []
    mine = rows.filter((rows.source == link["source"]) & (rows.target == link["target"]))
    ids = _column(picture, mine.select("month", "row_id").order_by("month", "row_id"), "row_id")
    leaves = [_row_leaf(picture, table, row, "") for row in observed(picture, table, ids[:MOST_ROWS])]
    if len(ids) > MOST_ROWS:
        leaves.append(branch(id, "more", f"and {len(ids) - MOST_ROWS:,} more {table}", []))
    keys = {k for side in ("source_key", "target_key") for k in _column(picture, mine.select(side).distinct(), side)}
    said = _column(picture, holders.filter(holders.key.isin(sorted(keys))).select("claim_ids"), "claim_ids")
    return [*leaves, *claims_below(picture, sorted({claim for claims in said for claim in claims}))]


def _column(picture: Picture, rows: ibis.Table, name: str) -> list[Any]:
    found: list[Any] = picture.scope.run(rows).column(name).to_pylist()
    return found


def _account(picture: Picture, row: Mapping[str, Any]) -> str:
    shown = edge(picture, row)
    return (
        f"{picture.caption(shown['source'])} {shown['label']} {picture.caption(shown['target'])}, "
        f"{shown['start'] or '…'} to {shown['end'] or '…'}, {shown['stance']}"
    )


def _finding(picture: Picture, id: str) -> dict[str, Any] | None:
    whole = next((f for f in picture.findings if f["id"] == id), None)
    if whole is None:
        return None
    known = records(picture, whole["evidence"])
    children = []
    for item in whole["evidence"]:
        record = known.get(item["id"])
        if item["kind"] == "claim" and record is not None:
            children.append({**leaf(record), "text": f"{item['role']}: {leaf(record)['text']}"})
        elif record is not None:
            children.append(_row_leaf(picture, item["kind"], record, item["role"]))
    handling = picture.handling(whole["label_ids"])["handling"]
    return branch(id, "finding", whole["sentence"], children, handling=handling)


def _claim(picture: Picture, id: str) -> dict[str, Any] | None:
    found = claims_view.by_ids(picture, [id])
    return leaf(found[0]) if found else None


def _row(picture: Picture, id: str) -> dict[str, Any] | None:
    for table in OBSERVATIONS:
        found = observed(picture, table, [id])
        if found:
            return _row_leaf(picture, table, found[0], "")
    return None


_TOLD = {
    "payments": "{timestamp} {from_account} paid {to_account} {amount} {currency}",
    "positions": "{timestamp} MMSI {mmsi} at {lat}, {lon}, {sog} kn",
    "ship_statics": "{timestamp} MMSI {mmsi} calls itself {vessel_name}, IMO {imo}, bound for {destination}",
    "ship_events": "{timestamp} {kind} of MMSI {mmsi} {vessel_name} and MMSI {other_mmsi} {other_name} at {lat}, {lon}",
    "shipments": "{date} {shipper_name} to {consignee_name}: {description}",
    "trade_figures": "{date} {reporter_name}: {flow}, {partner_name}, {hs_code} {description}, {value} {currency}",
    "seizures": "{date} {country}, {place}: {quantity} {unit} of {goods}",
    "trips": "{departure} {name}, {document_type} passport {document}: {from_place} to {to_place}, {flight}",
    "vehicles": "{date} {vin}, {make} {model}: {kind} in {country}",
    "transfers": "{timestamp} {from_address} to {to_address}: {amount} {asset} ({tx})",
    "labels": "{kind} {record}: {label}",
    "passages": "page {page} of a document: {text}",
}
"""Table of observations → a row of it in words."""

_ELSE = {
    "from_account": "from_name", "to_account": "to_name", "shipper_name": "shipper_id",
    "consignee_name": "consignee_id",
    "description": "hs_code",
    "from_address": "spent_tx", "to_address": "tx", "asset": "contract",
    "reporter_name": "reporter", "partner_name": "partner", "place": "authority",
    "departure": "arrival", "from_place": "from_country", "to_place": "to_country", "flight": "carrier",
}  # fmt: skip
"""What stands for a column that a source leaves out."""


def in_words(table: str, row: Mapping[str, Any]) -> str:
    """A row of a table of observations in words."""
    given = {name: "…" if value is None else value for name, value in row.items()}
    given |= {name: row[other] for name, other in _ELSE.items() if row.get(name) is None and row.get(other)}
    return _TOLD[table].format(**given)


def _row_leaf(picture: Picture, table: str, row: Mapping[str, Any], role: str) -> dict[str, Any]:
    told = in_words(table, row)
    came = described(picture, row)  # a row has the grade of the file that it came in, but where it has its own
    grade = came.get("grade")
    if grade and row.get("credibility"):
        grade = f"{grade[0]}{row['credibility']}"
        told = f"{told} ({row['note']})" if row.get("note") else told
    return {
        "id": row["row_id"],
        "kind": "row",
        "text": f"{role}: {told}" if role else told,
        "grade": grade,
        "handling": row["handling"],
        "source": {"id": row["source_id"], "title": came.get("title", row["dataset"])},
        "locator": row["locator"],
        "children": [],
    }


def figure(picture: Picture, flow: Mapping[str, Any], id: str) -> dict[str, Any]:
    """A figure of the money flow (the id of one of its arcs), down to the claims that its estimate rests on.

    :raises NotFound: the flow has no such arc
    """
    arc = next((a for a in flow["arcs"] if a["id"] == id), None)
    if arc is None:
        raise NotFound("thing to explain", id)
    names = {n["id"]: n["caption"] for n in flow["nodes"]}
    amount = f"{arc['central']:,.1f} ({arc['low']:,.1f} to {arc['high']:,.1f}) {flow['unit']}"
    assumed = "; assumed, no claim gives it" if arc["assumption"] else ""
    text = f"{names[arc['source']]} → {names[arc['target']]}: {amount}; {arc['basis']}{assumed}"
    below = claims_below(picture, arc["claim_ids"])
    return branch(id, "figure", text, below, handling=flow["handling"], grade=arc["grade"])
