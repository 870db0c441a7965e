"""Evidence of identifiers, by how much each kind of number tells and how exclusive it is."""

from __future__ import annotations

from counterflow.entities.evidence.feature import Feature
from counterflow.entities.identifiers import SCHEMES
from counterflow.entities.profile import Profile
from counterflow.entities.rarity import Rarity

__all__ = ["features"]


def features(left: Profile, right: Profile, rarity: Rarity) -> tuple[list[Feature], bool]:
    """Agreeing and contradicting numbers, and whether an exclusive one excludes that they are one party."""
    if not left.identifiers or not right.identifiers:
        return [], False
    found, clash = [], False
    theirs = {i.key: i for i in right.identifiers}
    shared = [i for i in left.identifiers if i.key in theirs]
    agreed = {i.scheme for i in shared}
    for i in shared:
        scheme = SCHEMES[i.scheme]
        weight = scheme.agree if i.valid else min(3.0, scheme.agree / 2)
        weight = max(0.0, weight - rarity.number(i.key))
        flaw = "" if i.valid else " (its check digit is wrong)"
        found.append(
            Feature(i.scheme, weight, i.printed, theirs[i.key].printed, f"same {scheme.label} {i.printed}{flaw}")
        )
    for name in sorted({i.scheme for i in left.identifiers} & {i.scheme for i in right.identifiers} - agreed):
        ours = [i for i in left.identifiers if i.scheme == name and i.valid]
        other = [i for i in right.identifiers if i.scheme == name and i.valid]
        scheme = SCHEMES[name]
        if ours and other and scheme.differ:
            says = f"{scheme.label}s differ: {ours[0].printed} and {other[0].printed}"
            found.append(Feature(name, scheme.differ, ours[0].printed, other[0].printed, says))
            clash = clash or scheme.exclusive
    return found, clash
