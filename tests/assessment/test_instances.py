"""Instance files: the three formats told apart and solved, what is wrong in them named, odd cases answered clearly."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterflow.assessment.formats import detect, read_knapsack, read_mfi, read_snip
from counterflow.assessment.instances import budgets_from, solve
from counterflow.cli import main
from counterflow.errors import InputError, UnreadableFile, UsageError

MFI = """c a diamond
p mfi 4 4 3
n 1 s
n 4 t
a 1 2 5 1 3
a 1 3 6 1 4
a 2 4 9 0 0
a 3 4 4 1 1
"""
KI = """4
6
3
3 4 2 5
2 1 3 2
7 8 3 6
group EXAMPLE
ins 1
"""


@pytest.fixture
def snip(tmp_path: Path) -> Path:
    """Two ways from 1 to 4, one with a place for a sensor on each leg."""
    (tmp_path / "intd_arc0.txt").write_text("1\t2\t0.9\t0.2\n2\t4\t0.8\t0.1\n1\t3\t0.7\t0.3\n")
    (tmp_path / "arcgain0.txt").write_text("3\t4\t1\n")
    (tmp_path / "Scenarios.txt").write_bytes(b"1\t4\t0.75\r2\t4\t0.25\r")
    return tmp_path


def test_reads_and_solves_mfi(tmp_path: Path) -> None:
    (tmp_path / "d.mfi").write_text(MFI)
    (found,) = solve(tmp_path / "d.mfi")
    assert (found["baseline"], found["objective"], found["gap"], found["plan"]) == (9.0, 4.0, 0.0, ["0"])
    assert (found["arcs"], found["cost"], found["status"]) == ([["1", "2"]], 3.0, "optimal")


@pytest.mark.parametrize(
    ("change", "line", "field"),
    [
        (("a 1 2 5 1 3", "a 1 2 five 1 3"), 5, "capacity"),
        (("a 1 2 5 1 3", "a 1 2 5"), 5, None),
        (("a 1 2 5 1 3", "a 1 2 -5 1 3"), 5, "capacity"),
        (("a 1 3 6 1 4", "a 1 3 6 2 4"), 6, "interdictable"),
        (("a 3 4 4 1 1", "a 3 4 4 1 -1"), 8, "cost"),
        (("a 3 4 4 1 1", "a 3 4.5 4 1 1"), 8, "to"),
        (("a 1 2 5 1 3", "a 1 9 5 1 3"), 5, "to"),
        (("a 1 2 5 1 3", "a 0 2 5 1 3"), 5, "from"),
        (("a 1 2 5 1 3", "x"), 5, None),
        (("n 4 t\n", ""), None, None),
        (("n 4 t", "n 9 t"), None, None),
        (("n 4 t", "n 1 t"), None, None),
        (("a 3 4 4 1 1\n", ""), None, None),
        (("p mfi 4 4 3", "p mfi 4.5 4 3"), 2, "nodes"),
        (("p mfi 4 4 3", "p mfi 4 4 -3"), 2, "budget"),
        (("p mfi 4 4 3", "p mfi 99999999999 4 3"), 2, "nodes"),
    ],
)
def test_broken_mfi_names_line_and_field(
    tmp_path: Path, change: tuple[str, str], line: int | None, field: str | None
) -> None:
    (tmp_path / "d.mfi").write_text(MFI.replace(*change))
    with pytest.raises(InputError) as caught:
        read_mfi(tmp_path / "d.mfi")
    assert (caught.value.line, caught.value.field) == (line, field)


@pytest.mark.parametrize(
    ("arcs", "objective"),
    [
        ("a 1 2 5 1 1\n", 0),  # the sink is not reached
        ("a 1 4 inf 0 0\n", None),  # unlimited, and nothing can be done
        ("a 1 4 inf 1 2\n", 0),
        ("a 1 4 5 1 2\na 1 4 5 1 2\n", 5),  # twice the same arc
        ("a 1 1 5 1 1\na 4 4 5 1 1\na 1 4 2 0 0\n", 2),  # loops
        ("a 1 2 5 1 9\na 2 1 5 1 9\na 2 4 5 1 9\na 4 2 3 0 0\n", 5),  # a cycle
        ("a 1 4 0 1 1\n", 0),
        ("a 1 4 7 1 0\n", 0),  # costs nothing
        ("", 0),
    ],
)
def test_odd_networks_have_a_clear_answer(tmp_path: Path, arcs: str, objective: float | None) -> None:
    (tmp_path / "d.mfi").write_text(f"p mfi 4 {arcs.count('a')} 3\nn 1 s\nn 4 t\n{arcs}")
    (found,) = solve(tmp_path / "d.mfi")
    assert (found["objective"], found["bound"], found["gap"]) == (objective, objective, 0.0)


def test_where_nothing_flows_the_reason_is_said(tmp_path: Path, snip: Path) -> None:
    (tmp_path / "d.mfi").write_text("p mfi 4 2 3\nn 1 s\nn 4 t\na 1 2 5 1 1\na 3 4 5 1 1\n")
    (apart,) = solve(tmp_path / "d.mfi")
    assert "nothing can flow" in apart["certificate"] and apart["status"] == "optimal"
    (snip / "Scenarios.txt").write_text("4 1 1\n")
    (lost,) = solve(snip, [1])
    assert "no run can reach" in lost["certificate"] and lost["plan"] == []
    (snip / "Scenarios.txt").write_text("1 4 0.9\n2 4 0.9\n")
    with pytest.raises(InputError, match=r"add up to 1.8"):
        read_snip(snip)
    (tmp_path / "d.mfi").write_text(MFI.replace("n 4 t", "n 4 s"))
    with pytest.raises(InputError, match=r"line 4.*second source"):
        read_mfi(tmp_path / "d.mfi")
    (tmp_path / "d.mfi").write_text("\n")
    with pytest.raises(UnreadableFile, match="is empty"):
        detect(tmp_path / "d.mfi")


@contextlib.contextmanager
def pressed(after: float) -> Iterator[None]:
    """Ctrl-C, as a terminal sends it; pressed again where nothing comes of it, as people do."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # Spark leaves a handler of its own
    timers = [threading.Timer(seconds, signal.raise_signal, [signal.SIGINT]) for seconds in (after, after + 20)]
    for timer in timers:
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_gives_the_best_plan_and_its_honest_gap(shared_data: Path) -> None:
    folder = shared_data / "interdiction" / "snip"
    list(solve(folder, [1]))  # compiled
    with pressed(1.0):
        run = CliRunner().invoke(main, ["interdict", str(folder), "--snipno", "3", "--budgets", "90,91", "--json"])
    assert run.exit_code == 130
    (found,) = json.loads(run.stdout)["frontier"]
    assert (found["status"], found["cost"] <= 90) == ("interrupted", True)
    assert 0 < found["gap"] < 1 and found["bound"] < 0.1214855 <= found["objective"] < found["baseline"]
    assert "stopped by the user" in found["certificate"]


@pytest.mark.parametrize(
    ("text", "within"),
    [(MFI, "lagrangian.Sweep.bound"), (KI, "knapsack._Search._critical_plans"), (KI, "knapsack._Search._fix")],
)
def test_ctrl_c_at_any_step_leaves_a_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, within: str
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a").write_text(text)
    monkeypatch.setattr(f"counterflow.assessment.{within}", stop)
    run = CliRunner().invoke(main, ["interdict", str(tmp_path / "a"), "--json"])
    found = json.loads(run.stdout)
    assert (run.exit_code, found["status"]) == (130, "interrupted")
    assert found["bound"] < found["objective"] <= found["baseline"] and found["gap"] > 0


def test_budgets_of_nothing_and_of_everything(tmp_path: Path) -> None:
    (tmp_path / "d.mfi").write_text(MFI)
    nothing, everything = solve(tmp_path / "d.mfi", [0, float("inf")])
    assert (nothing["objective"], nothing["plan"]) == (9.0, [])
    assert (everything["objective"], everything["budget"]) == (0.0, None)


def test_reads_and_solves_a_knapsack(tmp_path: Path) -> None:
    (tmp_path / "d.ki").write_text(KI)
    game = read_knapsack(tmp_path / "d.ki")
    assert (game.capacity, game.budget, game.profit.tolist()) == (6, 3, [7, 8, 3, 6])
    (found,) = solve(tmp_path / "d.ki")
    assert (found["baseline"], found["objective"], found["bound"], found["plan"]) == (11, 6, 6, ["1", "2"])


@pytest.mark.parametrize(
    ("change", "line", "field"),
    [
        (("7 8 3 6", "7 8 three 6"), 6, "profit"),
        (("2 1 3 2", "2 -1 3 2"), 5, "leader cost"),
        (("7 8 3 6", "7 8 3.5 6"), 6, "profit"),
        (("7 8 3 6\ngroup EXAMPLE\nins 1\n", "7 8"), None, None),
    ],
)
def test_a_broken_knapsack_names_line_and_field(
    tmp_path: Path, change: tuple[str, str], line: int | None, field: str | None
) -> None:
    (tmp_path / "d.ki").write_text(KI.replace(*change))
    with pytest.raises(InputError) as caught:
        read_knapsack(tmp_path / "d.ki")
    assert (caught.value.line, caught.value.field) == (line, field)


def test_reads_and_solves_snip(snip: Path) -> None:
    (none, one) = solve(snip, [0, 1], snipno=0)
    assert none["objective"] == pytest.approx(0.75 * 0.72 + 0.25 * 0.8)
    assert one["objective"] == pytest.approx(0.75 * 0.7 + 0.25 * 0.1)
    assert one["arcs"] == [["2", "4"]]
    assert detect(snip) == detect(snip / "Scenarios.txt") == "snip"


def test_broken_snip_names_file_line_and_field(snip: Path) -> None:
    (snip / "arcgain0.txt").write_text("3\t4\t1\n3\t4\t1.5\n")
    with pytest.raises(InputError) as caught:
        read_snip(snip)
    assert (Path(caught.value.file).name, caught.value.line, caught.value.field) == ("arcgain0.txt", 2, "r")
    with pytest.raises(UnreadableFile, match="no instance 7; it holds 0"):
        read_snip(snip, 7)
    with pytest.raises(UsageError, match="names no budget"):
        list(solve(snip / "intd_arc0.txt", format="snip") if (snip / "arcgain0.txt").write_text("3 4 1") else [])


def test_what_is_no_instance(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("hello world\n")
    with pytest.raises(UnreadableFile, match="no interdiction instance"):
        detect(tmp_path / "d.txt")
    (tmp_path / "empty.mfi").write_text("")
    with pytest.raises(UnreadableFile):
        detect(tmp_path / "empty.mfi")
    with pytest.raises(UnreadableFile, match="no SNIP folder"):
        detect(tmp_path)


def test_budgets_as_they_are_written() -> None:
    assert budgets_from("1,2,5") == [1, 2, 5]
    assert budgets_from("0:10:3") == [0, 5, 10]
    for wrong in ("a", "1:2", "1:2:0", ""):
        with pytest.raises(UsageError):
            budgets_from(wrong)


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "d.mfi").write_text(MFI)
    run = CliRunner().invoke(main, ["interdict", str(tmp_path / "d.mfi"), "--budget", "2", "--json"])
    found = json.loads(run.stdout)
    assert {"objective", "bound", "gap", "plan", "seconds", "status"} <= set(found)
    assert (found["objective"], found["bound"]) == (5.0, 5.0)
    run = CliRunner().invoke(main, ["interdict", str(tmp_path / "d.mfi"), "--budgets", "0:8:5", "--json"])
    assert [a["objective"] for a in json.loads(run.stdout)["frontier"]] == [9.0, 5.0, 0.0, 0.0, 0.0]
    run = CliRunner().invoke(main, ["interdict", str(tmp_path / "d.mfi")])
    assert "budget 3: leaves 4 (bound 4, gap 0.0000%)" in run.stdout
    run = CliRunner().invoke(main, ["interdict", str(tmp_path / "d.mfi"), "--budget", "-4"])
    assert run.exit_code != 0
    assert "0 or more" in run.stderr
