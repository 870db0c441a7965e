"""Train on what inspections found, rank declarations, put it aside: on the command line; and who may know of it."""

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
from counterflow.workspace import Workspace

COLUMNS = ("declaration_id", "date", "importer", "country_of_departure", "country_of_origin", "hs6", "net_mass",
           "item_price", "currency")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of public declarations, and a file of confidential answers: shoes from Vietnam are fraud."""
    root = tmp_path_factory.mktemp("inspections")
    with (root / "goods.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for k in range(300):
            country = "VN" if k % 5 == 0 else "DE"
            day = (dt.date(2020, 1, 1) + dt.timedelta(days=k)).isoformat()
            out.writerow([f"D{k}", day, f"Importer {k % 7}", country, country, "640399", 10 + k % 9, 900 + k, "USD"])
    with (root / "found.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["declaration_id", "label"])
        out.writerows([f"D{k}", int(k % 5 == 0)] for k in range(300))
    Workspace.create(root / "ws").close()
    others = [name for name in registry.names("typologies") if name != "ranked_declaration"]
    with (root / "ws" / "counterflow.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"\n[typologies.{name}]\nenabled = false\n" for name in others)
    workspace = Workspace.open(root / "ws")
    workspace.ingest(root / "goods.csv", label="TLP:CLEAR")
    workspace.ingest(root / "found.csv", label="TLP:RED")
    workspace.close()
    return root


def _run(folder: Path, *words: str) -> Any:
    done = CliRunner().invoke(main, ["--workspace", str(folder / "ws"), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def _findings(folder: Path, *words: str) -> list[dict[str, Any]]:
    told = _run(folder, *words, "detect", "--json").stdout.splitlines()
    return [json.loads(line) for line in told if line.startswith("{")]


def test_from_inspections_to_ranked_declarations_and_back(folder: Path) -> None:
    assert _findings(folder) == []
    card = json.loads(_run(folder, "train", "--declarations", "--seeds", "1", "--json").stdout)
    assert card["parts"]["judge"]["declarations"] == 60
    assert f"{card['model']}: answers workspace" in _run(folder, "model", "--declarations").output
    found = _findings(folder)
    assert len(found) == card["parts"]["judge"]["fraud"] == 12
    assert {f["handling"] for f in found} == {"TLP:RED"}  # they tell of the answers
    assert _findings(folder, "--audience", "public") == []
    early = _run(folder, "detect", "--as-of", "2020-03-01", "--json").stdout
    assert "ranked_declaration" not in early
    assert "is out of use" in _run(folder, "model", "--declarations", "--drop").output
    assert _findings(folder) == []
