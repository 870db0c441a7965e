"""Signs: what one indicator says of one company, in the common form that `shell_company` gathers.

A sign is a finding of its own typology, weak by itself: it says how much likelier it is with a shell than with an
honest company (a likelihood ratio, stated for a reader to disagree with), and on which claims it rests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.typology import weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    from counterflow.findings.typology import Data, Typology
    from counterflow.model.finding import Evidence

__all__ = ["GATHERED_BY", "PRIOR", "companies_of", "sign"]

GATHERED_BY = "shell_company"
PRIOR = 0.1
"""Probability that a company which draws attention is a shell, before any sign. An assumption, the same for all."""


def sign(
    typology: Typology,
    data: Data,
    companies: Sequence[str],
    says: str,
    weight: float,
    claim_ids: Iterable[str],
    *,
    others: Iterable[str] = (),
    records: Iterable[Evidence] = (),
    **more: Any,
) -> Finding:
    """A sign of one or several companies.

    :param says: what is said of each of them, as the rest of a sentence: ``shares its address with 57 others``
    :param weight: likelihood ratio, above 1
    :param others: further subjects, not themselves under this sign
    :param records: evidence that is no claim
    :param more: fields of `Finding`; `detail` is added to
    """
    detail = {**more.pop("detail", {}), "says": says, "weight": round(weight, 3), "companies": list(companies)}
    return Finding(
        typology=typology.name,
        sentence=f"{data.caption(companies[0])} {says}.",
        subjects=tuple(dict.fromkeys([*companies, *others])),
        probability=weigh(PRIOR, {says: weight}),
        evidence=(*evidence.claims(claim_ids, typology.title.lower()), *records),
        refutes=typology.refutes,
        benign=typology.benign,
        detail=detail,
        **more,
    )


def companies_of(finding: Finding) -> list[str]:
    """The companies that a sign is about."""
    return list(finding.detail.get("companies") or finding.subjects[:1])
