"""The verb `ask`: the four questions."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli.app import Context, as_json, as_of, main, pass_context, print_json
from counterflow.config import read_yaml
from counterflow.errors import InputError


@main.command()
@click.argument("question", required=False, metavar="[substitution|merger|cashbox|coordination]")
@click.option("--budget", type=float, help="Points that may be spent.")
@click.option(
    "--with", "assumptions", type=click.Path(path_type=Path), metavar="FILE", help="Your own assumptions, YAML."
)
@as_of
@as_json
@pass_context
def ask(
    context: Context, question: str | None, budget: float | None, assumptions: Path | None, as_of: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Will illicit income rise, what does a merger change, what hits most, what does coordination add?

    Without a question: which there are.
    """
    from counterflow.cli import answers

    if question is None:
        found = context.view("ask").questions()
        print_json(found) if as_json else click.echo(answers.listed(found))
        return
    config = None
    if assumptions is not None:
        config = read_yaml(assumptions)
        if not isinstance(config, dict):
            raise InputError("must be a table of assumptions", file=str(assumptions))
    view = context.view("ask", question=question, as_of=as_of, budget=budget)
    try:
        answer = view.ask(question, as_of, budget, config)
    except InputError as error:
        if assumptions is None:
            raise
        raise InputError(error.reason, file=str(assumptions), field=error.field) from error
    print_json(answer) if as_json else click.echo(answers.told(answer))
