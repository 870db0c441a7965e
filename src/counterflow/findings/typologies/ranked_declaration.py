"""A declaration that what inspections of earlier ones found ranks high.

Only with a model (`counterflow train --declarations`); declarations that it has seen are passed over: what became of
them is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    from counterflow.findings.declarations.scoring import Declared

__all__ = ["TYPOLOGY"]

_SIDES = ("consignee", "shipper", "declarant")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each declaration, most probable first."""
    declared = data.declared
    if declared is None:
        return
    rows = np.flatnonzero(declared.probability >= dial["probability"])
    rows = rows[np.argsort(-declared.probability[rows], kind="stable")]
    left = max(0, len(rows) - int(dial["most"]))
    rows = rows[: int(dial["most"])]
    told = declared.of.rows.take(rows).to_pylist()
    names = sorted({row[f"{side}_name"] for row in told for side in _SIDES if row[f"{side}_name"]})
    who = evidence.among(goods.printed(data), "printed", names) if names else None
    known = {row["printed"]: row for row in data.run(who).to_pylist()} if who is not None else {}
    reasons = declared.reasons(rows) if len(rows) else []
    for row, at, why in zip(told, rows.tolist(), reasons, strict=True):
        yield _finding(data, declared, row, float(declared.probability[at]), why, known, left)


def _finding(
    data: Data, declared: Declared, row: Mapping[str, Any], probability: float, why: list[dict[str, Any]],
    known: Mapping[str, Mapping[str, Any]], left: int,
) -> Finding:  # fmt: skip
    parties, claims = {}, set()
    for side in _SIDES:
        name, number = row[f"{side}_name"], row[f"{side}_id"]
        if name in known:
            parties[known[name]["party"]] = name
            claims |= set(known[name]["claim_ids"] or ())
        elif number:
            parties[f"number:{number}"] = None
    first, printed = next(iter(parties.items()), ("number:" + row["shipment_id"], None))
    told = "; ".join([reason["text"] for reason in why if reason["odds"] > 1][:3]) or "no single column stands out"
    worth = f" worth {row['value']:,.0f} {row['currency'] or ''}".rstrip() if row["value"] else ""
    sent = f" from {country_name(row['departure_country'])}" if row["departure_country"] else ""
    detail = {"reasons": why, "model": declared.model.id, "declaration": row["shipment_id"], "hs_code": row["hs_code"]}
    if left:
        detail["exhausted"] = f"{left:,} more declarations reach that probability: turn up `most`, or `probability`"
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{goods.caption(data, first, printed)} declared goods of code {row['hs_code'] or 'unknown'}{worth}"
        f"{sent} on {row['date']} (declaration {row['shipment_id']}), which inspections of earlier ones rank high: "
        f"{told}.",
        subjects=tuple(parties) or (first,),
        probability=round(float(min(0.99, max(0.01, probability))), 4),
        basis="calibrated",
        evidence=(
            *evidence.of_rows("shipments", [row["row_id"]], "the declaration"),
            *evidence.claims(claims, "who the names are"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=row["date"],
        end=row["date"],
        detail=detail,
    )


TYPOLOGY = Typology(
    name="ranked_declaration",
    title="Declaration ranked high by what inspections found",
    kind="trade",
    what="A declaration to which a model, trained on what inspections of earlier ones found, gives a high probability "
    "of fraud.",
    why="A customs office can open one consignment in a hundred: which one decides what is found.",
    standard="WCO, Customs Risk Management Compendium; Kim et al., DATE: Dual Attentive Tree-aware Embedding for "
    "Customs Fraud Detection (2020)",
    needs=("shipments",),
    parameters={
        "probability": Parameter(0.5, "calibrated probability", "up: fewer declarations, more of them fraud"),
        "most": Parameter(1000, "findings", "up: more of those that reach the probability are told"),
    },
    benign=(
        "goods of a kind, country and value that others declared wrongly and this one declares rightly",
        "a new importer or a new tariff, which looks like what it is not",
        "the model knows only what inspections looked for",
    ),
    refutes="An inspection of the goods that agrees with the declaration.",
    detect=detect,
)
