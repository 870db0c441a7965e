"""From a file of payments with everything wrong in it to the attempt that is in it, over the command line."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.workspace import Workspace
from stories.conftest import counterflow, rows

HEADINGS = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency"


def passing_on() -> list[str]:
    """Mule M is paid by four and passes nearly all of it on within hours, each time."""
    lines = []
    for n in range(4):
        day = f"2022-05-{2 + 3 * n:02}"
        lines.append(f"IN{n},{day}T08:00:00Z,B1,C{n},B2,M,{10_000 + n},EUR")
        lines.append(f"OUT{n},{day}T18:00:00+02:00,B2,M,B3,SINK{n % 2},{9_700 + n},EUR")
    return lines


WRONG = """\
X1,2022-05-03T10:00:00Z,B1,P,B1,Q,,EUR
X2,2022-05-03T10:00:00Z,B1,P,B1,Q,-5,EUR
X3,2022-05-03T10:00:00Z,B1,P,B1,Q,ten,EUR
X4,2022-05-03T10:00:00Z,B1,P,B1,Q,10,ZZZ
X5,2022-05-03T10:00:00Z,B1,P,B1,Q,10,
X6,2022-02-30T10:00:00Z,B1,P,B1,Q,10,EUR
X7,,B1,P,B1,Q,10,EUR
X8,2022-05-03T10:00:00Z,B1,,B1,Q,10,EUR""".splitlines()
"""Rows that are set aside, each for its own reason."""

ODD = """\
Z1,2022-05-03T10:00:00Z,B1,P,B1,Q,0,EUR
S1,2022-05-03T10:00:00Z,B2,M,B2,M,5000,EUR
T1,2022-05-04T10:00:00Z,B1,P,B1,Q,70,EUR
T1,2022-05-04T10:00:00Z,B1,P,B1,Q,70,EUR
E1,2022-05-05T10:00:00Z,B1,P,B1,Q,3000,EUR
E2,2022-05-05T10:00:00Z,B1,Q,B1,P,3000,EUR
G1,1971-05-05T10:00:00Z,B1,P,B1,Q,3000,EUR
G2,2071-05-05T10:00:00Z,B1,Q,B1,R,3000,EUR""".splitlines()
"""Rows that are kept: nothing moved, to oneself, twice in the file, at one second, a century apart."""


def file_of(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "w").close()
    return tmp_path / "w"


def test_what_is_wrong_is_told_and_counted_and_what_is_right_is_found(folder: Path, tmp_path: Path) -> None:
    lines = [*passing_on(), *WRONG, *ODD]
    random.Random(1).shuffle(lines)
    path = file_of(tmp_path / "payments.csv", lines)
    [report] = rows(counterflow(folder, "ingest", str(path), "--json"))
    assert (report["aside"], report["repeated"]) == (len(WRONG), 1)
    assert report["observations"] + report["repeated"] + report["aside"] == len(lines)
    told = rows(counterflow(folder, "quarantine", "--json"))
    assert len(told) == len(WRONG)
    done = CliRunner().invoke(main, ["--workspace", str(folder), "detect", "--json"])
    found = rows(done.stdout)
    assert [f["typology"] for f in found] == ["pass_through"]
    [attempt] = found
    assert attempt["payments"] == ["IN0", "OUT0", "IN1", "OUT1", "IN2", "OUT2", "IN3", "OUT3"]
    assert attempt["start"] == "2022-05-02T08:00:00Z"
    assert attempt["end"] == "2022-05-11T16:00:00Z"  # 18:00 two hours east of Greenwich
    assert attempt["detail"]["banks"] == ["B2", "B1", "B3"]
    assert "No pattern was looked for in 1 payment: 1 with no amount above zero." in done.stderr
    printed = counterflow(folder, "detect", "--limit", "1")
    assert "8 payments, 7 accounts, 3 banks · 2022-05-02 08:00 to 2022-05-11 16:00" in printed
    whole = counterflow(folder, "show", attempt["id"])
    assert "Weighs" in whole


def test_dials_hold_for_one_run(folder: Path, tmp_path: Path) -> None:
    counterflow(folder, "ingest", str(file_of(tmp_path / "payments.csv", passing_on())))
    assert len(rows(counterflow(folder, "detect", "--json"))) == 1
    assert counterflow(folder, "detect", "--set", "pass_through.hours=2", "--json") == ""
    assert len(rows(counterflow(folder, "detect", "--json"))) == 1
    for wrong in ("pass_through.hours", "pass_through.hours=soon", "pass_through.hours=nan", "hours=3"):
        assert "Valid: TYPOLOGY.PARAMETER=NUMBER" in counterflow(folder, "detect", "--set", wrong, code=2)
    assert "Did you mean 'hours'?" in counterflow(folder, "detect", "--set", "pass_through.hour=3", code=2)


def test_a_further_delivery_changes_what_it_can_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    """In any split the findings are those of everything at once; a late payment is one of the splits."""
    lines = [*passing_on(), *ODD]
    once = tmp_path / "once"
    Workspace.create(once).close()
    counterflow(once, "ingest", str(file_of(tmp_path / "payments.csv", lines)))
    told = counterflow(once, "detect", "--json")
    assert len(rows(told)) == 1
    for n, part in enumerate((lines[:3], lines[6:], lines[3:6])):
        place = tmp_path / str(n)
        place.mkdir()
        counterflow(folder, "ingest", str(file_of(place / "payments.csv", part)))
        last = counterflow(folder, "detect", "--json")
    assert _figures(last) == _figures(told)


def _figures(text: str) -> list[dict[str, object]]:
    return [{k: f[k] for k in ("sentence", "payments", "probability", "start", "end", "detail")} for f in rows(text)]


def test_parquet_is_read_alike_and_a_busy_account_does_no_harm(folder: Path, tmp_path: Path) -> None:
    """A tenth of all payments are one account's, back and forth with everybody."""
    rng = random.Random(2)
    begin = dt.datetime(2022, 5, 1, tzinfo=dt.UTC)
    table = []
    for n in range(3000):
        payer, payee = f"A{rng.randrange(400)}", f"A{rng.randrange(400)}"
        if n % 10 == 0:
            payer, payee = ("HUB", payee) if rng.random() < 0.5 else (payer, "HUB")
        table.append(
            {"payment_id": f"N{n}", "timestamp": begin + dt.timedelta(minutes=5 * n), "from_bank": "B1",
             "from_account": payer, "to_bank": "B1", "to_account": payee,
             "amount": round(rng.lognormvariate(6, 1.5), 2), "currency": "EUR"}
        )  # fmt: skip
    for line in passing_on():
        id, when, *more, amount, currency = line.split(",")
        keys = ("from_bank", "from_account", "to_bank", "to_account")
        stamp = dt.datetime.fromisoformat(when).astimezone(dt.UTC)
        table.append(
            {"payment_id": id, "timestamp": stamp, **dict(zip(keys, more, strict=True)), "amount": float(amount),
             "currency": currency}
        )  # fmt: skip
    rng.shuffle(table)
    path = tmp_path / "payments.parquet"
    pq.write_table(pa.Table.from_pylist(table), path)
    counterflow(folder, "ingest", str(path))
    found = rows(counterflow(folder, "detect", "--typology", "pass_through", "--json"))
    assert any(set(f["payments"]) == {f"{way}{n}" for way in ("IN", "OUT") for n in range(4)} for f in found)
    assert json.loads(counterflow(folder, "detect", "--typology", "pass_through", "--json").splitlines()[0]) == found[0]
