"""A small town of payments with planted fans, for tests of ranking: few enough rows that nothing is compiled."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from counterflow.findings.patterns.log import Log, from_rows
from counterflow.findings.ranking.truth import Truth

DAY = 86_400


def payments(n: int = 180, seed: int = 1, every: int = 12) -> list[dict[str, Any]]:
    """Rows of the log: some pay those they always pay; each `every`th begins five first payments to one account."""
    rng = random.Random(seed)
    rows: list[dict[str, Any]] = []
    t = 0
    while len(rows) < n:
        t += rng.randint(1, DAY)
        if len(rows) % every == every - 1:
            number = len(rows)
            for k in range(5):
                rows.append(_row(len(rows), t + k * 3_600, f"mule{number}-{k}", f"hub{number}", 900.0, f"A{number}"))
            t += 5 * 3_600
        else:
            a = rng.randint(0, 9)
            rows.append(_row(len(rows), t, f"c{a}", f"shop{a % 3}", float(rng.randint(10, 2_000)), ""))
    return rows[:n]


def _row(number: int, at: int, payer: str, payee: str, amount: float, attempt: str) -> dict[str, Any]:
    return {"row_id": f"r{number:05}", "payment_id": f"P{number}", "at": 1_500_000_000 + at, "payer": f"B/{payer}",
            "payee": f"B/{payee}", "amount": amount, "currency": "USD", "attempt": attempt}  # fmt: skip


def log_of(rows: list[dict[str, Any]]) -> Log:
    """The log of rows."""
    names = ("row_id", "payment_id", "at", "payer", "payee", "amount", "currency")
    table = pa.table({name: pa.chunked_array([pa.array([row[name] for row in rows])]) for name in names})
    return from_rows(table.append_column("usd", pa.chunked_array([pa.array([row["amount"] for row in rows])])))


def truth_of(rows: list[dict[str, Any]]) -> Truth:
    """Answers that name laundering alone."""
    told = [row for row in rows if row["attempt"]]
    columns = {
        "kind": ["payment"] * len(told),
        "record": [row["payment_id"] for row in told],
        "label": ["laundering"] * len(told),
        "pattern": ["FAN-IN"] * len(told),
        "attempt": [row["attempt"] for row in told],
    }
    return Truth("answers.csv", pa.table({name: pa.chunked_array([pa.array(v)]) for name, v in columns.items()}))
