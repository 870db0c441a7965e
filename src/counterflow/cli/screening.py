"""Verbs of screening: screen, rescreen, compare."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from counterflow.cli import output
from counterflow.cli.app import Context, as_json, as_of, main, pass_context, progress
from counterflow.entities.evidence.verdicts import SHOWN
from counterflow.errors import InputError, UsageError


@main.command()
@click.argument("query")
@click.option("--limit", default=5, show_default=True, help="Hits a query at most.")
@click.option("--threshold", default=SHOWN, show_default=True, help="Probability from which a hit is shown.")
@click.option("--open", "only_open", is_flag=True, help="Without hits that were called false positives.")
@click.option("--keep", metavar="NAME", help="Keep the file under this name, for `rescreen` to tell what changes.")
@click.option("--exhaustive", is_flag=True, help="Compare with every entity: slow, and proof of what the index finds.")
@as_of
@as_json
@pass_context
def screen(
    context: Context,
    query: str,
    limit: int,
    threshold: float,
    keep: str | None,
    only_open: bool,
    exhaustive: bool,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Screen a NAME, or a file of queries (.jsonl or .csv; - is JSON lines from standard input), against all entities.

    One answer a query, in order, as soon as it is known. A line that cannot be asked is answered with its error.
    """
    from counterflow.views.questions import SUFFIXES, read_questions

    path = Path(query)
    many = query == "-" or not set(SUFFIXES).isdisjoint(path.suffixes[-2:])
    if keep is not None:
        if not many or as_of or exhaustive:
            raise UsageError("--keep takes a file of queries, as of now, and compares by the index.")
        kept = _kept(context, "screen", keep, read_questions(path), limit, threshold, full=True)
        print_answers(_counted(kept), as_json)
        return
    queries = read_questions(path) if many else [{"properties": {"name": [query]}}]
    view = context.view("screen", query=query)
    show = "open" if only_open else "all"
    answers = view.screen(
        queries, limit=limit, threshold=threshold, as_of=as_of, exhaustive=exhaustive, dispositions=show
    )
    print_answers(_counted(answers) if many else answers, as_json)


@main.command()
@click.argument("name")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--limit", default=5, show_default=True, help="Hits a customer at most.")
@click.option("--threshold", type=float, help="Probability from which a hit is shown (default: as before).")
@click.option("--all", "everyone", is_flag=True, help="Print every customer, not only those for whom hits changed.")
@click.option("--full", is_flag=True, help="Compare everybody anew, whatever changed.")
@as_json
@pass_context
def rescreen(
    context: Context,
    name: str,
    file: Path | None,
    limit: int,
    threshold: float | None,
    everyone: bool,
    full: bool,
    as_json: bool,
) -> None:
    """Screen customers kept by `screen FILE --keep NAME` again, and print those whose hits are not what they were.

    Only entities that changed since are compared, with all customers; with FILE, the customers as they are now, only
    customers that changed, with all entities. One line each: hits, and what appeared, is gone, or changed.
    """
    from counterflow.views.questions import read_questions

    questions = None if file is None else read_questions(file)
    found = _counted(_kept(context, "rescreen", name, questions, limit, threshold, full=full))
    telling = ("appeared", "gone", "changed", "removed", "error")
    print_answers((a for a in found if everyone or any(a.get(key) for key in telling)), as_json)


def _kept(
    context: Context,
    verb: str,
    name: str,
    questions: Iterable[dict[str, Any]] | None,
    limit: int,
    threshold: float | None,
    full: bool,
) -> Iterator[dict[str, Any]]:
    view = context.view(verb, name=name)
    return view.workspace.rescreen(
        name,
        questions,
        audience=context.audience,
        exercise=context.exercise,
        limit=limit,
        threshold=threshold,
        full=full,
        progress=progress,
    )


@main.command()
@click.argument("pairs", type=click.Path(path_type=Path, allow_dash=True))
@as_json
def compare(pairs: Path, as_json: bool) -> None:
    """Compare the two records of each pair in PAIRS: a file of JSON lines {"id", "left", "right"} (- is standard
    input), or a table with columns left.name, right.name…

    One answer a pair, in order, as soon as it is known; no workspace is needed. A pair that cannot be compared is
    answered with its error, and the exit code is then 3.
    """
    from counterflow.views.comparing import compare_pairs, read_pairs

    wrong = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal wrong
        for answer in _counted(compare_pairs(read_pairs(pairs)), "compared"):
            wrong += "error" in answer
            yield answer

    print_answers(counted(), as_json, output.comparison)
    if wrong:
        raise InputError(f"{wrong:,} pairs could not be compared; each is answered with its error", file=str(pairs))


def print_answers(
    answers: Iterable[dict[str, Any]], as_json: bool, text: Callable[[dict[str, Any]], str] = output.hits
) -> None:
    """One line an answer, or the text of it; shown at once on a terminal, in blocks elsewhere."""
    import orjson

    stream = sys.stdout.buffer
    at_once = stream.isatty()
    try:
        for answer in answers:
            line = orjson.dumps(answer) if as_json else text(answer).encode("utf-8", "replace")
            stream.write(line + b"\n")
            if at_once:
                stream.flush()
    finally:
        stream.flush()


def _counted(answers: Iterable[dict[str, Any]], done: str = "screened") -> Iterator[dict[str, Any]]:
    told = time.monotonic()
    n = 0
    for n, answer in enumerate(answers, 1):
        if time.monotonic() - told > 1:
            progress(f"{done} {n:,}", 0.0)
            told = time.monotonic()
        yield answer
    progress(f"{done} {n:,}\n", 0.0)
