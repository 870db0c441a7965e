"""A clock that stands until it is moved on, told by every module of the product."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Self
from unittest import mock

from counterflow import casework, clock, storage, views
from counterflow import workspace as workspaces

__all__ = ["Clock"]


class Clock:
    """What is written bears its time, in both worlds the same. :param now: that it tells"""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    @contextmanager
    def told(self) -> Iterator[None]:
        """Every module of the product tells the time by this clock."""
        for package in (casework, storage, views, workspaces):
            for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
                importlib.import_module(found.name)
        standing = _standing(self)
        shim = SimpleNamespace(**{**vars(dt), "datetime": standing})
        own = __package__ or ""
        ours = [m for n, m in sorted(sys.modules.items()) if n.startswith("counterflow.") and not n.startswith(own)]
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(clock, "now", side_effect=lambda: standing.now(dt.UTC)))
            for module in ours:
                for name, value in list(vars(module).items()):
                    if value is dt or value is dt.datetime:
                        stack.enter_context(mock.patch.object(module, name, shim if value is dt else standing))
            yield


def _standing(clock: Clock) -> type[dt.datetime]:
    class Kind(type):
        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, dt.datetime)

    class Standing(dt.datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return cls.fromisoformat(clock.now.astimezone(tz).isoformat())

    return Standing
