from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from counterflow.errors import UsageError
from counterflow.findings.ranking.amlworld import protocol
from counterflow.findings.ranking.trees import Growing
from findings.ranking.town import payments

HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency,"
    "Payment Format,Is Laundering"
)


def _write(folder: Path, name: str) -> None:
    lines, attempts = [], dict[str, list[str]]()
    for row in payments(180):
        when = dt.datetime.fromtimestamp(row["at"], dt.UTC).strftime("%Y/%m/%d %H:%M")
        sides = f"010,{row['payer'][2:]},020,{row['payee'][2:]}"
        kind = "ACH" if row["attempt"] else "Cash"
        amount = f"{row['amount']:.2f},US Dollar"
        lines.append(f"{when},{sides},{amount},{amount},{kind},{int(bool(row['attempt']))}")
        if row["attempt"]:
            attempts.setdefault(row["attempt"], []).append(lines[-1])
    (folder / f"{name}_Trans.csv").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    told = [
        line
        for rows in attempts.values()
        for line in ("BEGIN LAUNDERING ATTEMPT - FAN-IN", *rows, "END LAUNDERING ATTEMPT - FAN-IN", "")
    ]
    (folder / f"{name}_Patterns.txt").write_text("\n".join(told), encoding="utf-8")


def test_the_protocol_runs_on_files_as_published(tmp_path: Path) -> None:
    _write(tmp_path, "HI-Small")
    found = protocol(tmp_path, seeds=(1, 2), how=Growing(rounds=12, depth=3, least=1.0))
    assert (found["payments"], found["laundering"]) == (180, 71)
    assert sum(part["payments"] for part in found["parts"].values()) == 180
    for name in ("with_format", "format_blind"):
        assert 0 <= found[name]["f1"]["mean"] <= 1
        assert found[name]["f1"]["sd"] >= 0
        assert found[name]["attempts_reached"]["fan-in"]["attempts"] > 0
    assert "method" not in found["format_blind"]["gain"]
    assert found["with_format"]["f1"]["mean"] > 0.9, "the format gives it away"
    again = protocol(tmp_path, seeds=(1, 2), how=Growing(rounds=12, depth=3, least=1.0))
    assert again["format_blind"] == found["format_blind"]
    ahead = protocol(tmp_path, seeds=(1,), offline=True, how=Growing(rounds=12, depth=3, least=1.0))
    assert (found["looks_ahead"], ahead["looks_ahead"]) == (False, True)
    assert ahead["columns"] == 2 * found["columns"] - 2, "currency and format are told once"
    assert any(name.startswith("after_") for name in ahead["format_blind"]["gain"])


def test_a_folder_of_none_or_of_several_sets_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found none"):
        protocol(tmp_path)
    for name in ("HI-Small", "LI-Small"):
        _write(tmp_path, name)
    with pytest.raises(UsageError, match=r"HI-Small_Trans\.csv, LI-Small_Trans\.csv.*--set"):
        protocol(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        protocol(tmp_path / "nowhere")
