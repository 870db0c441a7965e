"""Successor: a company formed soon after a designation that takes up where the designated one was stopped.

The set-based steps (days of designation, days of formation, ties between the two) are Ibis and run unchanged on Spark;
names are compared with the same measure that resolution uses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.dates import earliest, latest
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_PEOPLE = ("Directorship", "Ownership", "Employment", "Representation", "Control")


def designations(data: Data) -> ibis.Table:
    """entity, day, claim_ids: each party's designations, by any authority."""
    claims, members = data.table("claims"), data.table("members")
    made = claims.filter(claims["schema"] == "Sanction")
    whom = made.filter(made.property == "entity").select("subject", party=made.value, whom_claim=made.claim_id)
    when = made.filter(made.property.isin(["listingDate", "startDate"])).select(
        made.subject, day=made.value, when_claim=made.claim_id
    )
    joined = whom.join(when, "subject")
    rows = joined.join(members, joined.party == members.subject)
    columns = ("entity", "day", "whom_claim", "when_claim")
    return rows.select(*columns).order_by(*columns)


def formations(data: Data) -> ibis.Table:
    """entity, day, claim_id: when each unlisted company was formed."""
    claims, members, entities = data.table("claims"), data.table("members"), data.table("entities")
    said = claims.filter((claims.property == "incorporationDate") & (claims.stance == "asserts"))
    rows = said.join(members, said.subject == members.subject)
    rows = rows.select(members.entity, day=said.value, claim_id=said.claim_id)
    companies = entities["schema"].isin(["Company", "Organization", "LegalEntity"])
    new = entities.filter(~entities.listed.fill_null(False) & companies)
    return rows.semi_join(new, "entity").order_by("entity", "day", "claim_id")


def ties(data: Data) -> ibis.Table:
    """entity, via, what, claim_ids: what a party could share with another: persons, addresses, numbers."""
    import ibis

    links, entities = data.table("links"), data.table("entities")
    links = links.filter(links.stance == "asserts")
    people = links.filter(links["schema"].isin(_PEOPLE))
    addresses = entities.filter(entities["schema"] == "Address")
    at = links.semi_join(addresses, links.target == addresses.entity)
    claims, members = data.table("claims"), data.table("members")
    said = claims.filter(claims.prop_type.isin(["phone", "email", "url"]) & (claims.stance == "asserts"))
    numbers = said.join(members, said.subject == members.subject)
    officer, person = ibis.literal("officer"), people.claim_ids
    rows = ibis.union(
        people.select(entity=people.target, via=people.source, what=officer, claim_ids=person),
        people.select(entity=people.source, via=people.target, what=officer, claim_ids=person),
        at.select(entity=at.source, via=at.target, what=ibis.literal("address"), claim_ids=at.claim_ids),
        numbers.group_by([numbers.entity, numbers.value]).agg(claim_ids=numbers.claim_id.collect())
        .select("entity", via="value", what=ibis.literal("number"), claim_ids="claim_ids"),
        distinct=False,
    )  # fmt: skip
    return rows.order_by("entity", "what", "via")


def successions(data: Data) -> ibis.Table:
    """source, target, claim_ids: successions that a source records as such."""
    links = data.table("links")
    rows = links.filter((links["schema"] == "Succession") & (links.stance == "asserts"))
    return rows.select("source", "target", "claim_ids").order_by("source", "target")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each new company and the designated party it most resembles."""
    formed = data.run(formations(data)).to_pylist()
    made = data.run(designations(data)).to_pylist()
    if not formed or not made:
        return
    shared: dict[str, dict[tuple[str, str], list[str]]] = {}
    for row in data.run(ties(data)).to_pylist():
        shared.setdefault(row["entity"], {}).setdefault((row["what"], row["via"]), []).extend(row["claim_ids"] or ())
    recorded = {(r["source"], r["target"]): list(r["claim_ids"] or ()) for r in data.run(successions(data)).to_pylist()}
    likeness = _Likeness(data)
    best: dict[str, Finding] = {}
    for new in formed:
        for old in made:
            if old["entity"] == new["entity"] or not _after(old["day"], new["day"], dial["days"]):
                continue
            found = _compare(old, new, shared, recorded, likeness, data, dial)
            kept = best.get(new["entity"])
            if found and (kept is None or (-found.probability, found.id) < (-kept.probability, kept.id)):
                best[new["entity"]] = found
    yield from (best[key] for key in sorted(best))


def _after(designated: str, formed: str, days: float) -> bool:
    """Whether a company may have been formed within so many days after a designation; dates may be partial."""
    if len(formed) < 7 or len(designated) < 7:
        return False  # a bare year decides nothing
    last = latest(designated) + dt.timedelta(days=days)
    return latest(formed) >= earliest(designated) and earliest(formed) <= last


class _Likeness:
    """How alike two entities' names are, 0 to 1, by the words that are theirs alone."""

    def __init__(self, data: Data) -> None:
        from counterflow.entities.names import kind_of

        entities = data.table("entities")
        rows = data.run(entities.select("entity", "schema", "names")).to_pylist()
        self._names = {r["entity"]: [(n, kind_of(r["schema"])) for n in r["names"] or ()] for r in rows}
        counts: dict[str, int] = {}
        for words in ({w for n, k in names for w in self._words(n, k)} for names in self._names.values()):
            for word in words:
                counts[word] = counts.get(word, 0) + 1
        self._rare = {w: 1 / n for w, n in counts.items()}

    @staticmethod
    def _words(name: str, kind: str) -> tuple[str, ...]:
        from counterflow.entities.names import analyse

        forms = analyse(name, kind).forms
        return forms[0].tokens if forms else ()

    def __call__(self, left: str, right: str) -> float:
        pairs = ((a, b) for a in self._names.get(left, ()) for b in self._names.get(right, ()))
        return max((self._alike(a, b) for a, b in pairs), default=0.0)

    def _alike(self, left: tuple[str, str], right: tuple[str, str]) -> float:
        from counterflow.entities.agreement import alike

        a, b = self._words(*left), self._words(*right)
        if not a or not b:
            return 0.0
        weight = {w: self._rare.get(w, 1.0) for w in (*a, *b)}
        agreed = sum(weight[w] * max(alike(w, other) for other in b) for w in a)
        agreed += sum(weight[w] * max(alike(w, other) for other in a) for w in b)
        return agreed / sum(weight[w] for w in (*a, *b))


_SAYS = {
    "officer": ("shares a person with it", 5.0),
    "address": ("has its address", 3.0),
    "number": ("has its number", 5.0),
}


def _compare(
    old: dict[str, Any], new: dict[str, Any], shared: Mapping[str, Mapping[tuple[str, str], list[str]]],
    recorded: Mapping[tuple[str, str], list[str]], likeness: _Likeness, data: Data, dial: Mapping[str, float],
) -> Finding | None:  # fmt: skip
    theirs, its = shared.get(old["entity"], {}), shared.get(new["entity"], {})
    common = sorted((set(theirs) & set(its)) | {key for key in its if key == ("officer", old["entity"])})
    claims = {id for key in common for id in [*theirs.get(key, ()), *its[key]]}
    factors = {f"{_SAYS[what][0]} ({data.caption(via)})": _SAYS[what][1] for what, via in common}
    alike = likeness(old["entity"], new["entity"])
    if alike >= dial["name"]:
        factors["bears a like name"] = round(1 + 5 * (alike - dial["name"]) / (1 - dial["name"] + 1e-9), 3)
    if (old["entity"], new["entity"]) in recorded:
        claims |= set(recorded[old["entity"], new["entity"]])
        factors["is recorded as its successor"] = 8.0
    days = max(0, (earliest(new["day"]) - earliest(old["day"])).days)
    factors = {said: factor for said, factor in factors.items() if factor > 1}
    if not common and (old["entity"], new["entity"]) not in recorded:
        return None  # a like name alone is everybody's
    factors[f"formed {days} days after"] = round(1 + 1.5 * (1 - min(1.0, days / dial["days"])), 3)
    score = weigh(0.15, factors)
    if score < dial["least"]:
        return None
    said = [s for s in factors if not s.startswith("formed")]
    reasons = " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]
    people = [via for what, via in common if what == "officer"]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{data.caption(new['entity'])} was formed {days} days after {data.caption(old['entity'])} was designated "
            f"on {old['day']}, and {reasons}."
        ),
        subjects=tuple(dict.fromkeys([new["entity"], old["entity"], *people])),
        probability=score,
        evidence=(
            *evidence.claims([new["claim_id"]], "when it was formed"),
            *evidence.claims([old["whom_claim"], old["when_claim"]], "the designation"),
            *evidence.claims(claims, "what both share"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=new["day"],
        detail={"days": days, "name_likeness": round(alike, 4), "shared": len(common), "factors": factors},
    )


TYPOLOGY = Typology(
    name="successor",
    title="Successor after a designation",
    kind="succession",
    what="A company formed within months of a designation that shares persons, address, numbers or name with the "
    "designated party.",
    why="A front that is named is replaced: the persons, the desk and the customers stay.",
    standard="UN Panel of Experts under resolution 1874, renaming and replacement of listed companies; FATF and Egmont "
    "Group, Concealment of Beneficial Ownership (2018)",
    needs=("claims", "members", "entities"),
    parameters={
        "days": Parameter(180, "days", "longest time from the designation to the formation"),
        "name": Parameter(0.4, "likeness", "names at least so alike count for it"),
        "least": Parameter(0.45, "probability", "pairs below this are not reported"),
    },
    benign=(
        "officers who left the designated company and began on their own",
        "a namesake",
        "a nominee or agent who serves hundreds of companies",
    ),
    refutes="Other owners, customers and staff; proof that the persons differ.",
    detect=detect,
)
