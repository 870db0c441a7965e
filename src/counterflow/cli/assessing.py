"""Verbs of the assessment: assess, whatif, interdict, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from counterflow.cli import output
from counterflow.cli.app import INTERRUPTED, Context, as_json, as_of, main, pass_context, print_json, say
from counterflow.config import read_yaml
from counterflow.errors import InputError, UnreadableFile, UsageError

_FORMATS = ("md", "html", "pdf", "docx", "json")


@main.command()
@click.option("--with-exercise", is_flag=True, help="Let the exercise layer into the figures (never by default).")
@as_of
@as_json
@pass_context
def assess(context: Context, with_exercise: bool, as_of: str | None, as_json: bool) -> None:
    """How much flows where, and which measures cut it most."""
    found = context.view("assess", as_of=as_of).assess(as_of, with_exercise=with_exercise)
    print_json({k: found[k] for k in ("flow", "measures", "plan")}) if as_json else click.echo(output.assessment(found))


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--budget", type=float, help="Points that may be spent.")
@click.option("--must", multiple=True, metavar="ID", help="A measure the plan must hold; may be repeated.")
@click.option("--never", multiple=True, metavar="ID", help="A measure the plan must not hold; may be repeated.")
@click.option("--purse", multiple=True, metavar="AGENCY=POINTS", help="An agency's own limit; may be repeated.")
@click.option("--collateral", type=float, metavar="POINTS", help="What the plan may do to others, together.")
@click.option("--collateral-each", type=float, metavar="POINTS", help="Measures that do more to others are out.")
@click.option("--not-cooperating", multiple=True, metavar="CODE", help="A state to be won over first; may be repeated.")
@click.option("--periods", type=int, help="Plan so many periods, each with the budget.")
@click.option("--recovery", type=int, metavar="PERIODS", help="Until what was cut is rebuilt; default: never.")
@click.option("--period-days", type=int, metavar="DAYS", help="Length of a period; default 365.")
@click.option("--substitution", is_flag=True, default=None, help="Also: what to forbid when he turns to the rest.")
@click.option("--scenario", metavar="NAME", help="Ask again what was kept under this name.")
@click.option("--save", metavar="NAME", help="Keep the question under this name.")
@as_of
@as_json
@pass_context
def whatif(
    context: Context, /, file: Path | None, as_json: bool, scenario: str | None, save: str | None,
    purse: tuple[str, ...], **options: Any,
) -> None:  # fmt: skip
    """The best plan within a budget: before, after, and after the adversary reroutes.

    FILE is YAML with any of: budget, budgets, must, never, measures, collateral, collateral_each, not_cooperating,
    periods, recovery, period_days, substitution, as_of. Options win over it.
    """
    given = {k: list(v) if isinstance(v, tuple) else v for k, v in options.items() if v not in (None, ())}
    asked = {**_request(file), **given}
    if purse:
        asked["budgets"] = {**asked.get("budgets", {}), **_purses(purse)}
    view = context.view("whatif", request=asked, scenario=scenario)
    request = {**(view.scenario(scenario)["question"] if scenario else {}), **asked}
    found = view.whatif(request)
    if save:
        view.workspace.keep_scenario(save, request, audience=view.name)
        say(f"Kept as '{save}'.")
    print_json(found) if as_json else click.echo(output.plan(found))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--budget", type=float, help="What may be spent; default: what the file says.")
@click.option("--budgets", metavar="LIST", help="Several: 1,2,5 or LOW:HIGH:HOW_MANY.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Stop then with the best plan and its honest gap.")
@click.option(
    "--format", "format", type=click.Choice(["mfi", "snip", "knapsack"]), help="Default: what FILE looks like."
)
@click.option("--snipno", type=click.IntRange(0, 4), default=1, show_default=True, help="Variant of a SNIP instance.")
@as_json
def interdict(
    file: Path,
    budget: float | None,
    budgets: str | None,
    time_limit: float | None,
    format: str | None,
    snipno: int,
    as_json: bool,
) -> None:
    """Solve an interdiction instance exactly: .mfi, .ki (knapsack), or a SNIP folder.

    What to take within the budget so that least is left, with a bound that proves it. Ctrl-C stops with the best plan
    and what is proven of it, and exit code 130.
    """
    from counterflow.assessment.instances import budgets_from, solve

    wanted = ([] if budget is None else [budget]) + (budgets_from(budgets) if budgets else [])
    several = budgets is not None
    found = []
    for answer in solve(file, wanted, format=format, snipno=snipno, time_limit=time_limit):
        found.append(answer)
        if not as_json:
            click.echo(output.interdiction(answer, short=several))
    if as_json:
        print_json({"file": str(file), "frontier": found} if several else {"file": str(file), **found[0]})
    if found[-1]["status"] == "interrupted":
        click.get_current_context().exit(INTERRUPTED)


def _purses(given: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for one in given:
        agency, _, points = one.rpartition("=")
        try:
            found[agency.strip()] = float(points)
        except ValueError:
            raise UsageError(f"--purse {one}: must be AGENCY=POINTS, with a number of points") from None
    return found


def _request(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    found = read_yaml(file)
    if not isinstance(found, dict):
        raise InputError("must be a table of budget, budgets, must, never, measures, as_of", file=str(file))
    return found


@main.command()
@click.option("--format", "format", type=click.Choice(_FORMATS), default="md", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout.")
@click.option("--audience", metavar="NAME", help="For this audience, as before the verb.")
@click.option("--answers", is_flag=True, help="With sections that answer the founding document's questions.")
@click.option("--keep", metavar="NAME", help="Keep it under this name, as a new version.")
@click.option("--note", default="", help="With --keep: what to remember of it.")
@click.option("--kept", is_flag=True, help="List the reports that were kept.")
@click.option("--saved", metavar="NAME[@N]", default="", help="One that was kept, instead of a new one.")
@click.option("--changes", metavar="NAME[@N]", help="What has changed since that one was kept, and why.")
@click.option("--against", metavar="NAME@N", default="now", help="With --changes: an earlier one, or 'generated'.")
@click.option("--lint", type=click.Path(path_type=Path, dir_okay=False), help="Check an edited text made from it.")
@as_of
@as_json
@pass_context
def report(
    context: Context, /, format: str, out: Path | None, audience: str | None, as_of: str | None, as_json: bool,
    **how: Any,
) -> None:  # fmt: skip
    """The written assessment with numbered endnotes, generated from the claims it cites."""
    context.audience = audience or context.audience
    view = context.view("report", format=format, **{k: str(v) for k, v in how.items() if v})
    if how["kept"]:
        versions = view.report_versions()["versions"]
        print_json(versions) if as_json else click.echo(output.kept(versions))
    elif how["changes"]:
        changed = view.report_changes(how["changes"], how["against"])
        print_json(changed) if as_json else click.echo(output.changes(changed))
    elif how["lint"]:
        found = view.report_lint(text=_text(how["lint"]), as_of=as_of, saved=how["saved"], answers=how["answers"])
        _lint(found["problems"], as_json)
    elif how["keep"]:
        kept = view.workspace.keep_report(
            how["keep"], audience=view.name, as_of=as_of, note=how["note"], answers=how["answers"]
        )
        print_json(kept) if as_json else say(f"Kept as {kept['name']}@{kept['number']}.")
    elif as_json:
        print_json(view.report(as_of, how["saved"], how["answers"]))
    else:
        _put(view.report_file(format, as_of, how["saved"], how["answers"]), format, out)


def _text(file: Path) -> str:
    """:raises UnreadableFile: no file, or no text"""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as e:
        raise UnreadableFile(f"cannot be opened ({e.strerror})", file=str(file)) from e
    except UnicodeDecodeError as e:
        raise UnreadableFile(f"is no text: byte {e.start + 1} is not UTF-8", file=str(file)) from e


def _lint(problems: list[dict[str, str]], as_json: bool) -> None:
    """Each problem on a line; exit code 1 where there is any."""
    for p in problems:
        print_json(p) if as_json else click.echo(f"{p['place'] or 'text'}: {p['problem']}: {p['text']}")
    if problems:
        raise click.exceptions.Exit(1)
    if not as_json:
        say("Nothing to object to.")


def _put(made: bytes, format: str, out: Path | None) -> None:
    """:raises UsageError: a format of bytes, and nowhere but a terminal to put it"""
    if out is not None:
        out.write_bytes(made)
        say(f"Wrote {out}.")
    elif format in ("pdf", "docx") and sys.stdout.isatty():
        raise UsageError(f"{format} is not for a terminal. Name a file: --out report.{format}")
    else:
        sys.stdout.buffer.write(made)
