"""The command group: options that every verb shares, and errors to exit codes."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from counterflow import __version__
from counterflow.errors import CounterflowError, UsageError

if TYPE_CHECKING:
    from counterflow.views.view import View
    from counterflow.workspace import Workspace

__all__ = ["Context", "as_json", "as_of", "fail", "known_on", "main", "pass_context", "print_json", "progress", "say"]

INTERRUPTED = 130
"""Exit code after Ctrl-C, as a shell has it: 128 and the signal's number."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Context:
    """What the options before the verb said."""

    path: Path
    audience: str | None
    exercise: bool
    known_on: str | None = None

    def workspace(self) -> Workspace:
        """The workspace, opened. :raises WorkspaceError: there is none"""
        from counterflow.workspace import Workspace

        return Workspace.open(self.path)

    def view(self, verb: str, **detail: Any) -> View:
        """The reading side for the chosen audience; the question goes on the audit log."""
        workspace = self.workspace()
        view = workspace.view(self.audience, exercise=self.exercise, known_on=self.known_on, progress=progress)
        known = {"known_on": self.known_on} if self.known_on else {}
        workspace.audit(verb, {"audience": view.name, "exercise": self.exercise, **known, **detail})
        return view


class Group(click.Group):
    """A group that turns our errors into one line on stderr and the error's exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; our own errors end it cleanly, anything else is a bug and keeps its traceback."""
        try:
            return super().invoke(ctx)
        except CounterflowError as e:
            fail(e)
            ctx.exit(e.exit_code)
        except click.UsageError as e:  # click's own would be four lines
            fail(f"{e.format_message()} See: {(e.ctx or ctx).command_path} --help")
            ctx.exit(e.exit_code)
        except KeyboardInterrupt:  # nothing to undo: what was not committed does not count
            fail("interrupted")
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:  # the reader of our output has gone: `counterflow … | head`
            sys.stderr.close()
            ctx.exit(0)
        except OSError as e:  # a full disk, a folder that may not be written: not a bug
            fail(f"{e.filename or 'output'}: {e.strerror or e}")
            ctx.exit(CounterflowError.exit_code)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order of the data flow, as they were added."""
        return list(self.commands)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "--workspace",
    "path",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("counterflow.d"),
    envvar="COUNTERFLOW_WORKSPACE",
    show_default="./counterflow.d",
    help="Folder of the workspace.",
)
@click.option("--audience", metavar="NAME", help="Answer for this audience (default: the workspace's own).")
@click.option("--exercise/--no-exercise", default=True, help="Show or hide every record that bears EXERCISE.")
@click.version_option(__version__, prog_name="counterflow")
@click.pass_context
def main(ctx: click.Context, path: Path, audience: str | None, exercise: bool) -> None:
    """Counterflow: trace illicit money and goods, and where pressure cuts the most.

    sources → claims → entities → network → findings → assessment → casework
    """
    # Expressions are trees of very many small objects, hardly any in rings: to look for those as often as by default
    # takes an eighth of what detection does.
    gc.set_threshold(50_000, 20, 20)
    ctx.obj = Context(path, audience, exercise)


pass_context = click.make_pass_decorator(Context)


def as_json(command: F) -> F:
    """Adds ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON: one object, or one a line.")(command)


def as_of(command: F) -> F:
    """Adds ``--as-of``, what was true then, and ``--known-on``, what was known then."""
    option = click.option(
        "--as-of", metavar="DATE", callback=_date, help="What was true on: 2016, 2016-09, 2016-09-29."
    )
    return option(known_on(command))


def known_on(command: F) -> F:
    """Adds ``--known-on``: the view that the verb opens is of the ledger as it was then."""
    return click.option(
        "--known-on",
        metavar="DATE",
        callback=_known,
        expose_value=False,
        help="What the workspace knew on a date or time.",
    )(command)


def _known(ctx: click.Context, _param: click.Parameter, text: str | None) -> None:
    from counterflow.model import dates

    if text is not None:
        if dates.end_of(text) is None:
            raise UsageError(
                f"--known-on '{text}' is not a date. Valid: 2016, 2016-09, 2016-09-29 or 2016-09-29T12:00Z."
            )
        found = ctx.find_object(Context)
        if found is not None:  # none where a command line is only checked, not run
            found.known_on = text


def _date(_ctx: click.Context, _param: click.Parameter, text: str | None) -> str | None:
    """Refused before anything is read, blank text too."""
    from counterflow.model import dates

    found = dates.clean(text) if text is not None else None
    if text is not None and found is None:
        raise UsageError(f"--as-of '{text}' is not a date. Valid: 2016, 2016-09 or 2016-09-29.")
    return found


def print_json(data: Any) -> None:
    """An object on one line; a list one element a line."""
    rows: Iterable[Any] = data if isinstance(data, list) else [data]
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False, default=str))


def say(text: str) -> None:
    """Talk, on stderr."""
    click.echo(text, err=True)


def fail(error: object) -> None:
    """What went wrong, on stderr: one line, whatever a library or a stranger's file put into the message."""
    line = " ".join(str(error).split())
    say("counterflow: " + "".join(c if c.isprintable() else "\ufffd" for c in line))


def progress(what: str, done: float) -> None:
    """One line of progress, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{what} {f'{done:.0%}' if 0 < done <= 1 else ''}", err=True, nl=False)
