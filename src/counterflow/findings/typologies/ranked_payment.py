"""A lone payment that a trained model ranks high: laundering outside the patterns that rules look for.

Only with a model (`counterflow train`); without one there is nothing that a single payment could be judged by. A third
and more of the laundering in public data stands in no pattern at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    from counterflow.findings.evidence import Holder
    from counterflow.findings.ranking.scoring import Scored

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each payment, most probable first."""
    scored = data.ranking
    if scored is None:
        return
    rows = np.flatnonzero(scored.probability >= dial["probability"])
    # what scores alike stands in the order of the log
    rows = rows[np.argsort(-scored.scores[rows], kind="stable")]
    left = max(0, len(rows) - int(dial["most"]))
    rows = rows[: int(dial["most"])]
    if not len(rows):
        return
    table = data.table("payments")
    ids = [scored.log.rows["row_id"][int(i)].as_py() for i in rows]
    told = table.filter(table.row_id.isin(ids)).select(
        "row_id", "payment_id", "timestamp", "from_account", "to_account", "amount", "currency"
    )
    by_id = {row["row_id"]: row for row in data.run(told).to_pylist()}
    numbers = {row[side] for row in by_id.values() for side in ("from_account", "to_account")}
    held = evidence.holders(data, map(evidence.number_key, numbers))
    for i, id in zip(rows.tolist(), ids, strict=True):
        yield _finding(scored, i, by_id[id], held, left)


def _finding(scored: Scored, i: int, row: Mapping[str, object], held: Mapping[str, Holder], left: int) -> Finding:
    payer, payee = (held[evidence.number_key(str(row[side]))] for side in ("from_account", "to_account"))
    why = scored.reasons(np.array([i]))
    told = "; ".join([reason["text"] for reason in why if reason["odds"] > 1][:2]) or "no single column stands out"
    detail = {"reasons": why, "model": scored.model.id, "amount": row["amount"], "currency": row["currency"]}
    if left:
        detail["exhausted"] = f"{left:,} more payments reach that probability: turn up `most`, or `probability`"
    at = evidence.iso(scored.log.at[i])
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{payer.caption} paid {payee.caption} {row['amount']:,.0f} {row['currency']} on {at[:10]}, which the "
        f"trained model ranks high: {told}.",
        subjects=tuple(dict.fromkeys([payer.entity, payee.entity])),
        probability=round(float(min(0.99, max(0.01, scored.probability[i]))), 4),
        basis="calibrated",
        evidence=(
            *evidence.of_rows("payments", [str(row["row_id"])], "the payment"),
            *evidence.claims([*payer.claim_ids, *payee.claim_ids], "who holds the accounts"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=at,
        end=at,
        payments=(str(row["payment_id"]),),
        accounts=tuple(dict.fromkeys([str(row["from_account"]), str(row["to_account"])])),
        detail=detail,
    )


TYPOLOGY = Typology(
    name="ranked_payment",
    title="Payment ranked high by a trained model",
    kind="payment",
    what="A single payment, in no pattern, that a model trained on known laundering gives a high probability.",
    why="More than a third of the laundering in public data with answers stands in no pattern: only its circumstances "
    "(who is new to whom, what came in just before) tell.",
    standard="FATF, Opportunities and Challenges of New Technologies for AML/CFT (2021), on machine learning that is "
    "explained; Altman et al., Realistic Synthetic Financial Transactions for Anti-Money Laundering Models (2023)",
    needs=("payments",),
    parameters={
        "probability": Parameter(0.5, "calibrated probability", "up: fewer payments, more of them laundering"),
        "most": Parameter(1000, "findings", "up: more of those that reach the probability are told"),
    },
    benign=(
        "first payment to a new supplier, landlord or relative",
        "an account that wakes for a yearly or seasonal payment",
        "the model knows only laundering that was found: what is alike may be innocent",
    ),
    refutes="A contract, invoice or earlier relationship of the two parties that explains the payment.",
    detect=detect,
)
