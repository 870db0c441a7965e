"""Where the verdicts of screening begin: the one place that says from which probability a hit is shown, and from which
it is called a match. Whoever screens, prints, draws or answers in another scale reads it here.

They are chosen, not fitted to every case: of all innocent persons of the benchmark at most one in a thousand may be
called a match, and at least 99 in a hundred listed ones should be (``benchmarks/README.md``, *Screening, measured*). A
match is the call to look, no more: what it rests on is its standing, so that a name with nothing else known is never
taken for one that is confirmed.
"""

from __future__ import annotations

__all__ = ["MATCH", "SHOWN"]

MATCH = 0.6
"""Probability from which a hit is called a match: the names agree in full and nothing speaks against it, or more."""

SHOWN = 0.3
"""Probability from which a hit is shown where nobody asks for another; below `MATCH` it is called possible."""
