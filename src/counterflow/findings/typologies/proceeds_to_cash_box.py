"""Proceeds to the cash-box: the money of parties that other typologies name, followed to a listed body of the state.

It starts from findings of activities (seizures, trade, ships, travel, crypto, payments) and follows payments in time,
ownership and payments that claims tell of (`findings.downstream`). What is printed of each step is what was paid
between the two in all; no more than the least of these can have come the whole way. Nearly everybody is a few payments
from everybody, so what counts is how much of the largest step that least is: money that is handed on keeps its worth.
Where several parties' ways join at one that the same findings name, it is told of that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.downstream import Downstream, Step
from counterflow.findings.roles import state
from counterflow.findings.typology import Data, Parameter, Typology, nothing, weigh
from counterflow.model.finding import Evidence, Finding

__all__ = ["TYPOLOGY"]

_SHOWN = 10
"""Payments of one step that are evidence: the largest."""
_JOIN = 3
"""Ways that come together at one party."""
_TOLD = 3
"""Findings, of different typologies, whose evidence is this one's too: the most probable."""


def boxes(data: Data) -> list[str]:
    """Bodies of the state that a list names: where the money of the state's own trade is kept."""
    listed = data.table("entities").filter(lambda t: t.listed.fill_null(False))
    rows = state(data).semi_join(listed, "entity").distinct().order_by("entity")
    return list(data.run(rows).column("entity").to_pylist())


def gather(data: Data, parts: Sequence[Finding], dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each party at the beginning of a way."""
    parts = [f for f in parts if f.probability >= dial["least"]]
    ends = boxes(data) if parts else []
    if not ends:
        return
    down = Downstream(data, ends, int(dial["hops"]), int(dial["hub"]))
    named = {f.id: {*f.subjects, *map(evidence.number_key, f.accounts)} for f in parts}
    known = down.nodes({party for parties in named.values() for party in parties} - set(ends))
    about: dict[str, list[Finding]] = defaultdict(list)
    for part in parts:
        for name in {down.name(known[party]) for party in named[part.id] if party in known}:
            about[name].append(part)
    paths = {down.name(node): way for node, way in down.paths(sorted(set(known.values()))).items()}
    ways = {name: way for name, way in sorted(paths.items()) if any(step.money for step in way)}
    origins = {name: _strongest(about[name]) for name in ways}
    payment = _payments(data, {e.id for f in chain(*origins.values()) for e in f.evidence if e.kind == "payments"})
    for name in _leads(ways, {name: {f.id for f in about[name]} for name in ways}):
        found = _finding(data, name, ways[name], about[name], origins[name], payment)
        if found.probability >= dial["told"]:
            yield found


def _leads(ways: Mapping[str, Sequence[Step]], named: Mapping[str, set[str]]) -> list[str]:
    """Of parties on each other's ways, by the same findings, those to tell of: where the way begins, or where the ways
    of `_JOIN` and more come together."""
    before: dict[str, set[str]] = {name: set() for name in ways}
    for name, way in ways.items():
        for later in {step.target for step in way} & ways.keys():
            if later != name:
                before[later].add(name)
    joins = {name for name, earlier in before.items() if sum(named[e] <= named[name] for e in earlier) >= _JOIN}
    return [
        name for name, way in ways.items()
        if not any(s.target in joins and named[name] <= named[s.target] for s in way)
        and (name in joins or not any(named[name] <= named[e] for e in before[name]))
    ]  # fmt: skip


def _strongest(parts: Sequence[Finding]) -> list[Finding]:
    """Of each typology the most probable finding, of the most probable typologies."""
    best: dict[str, Finding] = {}
    for part in sorted(parts, key=lambda f: (-f.probability, f.id)):
        best.setdefault(part.typology, part)
    return list(best.values())[:_TOLD]


def _payments(data: Data, rows: set[str]) -> dict[str, str]:
    """row_id → payment_id."""
    if not rows:
        return {}
    table = evidence.among(data.table("payments"), "row_id", sorted(rows)).select("row_id", "payment_id")
    return {row["row_id"]: row["payment_id"] for row in data.run(table).to_pylist()}


def _finding(
    data: Data, name: str, way: Sequence[Step], parts: Sequence[Finding], origin: Sequence[Finding],
    payment: Mapping[str, str],
) -> Finding:  # fmt: skip
    log = data.log
    steps = [_step(data, step) for step in way]
    paid = [step for step in steps if step["payments"]]
    through = min((step["usd"] for step in paid), default=0.0)
    factors: dict[str, float] = {
        f"named by {part.typology.replace('_', ' ')}, {part.likelihood}": round(1 + 2 * part.probability, 3)
        for part in origin
    }
    factors[f"{len(way)} steps of money" if len(way) > 1 else "one step of money"] = {1: 4.0, 2: 3.0, 3: 2.0}.get(
        len(way), 1.5
    )
    if len(paid) > 1:
        kept = through / max(step["usd"] for step in paid)
        factors[f"at most {kept:.0%} of its largest step's worth can have come the whole way"] = round(2 * kept**2, 3)
    rows = {
        row: None for step in way for row in sorted(step.rows, key=lambda r: (-_usd(float(log.worth[r])), r))[:_SHOWN]
    }
    order = np.array(sorted(rows), np.int64)  # none where claims tell all of the way
    ids, own = (log.rows.column(name).take(order).to_pylist() for name in ("row_id", "payment_id"))
    payment = {**payment, **dict(zip(ids, own, strict=True))}
    record: dict[tuple[str, str], Evidence] = {}
    for item in (
        *evidence.of_rows("payments", ids, "a step of the money"),
        *evidence.claims({id for step in way for id in step.claim_ids}, "whose money it is"),
        *(item for part in origin for item in part.evidence),
    ):
        record.setdefault((item.kind, item.id), item)
    sides = {code for side in (log.payer, log.payee) for code in side[order].tolist()}
    accounts = {log.accounts[code].as_py().partition("/")[2] for code in sides}
    times = [evidence.iso(log.at[row]) for row in (order[0], order[-1])] if len(order) else []
    times += [str(when) for part in origin for when in (part.start, part.end) if when]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=_sentence(data, name, steps, origin, through),
        subjects=tuple(dict.fromkeys([name, *(step.target for step in reversed(way))])),
        probability=weigh(0.2, factors),
        evidence=tuple(record.values()),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min(times, default=None),
        end=max(times, default=None),
        payments=tuple(payment[id] for kind, id in record if kind == "payments"),
        transfers=tuple(dict.fromkeys(t for part in origin for t in part.transfers)),
        vessels=tuple(dict.fromkeys(v for part in origin for v in part.vessels)),
        accounts=tuple(sorted({*accounts, *(a for part in origin for a in part.accounts)})),
        detail={
            "way": steps, "usd_through_at_most": round(through, 2),
            "findings": [{"finding": f.id, "typology": f.typology} for f in sorted(parts, key=lambda f: f.id)],
            "factors": factors,
        },
    )  # fmt: skip


def _usd(worth: float) -> float:
    return 0.0 if np.isnan(worth) else worth


def _step(data: Data, step: Step) -> dict[str, Any]:
    """A step as plain data."""
    log, rows = data.log, list(step.rows)
    usd = round(sum(_usd(float(log.worth[row])) for row in rows), 2)
    return {
        "from": step.source, "to": step.target, "how": step.how, "payments": len(rows), "usd": usd,
        "start": evidence.iso(log.at[rows[0]]) if rows else None,
        "end": evidence.iso(log.at[rows[-1]]) if rows else None,
    }  # fmt: skip


def _sentence(
    data: Data, name: str, steps: Sequence[Mapping[str, Any]], origin: Sequence[Finding], through: float
) -> str:
    said = ", which ".join(
        f"paid {step['usd']:,.0f} USD to {data.caption(step['to'])}{_times(step['payments'])}"
        if step["payments"] else f"{step['how']} {data.caption(step['to'])}"
        for step in steps
    )  # fmt: skip
    named = " and ".join(dict.fromkeys(part.typology.replace("_", " ") for part in origin))
    most = f"; at most {through:,.0f} USD can have come the whole way" if through and len(steps) > 1 else ""
    return f"{data.caption(name)}, named by {named}, {said}{most}."


def _times(payments: int) -> str:
    return f" in {payments} payments" if payments > 1 else ""


TYPOLOGY = Typology(
    name="proceeds_to_cash_box",
    title="Proceeds that reach the state's cash-box",
    kind="payment",
    what="The money of a party that another finding names goes, over a few payments in time or through what it is held "
    "by, to a listed body of the state.",
    why="What an activity earns counts where it ends: the office that keeps foreign currency for rulers and weapons.",
    standard="FATF, Guidance on Counter Proliferation Financing (2018), stages: fund raising, disguising, procurement; "
    "FinCEN advisory FIN-2017-A008; UN Panel of Experts under resolution 1874",
    needs=("entities",),
    parameters={
        "hops": Parameter(4, "steps", "from the party to the body, at most"),
        "hub": Parameter(200, "payers", "a party that more pay is a bank or an exchange, and is not passed through"),
        "least": Parameter(0.3, "probability", "findings below this are no beginning"),
        "told": Parameter(0.35, "probability", "ways that are less probable are not told"),
    },
    benign=(
        "fees, fines or taxes that the body collects from everybody",
        "payments for other goods between two who also trade lawfully",
    ),
    refutes="The books of the party in the middle that show what it was paid for, and paid out for.",
    detect=nothing,
    gather=gather,
    gathers=("crypto", "payment", "seizure", "ship", "trade", "travel"),
)
