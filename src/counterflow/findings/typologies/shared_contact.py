"""Shared contact: companies that look unrelated but answer to one telephone, mailbox or web site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import holdings, sharers

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def shared(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """entity, other, via, claim_ids of pairs that share a contact and are not held by one another."""
    tied = data.table("ties")
    rows = sharers(tied.filter(tied.what == "contact"), data)
    total = rows.group_by("via").agg(all=rows.entity.nunique())
    few = total.filter((total["all"] >= 2) & (total["all"] <= int(dial["sharers"])))
    rows = rows.semi_join(few, "via")
    other = rows.select(other=rows.entity, via=rows.via, theirs=rows.claim_ids)
    pairs = rows.join(other, "via").filter(lambda t: t.entity != t.other)
    held = holdings(data, "Ownership", "Control", "Succession")
    pairs = pairs.anti_join(held, (pairs.entity == held.source) & (pairs.other == held.target))
    back = held.view()
    pairs = pairs.anti_join(back, (pairs.entity == back.target) & (pairs.other == back.source))
    return pairs.select("entity", "other", "via", "claim_ids", "theirs").order_by("entity", "via", "other")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company and contact."""
    found: dict[tuple[str, str], tuple[list[str], set[str]]] = {}
    for row in data.run(shared(data, dial)).to_pylist():
        others, claims = found.setdefault((row["entity"], row["via"]), ([], set()))
        others.append(row["other"])
        claims |= {*row["claim_ids"], *row["theirs"]}
    for (company, via), (others, claims) in found.items():
        names = ", ".join(data.caption(other) for other in others[:3])
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        says = f"answers to {via}, as do {names}{more}" if len(others) > 1 else f"answers to {via}, as does {names}"
        yield sign(TYPOLOGY, data, [company], says, 3.0, claims, others=others)


TYPOLOGY = Typology(
    name="shared_contact",
    title="Shared telephone, mail or web address",
    kind="ownership",
    what="Companies without a recorded tie share a telephone number, mail address or web site.",
    why="One desk that runs several fronts answers all of their telephones.",
    standard="UN Panel of Experts under resolution 1874: front companies found by shared telephone and mail addresses; "
    "FinCEN advisory FIN-2017-A008",
    needs=("claims", "members", "entities"),
    parameters={"sharers": Parameter(10, "companies", "a contact that more share is an agent's or a portal's")},
    benign=("an accountant or formation agent who files for clients", "sister companies whose tie no register shows"),
    refutes="A contract of service with the holder of the number.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
