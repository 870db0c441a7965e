"""The table of docs/backtests.md, from a run: what would have fired of known affairs, and how many days before.

python benchmarks/backtests.py            # runs all of examples/backtests, and writes the table into the page
python benchmarks/backtests.py RUN.jsonl  # writes the table of a run: `counterflow backtest examples/backtests --json`
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from counterflow.backtest import Affair, load, run
from counterflow.cli.backtesting import days

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "backtests.md"
BEGIN, END = "<!-- from a run: benchmarks/backtests.py -->\n", "<!-- end -->"

Row = Mapping[str, Any]


def page(affairs: Iterable[Affair], told: Iterable[Row]) -> str:
    """A section for each affair: what fired, when, on what; and what did not, with the reason."""
    rows: dict[str, dict[str, dict[str, Row]]] = {}
    for one in told:
        rows.setdefault(one["affair"], {}).setdefault(one["typology"], {})[one["mode"]] = one
    return "\n".join(_section(affair, rows.get(affair.name, {})) for affair in affairs)


def _section(affair: Affair, rows: Mapping[str, Mapping[str, Row]]) -> str:
    fired = {t: of for t, of in rows.items() if any(one["sentence"] for one in of.values())}
    early = {
        t: max((one["early"] for one in of.values() if one["early"] is not None), default=0) for t, of in fired.items()
    }
    lines = [
        f"### {affair.title}", "",
        f"Public on {affair.event['day']}: {affair.event['what']}. Rows of the case: {', '.join(affair.rows)}.", "",
    ]  # fmt: skip
    if fired:
        lines += ["| typology | as published | as held | what it says |", "| --- | --- | --- | --- |"]
        for typology in sorted(fired, key=lambda t: (-early[t], t)):
            of = fired[typology]
            told = next(one for one in (of.get("held"), of.get("public")) if one and one["sentence"])
            said = [_when(of.get(mode)) for mode in ("public", "held")]
            lines.append(f"| `{typology}` | {said[0]} | {said[1]} | {told['sentence']} |")
        lines.append("")
    missed = {t: next(iter(of.values()))["why"] for t, of in rows.items() if t not in fired}
    lines += [f"* not `{typology}`: {why}." for typology, why in sorted(missed.items())]
    return "\n".join([*lines, ""])


def _when(one: Row | None) -> str:
    if one is None or not one["sentence"]:
        return "never"
    told = days(one["early"], one["undated"])
    return told if one["undated"] else f"{one['day']}, {told}"


def main(arguments: list[str]) -> None:
    """Write the table into the page."""
    affairs = load(ROOT / "examples" / "backtests")
    if arguments:
        told: list[Row] = [json.loads(line) for line in Path(arguments[0]).read_text("utf-8").splitlines()]
    else:
        told = [asdict(one) for affair in affairs for one in run(affair)]
    text = PAGE.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n{page(affairs, told)}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
