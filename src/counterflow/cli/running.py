"""Verbs of the installation: serve, doctor, verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say
from counterflow.errors import Corrupt, UsageError

if TYPE_CHECKING:
    from counterflow.workspace import Workspace


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback address to listen on.")
@click.option("--port", default=8039, show_default=True)
@pass_context
def serve(context: Context, host: str, port: int) -> None:
    """Serve the workbench and the HTTP interface on this machine."""
    serve_forever(context.workspace(), host, port)


def serve_forever(workspace: Workspace, host: str, port: int) -> None:
    """Listen until interrupted. :raises UsageError: a host that is not loopback, or a port that is taken"""
    import ipaddress
    import socket

    import uvicorn

    from counterflow.api.app import create_app

    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise UsageError(f"'{host}' is not a loopback address. A single-user workspace is served on this machine only.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as e:
            raise UsageError(f"Port {port} on {host} is taken ({e.strerror}). Choose another with --port.") from e
    workspace.audit("serve", {"host": host, "port": port})
    say(f"Serving {workspace.path} at http://{host}:{port}  (Ctrl-C ends it)")
    uvicorn.run(create_app(workspace), host=host, port=port, log_level="warning")


@main.command()
@as_json
@pass_context
def doctor(context: Context, as_json: bool) -> None:
    """State of the workspace and the installation."""
    found = context.workspace().doctor()
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
        click.echo(f"All as committed: {len(workspace.store.casebook.segments())} segments, originals and audit log.")
