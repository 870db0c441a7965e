"""Evidence of countries and of gender."""

from __future__ import annotations

from counterflow.entities.evidence.feature import Feature
from counterflow.entities.profile import Profile
from counterflow.entities.rarity import Rarity

__all__ = ["countries", "genders"]


def countries(left: Profile, right: Profile, rarity: Rarity, kind: str) -> list[Feature]:
    """The rarest country in common, or that there is none."""
    if not left.countries or not right.countries:
        return []
    shared = sorted(set(left.countries) & set(right.countries))
    if shared:
        best = max(shared, key=lambda c: (rarity.country(c), c))
        return [Feature("country", rarity.country(best), best, best, f"same country {best.upper()}")]
    weight = {"person": -0.5, "body": -1.5, "ship": -0.2, "any": -0.5}[kind]
    one, two = left.countries[0], right.countries[0]
    if {one, two} <= _ONE_STATE:
        return []
    if left.nations and right.nations and kind == "person":
        one, two, weight = left.nations[0], right.nations[0], -2.0
    return [Feature("country", weight, one, two, f"different countries {one.upper()} and {two.upper()}")]


_ONE_STATE = {"cn", "hk", "mo"}
"""Lists write either for the same address."""


def genders(left: Profile, right: Profile) -> list[Feature]:
    """The gender, where each side has one."""
    if len(left.genders) != 1 or len(right.genders) != 1:
        return []
    one, two = left.genders[0], right.genders[0]
    if one == two:
        return [Feature("gender", 0.3, one, two, f"both {one}")]
    return [Feature("gender", -3.0, one, two, f"one {one}, one {two}")]
