"""Natures of control of the register of people with significant control, as kinds of interest with their bounds.

Bands of the Companies Act 2006, schedule 1A, and of the Economic Crime (Transparency and Enforcement) Act 2022: more
than 25 and up to 50 per cent, more than 50 and less than 75, 75 or more.
"""

from __future__ import annotations

import re
from functools import cache

from counterflow.model.share import Share

__all__ = ["nature"]

_BANDS = {
    "25-to-50": Share(25, 50, True),
    "50-to-75": Share(50, 75, True, True),
    "75-to-100": Share(75, 100),
    "more-than-25": Share(25, 100, True),
}
_KINDS = {
    "ownership-of-shares": "shareholding",
    "voting-rights": "votingRights",
    "right-to-share-surplus-assets": "rightsToSurplusAssetsOnDissolution",
    "part-right-to-share-surplus-assets": "rightsToSurplusAssetsOnDissolution",
    "right-to-appoint-and-remove": "appointmentOfBoard",
    "significant-influence-or-control": "otherInfluenceOrControl",
    "registered-owner-as-nominee": "nominee",
}
_NATURE = re.compile(rf"(?P<kind>{'|'.join(_KINDS)})(?:-(?P<band>{'|'.join(_BANDS)})-percent)?(?:-[a-z-]+)?")


@cache
def nature(code: str) -> tuple[str, Share | None] | None:
    """(kind of interest, share) of ``voting-rights-50-to-75-percent-as-trust``; None where it is no such code.
    Whether it is held as a trust or a firm, the code itself says."""
    found = _NATURE.fullmatch(code)
    return (_KINDS[found["kind"]], _BANDS.get(found["band"] or "")) if found else None
