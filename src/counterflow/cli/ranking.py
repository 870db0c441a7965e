"""Verbs of ranking: train, model, evaluate, bench."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli import figures
from counterflow.cli.app import Context, as_json, main, pass_context, print_json, progress, say
from counterflow.errors import UsageError


@main.command()
@click.argument("labels", required=False, type=click.Path(path_type=Path))
@click.option("--seeds", default=3, show_default=True, help="How many forests are grown and averaged.")
@click.option("--with-format", is_flag=True, help="Let it see the payment format, which generated data give away.")
@click.option("--declarations", is_flag=True, help="A ranking of customs declarations, by what inspections found.")
@as_json
@pass_context
def train(
    context: Context, labels: Path | None, seeds: int, with_format: bool, declarations: bool, as_json: bool
) -> None:
    """Train a ranking of payments and findings on answers, and put it in force for `detect`.

    LABELS: a file of answers (payment_id, label, and attempt and pattern where known; AMLworld's patterns; AMLSim's
    alerts); without it, the answers that were ingested. It learns from what the chosen audience may read, and serves
    those who may read all of that. The split is by time: 60 % to learn from, 20 % to calibrate on, 20 % to judge on.
    """
    if not 1 <= seeds <= 20:
        raise UsageError("--seeds: 1 to 20.")
    if declarations:
        card = context.workspace().train_declarations(
            labels, audience=context.audience, exercise=context.exercise, seeds=range(1, seeds + 1)
        )
        print_json(card) if as_json else click.echo(figures.inspections(card))
        return
    found = context.workspace().train(
        labels, audience=context.audience, exercise=context.exercise, seeds=range(1, seeds + 1),
        with_format=with_format, progress=progress,
    )  # fmt: skip
    print_json(found) if as_json else click.echo(figures.card(found))


@main.command()
@click.option("--drift", is_flag=True, help="How far payments since are from those that it learnt from.")
@click.option("--drop", is_flag=True, help="Take it out of use: findings have their rules' scores again.")
@click.option("--declarations", is_flag=True, help="The one that ranks customs declarations.")
@as_json
@pass_context
def model(context: Context, drift: bool, drop: bool, declarations: bool, as_json: bool) -> None:
    """The card of the model that ranks payments; its drift; or put it aside."""
    if drift and declarations:
        raise UsageError("--drift is told of the model of payments only.")
    if drop:
        id = context.workspace().drop_model(
            audience=context.audience, exercise=context.exercise, declarations=declarations
        )
        say(f"{id} is out of use; its files stay in the workspace's models folder.")
        return
    found = context.view("model", drift=drift).model(drift=drift, declarations=declarations)
    if as_json:
        print_json(found)
    elif declarations:
        click.echo(figures.inspections(found))
    else:
        click.echo(figures.drift(found) if drift else figures.card(found))


@main.command()
@click.argument("labels", required=False, type=click.Path(path_type=Path))
@click.option("--least", default=3, show_default=True, help="Attempts of fewer payments are counted apart.")
@click.option("--minutes", default=15.0, show_default=True, help="What a finding costs an analyst.")
@click.option("--everything", is_flag=True, help="Also on payments that the model in force has learnt from.")
@as_json
@pass_context
def evaluate(
    context: Context, labels: Path | None, least: int, minutes: float, everything: bool, as_json: bool
) -> None:
    """How well the findings tell laundering: attempts found whole, precision, cost, at several cut-offs.

    An attempt is found whole when one finding has at least 90 % of its payments, and hit when any has one. LABELS as in
    `train`. With a model in force only what it has not seen is counted.
    """
    if not 0 < minutes < 100_000 or least < 1:
        raise UsageError("--minutes must be above 0, and --least at least 1.")
    view = context.view("evaluate", labels=labels and labels.name)
    found = view.evaluate(labels, least=least, minutes=minutes, everything=everything)
    print_json(found) if as_json else click.echo(figures.evaluation(found))


@main.group()
def bench() -> None:
    """Published protocols, on files that you have."""


@bench.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--set", "only", default="", metavar="NAME", help="Which set, where the folder has several: HI-Small.")
@click.option("--seeds", default=5, show_default=True)
@click.option("--offline", is_flag=True, help="Columns also tell what came after a payment, within its part.")
@as_json
def amlworld(folder: Path, only: str, seeds: int, offline: bool, as_json: bool) -> None:
    """AMLworld: temporal 60/20/20, F1 of laundering payments, with and without the payment format.

    FOLDER holds HI-Small_Trans.csv, as published by IBM, and HI-Small_Patterns.txt. No workspace is needed. By default
    columns are causal: what a bank knows when it screens. With --offline they also look ahead, as the method with the
    best published figure does; the answer says so.
    """
    from counterflow.findings.ranking.amlworld import protocol

    if not 1 <= seeds <= 20:
        raise UsageError("--seeds: 1 to 20.")
    found = protocol(folder, seeds=range(1, seeds + 1), only=only, offline=offline, progress=progress)
    print_json(found) if as_json else click.echo(figures.amlworld(found))


@bench.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seeds", default=3, show_default=True)
@as_json
def customs(folder: Path, seeds: int, as_json: bool) -> None:
    """Customs declarations of Korea: fraud of 2021 told by a model of 2020, beside the published method.

    FOLDER holds df_syn_train_eng.csv and df_syn_valid_eng.csv, as published, or the same as Parquet. No workspace is
    needed.
    """
    from counterflow.findings.declarations.customs import protocol

    if not 1 <= seeds <= 20:
        raise UsageError("--seeds: 1 to 20.")
    found = protocol(folder, seeds=range(1, seeds + 1), progress=progress)
    print_json(found) if as_json else click.echo(figures.customs(found))
