"""The exercise layer: payments, ship tracks and consignments that nobody may have in public, invented over a real case.

In: a case folder and a seed. Out: a folder of files that the ordinary readers read, and ``truth.json`` with what was
planted. Invariant: the same case and seed give the same bytes, and *everything here is invented*: whoever ingests it
must give it the caveat EXERCISE (`counterflow.model.handling.EXERCISE`). Real names stand in it only as actors of the
exercise.

Files written::

    case/case.yaml and its CSV files                       dataset `exercise`, in the format of the case reader
    payments.csv  positions.csv  shipments.csv              for the readers of flows, no mapping needed
    truth.json                                              what a detector should find, by the records' own ids
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterflow.sources.synthetic.cast import Cast, read_cast
from counterflow.sources.synthetic.goods import play as play_goods
from counterflow.sources.synthetic.money import play as play_money
from counterflow.sources.synthetic.ships import play as play_ships

__all__ = ["Truth", "generate"]

PAYMENTS, POSITIONS, SHIPMENTS = 20_000, 20_000, 300
"""Sizes of the demonstration; the benign background fills up what the planted records leave."""


@dataclass(frozen=True)
class Truth:
    """What was planted. Each item names the typology that should fire and the records' own ids; see ``truth.json``.

    :param counts: rows written, by file
    """

    seed: int
    attempts: list[dict[str, Any]]
    encounters: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    outages: list[dict[str, Any]]
    successors: list[dict[str, Any]]
    fronts: list[dict[str, Any]]
    shipments: list[dict[str, Any]]
    counts: dict[str, int]


def generate(
    case: Path,
    out: Path,
    *,
    seed: int = 39,
    payments: int = PAYMENTS,
    positions: int = POSITIONS,
    shipments: int = SHIPMENTS,
) -> Truth:
    """Write the exercise over a case into `out` and return what was planted.

    :param case: folder with the case's entities.csv
    :param payments: about how many rows of each kind to write
    :raises InputError: the case cannot be read, or lacks an actor that the exercise needs
    """
    cast = read_cast(case)
    # one generator for each kind of record: more payments leave the ships as they are
    paid = play_money(cast, random.Random(f"{seed} money"), payments)
    sailed = play_ships(cast, random.Random(f"{seed} ships"), positions)
    sent = play_goods(cast, random.Random(f"{seed} goods"), shipments)
    (out / "case").mkdir(parents=True, exist_ok=True)
    counts = {
        "payments": _write(out / "payments.csv", paid.rows),
        "positions": _write(out / "positions.csv", sailed.rows),
        "shipments": _write(out / "shipments.csv", sent.rows),
    }
    _write_case(out / "case", cast)
    truth = Truth(
        seed=seed, attempts=paid.attempts, encounters=sailed.encounters, gaps=sailed.gaps, outages=sailed.outages,
        successors=cast.successors, fronts=cast.fronts, shipments=sent.planted, counts=counts,
    )  # fmt: skip
    text = json.dumps(vars(truth), ensure_ascii=False, indent=1, sort_keys=True)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8")
    return truth


def _write_case(folder: Path, cast: Cast) -> None:
    (folder / "case.yaml").write_text(
        "dataset: exercise\n"
        "title: Exercise layer (invented; not real)\n"
        "label: {tlp: 'TLP:CLEAR', caveats: [EXERCISE]}\n",
        encoding="utf-8",
    )  # fmt: skip
    _write(folder / "sources.csv", [SOURCE])
    _write(folder / "entities.csv", cast.entities)
    _write(folder / "facts.csv", cast.facts)
    _write(folder / "relations.csv", cast.relations)


SOURCE = {
    "source_id": "s-exercise", "title": "Exercise script", "publisher": "Counterflow exercise generator", "author": "",
    "date": "2017-10-01", "kind": "data", "reliability": "B", "url": "",
    "consulted": "full", "origin_id": "",
    "note": "EXERCISE: invented. It shows what the tools do and says nothing about anybody named in it.",
}  # fmt: skip


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)
