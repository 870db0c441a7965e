"""Public file formats of interdiction instances, told apart by what is in them.

``.mfi``, max-flow interdiction, one record a line: ``c`` comment; ``p mfi NODES ARCS BUDGET``; ``n NODE s`` and
``n NODE t`` for source and sink; ``a FROM TO CAPACITY INTERDICTABLE COST`` with nodes from 1. Taking an interdictable
arc removes it; the objective is the maximum flow that is left.

``.ki``, knapsack interdiction, numbers: how many items; the follower's capacity; the leader's budget;
then of every item the follower's weight, the leader's cost, the profit. The leader forbids items, the follower packs
the best of the rest.

SNIP, stochastic network interdiction, a folder: ``intd_arcN.txt`` (from, to, chance to pass, chance to pass a sensor),
``arcgainN.txt`` (from, to, chance to pass), ``Scenarios.txt`` (origin, destination, probability). Every sensor costs 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from counterflow.assessment.knapsack import Knapsack
from counterflow.assessment.mincut import Bools, Floats, Network
from counterflow.assessment.snip import Snip
from counterflow.errors import InputError, UnreadableFile, UsageError

__all__ = ["Mfi", "detect", "read_knapsack", "read_mfi", "read_snip"]


_MOST = 1e9
"""Nodes, arcs and budgets beyond this are taken for mistakes."""


@dataclass(frozen=True, eq=False)
class Mfi:
    """A max-flow interdiction instance. :param takeable: arcs that can be removed, shape (arcs,); `cost` of doing so"""

    network: Network
    takeable: Bools
    cost: Floats
    budget: float


def detect(path: Path) -> str:
    """``mfi``, ``knapsack`` or ``snip``.

    :raises UnreadableFile: it is none of them, or not there
    """
    if path.is_dir():
        if any(path.glob("intd_arc*.txt")):
            return "snip"
        raise UnreadableFile("has no file intd_arcN.txt, so it is no SNIP folder", file=str(path))
    if re.fullmatch(r"intd_arc\d+\.txt|arcgain\d+\.txt|Scenarios\.txt", path.name):
        return "snip"
    words: list[str] = []
    for line in _text(path).splitlines():
        words = line.split()
        if words and words[0] in ("c", "p", "n", "a"):
            return "mfi"
        if words:
            break
    if words and len(words) == 1 and words[0].isdigit():
        return "knapsack"
    if not words:
        raise UnreadableFile("is empty", file=str(path))
    raise UnreadableFile(
        "is no interdiction instance: not .mfi (c, p, n and a lines), not .ki (numbers), not a SNIP folder",
        file=str(path),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"cannot be read as text: {error}", file=str(path)) from error


# -- max-flow interdiction -------------------------------------------------------------------------------------------


def read_mfi(path: Path) -> Mfi:
    """Read a ``.mfi`` file.

    :raises InputError: with the line and field of what is wrong; UnreadableFile: it has no ``p mfi`` line
    """
    text = _text(path)
    start = text.find("\na ")
    quick = None if start < 0 else _columns(text[start + 1 :])
    lines = text.splitlines() if quick is None else text[:start].splitlines()
    size: tuple[int, int] | None = None
    budget = 0.0
    ends: dict[str, int] = {}
    arcs: list[tuple[float, ...]] = []
    where: list[int] = []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0] == "c":
            continue
        if words[0] == "p" and len(words) == 5 and words[1] == "mfi":
            nodes, count, budget = _numbers(words[2:], path, number, ("nodes", "arcs", "budget"))
            for value, field in ((nodes, "nodes"), (count, "arcs"), (budget, "budget")):
                if not 0 <= value < _MOST or (field != "budget" and value % 1):
                    raise InputError(f"{field} is {value:g}; it must be a number from 0 to {_MOST:g}", file=str(path),
                                     line=number, field=field)  # fmt: skip
            size = (int(nodes), int(count))
        elif words[0] == "n" and len(words) == 3 and words[2] in ("s", "t"):
            _end(ends, words, path, number)
        elif words[0] == "a" and len(words) == 6:
            arcs.append(_numbers(words[1:], path, number, ("from", "to", "capacity", "interdictable", "cost")))
            where.append(number)
        else:
            raise InputError(f"'{line[:60]}' is not a c, p, n or a record", file=str(path), line=number)
    if size is None:
        raise UnreadableFile("has no line 'p mfi NODES ARCS BUDGET'", file=str(path))
    if len(ends) < 2:
        raise InputError("needs a source (n NODE s) and a sink (n NODE t)", file=str(path))
    table = np.array(arcs, dtype=np.float64).reshape(-1, 5)
    places = np.array(where, dtype=np.int64)
    if quick is not None:
        places = np.concatenate([places, len(lines) + 1 + np.arange(len(quick))])
        table = np.concatenate([table, quick])
    if len(table) != size[1]:
        raise InputError(f"says {size[1]} arcs but holds {len(table)}: truncated?", file=str(path))
    return _mfi(path, size[0], ends, table, places, budget)


def _end(ends: dict[str, int], words: list[str], path: Path, number: int) -> None:
    """An ``n`` record: source or sink. :raises InputError: there is one already"""
    if words[2] in ends:
        name = "source" if words[2] == "s" else "sink"
        reason = f"a second {name}; join them to one by arcs of capacity inf"
        raise InputError(reason, file=str(path), line=number, field="node")
    ends[words[2]] = int(_numbers(words[1:2], path, number, ("node",))[0]) - 1


def _columns(text: str) -> Floats | None:
    """Lines that are all ``a`` records of five plain numbers, at once, shape (lines, 5); None where one is not."""
    data = np.frombuffer(text.encode(), np.uint8)
    line = np.flatnonzero(data == 10)
    starts = np.concatenate([[0], line + 1])
    starts = starts[starts < len(data)]
    blank = data == 32
    plain = ((data >= 48) & (data <= 57)) | blank | (data == 10) | (data == 46) | (data == ord("a"))
    if not plain.all() or (data == ord("a")).sum() != len(starts) or not (data[starts] == ord("a")).all():
        return None
    gaps = np.add.reduceat(blank, starts)
    numbers = np.flatnonzero(~blank[1:] & blank[:-1] & (data[1:] != 10))  # a blank, then a number
    if not (gaps == 5).all() or len(numbers) != 5 * len(starts):
        return None
    try:
        values = np.array(text.replace("a", " ").split(), dtype=np.float64)
    except ValueError:
        return None
    return values.reshape(-1, 5) if len(values) == 5 * len(starts) else None


def _mfi(path: Path, nodes: int, ends: dict[str, int], table: Floats, places: np.ndarray, budget: float) -> Mfi:
    checks = {
        "from": (table[:, 0] >= 1) & (table[:, 0] <= nodes) & (table[:, 0] % 1 == 0),
        "to": (table[:, 1] >= 1) & (table[:, 1] <= nodes) & (table[:, 1] % 1 == 0),
        "capacity": table[:, 2] >= 0,
        "interdictable": np.isin(table[:, 3], (0, 1)),
        "cost": (table[:, 4] >= 0) & np.isfinite(table[:, 4]),
    }
    wanted = {"from": f"a node from 1 to {nodes}", "to": f"a node from 1 to {nodes}", "capacity": "0 or more",
              "interdictable": "0 or 1", "cost": "0 or more"}  # fmt: skip
    for column, (field, good) in enumerate(checks.items()):
        if not good.all():
            row = int(np.argmin(good))
            raise InputError(
                f"{field} is {table[row, column]:g}; it must be {wanted[field]}", file=str(path), line=int(places[row]),
                field=field,
            )  # fmt: skip
    try:
        network = Network(
            tuple(map(str, range(1, nodes + 1))),
            table[:, 0].astype(np.int64) - 1,
            table[:, 1].astype(np.int64) - 1,
            table[:, 2],
            ends["s"],
            ends["t"],
        )
    except UsageError as error:
        raise InputError(str(error), file=str(path)) from error
    return Mfi(network, table[:, 3] == 1, table[:, 4], budget)


def _numbers(words: list[str], path: Path, line: int, fields: tuple[str, ...]) -> tuple[float, ...]:
    found = []
    for word, name in zip(words, fields, strict=True):
        try:
            found.append(float(word))
        except ValueError:
            raise InputError(f"'{word}' is not a number", file=str(path), line=line, field=name) from None
    return tuple(found)


# -- knapsack interdiction -------------------------------------------------------------------------------------------

_ROWS = ("follower weight", "leader cost", "profit")


def read_knapsack(path: Path) -> Knapsack:
    """Read a ``.ki`` file.

    :raises InputError: with the line and field of what is wrong
    """
    words = [(word, n) for n, line in enumerate(_text(path).splitlines(), 1) for word in line.split()]
    values: list[int] = []
    for place, (word, line) in enumerate(words):
        count = values[0] if values else 0
        if values and len(values) == 3 + 3 * count and not word.lstrip("+-").isdigit():
            break  # after the numbers, some sets name the group and the number of the instance
        field = ("items", "capacity", "budget")[place] if place < 3 else _ROWS[min((place - 3) // max(count, 1), 2)]
        try:
            value = int(word)
        except ValueError:
            raise InputError(f"'{word}' is not a whole number", file=str(path), line=line, field=field) from None
        if value < 0:
            raise InputError(f"{field} is {value}; it must be 0 or more", file=str(path), line=line, field=field)
        values.append(value)
    if len(values) < 3 or len(values) != 3 + 3 * values[0]:
        wanted = 3 + 3 * values[0] if values else 3
        raise InputError(f"holds {len(values)} numbers where {wanted} are needed: truncated?", file=str(path))
    weight, cost, profit = np.array(values[3:], dtype=np.int64).reshape(3, -1)
    return Knapsack(weight=weight, cost=cost, profit=profit, capacity=values[1], budget=values[2])


# -- stochastic network interdiction ---------------------------------------------------------------------------------


def read_snip(path: Path, instance: int | None = None) -> Snip:
    """Read a SNIP folder; given one of its files, the folder it lies in.

    :param instance: which, where the folder holds several; default: that of the file given, else the lowest
    :raises InputError: with file, line and field of what is wrong; UnreadableFile: a file is not there
    """
    folder = path if path.is_dir() else path.parent
    named = re.search(r"(\d+)\.txt$", path.name)
    there = sorted(int(re.sub(r"\D", "", f.name)) for f in folder.glob("intd_arc*.txt"))
    if instance is None:
        instance = int(named[1]) if named else there[0] if there else 0
    if instance not in there:
        held = ", ".join(map(str, there)) or "none"
        raise UnreadableFile(f"has no instance {instance}; it holds {held}", file=str(folder))
    sensors = _table(folder / f"intd_arc{instance}.txt", ("from", "to", "r", "q"))
    others = _table(folder / f"arcgain{instance}.txt", ("from", "to", "r"))
    runs = _table(folder / "Scenarios.txt", ("origin", "destination", "probability"))
    if runs[:, 2].sum() > 1 + 1e-6:
        raise InputError(f"the probabilities add up to {runs[:, 2].sum():g}, more than 1",
                         file=str(folder / "Scenarios.txt"), field="probability")  # fmt: skip
    names, number = np.unique(
        np.concatenate([sensors[:, :2].ravel(), others[:, :2].ravel(), runs[:, :2].ravel()]), return_inverse=True
    )
    s, o = 2 * len(sensors), 2 * (len(sensors) + len(others))
    return Snip(
        names=tuple(f"{name:g}" for name in names),
        sensor=number[:s].reshape(-1, 2),
        passes=sensors[:, 2],
        detects=sensors[:, 3],
        other=number[s:o].reshape(-1, 2),
        other_passes=others[:, 2],
        run=number[o:].reshape(-1, 2),
        chance=runs[:, 2],
    )


def _table(path: Path, fields: tuple[str, ...]) -> Floats:
    rows = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", _text(path)), 1):
        words = line.split()
        if not words:
            continue
        if len(words) != len(fields):
            raise InputError(f"has {len(words)} fields; {', '.join(fields)} are wanted", file=str(path), line=number)
        row = _numbers(words, path, number, fields)
        for value, field in zip(row, fields, strict=True):
            if field in ("r", "q", "probability") and not 0 <= value <= 1:
                raise InputError(f"{field} is {value:g}; it must lie between 0 and 1", file=str(path), line=number,
                                 field=field)  # fmt: skip
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(-1, len(fields))
