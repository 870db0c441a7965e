"""What stands from the last run, and what is searched again: together always what a search over everything finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns import remembered
from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.log import Log, from_rows
from counterflow.findings.patterns.remembered import Searches

payment = st.tuples(st.integers(0, 60), st.integers(0, 4), st.integers(0, 4))
lists = st.lists(payment, max_size=40)


def log_of(payments: list[tuple[int, int, int]]) -> Log:
    """Content hashes: the same payment told twice has two ids by its turn among its likes."""
    turn: dict[tuple[int, int, int], int] = {}
    rows: list[dict[str, Any]] = []
    for at, payer, payee in payments:
        nth = turn[at, payer, payee] = turn.get((at, payer, payee), 0) + 1
        id = f"{payer}-{payee}-{at}-{nth}"
        rows.append(
            {"row_id": id, "payment_id": id, "at": at, "payer": f"B/{payer}", "payee": f"B/{payee}", "amount": 1.0,
             "currency": "USD", "usd": 1.0}
        )  # fmt: skip
    text, number = pa.string(), pa.float64()
    kinds = (text, text, pa.int64(), text, text, number, text, number)
    names = ("row_id", "payment_id", "at", "payer", "payee", "amount", "currency", "usd")
    return from_rows(pa.Table.from_pylist(rows, pa.schema(list(zip(names, kinds, strict=True)))))


def relays(log: Log, *, window: int, most: int = 3, since: int = 0) -> Hits:
    """Pairs in which a payment is passed on within the window; a payment with more than `most` is given up."""
    starts, members, exhausted, weight = [0], [], 0, []
    for i in range(since, len(log)):
        later = [
            j for j in range(i + 1, len(log))
            if log.payee[i] == log.payer[j] and 0 < log.at[j] - log.at[i] <= window and log.payer[i] != log.payee[i]
        ]  # fmt: skip
        exhausted += len(later) > most
        for j in later[:most]:
            members += [i, j]
            starts.append(len(members))
            weight.append(float(log.at[j] - log.at[i]))
    role = np.tile(np.array([0, 1], np.int8), len(starts) - 1)
    return Hits(np.array(starts), np.array(members, np.int64), exhausted, role)


def told(log: Log, hits: Hits) -> list[tuple[str, ...]]:
    ids = log.rows.column("row_id").to_pylist()
    return sorted(tuple(ids[m] for m in hit) for hit in hits)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists, lists, st.integers(1, 25), st.integers(1, 3), st.sampled_from([1, 3, 1 << 14]))
def test_as_from_scratch_whatever_comes_later_and_when(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[int, int, int]],
    more: list[tuple[int, int, int]],
    window: int,
    most: int,
    step: int,
) -> None:
    """Later payments and late ones, of any time; the second run's memory is as good as the first's."""
    folder: Path = tmp_path_factory.mktemp("hits")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembered, "STEP", step)
        batches = [first, first + more, first + more, first]
        for n, payments in enumerate(batches):
            log = log_of(payments)
            before = folder / str(n - 1) if n else None
            found = Searches(log, before, folder / str(n)).run(relays, window=window, most=most)
            plain = relays(log, window=window, most=most)
            assert told(log, found) == told(log, plain)
            assert found.exhausted == plain.exhausted
            assert found.role is not None
            assert len(found.role) == len(found.members)


def test_only_the_last_window_is_searched_again(tmp_path: Path) -> None:
    early = [(t * 10, t % 5, (t + 1) % 5) for t in range(1000)]
    first = Searches(log_of(early), None, tmp_path / "a")
    first.run(relays, window=50)
    assert (first.begun, first.stood) == (1000, 0)
    then = Searches(log_of([*early, (10_000, 1, 2)]), tmp_path / "a", tmp_path / "b")
    then.run(relays, window=50)
    assert (then.begun, then.stood) == (6, 995)
    # other dials are another search
    other = Searches(log_of([*early, (10_000, 1, 2)]), tmp_path / "a")
    other.run(relays, window=60)
    assert other.stood == 0


def test_a_folder_that_is_not_there_or_has_other_searches_is_nothing(tmp_path: Path) -> None:
    log = log_of([(1, 0, 1), (2, 1, 2)])
    run = Searches(log, tmp_path / "none", tmp_path / "a")
    assert len(run.run(relays, window=5)) == 1
    assert run.stood == 0
    assert not (tmp_path / "none").exists()


def test_the_same_is_kept_from_scratch_and_from_before(tmp_path: Path) -> None:
    """Same log, same bytes, whatever was remembered on the way."""
    log = log_of([(t, t % 4, (t * 7 + 1) % 4) for t in range(60)])
    shorter = log_of([(t, t % 4, (t * 7 + 1) % 4) for t in range(40)])
    Searches(shorter, None, tmp_path / "a").run(relays, window=5)
    Searches(log, tmp_path / "a", tmp_path / "b").run(relays, window=5)
    Searches(log, None, tmp_path / "c").run(relays, window=5)
    kept = [{p.name: p.read_bytes() for p in (tmp_path / x).iterdir()} for x in "bc"]
    assert kept[0] == kept[1]
