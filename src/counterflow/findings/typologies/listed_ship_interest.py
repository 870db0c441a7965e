"""Interest of listed parties in a ship: who owns, runs, manages or insures her is listed, or owned by listed parties.

Owned parts of the ship itself are `listed_owner`; here the parties around her are put to the fifty per cent rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from counterflow.findings import evidence
from counterflow.findings.hands import Hand, hands
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each unlisted ship, with every party of hers that is listed or owned by listed ones."""
    for ship, found in hands(data, dial["line"]).items():
        if not data.listed(ship):
            yield _finding(ship, found, dial["line"], data)


def _finding(ship: str, found: Sequence[Hand], line: float, data: Data) -> Finding:
    said = [hand.says for hand in found]
    factors = {"; ".join(said): 1.0 if any(hand.sure for hand in found) else 0.4}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{data.caption(ship)} has to do with {'; '.join(said)}.",
        subjects=(ship, *(hand.party for hand in found)),
        probability=weigh(0.8, factors),
        evidence=evidence.claims({id for hand in found for id in hand.claim_ids}, "who has to do with the ship"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min((hand.start for hand in found if hand.start), default=None),
        end=max((hand.end for hand in found if hand.end), default=None),
        detail={"parties": said, "line_per_cent": line, "factors": factors},
    )


TYPOLOGY = Typology(
    name="listed_ship_interest",
    title="Ship in the hands of listed parties",
    kind="ownership",
    what="A ship that no list names is owned, run, managed or insured by a listed party, or by one that such parties "
    "own.",
    why="Owners and managers of one ship after another are how a fleet goes on when its ships are listed.",
    standard="OFAC FAQ 398-402 (fifty per cent rule); UN Security Council resolution 2321 (2016), paragraphs 12 and "
    "24: "
    "ships controlled by listed parties; US State, Treasury and Coast Guard, Guidance (May 2020): complex ownership",
    needs=("links", "entities"),
    parameters={"line": Parameter(50, "per cent", "share of listed owners together from which a party is owned")},
    benign=(
        "a manager or owner of former years: see the dates",
        "a party of the same name",
        "an insurer or agent that serves every ship",
    ),
    refutes="The present owner's, manager's and insurer's papers.",
    detect=detect,
)
