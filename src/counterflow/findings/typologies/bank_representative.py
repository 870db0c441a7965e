"""Bank representative: someone who serves a bank abroad, with accounts in the names of relatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.roles import banks
from counterflow.findings.typology import Data, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.network.ties import holdings

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_KIN = ("Family", "Associate")


def kept(data: Data) -> ibis.Table:
    """person, bank, relative, key of the relative's account, and the claims of post, kinship and account."""
    import ibis

    links = holdings(data, "Employment", "Directorship", "Representation")
    at = banks(data)
    served = links.semi_join(at, links.target == at.entity).select(
        person=links.source, bank=links.target, post=links.claim_ids
    )
    people = data.table("entities").filter(lambda t: t["schema"] == "Person").select("entity")
    served = served.semi_join(people, served.person == people.entity)
    kin = holdings(data, *_KIN)
    both = ibis.union(
        kin.select(person=kin.source, relative=kin.target, kinship=kin.claim_ids),
        kin.select(person=kin.target, relative=kin.source, kinship=kin.claim_ids),
        distinct=False,
    )
    holders = data.table("holders")
    held = holders.filter(holders.key.startswith("account:")).select(
        "key", relative=holders.entity, account=holders.claim_ids
    )
    rows = served.join(both, "person").join(held, "relative").filter(lambda t: t.person != t.relative)
    return rows.order_by("person", "bank", "relative", "key")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each representative."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(kept(data)).to_pylist():
        found.setdefault(row["person"], []).append(row)
    for person, rows in found.items():
        bank, relatives = rows[0]["bank"], list(dict.fromkeys(row["relative"] for row in rows))
        numbers = {row["key"] for row in rows}
        factors = {"accounts in relatives' names": 4.0}
        factors |= {"the bank is listed": 4.0} if data.listed(bank) else {}
        factors |= {"the representative is listed": 3.0} if data.listed(person) else {}
        names = ", ".join(data.caption(relative) for relative in relatives)
        plural = "accounts" if len(numbers) > 1 else "account"
        yield Finding(
            typology=TYPOLOGY.name,
            sentence=f"{data.caption(person)} serves {data.caption(bank)}; {len(numbers)} bank {plural} stand in the "
            f"name of {names}, of the same family or circle.",
            subjects=(person, bank, *relatives),
            probability=weigh(0.15, factors),
            evidence=tuple(
                item
                for role, column in (("the post", "post"), ("the kinship", "kinship"), ("the account", "account"))
                for item in evidence.claims({id for row in rows for id in row[column] or ()}, role)
            ),
            refutes=TYPOLOGY.refutes,
            benign=TYPOLOGY.benign,
            detail={"bank_accounts": len(numbers), "relatives": len(relatives), "factors": factors},
        )


TYPOLOGY = Typology(
    name="bank_representative",
    title="Bank representative with accounts in relatives' names",
    kind="ownership",
    what="Someone who represents, directs or works for a bank has relatives or close associates who hold bank "
    "accounts.",
    why="Representatives of designated banks abroad move its money through accounts that bear other names.",
    standard="UNSCR 2270 (2016), paragraph 33, and 2321 (2016), paragraph 33: expulsion of bank representatives; UN"
    " Panel of Experts under resolution 1874: over thirty representatives abroad, accounts held in their own and "
    "relatives' names",
    needs=("holders", "links", "entities"),
    parameters={},
    benign=("a family's own household account", "an employee of the bank with no dealings for it"),
    refutes="Statements that show only a household's payments.",
    detect=detect,
)
