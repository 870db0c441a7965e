"""Verbs of screening: screen."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from counterflow.cli import output
from counterflow.cli.app import Context, as_json, as_of, main, pass_context, progress


@main.command()
@click.argument("query")
@click.option("--limit", default=5, show_default=True, help="Hits a query at most.")
@click.option("--threshold", default=0.5, show_default=True, help="Probability from which a hit is shown.")
@click.option("--exhaustive", is_flag=True, help="Compare with every entity: slow, and proof of what the index finds.")
@as_of
@as_json
@pass_context
def screen(
    context: Context, query: str, limit: int, threshold: float, exhaustive: bool, as_of: str | None, as_json: bool
) -> None:
    """Screen a NAME, or a file of queries (.jsonl or .csv; - is JSON lines from standard input), against all entities.

    One answer a query, in order, as soon as it is known. A line that cannot be asked is answered with its error.
    """
    from counterflow.sources.reader import unpacked_name
    from counterflow.views.questions import SUFFIXES, read_questions

    path = Path(query)
    many = query == "-" or Path(unpacked_name(path)).suffix in SUFFIXES
    queries = read_questions(path) if many else [{"id": "1", "properties": {"name": [query]}}]
    view = context.view("screen", query=query)
    answers = view.screen(queries, limit=limit, threshold=threshold, as_of=as_of, exhaustive=exhaustive)
    print_answers(_counted(answers) if many else answers, as_json)


def print_answers(answers: Iterable[dict[str, Any]], as_json: bool) -> None:
    """One line an answer, or the text of it; shown at once on a terminal, in blocks elsewhere."""
    import orjson

    stream = sys.stdout.buffer
    at_once = stream.isatty()
    try:
        for answer in answers:
            text = orjson.dumps(answer) if as_json else output.hits(answer).encode("utf-8", "replace")
            stream.write(text + b"\n")
            if at_once:
                stream.flush()
    finally:
        stream.flush()


def _counted(answers: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    told = time.monotonic()
    n = 0
    for n, answer in enumerate(answers, 1):
        if time.monotonic() - told > 1:
            progress(f"screened {n:,}", 0.0)
            told = time.monotonic()
        yield answer
    progress(f"screened {n:,}\n", 0.0)
