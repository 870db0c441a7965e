"""One YAML for each dataset that a built-in reader reads: publisher, licence, schedule, default grade and handling.

The keys are the fields of `counterflow.model.source.Descriptor`.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from counterflow.errors import UnknownName
from counterflow.model.source import Assertion, Descriptor, Doubt, Download

__all__ = ["load", "names"]


def names() -> list[str]:
    """Every descriptor there is, in alphabetical order."""
    return sorted(p.name[:-5] for p in resources.files(__name__).iterdir() if p.name.endswith(".yaml"))


@cache
def load(name: str) -> Descriptor:
    """The descriptor in ``<name>.yaml``.

    :raises UnknownName: there is no such file
    """
    import yaml

    folder = resources.files(__name__)
    file = folder / f"{name}.yaml"
    if not file.is_file():
        raise UnknownName("descriptor", name, names())
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    assertions = tuple(Assertion(**{"minimum": 0, **a}) for a in data.pop("assertions", ()))
    doubts = tuple(Doubt(**{**d, "columns": tuple(d["columns"])}) for d in data.pop("doubts", ()))
    dated_by = tuple(data.pop("dated_by", ()))
    downloads = tuple(Download(**d) for d in data.pop("downloads", ()))
    return Descriptor(**data, assertions=assertions, doubts=doubts, dated_by=dated_by, downloads=downloads)
