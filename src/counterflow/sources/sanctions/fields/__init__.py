"""Where each field that a publisher gives arrives: one YAML file a reader, ``field: Schema.property``.

The readers of `plain_lists` say the same in their layouts.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

__all__ = ["load", "names"]


def names() -> list[str]:
    """The files there are."""
    return [file.name[:-5] for file in resources.files(__name__).iterdir() if file.name.endswith(".yaml")]


@cache
def load(name: str) -> dict[str, str]:
    """The fields in ``<name>.yaml``, in file order."""
    import yaml

    found: dict[str, str] = yaml.safe_load((resources.files(__name__) / f"{name}.yaml").read_text("utf-8"))
    return found
