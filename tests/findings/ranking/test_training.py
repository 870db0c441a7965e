from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from counterflow.errors import UsageError, WorkspaceError
from counterflow.findings.ranking import metrics
from counterflow.findings.ranking.inputs import Inputs, inputs, kind_of
from counterflow.findings.ranking.judging import members_of
from counterflow.findings.ranking.looking import each_seed, look
from counterflow.findings.ranking.model import Model, read, unfit, write
from counterflow.findings.ranking.scoring import Scored, ranked
from counterflow.findings.ranking.split import in_time
from counterflow.findings.ranking.training import train
from counterflow.findings.ranking.trees import Growing, grow
from counterflow.findings.ranking.truth import on
from counterflow.model.finding import Evidence, Finding
from findings.ranking.town import log_of, payments, truth_of

ROWS = payments()
SMALL = Growing(rounds=8, depth=3, least=1.0, columns=1.0)


def _made(rows: list[dict[str, Any]], seeds: tuple[int, ...] = (1, 2), **more: Any) -> tuple[Model, Inputs]:
    log = log_of(rows)
    truth = truth_of(rows)
    split = in_time(log.at)
    kind = kind_of(log, split.first)
    given = inputs(log, kind)
    found = [
        {"id": f"f{n}", "typology": "fan_in", "probability": 0.3, "payments": [row["payment_id"]]}
        for n, row in enumerate(rows)
    ]
    model = train(log, given, kind, truth, on(log, truth), split, seeds=seeds, how=SMALL,
                  found=members_of(log, found), label_ids=["l"], **more)  # fmt: skip
    return model, given


@pytest.fixture(scope="module")
def made() -> tuple[Model, Inputs]:
    return _made(ROWS)


def test_the_same_payments_answers_and_seeds_give_the_same_bytes(made: tuple[Model, Inputs], tmp_path: Path) -> None:
    again, _ = _made(ROWS)
    folders = [tmp_path / name for name in ("a", "b")]
    for model, folder in zip((made[0], again), folders, strict=True):
        folder.mkdir()
        write(model, folder)
    files = [sorted((p.name, p.read_bytes()) for p in folder.iterdir()) for folder in folders]
    assert files[0] == files[1]
    assert [name for name, _ in files[0]] == ["card.md", "model.json", "trees-0.ubj", "trees-1.ubj", "trees-first.ubj"]
    assert made[0].id == again.id != _made(ROWS, (3, 4))[0].id


def test_a_model_read_back_is_the_one_that_was_written(made: tuple[Model, Inputs], tmp_path: Path) -> None:
    write(made[0], tmp_path)
    found = read(tmp_path)
    assert found.id == made[0].id
    assert found == made[0]
    (tmp_path / "trees-1.ubj").unlink()
    with pytest.raises(WorkspaceError, match="not whole"):
        read(tmp_path)


def test_later_payments_change_no_column_and_no_score(made: tuple[Model, Inputs]) -> None:
    model, _ = made
    told = []
    for rows in (ROWS[:150], ROWS):
        log = log_of(rows)
        given = inputs(log, model.kind)
        look(log, given, model.first)
        told.append((given.take(np.arange(150)), each_seed(model.forest, given, slice(0, len(log)))[:, :150]))
    assert np.array_equal(told[0][0], told[1][0], equal_nan=True)
    assert np.array_equal(told[0][1], told[1][1])


def test_no_time_and_no_format_is_among_the_columns(made: tuple[Model, Inputs]) -> None:
    assert not {"timestamp", "at", "hour", "method"} & set(made[0].forest.names)
    later = [{**row, "at": row["at"] + 400 * 86_400} for row in ROWS]
    log = log_of(later)
    every = [inputs(one, made[0].kind).take(np.arange(len(ROWS)), looks=1) for one in (log, log_of(ROWS))]
    assert np.array_equal(*every, equal_nan=True)


def test_reasons_add_up_to_the_score(made: tuple[Model, Inputs]) -> None:
    model, given = made
    values = given.take(np.arange(20))
    parts = model.forest.contributions(values)
    assert parts.shape == (20, len(given.names) + 1)
    assert parts.sum(axis=1) == pytest.approx(model.forest.score(values), abs=1e-4)


def test_a_ranked_finding_says_what_its_probability_is_made_of(made: tuple[Model, Inputs]) -> None:
    model, given = made
    hub = next(row["attempt"] for row in ROWS if row["attempt"])
    paid = tuple(row["payment_id"] for row in ROWS if row["attempt"] == hub)
    evidence = tuple(Evidence("payments", id, "payment") for id in paid)
    finding = Finding("fan_in", "A hub was paid.", ("e",), 0.6, evidence, "An invoice.", payments=paid)
    [told] = ranked([finding], Scored(model, log_of(ROWS), given))
    assert (told.basis, told.detail["rule_probability"]) == ("calibrated", 0.6)
    odds = told.detail["log_odds"]
    assert list(odds) == ["start", "payments", "rule", "size", "typology"]
    assert told.probability == pytest.approx(1 / (1 + np.exp(-sum(odds.values()))), abs=0.011), "it adds up"
    assert told.detail["reasons"]
    for reason in told.detail["reasons"]:
        assert reason["text"].startswith(f"{reason['what']}: {reason['said']}, odds ")
        assert (reason["odds"] > 1) == ("×" in reason["text"])


def test_a_model_is_not_used_on_other_columns(made: tuple[Model, Inputs]) -> None:
    model, given = made
    assert unfit(model, given) == ""
    fewer = dataclasses.replace(given, names=given.names[1:])
    assert "gone: amount" in unfit(model, fewer)
    assert "mean something else" in unfit(model, dataclasses.replace(given, version="other"))


def test_the_card_says_what_was_measured_and_on_what(made: tuple[Model, Inputs]) -> None:
    card = made[0].card
    parts = card["parts"]
    assert sum(part["payments"] for part in parts.values()) == len(ROWS)
    assert parts["train"]["to"] < parts["choose"]["from"] <= parts["choose"]["to"] < parts["judge"]["from"]
    assert sum(part["laundering"] for part in parts.values()) == sum(bool(row["attempt"]) for row in ROWS)
    assert card["payments"]["patterns"]["fan-in"]["payments"] == parts["judge"]["laundering"]
    assert card["payments"]["pr_auc"] > 2 * card["payments"]["base_rate"]
    assert card["columns"] and abs(sum(c["gain"] for c in card["columns"]) - 1) < 0.02
    assert any("laundering payments" in limit for limit in card["limits"])
    assert card["findings"]["judged"] == parts["judge"]["payments"]


def test_findings_are_ranked_by_what_was_learnt(made: tuple[Model, Inputs]) -> None:
    told = made[0].card["findings"]
    assert made[0].weights is not None
    assert told["pr_auc_by_model"] > told["pr_auc_by_rule"]


@pytest.mark.parametrize(("cut", "part"), [(slice(140, None), "the first part"), (slice(0, 60), "the second")])
def test_without_laundering_in_a_part_nothing_can_be_learnt(cut: slice, part: str) -> None:
    named = {row["payment_id"] for row in ROWS[cut]}
    rows = [row if row["payment_id"] in named else {**row, "attempt": ""} for row in ROWS]
    with pytest.raises(UsageError, match=f"no laundering payment is in {part}"):
        _made(rows)


def test_answers_at_random_teach_nothing() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(size=(6_000, 8)).astype(np.float32)
    true = values[:, 0] + 0.5 * values[:, 1] > 1.5
    areas = []
    for answers in (true, rng.permutation(true)):
        forest = grow(
            values.__getitem__,
            np.arange(4_000),
            answers[:4_000],
            [str(k) for k in range(8)],
            [1],
            dataclasses.replace(SMALL, rounds=30),
        )
        areas.append(metrics.area(forest.score(values[4_000:]), answers[4_000:]))
    assert areas[0] > 0.9
    assert areas[1] == pytest.approx(true.mean(), abs=0.06)


def test_leaving_negatives_out_keeps_their_weight() -> None:
    rng = np.random.default_rng(6)
    values = rng.normal(size=(20_000, 4)).astype(np.float32)
    true = rng.random(20_000) < 1 / (1 + np.exp(-(values[:, 0] - 3)))
    told = [
        grow(
            values.__getitem__, np.arange(20_000), true, list("abcd"), [1],
            dataclasses.replace(SMALL, most=most, rounds=40),
        ).score(values).mean() for most in (20_000, 4_000)
    ]  # fmt: skip
    assert told[0] == pytest.approx(told[1], abs=0.25)
