"""Shell company: the signs of many typologies, gathered to one finding for each company.

One sign is nobody's guilt: addresses are crowded and directors leave. A company is reported where signs of several
kinds meet, each with its weight and its claims. The score is a rule score that ranks; it is not calibrated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from counterflow.findings.signs import PRIOR, companies_of
from counterflow.findings.typology import Data, Parameter, Typology, nothing, weigh
from counterflow.model.finding import Evidence, Finding

__all__ = ["TYPOLOGY"]


def gather(data: Data, parts: Sequence[Finding], dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each unlisted company under signs of enough kinds."""
    of: dict[str, list[Finding]] = {}
    for part in parts:
        for company in companies_of(part):
            of.setdefault(company, []).append(part)
    for company, signs in sorted(of.items()):
        # most companies bear one sign, and nothing more is made of it
        if len({sign.typology for sign in signs}) >= dial["kinds"] and not data.listed(company):
            best: dict[str, Finding] = {}  # each kind once, its weightiest
            for sign in sorted(signs, key=lambda f: (-f.detail["weight"], f.id)):
                best.setdefault(sign.typology, sign)
            found = _finding(company, list(best.values()), data, dial)
            if found.probability >= dial["least"]:
                yield found


def _finding(company: str, signs: list[Finding], data: Data, dial: Mapping[str, float]) -> Finding:
    factors = {str(sign.detail["says"]): sign.detail["weight"] for sign in signs}
    said = list(factors)
    reasons = "; ".join(said)
    evidence: dict[tuple[str, str], Evidence] = {}
    for sign in signs:
        for item in sign.evidence:
            evidence.setdefault((item.kind, item.id), item)
    times = [sign for sign in signs if sign.payments]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{data.caption(company)} bears {len(signs)} signs of a shell: {reasons}.",
        subjects=tuple(dict.fromkeys([company, *(s for sign in signs for s in sign.subjects[:12])])),
        probability=weigh(dial["prior"], factors),
        evidence=tuple(evidence.values()),
        refutes=TYPOLOGY.refutes,
        benign=tuple(dict.fromkeys(b for sign in signs for b in sign.benign)),
        payments=tuple(dict.fromkeys(p for sign in signs for p in sign.payments)),
        accounts=tuple(sorted({a for sign in signs for a in sign.accounts})),
        start=min((str(sign.start) for sign in times), default=None),
        end=max((str(sign.end) for sign in times), default=None),
        detail={
            "kinds": len(signs),
            "factors": factors,
            "signs": [
                {"typology": sign.typology, "says": sign.detail["says"], "weight": sign.detail["weight"],
                 "evidence": [item.id for item in sign.evidence]}
                for sign in signs
            ],
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="shell_company",
    title="Shell company",
    kind="ownership",
    what="Several kinds of signs of a shell meet on one company: a crowded address, a serial director, impossible or "
    "no owners, a ring, a burst of incorporations, silence and then a surge.",
    why="Each sign alone is common; few honest companies bear several.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018), annex E: sum of indicators, each with "
    "its source; Global Witness and DataKind, The Companies We Keep (2018)",
    needs=("entities",),
    parameters={
        "kinds": Parameter(2, "kinds of signs", "that must meet"),
        "prior": Parameter(PRIOR, "probability", "before any sign"),
        "least": Parameter(0.3, "probability", "companies below this are not reported"),
    },
    benign=("each sign has its own; see them there",),
    refutes="Staff, premises, tax returns and customers of the company's own.",
    detect=nothing,
    gather=gather,
)
