"""Every command of the command line, run in this process for one audience: what it prints, returns and writes.

Invariant: a command that is neither in `EXAMPLES` nor, with its reason, in `HOUSE` fails the suite (`uncovered`).
"""

from __future__ import annotations

import contextlib
import io
import random
import shlex
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from counterflow import registry
from counterflow.cli import main

__all__ = ["EXAMPLES", "HOUSE", "Printed", "commands", "examples", "run", "uncovered"]

HOUSE: Mapping[str, str] = {
    "init": "makes a workspace",
    "demo": "makes a workspace",
    "serve": "is the HTTP interface, whose every address is asked",
    "fetch": "asks the network",
    "run": "computes what every other command reads",
    "verify": "compares files with their hashes, for whoever keeps the folder; names files by their hash",
    "backtest": "reads a folder of its own, no workspace",
    "bench amlworld": "reads files of its own, no workspace",
    "bench customs": "reads files of its own, no workspace",
    "interdict": "reads a file of its own, no workspace",
    "features": "reads files of its own, no workspace",
    "compare": "reads a file of its own, no workspace",
    "mapping preview": "reads a file of its own, no workspace",
    "mapping suggest": "reads a file of its own, no workspace",
    "resolve": "with tables reads files of its own; without is `run`",
    "typologies": "lists what is installed",
    "hypotheses write": "prints a template",
    "grades": "settings of the house, the same for all audiences",
    "ingest": "an act of whoever has the folder: compares with all of the ledger",
    "audit head": "for whoever answers for the log",
    "audit rotate": "for whoever answers for the log",
    "audit successor": "reads a note that somebody was given, no workspace",
    "audit check": "reads a proof that somebody was given, no workspace",
    "audit verify": "for whoever answers for the log",
    **dict.fromkeys(
        (
            "identity account",
            "identity break-glass",
            "identity init",
            "identity invite",
            "identity link",
            "identity session end",
            "identity session list",
            "identity clear",
            "identity confirm",
            "identity waiting",
            "identity org add",
            "identity org clear",
            "identity org list",
            "identity person add",
            "identity person close",
            "identity person list",
            "identity role",
            "identity roles",
            "identity token issue",
            "identity token list",
            "identity token revoke",
            "identity unit",
        ),
        "people and what they may do, for whoever administers: no record",
    ),
    "custody check": "reads a bag that somebody was given, no workspace",
    "case terms": "lists the words in use",
    "case colleagues": "people of the house, for whoever has the folder; over HTTP one is told of colleagues",
    "train": "wants payments by the thousand; what it makes is read by `model`",
    "evaluate": "wants payments by the thousand",
}
"""Commands that answer nothing about records to an audience, and why."""

EXAMPLES: Mapping[str, Sequence[str]] = {
    "review": ("review --json", "review --entity {entity}", "review --limit 3 --offset 1"),
    "judge": ("judge {entity} {entity} same --reason because", "judge {entity} {entity} withdrawn --reason because"),
    "judgements": ("judgements --json", "judgements"),
    "diff": ("diff {dataset}", "diff {dataset} 2024-01-01 2024-01-03 --json"),
    "accept": ("accept {dataset} --reason because",),
    "reject": ("reject {dataset} --reason because",),
    "quarantine list": ("quarantine list", "quarantine list --source {dataset} --json"),
    "quarantine export": ("quarantine export {out}",),
    "quarantine retry": ("quarantine retry {dataset}",),
    "network": ("network {entity} --hops 2 --json", "network {entity} --to {entity}",
        "network {entity} --as-of {date}"),
    "nearest": ("nearest {entity}", "nearest --all --json"),
    "lineage": ("lineage {entity} --json",),
    "control": ("control {entity} --json", "control --all --regime eu"),
    "taint": ("taint {address} --json", "taint --method fifo"),
    "corridors": ("corridors --json", "corridors --from {date}"),
    "patterns": ("patterns --json", "patterns --across"),
    "search": ("search {text} --json", "search {text}", "search {text} --known-on {date}"),
    "show": ("show {entity} --json", "show {finding}", "show {pattern}", "show {entity} --known-on {date}"),
    "conflicts": ("conflicts --json", "conflicts {entity}"),
    "explain": ("explain {entity}", "explain {claim} --json", "explain {row}", "explain {link}"),
    "detect": ("detect --json", "detect --undecided", "detect --as-of {date}"),
    "sources": ("sources --json", "sources --known-on {date}"),
    "triage": ("triage --json", "triage {finding} dismiss --reason known", "triage {finding} --undo", "triage --codes"),
    "model": ("model --json", "model --drop"),
    "screen": ("screen {text} --json", "screen {text} --threshold 0.01", "screen {customers} --keep customers --json"),
    "rescreen": ("rescreen customers {customers} --json", "rescreen customers --all --json"),
    "disposition list": ("disposition list --json", "disposition list --party {party}"),
    "disposition set": ("disposition set {name} {entity} false-positive --reason because",),
    "disposition withdraw": ("disposition withdraw {party} {entity} --reason because",),
    "documents": ("documents --json", "documents {document}", "documents {document} --page 1"),
    "mentions": ("mentions {document} --json",),
    "mark": ("mark {document} --page 1 --text paid --schema Company --property name --value {text}",),
    "unmark": ("unmark {claim} --reason because",),
    "assess": ("assess --json",),
    "whatif": ("whatif --budget 5 --json", "whatif --scenario {scenario}"),
    "report": ("report --format md", "report --format pdf --out {out}", "report --kept",
        "report --format docx --out {out}"),
    "ask": ("ask", "ask bite --json"),
    "hypotheses list": ("hypotheses list --json",),
    "hypotheses load": ("hypotheses load {question}",),
    "hypotheses rate": ("hypotheses rate {hypothesis} {item} a C --reason because",),
    "hypotheses show": ("hypotheses show {hypothesis} --json",),
    "export": tuple(f"export --format {name} --out {{out}}" for name in registry.names("exporters")),
    "case list": ("case list --json", "case list", "case list --find e --due 2027"),
    "case work": ("case work --json", "case work"),
    "case related": ("case related {case} --json",),
    "case show": ("case show {case} --json", "case show {case}"),
    "case history": ("case history {case} --json",),
    "case open": ("case open Affair --purpose tax --basis {basis} --json",),
    "case add": ("case add {case} entity:{entity} --json",),
    "case member": ("case member {case} B --json",),
    "case task": ("case task {case} Ask --json",),
    "case note": ("case note {case} Seen --cite {entity} --json",),
    "case rfi": ("case rfi {case} Who? --to B --purpose tax --json",),
    "case decide": ("case decide {case} Go --json",),
    "case change": ("case change {case} task-1 state=done --json",),
    "case answer": ("case answer {case} rfi-1 Yes --json",),
    "case rate": ("case rate {case} rfi-1 3",),
    "case close": ("case close {case} --outcome resolved --json",),
    "case reopen": ("case reopen {case} --because new",),
    "case handover": ("case handover {case} B",),
    "case refer": ("case refer {case} --to B --json",),
    "case release": ("case release {case} task-1 --to B --because agreed",),
    "case approvals": ("case approvals --json",),
    "case approve": ("case approve proposal-1",),
    "case snapshot": (
        "case snapshot {case} {entity} --title Kept --json",
        "case snapshot {case} --finding {finding} --title Kept --json",
    ),
    "case chart": ("case chart {case} snapshot-1 --json",),
    "case compare": ("case compare {case} snapshot-1 snapshot-2",),
    "case news": ("case news --json",),
    "custody bag": ("custody bag {file} --out {out}",),
    "custody show": ("custody show {file}",),
    "dissemination acknowledge": ("dissemination acknowledge r-1 --by B",),
    "dissemination approve": ("dissemination approve r-1 --out {out}",),
    "dissemination feedback": ("dissemination feedback r-1 --score 3",),
    "dissemination leave": ("dissemination leave {entity} --originator A --to B --reason agreed",),
    "dissemination list": ("dissemination list",),
    "dissemination recall": ("dissemination recall {entity} --reason wrong",),
    "dissemination show": ("dissemination show r-1",),
    "release": ("release --to B --format ftm --out {out}", "release {entity} --to B --dry-run"),
    "redact": ("redact {document} --page 1 --code b6", "redact {document} --page 1 --back --reason because"),
    "tear-line": ("tear-line {claim} --value Less --label TLP:GREEN --reason wider",),
    "retention due": ("retention due",),
    "retention purge": ("retention purge {entity} --reason old",),
    "retention purged": ("retention purged",),
    "retention review": ("retention review {dataset} --keep --reason needed --predicate holds",),
    "audit log": ("audit log --json",),
    "audit prove": ("audit prove 0",),
    "audit export": ("audit export {out}",),
    "audit shred": ("audit shred --before 2020-01 --reason because",),
    "doctor": ("doctor --json",),
}  # fmt: skip
"""Command → command lines, with what is to be put in from the world."""

_FILES: Mapping[str, str] = {
    "customers": '{"id": "c-1", "schema": "Company", "properties": {"name": ["Office 39"]}}\n',
    "question": "id: q9\ntitle: Which?\nhypotheses: {a: it is, b: it is not}\nevidence: []\n",
}


CRASHED = 70
"""Exit code that stands for an error that nobody foresaw."""


class Printed(NamedTuple):
    """What a command gave. :param files: what it wrote, by name"""

    code: int
    out: str
    err: str
    files: tuple[tuple[str, bytes], ...]


def commands(group: click.Group = main, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command there is, by its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        elif command is not None:
            yield before + name, command


def uncovered() -> list[str]:
    """Commands that nobody has said how to run, and examples of commands that are not there."""
    there = {name for name, _ in commands()}
    return sorted(there ^ (EXAMPLES.keys() | HOUSE.keys()))


def examples(pools: Mapping[str, Sequence[str]], r: random.Random, names: Sequence[str] = ()) -> list[list[str]]:
    """Command lines, in a random order; `{out}` and files stay to be put in. :param names: of these commands only"""
    found = []
    for name, lines in EXAMPLES.items():
        if names and name not in names:
            continue
        for line in lines:
            words = [word if not word.startswith("{") else _filled(word, pools, r) for word in shlex.split(line)]
            found.append(words)
    r.shuffle(found)
    return found


def _filled(word: str, pools: Mapping[str, Sequence[str]], r: random.Random) -> str:
    from counterflow.testing.noninterference.asking import pool

    kind = word[1:-1]
    return word if kind in (*_FILES, "out") else r.choice(pool(kind, pools))


def run(words: Sequence[str], workspace: Path, audience: str, folder: Path) -> Printed:
    """Run a command line. :param folder: empty; what is written there belongs to the answer"""
    stdout = io.BytesIO()
    out = io.TextIOWrapper(stdout, encoding="utf-8", write_through=True)
    err = io.StringIO()
    inputs = folder.parent / "inputs"
    inputs.mkdir(exist_ok=True)
    args = ["--workspace", str(workspace), "--audience", audience]
    for word in words:
        name = word[1:-1]
        if word == "{out}":
            args.append(str(folder / "out"))
        elif word.startswith("{") and name in _FILES:
            suffix = ".yaml" if name == "question" else ".json"
            path = inputs / (name + suffix)
            path.write_text(_FILES[name], encoding="utf-8")
            args.append(str(path))
        else:
            args.append(word)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main.main(args, standalone_mode=False) or 0
        except click.ClickException as e:
            code, _ = e.exit_code, err.write(e.format_message())
        except click.Abort:  # it asks first, and nobody says yes
            code = 1
        except SystemExit as e:
            code = int(e.code or 0)
        except click.exceptions.Exit as e:
            code = e.exit_code
        except Exception as e:  # noqa: BLE001 - a crash is an answer, and a bug
            code, _ = CRASHED, err.write("".join(traceback.format_exception(e)))
    files = tuple(sorted((str(p.relative_to(folder)), p.read_bytes()) for p in folder.rglob("*") if p.is_file()))
    return Printed(int(code), stdout.getvalue().decode(errors="replace"), err.getvalue(), files)
