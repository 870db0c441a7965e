"""Train on answers, rank, evaluate, put aside: through the workspace and the command line; and who may know of it."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterflow import registry
from counterflow.cli import main
from counterflow.errors import NotFound
from counterflow.findings.ranking import training, trees
from counterflow.workspace import Workspace
from findings.ranking.town import payments

ROWS = payments(170)
PAYMENTS = ("payment_id", "timestamp", "from_bank", "from_account", "to_bank", "to_account", "amount", "currency")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of public payments and confidential answers."""
    root = tmp_path_factory.mktemp("ranking")
    with (root / "paid.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(PAYMENTS)
        for row in ROWS:
            when = dt.datetime.fromtimestamp(row["at"], dt.UTC).isoformat()
            out.writerow([row["payment_id"], when, "B", row["payer"][2:], "B", row["payee"][2:], row["amount"], "USD"])
    with (root / "answers.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["payment_id", "label", "attempt", "pattern"])
        out.writerows([row["payment_id"], "laundering", row["attempt"], "fan-in"] for row in ROWS if row["attempt"])
    Workspace.create(root / "ws").close()
    others = [name for name in registry.names("typologies") if name not in ("fan_in", "ranked_payment")]
    with (root / "ws" / "counterflow.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"\n[typologies.{name}]\nenabled = false\n" for name in others)
    workspace = Workspace.open(root / "ws")
    workspace.ingest(root / "paid.csv", label="TLP:CLEAR")
    workspace.ingest(root / "answers.csv", label="TLP:RED")
    workspace.close()
    return root


def _run(folder: Path, *words: str, code: int = 0) -> Any:
    done = CliRunner().invoke(main, ["--workspace", str(folder / "ws"), *words], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def _rows(done: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_from_answers_to_ranked_findings_and_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "Growing", lambda: trees.Growing(rounds=12, depth=3, least=1.0))
    public_before = _rows(_run(folder, "--audience", "public", "detect", "--json"))
    own_before = _rows(_run(folder, "detect", "--json"))
    assert not [f for f in own_before if f["basis"] == "calibrated"]

    card = _rows(_run(folder, "train", "--seeds", "1", "--json"))[0]
    assert card["parts"]["train"]["laundering"] == 40
    assert "# Model card" in _run(folder, "model").stdout

    found = _rows(_run(folder, "detect", "--json"))
    ranked = [f for f in found if f["typology"] == "ranked_payment"]
    assert ranked
    assert {f["basis"] for f in ranked} == {"calibrated"}
    assert {f["handling"] for f in ranked} == {"TLP:RED"}, "what answers under RED taught is under RED"
    alone = _rows(_run(folder, "detect", "--typology", "ranked_payment", "--json"))
    assert [f for f in alone if f["id"] in {g["id"] for g in ranked}] == ranked
    within = {p for f in found if f["typology"] != "ranked_payment" for p in f["payments"]}
    assert {f["payments"][0] for f in alone} - within == {f["payments"][0] for f in ranked}, "told once"

    told = _rows(_run(folder, "evaluate", "--json"))[0]
    assert told["ranked_by"] == card["model"]
    assert told["payments"] < len(ROWS), "what it learnt from is left out"
    assert told["cut_offs"][-1]["findings"] == told["findings"]
    every = _rows(_run(folder, "evaluate", str(folder / "answers.csv"), "--everything", "--json"))[0]
    assert every["payments"] == len(ROWS)
    assert "Area under precision and recall" in _run(folder, "evaluate").stdout
    assert _rows(_run(folder, "model", "--drift", "--json"))[0]["payments"] > 0

    assert _rows(_run(folder, "--audience", "public", "detect", "--json")) == public_before
    workspace = Workspace.open(folder / "ws")
    with pytest.raises(NotFound):
        workspace.view("public").model()
    assert not [f for f in workspace.view().detect(as_of="2017-07-20")["findings"] if f["basis"] == "calibrated"], (
        "it saw later"
    )
    workspace.close()

    _run(folder, "model", "--drop")
    assert _rows(_run(folder, "detect", "--json")) == own_before
    _run(folder, "model", code=5)


def test_answers_that_do_not_fit_are_named(folder: Path) -> None:
    wrong = folder / "wrong.csv"
    wrong.write_text("payment_id,label\nX1,laundering\nX2,what\n", encoding="utf-8")
    done = _run(folder, "train", str(wrong), code=3)
    assert "wrong.csv, field 'label': not one of its 1 answers makes a payment here laundering" in done.stderr
    assert "wrong.csv, line 3, field 'label': 'what' is none of" in done.stderr
    assert "no answers" in _run(folder, "--audience", "public", "train", code=2).stderr
