"""Roles and the verbs that they allow, from `casework/roles.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources

from counterflow.errors import UnknownName, UsageError

__all__ = ["ALONE", "checked", "roles", "verbs", "verbs_of"]

ALONE = frozenset({"administrator", "auditor"})
"""Roles that go with no other: who keeps the house does not read its files, who checks the work did not do it."""


@cache
def _file() -> Mapping[str, Mapping[str, object]]:
    import yaml

    text = (resources.files("counterflow.casework") / "roles.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, object]] = yaml.safe_load(text)
    return found


def verbs() -> Mapping[str, str]:
    """Verb → what it allows, in words."""
    return {verb: str(text) for verb, text in _file()["verbs"].items()}


def roles() -> Mapping[str, frozenset[str]]:
    """Role → its verbs."""
    return {role: frozenset(map(str, allowed)) for role, allowed in _file()["roles"].items()}  # type: ignore[call-overload]


def verbs_of(held: Collection[str]) -> frozenset[str]:
    """What all these roles allow together; a role that there is no more allows nothing."""
    return frozenset().union(*(roles().get(role, frozenset()) for role in held))


def checked(wanted: Collection[str], kind: str) -> list[str]:
    """Roles that go together, sorted. :param kind: ``person`` or ``service``

    :raises UnknownName: no such role; :raises UsageError: they do not go together
    """
    found = sorted(set(wanted))
    for role in found:
        if role not in roles():
            raise UnknownName("role", role, roles())
    alone = ALONE & set(found)
    if alone and (len(found) > 1 or kind == "service"):
        raise UsageError(
            f"'{min(alone)}' goes with no other role and is no service's: who keeps the house does not read its files, "
            "and who checks the work did not do it."
        )
    return found
