"""A fusion centre for `load.py`: the demonstration, four organisations of people, labelled material, open cases."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterflow.casework.identity import people
from counterflow.demo import build
from counterflow.model.principal import Session
from counterflow.workspace import Workspace

__all__ = ["Analyst", "furnish"]

HOUSES = {"FIU-A": "fiu", "FIU-B": "fiu", "CUSTOMS-C": "customs", "POLICE-D": "police"}
AGENCIES = {"fiu": "fiu", "customs": "customs", "police": "law_enforcement"}
DESKS = ("Trade desk", "Crypto desk", "Shipping desk", "Cash desk")
CEILINGS = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:AMBER", "TLP:GREEN")
MARKINGS = ("TLP:GREEN", "TLP:AMBER//REL {a}, {b}", "TLP:AMBER+STRICT", "TLP:AMBER//COMP SEA")


@dataclass(frozen=True)
class Analyst:
    """:param code: by which they come in, once; :param cases: ids of those that they work in"""

    name: str
    organisation: str
    code: str
    cases: tuple[str, ...]


def furnish(folder: Path, *, analysts: int = 200, cases: int = 60, demo: Path | None = None, seed: int = 0
            ) -> list[Analyst]:  # fmt: skip
    """Make the workspace and its people; returns these, each with a code to come in by.

    :param folder: not there yet; :param demo: a workspace of the demonstration to copy, in place of making one
    """
    r = random.Random(seed)
    if demo is None:
        build(folder, lists=(), seed=39, progress=lambda *_: None, say=lambda _: None).close()
    else:
        shutil.copytree(demo, folder)
    workspace = Workspace.open(folder)
    _material(workspace, folder.parent / "material", r)
    rows = _people(workspace, analysts, r)
    work = _cases(workspace, rows, cases, r)
    codes = {row["id"]: workspace.invite(row["id"]) for row in rows}
    for row in rows:  # what each may read is made before they come, as it is on any day but the first
        own = _as(workspace, row).view()
        own.summary()
        own.patterns()
    workspace.close()
    return [Analyst(row["name"], row["organisation"], codes[row["id"]], tuple(work[row["id"]])) for row in rows]


def _material(workspace: Workspace, folder: Path, r: random.Random) -> None:
    """Papers and payments, some for all, some for few."""
    folder.mkdir(exist_ok=True)
    view = workspace.view()
    named = [row["caption"] for row in view.picture.entities.values() if row["schema"] != "Address"]
    houses = sorted(HOUSES)
    for n, marking in enumerate(MARKINGS * 3):
        a, b = r.sample(houses, 2)
        label = marking.format(a=a, b=b)
        words = [f"{x} was seen with {y} on 2016-0{r.randint(1, 9)}-1{r.randint(0, 9)}." for x, y in
                 (r.sample(named, 2) for _ in range(40))]  # fmt: skip
        paper = folder / f"note-{n}.txt"
        paper.write_text(f"Note {n}\n\n" + "\n".join(words), encoding="utf-8")
        workspace.ingest(paper, reader="document", dataset=f"notes-{n}", label=f"{label}", grade="B2")
        lines = ["Timestamp,From,To,Amount,Currency"]
        table = folder / f"payments-{n}.csv"
        rows = [
            f"2016-{r.randint(1, 12):02}-{r.randint(1, 28):02} 10:{r.randint(0, 59):02},"
            f"ACC{r.randint(1, 40)},ACC{r.randint(1, 40)},{r.randint(900, 99_000)},USD"
            for _ in range(200)
        ]
        table.write_text("\n".join([*lines, *rows]), encoding="utf-8")
        workspace.ingest(table, dataset=f"payments-{n}", label=label, grade="B2")


def _people(workspace: Workspace, analysts: int, r: random.Random) -> list[dict[str, Any]]:
    for name, kind in HOUSES.items():
        workspace.add_organisation(name, kind)
    rows = []
    for n in range(analysts):
        home, desk = list(HOUSES)[n % len(HOUSES)], DESKS[n // len(HOUSES) % len(DESKS)]
        role = "supervisor" if n % 10 == 9 else "analyst"
        row = workspace.add_person(f"Analyst {n}", home, unit=desk, roles=[role])
        cleared = {"compartments": ["SEA"]} if n % 7 == 0 else {}
        workspace.clear(row["id"], ceiling=r.choice(CEILINGS), purposes=["aml"], **cleared)
        rows.append(row)
    return rows


def _as(workspace: Workspace, row: dict[str, Any]) -> Workspace:
    who = people.principal(workspace.directory, row["id"])
    assert who is not None
    return workspace.acting(Session(who, "s-furnishing"))


def _cases(workspace: Workspace, rows: list[dict[str, Any]], cases: int, r: random.Random) -> dict[str, list[str]]:
    """Cases of one to three desks each, with things, tasks and notes. Returns person → cases."""
    work: dict[str, list[str]] = {row["id"]: [] for row in rows}
    findings = [found["id"] for found in workspace.view().picture.findings]
    able = [row for row in rows if people.principal(workspace.directory, row["id"]).ceiling >= 2]  # type: ignore[union-attr]
    for n in range(cases):
        lead = r.choice(able)
        own = _as(workspace, lead)
        seen = {found["id"] for found in own.view().picture.findings}
        others = r.sample([(h, d) for h in HOUSES for d in DESKS if (h, d) != (lead["organisation"], lead["unit"])],
                          r.choice((0, 0, 1, 1, 2)))  # fmt: skip
        label = {"tlp": "TLP:AMBER", "releasable_to": sorted({lead["organisation"], *(h for h, _ in others)})}
        case = own.open_case(f"Case {n}", "aml", "reasonable_suspicion", "a ring of shells", label=label)
        for house, desk in [(lead["organisation"], lead["unit"]), *others]:
            agency = AGENCIES[HOUSES[house]]
            own.add_row(case, "member", {"organisation": house, "unit": desk, "agency": agency})
        for finding in r.sample([f for f in findings if f in seen], 3):
            own.add_row(case, "thing", {"thing": "finding", "id": finding})
        for k in range(8):
            own.add_row(case, "task", {"title": f"Ask the registry for filing {k}", "due": "2027-01-15"})
        for k in range(10):
            own.add_row(case, "note", {"text": f"The {k}th signature is like that of 2016. " * 6, "grade": "B2"})
        for row in able:  # who may not read AMBER is told of no such case
            if (row["organisation"], row["unit"]) in [(lead["organisation"], lead["unit"]), *others]:
                work[row["id"]].append(case)
    return work
