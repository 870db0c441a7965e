"""Misdeclared container: what was seized in a container, and the papers of the same container that say something else.

The number of the container joins the two: so a seizure that names nobody is tied to who sent the goods and who was to
have them. Papers of long before or after are of another voyage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence, goods
from counterflow.findings.seized import TOBACCO, dated, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Evidence, Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = Mapping[str, Any]

_SEIZED = ("row_id", "date", "country", "place", "lat", "lon", "category", "goods", "quantity", "unit", "brand")
_PAPER = ("day", "description", "hs_code", "seller", "buyer", "shipper_name", "consignee_name", "seller_claims",
          "buyer_claims")  # fmt: skip


def papers(data: Data, days: int) -> ibis.Table:
    """Seizures in containers with the papers of the same container near in time: the seizure's columns, box, paper
    (row_id), and those of `_PAPER`."""
    rows = dated(data.seizures)
    rows = rows.filter(rows.container.notnull())
    boxes = goods.containers(rows.select(*_SEIZED, "container", at=goods.day_of(rows.day)))
    declared = goods.consignments(data, "container", "description", "hs_code", "credibility")
    declared = declared.filter((declared.what == goods.DECLARED) & declared.description.notnull())
    declared = goods.containers(declared.filter(declared.credibility.isnull() | (declared.credibility < 4)))
    declared = declared.select(*_PAPER, "box", paper="row_id")
    found = boxes.join(declared, "box")
    found = found.filter((found.day - found["at"]).abs() <= days)
    return found.select(*_SEIZED, *_PAPER, "box", "paper").distinct().order_by("row_id", "box", "paper")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each seizure and sender, over all containers whose papers say something else."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    true: set[tuple[str, str]] = set()
    for row in data.run(papers(data, int(dial["days"]))).to_pylist():
        if _tells(row):
            true.add((row["row_id"], row["box"]))
        else:
            found.setdefault((row["row_id"], row["seller"], row["buyer"]), []).append(row)
    for _, rows in sorted(found.items()):
        # one paper of the container that tells it is enough: the load was mixed
        hidden = [r for r in rows if (r["row_id"], r["box"]) not in true]
        if hidden:
            yield _finding(data, hidden)


def _tells(row: Row) -> bool:
    """Whether a paper names what was seized, by a word of it, its brand or its kind."""
    description = row["description"].lower()
    kind = f"{row['category'] or ''} {row['goods']}".lower()
    if re.search(TOBACCO, kind) and (re.search(TOBACCO, description) or (row["hs_code"] or "").startswith("24")):
        return True
    words = re.findall(r"[^\W\d_]{4,}", f"{row['goods']} {row['brand'] or ''}".lower())
    return any(word in description for word in words)


def _finding(data: Data, rows: Sequence[Row]) -> Finding:
    first = rows[0]
    sender = goods.caption(data, first["seller"], first["shipper_name"])
    receiver = goods.caption(data, first["buyer"], first["consignee_name"])
    boxes = list(dict.fromkeys(r["box"] for r in rows))
    said = list(dict.fromkeys(r["description"] for r in rows))
    listed = sorted({data.caption(p) for p in (first["seller"], first["buyer"]) if data.listed(p)})
    factors = {"the papers do not name what was in it": 4.0}
    if len(boxes) > 1:
        factors[f"{len(boxes)} containers"] = 1.5
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 3.0
    claims = {id for r in rows for side in ("seller_claims", "buyer_claims") for id in r[side] or ()}
    several = f"container{'s' * (len(boxes) > 1)} {', '.join(boxes[:3])}"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{sender} declared '{said[0]}' to {receiver} in the {several}; what was seized in it: {told(first)}.",
        subjects=(first["seller"], first["buyer"]),
        probability=weigh(0.3, factors),
        evidence=(
            Evidence("seizures", first["row_id"], "what was found"),
            *evidence.of_rows("shipments", (r["paper"] for r in rows), "what was declared"),
            *evidence.claims(claims, "who bears the printed name"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min(first["date"], goods.iso_day(min(r["day"] for r in rows))),
        end=max(first["date"], goods.iso_day(max(r["day"] for r in rows))),
        lat=first["lat"] if first["lon"] is not None else None,
        lon=first["lon"] if first["lat"] is not None else None,
        detail={"containers": boxes, "declared": said, "found": told(first), "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="misdeclared_container",
    title="Seized in a container that was declared as something else",
    kind="seizure",
    what="Goods are seized in a container whose papers of that voyage, by its number, say something else.",
    why="The seizure names a box, the papers name who sent it and who was to have it: together they name the trade.",
    standard="WCO, Illicit Trade Report (concealment in containers, misdeclaration); UNODC-WCO Container Control "
    "Programme; FATF, Illicit Tobacco Trade (2012)",
    needs=("seizures", "shipments"),
    parameters={"days": Parameter(90, "days", "between the papers and the seizure, at most")},
    benign=(
        "goods put into the container on the way, without the sender's knowledge (rip-on, rip-off)",
        "a mixed load of which only one part is in these papers",
        "a number that was misread, or papers of another voyage",
    ),
    refutes="Seals that were changed on the way; the other papers of the container; the sender's stock books.",
    detect=detect,
)
