"""Successor: a company formed soon after a designation that takes up where the designated one was stopped.

The set-based steps (days of designation, days of formation, ties between the two) are Ibis and run unchanged on Spark;
names are compared, with the same measure that resolution uses, only where something else ties the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.wording import bearers, words
from counterflow.model.dates import earliest, latest
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, facts, few

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


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
    said = facts(data, "incorporationDate")
    entities = data.table("entities")
    new = entities.filter(~entities.listed.fill_null(False) & entities["schema"].isin(COMPANIES))
    rows = said.select("entity", "claim_id", day=said.value).semi_join(new, "entity")
    return rows.select("entity", "day", "claim_id").order_by("entity", "day", "claim_id")


def shared(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """new, old, what, via, claim_ids: what a new company has in common with a designated party, where few others have
    it too. The designated person may be its officer."""
    import ibis

    tied = few(data.table("ties"), dial["sharers"])
    born, stopped = formations(data).select("entity").distinct(), designations(data).select("entity").distinct()
    new = tied.semi_join(born, "entity")
    old = tied.semi_join(stopped, "entity").view()
    both = new.join(old, (new.what == old.what) & (new.via == old.via)).filter(lambda t: t.entity != t.entity_right)
    itself = new.filter(new.what == "officer").semi_join(stopped.select(via="entity"), "via")
    rows = ibis.union(
        *(both.select(new="entity", old="entity_right", what="what", via="via", claim_ids=ids)
          for ids in ("claim_ids", "claim_ids_right")),
        itself.select(new="entity", old="via", what="what", via="via", claim_ids="claim_ids"),
        distinct=False,
    )  # fmt: skip
    return rows.order_by("new", "old", "what", "via")


def successions(data: Data) -> ibis.Table:
    """source, target, claim_ids: successions that a source records as such."""
    links = data.table("links")
    rows = links.filter((links["schema"] == "Succession") & (links.stance == "asserts"))
    return rows.select("source", "target", "claim_ids").order_by("source", "target")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each new company and the designated party it most resembles."""
    common: dict[tuple[str, str], dict[tuple[str, str], set[str]]] = {}
    for row in data.run(shared(data, dial)).to_pylist():
        said = common.setdefault((row["new"], row["old"]), {})
        said.setdefault((row["what"], row["via"]), set()).update(row["claim_ids"] or ())
    recorded = {(r["target"], r["source"]): set(r["claim_ids"] or ()) for r in data.run(successions(data)).to_pylist()}
    pairs = sorted(common.keys() | recorded.keys())
    if not pairs:
        return
    formed = _days(data, formations(data), {new for new, _ in pairs})
    made = _days(data, designations(data), {old for _, old in pairs})
    near = [
        (old, new, pair)
        for pair in pairs
        for new in formed.get(pair[0], ())
        for old in made.get(pair[1], ())
        if _after(old["day"], new["day"], dial["days"])
    ]
    likeness = _Likeness(data, {entity for _, _, pair in near for entity in pair})
    best: dict[str, Finding] = {}
    for old, new, pair in near:
        found = _compare(old, new, common.get(pair, {}), recorded.get(pair), likeness(*pair), data, dial)
        kept = best.get(new["entity"])
        if found and (kept is None or (-found.probability, found.id) < (-kept.probability, kept.id)):
            best[new["entity"]] = found
    yield from (best[key] for key in sorted(best))


def _days(data: Data, rows: ibis.Table, wanted: set[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(rows.filter(lambda t: t.entity.isin(sorted(wanted)))).to_pylist():
        found.setdefault(row["entity"], []).append(row)
    return found


def _after(designated: str, formed: str, days: float) -> bool:
    """Whether a company may have been formed within so many days after a designation; dates may be partial."""
    if len(formed) < 7 or len(designated) < 7:
        return False  # a bare year decides nothing
    last = latest(designated) + dt.timedelta(days=days)
    return latest(formed) >= earliest(designated) and earliest(formed) <= last


class _Likeness:
    """How alike two entities' names are, 0 to 1, by the words that few companies bear.

    :param wanted: the entities that will be compared
    """

    def __init__(self, data: Data, wanted: set[str]) -> None:
        entities = data.table("entities").filter(lambda t: t.entity.isin(sorted(wanted)))
        rows = data.run(entities.select("entity", "names")).to_pylist() if wanted else []
        self._names = {r["entity"]: [said for n in r["names"] or () if (said := words(n))] for r in rows}
        counts = bearers(data, {w for names in self._names.values() for name in names for w in name})
        self._rare = {word: 1 / count for word, count in counts.items()}

    def __call__(self, left: str, right: str) -> float:
        pairs = ((a, b) for a in self._names.get(left, ()) for b in self._names.get(right, ()))
        return max((self._alike(a, b) for a, b in pairs), default=0.0)

    def _alike(self, a: tuple[str, ...], b: tuple[str, ...]) -> float:
        from counterflow.entities.agreement import alike

        weight = {w: self._rare.get(w, 1.0) for w in (*a, *b)}
        agreed = sum(weight[w] * max(alike(w, other) for other in b) for w in a)
        agreed += sum(weight[w] * max(alike(w, other) for other in a) for w in b)
        return agreed / sum(weight[w] for w in (*a, *b))


_SAYS = {
    "officer": ("shares a person with it", 5.0),
    "address": ("has its address", 3.0),
    "contact": ("has its number", 5.0),
    "agent": ("has its agent", 2.0),
}


def _compare(
    old: dict[str, Any], new: dict[str, Any], shared: Mapping[tuple[str, str], set[str]], recorded: set[str] | None,
    alike: float, data: Data, dial: Mapping[str, float],
) -> Finding | None:  # fmt: skip
    """:param shared: (what, via) → claims of what both have; :param recorded: claims that say so outright, if any do"""
    common = sorted(shared)
    claims = {id for ids in shared.values() for id in ids} | (recorded or set())
    factors = {f"{_SAYS[what][0]} ({data.caption(via)})": _SAYS[what][1] for what, via in common}
    if alike >= dial["name"]:
        factors["bears a like name"] = round(1 + 5 * (alike - dial["name"]) / (1 - dial["name"] + 1e-9), 3)
    if recorded is not None:
        factors["is recorded as its successor"] = 8.0
    days = max(0, (earliest(new["day"]) - earliest(old["day"])).days)
    factors = {said: factor for said, factor in factors.items() if factor > 1}
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
        "sharers": Parameter(50, "parties", "a person, address or number that more share is no tie"),
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
