"""Flags by number: which administration assigned an MMSI, as its first three digits tell.

Source: ITU-R M.585-9 (a ship's number begins with the maritime identification digits of her flag) and the ITU's table
of these digits, `maritime_digits.yaml`. A number may outlive the flag: the digits say who assigned it, not who vouches
for it now.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

__all__ = ["assigned_by", "same_digits"]


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """Digits → country, and flags flown with another's digits → whose."""
    import yaml

    text = (resources.files("counterflow.findings") / "maritime_digits.yaml").read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    under: dict[str, str] = read.pop("under")
    return {str(d): country for country, digits in read.items() for d in digits}, under


def assigned_by(mmsi: str) -> str | None:
    """Country (ISO 3166-1 alpha-2, lower case) whose administration assigned a ship's number; None: nobody did, or it
    is no ship's."""
    return _table()[0].get(mmsi[:3]) if len(mmsi) == 9 else None


def same_digits(flag: str, mmsi: str) -> bool:
    """Whether ships under a flag send under numbers like this one; true where nobody assigned it."""
    by = assigned_by(mmsi)
    return by is None or flag == by or _table()[1].get(flag) == by
