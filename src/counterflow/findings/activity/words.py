"""What findings are called when they are told together: the activity, the roles of parties, innocent explanations.

The words are data: ``activity.yaml`` beside this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["activity", "explanations", "goods", "role"]


@cache
def _words() -> Mapping[str, Any]:
    import yaml

    text = resources.files("counterflow.findings.activity").joinpath("activity.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def activity(typology: str, kind: str) -> str:
    """What a finding of a typology is a trace of."""
    known = _words()["activities"]
    return str(known["typologies"].get(typology) or known["kinds"].get(kind, "other"))


def goods(category: str | None, hs_code: str | None) -> str | None:
    """The activity that goods tell of, by the category of a seizure or the commodity code of a shipment."""
    known = _words()["activities"]
    if category in known["seized"]:
        return str(known["seized"][category])
    codes = [code for code in known["shipped"] if hs_code and hs_code.startswith(code)]
    return str(known["shipped"][max(codes, key=len)]) if codes else None


def role(kind: str, main: bool) -> str:
    """What a party does in a finding of a kind. :param main: it is the first subject"""
    words: Sequence[str] = _words()["roles"].get(kind, ("named", "named"))
    return words[0] if main else words[1]


@cache
def explanations() -> Sequence[tuple[str, Mapping[str, float]]]:
    """(text, typology or kind → how readily it is explained, 0 to 1)."""
    return [(row["text"], row["explains"]) for row in _words()["benign"]]
