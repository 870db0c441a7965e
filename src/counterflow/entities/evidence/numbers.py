"""Evidence of identifiers, by how much each kind of number tells and how exclusive it is.

A number that fails its check digit, or that one list quotes of another, is worth little: lists copy each other's
references wrongly. Such a number never parts two parties either.
"""

from __future__ import annotations

from counterflow.entities.evidence.feature import Feature
from counterflow.entities.identifiers import SCHEMES
from counterflow.entities.profile import Profile
from counterflow.entities.rarity import Rarity

__all__ = ["features"]

QUOTED = 6.0
"""Most that a publisher's own number is worth where either side only quotes it."""

WRONG = 3.0
"""Most that a number with a wrong check digit is worth."""

STRONG = 6.0
"""Weight from which two numbers of different kinds outweigh a new name."""


def features(left: Profile, right: Profile, rarity: Rarity) -> tuple[list[Feature], bool, bool]:
    """Agreeing and contradicting numbers; whether an exclusive one excludes that they are one party; and whether the
    numbers are enough whatever the names: two of different kinds agree, and not both are only quoted."""
    if not left.identifiers or not right.identifiers:
        return [], False, False
    found, clash = [], False
    theirs = {i.key: i for i in right.identifiers}
    agreed, strong, own = set(), set(), False
    for i in left.identifiers:
        other = theirs.get(i.key)
        if other is None:
            continue
        agreed.add(i.scheme)
        scheme = SCHEMES[i.scheme]
        weight, flaw = scheme.agree, ""
        if not i.valid:
            weight, flaw = min(WRONG, weight / 2), " (its check digit is wrong)"
        elif i.quoted or other.quoted:
            weight, flaw = min(QUOTED, weight), " (quoted, not its publisher's own word)"
        weight = max(0.0, weight - rarity.number(i.key))
        if weight >= STRONG:
            strong.add(i.scheme)
            own = own or not flaw
        says = f"same {scheme.label} {i.printed}{flaw}"
        found.append(Feature(i.scheme, weight, i.printed, other.printed, says))
    ours = {i.scheme: i for i in reversed(left.identifiers) if i.valid and not i.quoted and i.scheme not in agreed}
    enough = own and len(strong) >= 2
    if not ours:
        return found, clash, enough
    others = {i.scheme: i for i in reversed(right.identifiers) if i.valid and not i.quoted}
    for name in sorted(ours.keys() & others.keys()):
        scheme = SCHEMES[name]
        if scheme.differ:
            one, two = ours[name].printed, others[name].printed
            found.append(Feature(name, scheme.differ, one, two, f"{scheme.label}s differ: {one} and {two}"))
            clash = clash or scheme.exclusive
    return found, clash, enough
