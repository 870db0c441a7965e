"""Kinds of measure: what can be laid on what, by whom, on which legal basis, at what cost. Data, one YAML file a kind.

The keys of a file are the fields of `Kind`. Each kind is an attribute of this module under its file's name, and is
registered under the entry point group ``counterflow.measures``, where plug-ins add theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from counterflow.errors import InputError

__all__ = ["Kind"]


@dataclass(frozen=True)
class Kind:
    """A kind of measure.

    :param title: of a measure of this kind; ``{target}`` is filled in
    :param laid_on: what it is laid on: ``node``, ``activity``, ``use``, ``ship`` or ``country``
    :param layers: for nodes, the layers they may lie in; `topics` any of which the entity must have
    :param activities: codes of the activities it can be laid on; empty: any
    :param abroad: only laid on what lies outside the cash-box's own country
    :param collective: laid on a collective as a whole, not on its members
    :param cost: points; `delay_days` from decision to effect; `success` probability; `effect` share of the flow stopped
    :param collateral: what it does to others who have no part in the traffic, 0 (nothing) to 10 points: an assumption
    :param note: the same in words
    :param words: in the name of a historic measure, any of these says that it is of this kind
    """

    name: str
    title: str
    what: str
    laid_on: str
    authority: str
    agency: str
    legal_basis: str
    cost: float
    delay_days: int
    success: float
    effect: float
    note: str
    layers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    abroad: bool = False
    collective: bool = False
    words: tuple[str, ...] = ()
    collateral: float = 0.0


@cache
def __getattr__(name: str) -> Kind:
    """The kind of that name.

    :raises InputError: its file has a field that a kind does not have, or lacks one
    """
    import yaml

    path = resources.files(__name__) / f"{name}.yaml"
    if not path.is_file():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    read = yaml.safe_load(path.read_text("utf-8"))
    data: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in read.items()}
    try:
        return Kind(name=name, **data)
    except TypeError as error:
        raise InputError(str(error), file=f"kinds/{name}.yaml") from error
