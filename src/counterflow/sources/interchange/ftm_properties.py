"""Every property of FollowTheMoney under its own name, for the `fields` of the readers of that format."""

from __future__ import annotations

from counterflow.model import schema

__all__ = ["PROPERTIES"]

PROPERTIES = {
    f"properties ({s.name})": ", ".join(f"{s.name}.{p.name}" for p in s.properties.values() if p.schema == s.name)
    for s in schema.all().values()
    if not s.extension and any(p.schema == s.name for p in s.properties.values())
}
"""Schema → its own properties, as where each arrives."""
