"""Mission accounts: more bank accounts than a mission or an accredited person may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.roles import diplomats, missions
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def accounts(data: Data) -> ibis.Table:
    """who (mission or accredited person), key of each account that it holds, claim_ids of the holding."""
    import ibis

    holders = data.table("holders")
    held = holders.filter(holders.key.startswith("account:"))
    bodies, people = missions(data), diplomats(data)
    # a key column may not be null where the other may: made alike
    of = ibis.union(
        bodies.select(who=bodies.entity.nullif("")), people.select(who=people.person.nullif("")), distinct=True
    )
    rows = held.join(of, held.entity == of.who)
    return rows.select("who", "key", "claim_ids").order_by("who", "key")


def accredited(data: Data) -> ibis.Table:
    """person, mission, claim_ids."""
    rows = diplomats(data)
    return rows.order_by("person", "mission")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each person, and for each mission counting its people, with more accounts than allowed."""
    held: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(accounts(data)).to_pylist():
        held.setdefault(row["who"], []).append(row)
    if not held:
        return
    posts: dict[str, set[str]] = {}
    staff: dict[str, set[str]] = {}
    for row in data.run(accredited(data)).to_pylist():
        posts.setdefault(row["person"], set()).update(row["claim_ids"])
        if row["mission"]:
            staff.setdefault(row["mission"], set()).add(row["person"])
    for who, rows in held.items():
        people = len(staff.get(who, ()))
        allowed = dial["accounts"] * (1 if who in posts else max(1, people))
        if len(rows) <= allowed:
            continue
        for_whom = "an accredited person" if who in posts else f"a mission of {people or 'no known'} accredited persons"
        claims = {id for row in rows for id in row["claim_ids"] or ()}
        yield Finding(
            typology=TYPOLOGY.name,
            sentence=f"{data.caption(who)}, {for_whom}, holds {len(rows)} bank accounts, more than {allowed:.0f}.",
            subjects=(who, *sorted(staff.get(who, ()))),
            probability=weigh(0.3, {"accounts beyond what is allowed": 2.0 + min(4.0, len(rows) - allowed)}),
            evidence=(
                *evidence.claims(claims, "an account held"),
                *evidence.claims(posts.get(who, set()) - claims, "the accreditation"),
            ),
            refutes=TYPOLOGY.refutes,
            benign=TYPOLOGY.benign,
            detail={"bank_accounts": len(rows), "allowed": allowed, "accredited_persons": people},
        )


TYPOLOGY = Typology(
    name="mission_accounts",
    title="More accounts than a mission may have",
    kind="ownership",
    what="A diplomatic mission or an accredited person holds more bank accounts than allowed for each accredited "
    "person.",
    why="Accounts under immunity carry the money of trade.",
    standard="UNSCR 2321 (2016), paragraph 16: one account for each mission and consular post, and one for each "
    "accredited diplomat and consular officer; the default allows one more, for accounts about to be closed",
    needs=("holders", "entities"),
    parameters={"accounts": Parameter(2, "accounts", "for each accredited person")},
    benign=("savings and salary account of a family", "accounts closed since, whose end no source gives"),
    refutes="The bank's own list of accounts in force.",
    detect=detect,
)
