"""Reporting thresholds: from which amount a payment in cash is reported, by currency and law.

Rules are data: ``thresholds.yaml`` beside this module, each with the law that it stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = ["Threshold", "thresholds"]

Threshold = tuple[float, str]
"""Amount in currency units, and the law."""


@cache
def thresholds() -> Mapping[str, Threshold]:
    """ISO 4217 → amount and law; a currency that is not there has no threshold known here."""
    import yaml

    text = resources.files("counterflow.findings").joinpath("thresholds.yaml").read_text("utf-8")
    return MappingProxyType(
        {currency: (float(amount), law) for currency, (amount, law) in yaml.safe_load(text).items()}
    )
