"""The group of verbs about cases. They are loaded when one is wanted: most commands are about something else."""

from __future__ import annotations

from collections.abc import MutableMapping
from importlib import import_module
from typing import Any

import click

from counterflow.cli.app import main

__all__ = ["case"]

VERBS = ("case_rows", "case_acts")


class Late(click.Group):
    """A group that knows its verbs once it is asked for them."""

    _loaded = False

    @property
    def commands(self) -> MutableMapping[str, click.Command]:
        """Name → verb."""
        if not self._loaded:
            self._loaded = True
            for module in VERBS:
                import_module(f"counterflow.cli.{module}")
        return self._known

    @commands.setter
    def commands(self, known: MutableMapping[str, click.Command]) -> None:
        self._known = known

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """As every group does; adding a verb loads no others."""
        self._known[name or str(cmd.name)] = cmd

    def list_commands(self, ctx: click.Context) -> list[Any]:
        """In the order of the work."""
        return list(self.commands)


@main.group(cls=Late)
def case() -> None:
    """Cases: what several agencies keep on one affair, each seeing its own slice."""
