"""The word lists that names are compared with, one YAML a list. Data, so that a native speaker can mend them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

__all__ = ["load"]


@cache
def load(name: str) -> dict[Any, Any]:
    """The list in ``words/<name>.yaml``. Treat as read-only: it is shared."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (resources.files("counterflow.entities.words") / f"{name}.yaml").read_text("utf-8")
    data: dict[Any, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
    return data
