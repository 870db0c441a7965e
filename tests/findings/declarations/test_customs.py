"""The published split, on files of its form; the real ones where they are at hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from counterflow.cli.figures import customs
from counterflow.errors import UsageError
from counterflow.findings.declarations.customs import protocol

FIELDS = ("Office ID", "Process Type", "Import Type", "Import Use", "Payment Type", "Mode of Transport")


def written(path: Path, n: int, first: dt.date, seed: int) -> None:
    """Declarations whose fraud hangs on commodity and country together, seven times of eight."""
    rng = np.random.default_rng(seed)
    code, country = rng.integers(0, 20, n), rng.integers(0, 6, n)
    guilty = ((code * 7 + country * 3) % 5 == 0) ^ (rng.random(n) < 0.125)
    days = np.sort(rng.integers(0, 90, n))
    pyarrow.csv.write_csv(
        pa.table({
            "Declaration ID": np.arange(n) + seed * 100_000,
            "Date": [str(first + dt.timedelta(days=int(d))) for d in days],
            **{name: rng.integers(1, 4, n) for name in FIELDS},
            "Declarant ID": [f"D{k}" for k in rng.integers(0, 30, n)],
            "Importer ID": [f"I{k}" for k in rng.integers(0, 300, n)],
            "Seller ID": [f"S{k}" if k else "" for k in rng.integers(0, 300, n)],
            "Courier ID": [""] * n, "HS6 Code": 71080 + code,
            "Country of Departure": np.array(["CN", "DE", "US", "VN", "JP", "FR"])[country],
            "Country of Origin": ["CN"] * n, "Tax Rate": [8.0] * n, "Tax Type": ["A"] * n,
            "Country of Origin Indicator": ["G"] * n, "Net Mass": rng.lognormal(3, 1, n),
            "Item Price": rng.lognormal(9, 1, n),
            "Fraud": guilty.astype(int), "Critical Fraud": [0] * n,
        }),
        path,
    )  # fmt: skip


def test_ours_and_theirs_on_all_and_on_what_repeats_nothing(tmp_path: Path) -> None:
    written(tmp_path / "df_syn_train_eng.csv", 1500, dt.date(2020, 10, 1), 1)
    written(tmp_path / "df_syn_valid_eng.csv", 400, dt.date(2021, 1, 1), 2)
    found = protocol(tmp_path, seeds=(1,))
    assert found["declarations"]["learnt_from"] == 1500
    assert found["declarations"]["repeated"] == 0
    assert found["counterflow"]["all"] == found["counterflow"]["not_repeated"]
    assert (
        found["counterflow"]["all"]["pr_auc"] > found["baseline"]["all"]["pr_auc"] > found["look_up"]["all"]["pr_auc"]
    )
    assert found["look_up"]["all"]["roc_auc"] == 0.5
    assert any("departure" in name for name in list(found["gain"])[:3])
    assert all(told["reasons"] for told in found["reasons"])
    assert "counterflow    not repeated" in customs(found)


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"wanted one file \*train\*"):
        protocol(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        protocol(tmp_path / "nowhere")
