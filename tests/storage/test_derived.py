from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from counterflow.storage.derived import DerivedFolder


def test_pruning_spares_what_another_thread_is_writing(tmp_path: Path) -> None:
    derived = DerivedFolder(tmp_path, "a")
    begun, go_on = threading.Event(), threading.Event()

    def write(out: Path) -> None:
        begun.set()
        assert go_on.wait(10)
        (out / "x").write_text("x")

    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(derived.make, "assess", "1", write)
        assert begun.wait(10)
        derived.prune(set())
        go_on.set()
        assert (made.result() / "x").read_text() == "x"


def test_two_threads_may_make_the_same_result(tmp_path: Path) -> None:
    derived = DerivedFolder(tmp_path, "a")
    both = threading.Barrier(2)

    def write(out: Path) -> None:
        both.wait(10)
        (out / "x").write_text("x")
        both.wait(10)

    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(derived.make, "assess", "1", write) for _ in range(2)]
    assert {m.result() for m in made} == {tmp_path / "a" / "assess-1"}
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["assess-1"]


def test_pruning_takes_what_is_old_and_what_the_dead_left(tmp_path: Path) -> None:
    derived = DerivedFolder(tmp_path, "a")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = ["detect-2", "detect-1", f".detect-3.1.{dead.pid}", f".detect-4.1.{os.getpid()}", ".detect-5.x"]
    for name in names:
        (tmp_path / "a" / name).mkdir(parents=True)
    derived.prune({"detect-2"})
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == [names[3], names[0]]


def test_a_failed_stage_leaves_nothing(tmp_path: Path) -> None:
    derived = DerivedFolder(tmp_path, "a")

    def write(out: Path) -> None:
        (out / "x").write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        derived.make("assess", "1", write)
    assert list((tmp_path / "a").iterdir()) == []
