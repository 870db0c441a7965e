"""Verbs of the installation: serve, doctor, verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

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
@pass_context
def serve(context: Context, host: str, port: int, token: str | None) -> None:
    """Serve the workbench and the HTTP interface on this machine.

    With --audience before the verb, it answers for that audience and no other.
    """
    serve_forever(context.workspace(), host, port, token=token, audience=context.audience)


def serve_forever(
    workspace: Workspace, host: str, port: int, *, token: str | None = None, audience: str | None = None
) -> None:
    """Listen until interrupted. :raises UsageError: a host beyond loopback without a token, or a port that is taken"""
    from counterflow.api.server import serve as listen

    def ready(address: str) -> None:
        workspace.audit("serve", {"address": address, "audience": audience})
        say(f"Serving {workspace.path} at {address}  (Ctrl-C ends it)")

    users = workspace.shared
    if users and (token or audience):
        raise UsageError("Where people have accounts, each has rights of their own: leave out --token and --audience.")
    audiences = None if audience is None else [audience]
    listen(workspace, host=host, port=port, token=token, users=users, audiences=audiences, ready=ready)


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
