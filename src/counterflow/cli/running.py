"""Verbs of the installation: serve, doctor, verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from counterflow import clock, config
from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.errors import Corrupt, UsageError

if TYPE_CHECKING:
    from counterflow.workspace import Workspace


@main.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; beyond loopback only with --token."
)
@click.option("--port", default=8039, show_default=True, help="0 takes any free one.")
@click.option("--token", envvar="COUNTERFLOW_TOKEN", help="Wanted of every request; better set as COUNTERFLOW_TOKEN.")
@click.option("--login/--no-login", default=True, help="Without: whoever reaches the port of this machine may ask.")
@click.option("--origin", default="", metavar="URL", help="As browsers see it through a proxy: https://fusion.example.")
@click.option(
    "--proxy", default="", metavar="ADDRESS", help="Of that proxy: its X-Forwarded-For is believed, no other."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True,
    help="Processes that answer: as many as processors, where many people work at once.",
)  # fmt: skip
@pass_context
def serve(
    context: Context, host: str, port: int, token: str | None, login: bool, origin: str, proxy: str, workers: int
) -> None:
    """Serve the workbench and the HTTP interface on this machine.

    Open the address that it prints: it lets one browser in, once. Where people have accounts (`counterflow identity`),
    they sign in. With --audience before the verb, it answers for that audience and no other.
    """
    workspace = context.workspace()
    token = token or config.secret("COUNTERFLOW_TOKEN") or None
    serve_forever(
        workspace, host, port, token=token, audience=context.audience, login=login, origin=origin, proxy=proxy,
        workers=workers,
    )  # fmt: skip


def serve_forever(
    workspace: Workspace, host: str, port: int, *, token: str | None = None, audience: str | None = None,
    login: bool = True, origin: str = "", proxy: str = "", workers: int = 1,
) -> None:  # fmt: skip
    """Listen until interrupted. :raises UsageError: a host beyond loopback without a token, or a port that is taken"""
    from counterflow.api.server import serve as listen

    def ready(address: str) -> None:
        workspace.audit("serve", {"address": address, "audience": audience})
        door = f"{address}/enter?code={workspace.local_code()}" if login and not users else origin or address
        say(f"Serving {workspace.path} at {door}  (Ctrl-C ends it)")
        if (late := clock.behind().total_seconds()) > 300:
            say(
                f"The clock of this machine is {late / 60:,.0f} minutes behind the audit log, "
                "from which the time goes on. Put it right."
            )

    users = workspace.shared
    if users and (token or audience or not login):
        raise UsageError(
            "Where people have accounts, each has rights of their own: no --token, --audience, --no-login."
        )
    audiences = None if audience is None else [audience]
    listen(
        workspace, host=host, port=port, token=token, users=users, login=login, origin=origin, proxy=proxy,
        audiences=audiences, workers=workers, ready=ready,
    )  # fmt: skip


@main.command()
@as_json
@pass_context
def doctor(context: Context, as_json: bool) -> None:
    """State of the workspace and the installation."""
    found = context.workspace().doctor(context.audience, exercise=context.exercise)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(f"{key:16} {value}" for key, value in found.items()))


@main.command()
@as_json
@pass_context
def verify(context: Context, as_json: bool) -> None:
    """Check every segment, original and audit entry against its recorded hash."""
    workspace = context.workspace()
    problems = workspace.verify()
    if as_json:
        print_json({"ok": not problems, "problems": problems})
    if problems:
        raise Corrupt(problems)
    if not as_json:
        click.echo("All as committed: segments, originals and audit log.")
