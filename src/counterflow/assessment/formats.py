"""Public file formats of interdiction instances.

``.mfi``, max-flow interdiction, one record a line: ``c`` comment; ``p mfi NODES ARCS BUDGET``; ``n NODE s`` and
``n NODE t`` for source and sink; ``a FROM TO CAPACITY INTERDICTABLE COST`` with nodes from 1. Taking an interdictable
arc removes it; the objective is the maximum flow that is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from counterflow.assessment.interdiction import Action
from counterflow.assessment.mincut import Network
from counterflow.errors import InputError, UnreadableFile, UsageError

__all__ = ["Instance", "read_mfi"]


@dataclass(frozen=True, eq=False)
class Instance:
    """What an instance file asks. :param measures: one for each interdictable arc, named after it"""

    network: Network
    measures: tuple[Action, ...]
    budget: float


def read_mfi(path: Path) -> Instance:
    """Read a ``.mfi`` file.

    :raises InputError: with the line and field of what is wrong; UnreadableFile: it has no ``p mfi`` line
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"cannot be read as text: {error}", file=str(path)) from error
    size: tuple[int, int] | None = None
    budget = 0.0
    ends: dict[str, int] = {}
    arcs: list[tuple[float, ...]] = []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0] == "c":
            continue
        if words[0] == "p" and len(words) == 5 and words[1] == "mfi":
            nodes, count, budget = _numbers(words[2:], path, number, ("nodes", "arcs", "budget"))
            size = (int(nodes), int(count))
        elif words[0] == "n" and len(words) == 3 and words[2] in ("s", "t"):
            ends[words[2]] = int(_numbers(words[1:2], path, number, ("node",))[0]) - 1
        elif words[0] == "a" and len(words) == 6:
            arcs.append(_numbers(words[1:], path, number, ("from", "to", "capacity", "interdictable", "cost")))
        else:
            raise InputError(f"'{line[:60]}' is not a c, p, n or a record", file=str(path), line=number)
    if size is None:
        raise UnreadableFile("has no line 'p mfi NODES ARCS BUDGET'", file=str(path))
    if len(ends) < 2:
        raise InputError("needs a source (n NODE s) and a sink (n NODE t)", file=str(path))
    if len(arcs) != size[1]:
        raise InputError(f"says {size[1]} arcs but holds {len(arcs)}: truncated?", file=str(path))
    return _instance(path, size[0], ends, arcs, budget)


def _instance(path: Path, nodes: int, ends: dict[str, int], arcs: list[tuple[float, ...]], budget: float) -> Instance:
    table = np.array(arcs, dtype=np.float64).reshape(-1, 5)
    names = tuple(str(i) for i in range(1, nodes + 1))
    tail, head = table[:, 0].astype(np.int64) - 1, table[:, 1].astype(np.int64) - 1
    try:
        network = Network(names, tail, head, table[:, 2], ends["s"], ends["t"])
    except UsageError as error:
        raise InputError(str(error), file=str(path)) from error
    measures = tuple(
        Action(name=network.arc_name(i), cost=float(table[i, 4]), arcs=(int(i),)) for i in np.flatnonzero(table[:, 3]).tolist()
    )
    return Instance(network, measures, budget)


def _numbers(words: list[str], path: Path, line: int, fields: tuple[str, ...]) -> tuple[float, ...]:
    found = []
    for word, name in zip(words, fields, strict=True):
        try:
            found.append(float(word))
        except ValueError:
            raise InputError(f"'{word}' is not a number", file=str(path), line=line, field=name) from None
    return tuple(found)
