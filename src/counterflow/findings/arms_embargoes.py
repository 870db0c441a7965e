"""Arms embargoes: to and from which countries arms may not go, and since when (``arms_embargoes.yaml``)."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pyarrow as pa

__all__ = ["embargoes"]


@cache
def embargoes() -> pa.Table:
    """country, first, last (ISO days; empty: to this day), cite."""
    import yaml

    text = (resources.files("counterflow.findings") / "arms_embargoes.yaml").read_text("utf-8")
    rows = [
        {"country": country, "first": str(told["from"]), "last": str(told.get("until", "")), "cite": told["cite"]}
        for country, told in yaml.safe_load(text).items()
    ]
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in ("country", "first", "last", "cite")]))
