"""The Admiralty table: fitted on one half of generated claims, trusted on the other; and the user's own table."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow import config
from counterflow.claims.calibration import Known, calibration_error, fit, fused, halves, read
from counterflow.cli import main
from counterflow.errors import InputError
from counterflow.model.likelihood import grade_table, probability
from counterflow.testing.grades import graded

TABLE = grade_table()


def test_fitted_on_one_half_it_is_calibrated_on_the_other_and_articles_are_not() -> None:
    one, other = halves(graded(39))
    true = {k.fact: k.true for k in other}
    table = fit(one, TABLE)
    by_origin = calibration_error(fused(other, table), true)
    by_article = calibration_error(fused(other, table, per_article=True), true)
    shipped = calibration_error(fused(other, TABLE), true)
    print(f"per origin {by_origin:.3f}, per article {by_article:.3f}, shipped table {shipped:.3f}")
    assert by_origin <= 0.02 < 0.05 < by_article
    assert by_origin < shipped  # where grades are worth something else than the shipped table says


def test_the_shipped_table_has_a_cell_for_every_grade_and_better_is_likelier() -> None:
    assert sorted(TABLE) == [f"{letter}{digit}" for letter in "ABCDEF" for digit in range(1, 7)]
    for letter in "ABCDEF":
        row = [TABLE[f"{letter}{digit}"] for digit in range(1, 6)]
        assert row == sorted(row, reverse=True)
        assert TABLE[f"{letter}6"] == 0.5
    assert probability("B", 2) == 0.77
    assert probability("B", 2, {"B2": 0.6}) == 0.6
    assert probability("B", 3, {"B2": 0.6}) == TABLE["B3"]


CLAIMS = st.lists(
    st.builds(Known, fact=st.sampled_from("ab"), origin=st.sampled_from("xyz"), grade=st.sampled_from(sorted(TABLE)),
              says=st.booleans(), true=st.just(True)), min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(CLAIMS, st.randoms(use_true_random=False))
def test_copies_and_order_change_nothing(claims: list[Known], random: object) -> None:
    again = claims + claims[:1] * 20
    random.shuffle(again)  # type: ignore[attr-defined]
    assert fused(again, TABLE) == pytest.approx(fused(claims, TABLE))
    assert fit(again, TABLE) == fit(claims, TABLE)


def test_a_cell_without_claims_stays_where_it_was() -> None:
    moved = fit([Known(f"f{i}", "o", "B2", True, False) for i in range(90)], TABLE)
    assert moved["B2"] == pytest.approx(0.077)
    assert moved == pytest.approx({**TABLE, "B2": moved["B2"]})


HEAD = "fact,origin,grade,says,true\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fact,origin\n", "grade, says, true"),
        (HEAD, "no claim"),
        (HEAD + "a,o,Z9,yes,yes\n", "line 2"),
        (HEAD + "a,o,B2,maybe,yes\n", "neither yes nor no"),
        (HEAD + "a,o,B2,yes,yes\na,p,B2,yes,no\n", "both true and false"),
    ],
)
def test_bad_files_are_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "known.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path)
    assert told in str(caught.value)


@pytest.mark.parametrize("line", ["G1 = 0.5", "B2 = 1.0", 'B2 = "much"', "B2 = true"])
def test_settings_refuse_what_is_no_grade_or_probability(tmp_path: Path, line: str) -> None:
    path = tmp_path / "counterflow.toml"
    path.write_text(f"[grades]\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        config.load(path)
    assert "grades" in str(caught.value)


def run(place: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["--workspace", str(place), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_workspace_shows_and_changes_the_table(tmp_path: Path) -> None:
    place = tmp_path / "w"
    run(place, "init")
    with (place / "counterflow.toml").open("a", encoding="utf-8") as file:
        file.write("\n[grades]\nB2 = 0.66\n")
    found = json.loads(run(place, "grades", "--json"))
    assert found["probability"] == {**TABLE, "B2": 0.66}
    assert found["own"] == {"B2": 0.66}
    assert "judgement" in found["made"]
    assert "0.660*" in run(place, "grades")
    known = tmp_path / "known.csv"
    told = {True: "yes", False: "no"}
    rows = (f"{k.fact},{k.origin},{k.grade},{told[k.says]},{told[k.true]}" for k in graded(5, 2000))
    known.write_text(HEAD + "\n".join(rows), encoding="utf-8")
    fitted = json.loads(run(place, "grades", "--fit", str(known), "--json"))
    assert fitted["scored"]["per_origin"] < fitted["scored"]["per_article"]
    text = run(place, "grades", "--fit", str(known))
    assert tomllib.loads(text)["grades"] == fitted["probability"]
