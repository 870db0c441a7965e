from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from counterflow.errors import InputError
from counterflow.findings.ranking.truth import Truth, of_file, on
from findings.ranking.town import log_of, payments

ROWS = payments(40)
LOG = log_of(ROWS)


def _table(kind: str = "payment", **columns: list[str | None]) -> Truth:
    n = len(columns["record"])
    whole = {"kind": [kind] * n, "pattern": [None] * n, "attempt": [None] * n, **columns}
    names = ("kind", "record", "label", "pattern", "attempt")
    return Truth("a.csv", pa.table({c: pa.chunked_array([pa.array(whole[c], pa.string())]) for c in names}))


def test_what_is_not_named_is_clean_where_no_answer_says_clean() -> None:
    known = on(
        LOG, _table(record=["P3", "P5"], label=["laundering", "fraud"], attempt=["7", None], pattern=["Fan", ""])
    )
    assert known.known.all()
    ids = LOG.rows["payment_id"].to_pylist()
    assert [ids[i] for i in known.guilty.nonzero()[0]] == ["P3", "P5"]
    assert known.attempts == ("7",)
    assert known.patterns == ("fan",)
    assert (known.attempt >= 0).sum() == 1
    assert "count as clean" in known.notes[0]


def test_what_is_not_named_is_unknown_where_some_are_said_to_be_clean() -> None:
    known = on(LOG, _table(record=["P3", "P5", "P6"], label=["laundering", "clean", "unknown"]))
    assert (int(known.guilty.sum()), int(known.known.sum())) == (1, 2)
    assert known.notes == (f"{len(ROWS) - 2} payments have no answer and are left out",)


def test_of_two_answers_about_one_payment_laundering_holds_and_the_one_with_an_attempt() -> None:
    known = on(LOG, _table(record=["P3"] * 3, label=["clean", "laundering", "laundering"], attempt=[None, None, "9"],
                           pattern=[None, None, "cycle"]))  # fmt: skip
    assert known.guilty.sum() == 1
    assert known.attempts[known.attempt[known.guilty][0]] == "9"


def test_answers_that_name_no_payment_here_are_counted() -> None:
    known = on(LOG, _table(record=["P3", "elsewhere"], label=["laundering"] * 2))
    assert known.notes[-1] == "1 of 2 answers name no payment here, such as 'elsewhere'"


@pytest.mark.parametrize(
    ("record", "label"), [(["nowhere"], ["laundering"]), (["P1"], ["clean"])], ids=["no payment", "no laundering"]
)
def test_answers_of_which_none_helps_are_an_error_that_names_file_and_field(
    record: list[str], label: list[str]
) -> None:
    with pytest.raises(InputError, match=r"a\.csv, field 'label': not one of its 1 answers") as e:
        on(LOG, _table(record=record, label=label))
    assert (e.value.file, e.value.field) == ("a.csv", "label")


def test_answers_about_accounts_make_a_payment_laundering_when_both_are_of_one_alert() -> None:
    fan = [row for row in ROWS if row["attempt"]]
    accounts = sorted({row[side][2:] for row in fan for side in ("payer", "payee")})
    alerts: list[str | None] = ["1"] * len(accounts)
    label: list[str | None] = ["suspicious"] * len(accounts)
    known = on(LOG, _table("account", record=list(accounts), label=label, attempt=alerts))
    assert int(known.guilty.sum()) == len(fan)
    apart: list[str | None] = [str(n) for n in range(len(accounts))]
    with pytest.raises(InputError):
        on(LOG, _table("account", record=list(accounts), label=label, attempt=apart))


def test_a_file_of_ones_own_is_read_and_a_wrong_label_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("payment_id,label,attempt,pattern\nP3,1,a1,cycle\nP4,maybe,,\nP5,0,,\n", encoding="utf-8")
    found = of_file(path)
    assert found.rows["label"].to_pylist() == ["laundering", "clean"]
    assert found.rows["attempt"].to_pylist() == ["a1", None]
    [aside] = found.aside
    assert aside.startswith("mine.csv, line 3, field 'label': 'maybe' is none of")


def test_a_file_without_one_answer_that_can_be_read_says_what_is_wrong_with_the_first(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("payment_id,label\nP3,perhaps\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds no answers.*line 2, field 'label'"):
        of_file(path)
    other = tmp_path / "amounts.csv"
    other.write_text("payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
                     "P1,2020-01-01T00:00:00Z,B,a,B,b,5,USD\n", encoding="utf-8")  # fmt: skip
    with pytest.raises(InputError, match="payment_id and label"):
        of_file(other)
