"""One piece of evidence that two parties are one, or that they are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["Feature"]


class Feature(NamedTuple):
    """One piece of evidence.

    :param feature: which, such as ``name`` or ``date``
    :param weight: log-odds (natural logarithm): above 0 for one party, below 0 against
    :param left: value or name on that side; :param right: likewise
    :param said: what it says, or how to say it: words are only made when they are read
    """

    feature: str
    weight: float
    left: str
    right: str
    said: str | Callable[[], str]

    @property
    def says(self) -> str:
        """What it says, in words."""
        return self.said if isinstance(self.said, str) else self.said()

    def to_dict(self) -> dict[str, Any]:
        """Plain data: a step of the waterfall."""
        return {
            "feature": self.feature,
            "weight": round(self.weight, 3),
            "left": self.left,
            "right": self.right,
            "says": self.says,
        }
