"""Who plays in the exercise: parties of the case, and the invented ones around them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UnreadableFile

__all__ = ["COLLECTOR", "FRONTS", "SHIPS", "Cast", "Ship", "read_cast"]

FRONTS = ("mingzheng", "velmur", "transatlantic", "dcbf")
"""The layering chain, in order: companies of the case described by their designations as fronts."""

COLLECTOR = "jinhou"
BANK, CORRESPONDENT, CASHBOX = "ftb", "kdb", "kim-family-fund"
SHIPS = ("v-yuktung", "v-samma2", "v-haofan6", "v-paekma", "v-yujong2")
NOMINEE, NOMINEE_OF = "sun-wei", "mingzheng"
RENAMED, RENAMED_BY = "dzmm", "chi-yupeng"


# columns of the case reader's files
_ENTITY = (
    "entity_id", "schema", "name", "aliases", "countries", "identifiers", "date", "topics", "keywords", "source_id",
    "credibility", "verified", "summary", "note",
)  # fmt: skip
_FACT = (
    "entity_id", "property", "value", "lang", "source_id", "origin_id", "locator", "credibility", "stance", "verified",
    "note",
)  # fmt: skip
_RELATION = (
    "relation_id", "schema", "subject_id", "object_id", "role", "start_date", "end_date", "amount", "currency",
    "amount_kind", "activity", "countries", "source_id", "origin_id", "locator", "credibility", "stance", "verified",
    "conflict_group", "note",
)  # fmt: skip
# the grade is that of the register or report which the record plays
_INVENTED = {"source_id": "s-exercise", "credibility": "2", "verified": "yes", "note": "EXERCISE: invented"}


@dataclass(frozen=True)
class Ship:
    """A vessel of the case. :param mmsi: invented; the IMO number ties it to the case"""

    id: str
    name: str
    imo: str
    mmsi: str


@dataclass
class Cast:
    """The case's actors, and what the exercise says of them and of its own (rows in the case reader's columns).

    :param names: name of every entity of the case, by id
    :param accounts: account number → holder, by `subject`
    """

    names: dict[str, str]
    ships: dict[str, Ship]
    entities: list[dict[str, str]] = field(default_factory=list)
    facts: list[dict[str, str]] = field(default_factory=list)
    relations: list[dict[str, str]] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    successors: list[dict[str, Any]] = field(default_factory=list)
    fronts: list[dict[str, Any]] = field(default_factory=list)

    def entity(self, id: str, schema: str, name: str, **more: str) -> str:
        """Add an invented entity; returns its id."""
        row = dict.fromkeys(_ENTITY, "") | {"entity_id": id, "schema": schema, "name": name, **_INVENTED, **more}
        self.entities.append(row)
        return id

    def fact(self, id: str, property: str, value: str) -> None:
        """Say one more thing of an invented entity."""
        row = dict.fromkeys(_FACT, "") | {"entity_id": id, "property": property, "value": value, **_INVENTED}
        self.facts.append(row | {"stance": "asserts"})

    def relate(self, schema: str, subject: str, object: str, role: str, start: str = "") -> None:
        """Add an invented relation; parties of the case are referred to as ``office39::id``."""
        row = dict.fromkeys(_RELATION, "") | {
            "relation_id": f"x-{len(self.relations) + 1:04}",
            "schema": schema,
            "subject_id": self.reference(subject),
            "object_id": self.reference(object),
            "role": role,
            "start_date": start,
            "stance": "asserts",
            **_INVENTED,
        }
        self.relations.append(row)

    def reference(self, id: str) -> str:
        """How a relation names an entity: those of the case by dataset and id."""
        return f"office39::{id}" if id in self.names else id

    def subject(self, id: str) -> str:
        """The ledger's id of an entity of the case or of the exercise."""
        return f"office39:{id}" if id in self.names else f"exercise:{id}"

    def account(self, holder: str, bank: str, number: str) -> str:
        """Open an account for an entity; returns its number."""
        id = f"acct-{number}"
        self.entity(id, "BankAccount", f"Account {number} at {bank}")
        self.fact(id, "accountNumber", number)
        self.relate("Ownership", holder, id, "account holder")
        self.accounts[number] = self.subject(holder)
        return number


def read_cast(case: Path) -> Cast:
    """The actors that the exercise needs, out of a case folder.

    :raises InputError: entities.csv is missing or lacks one of them
    """
    path = case / "entities.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as e:
        raise UnreadableFile(f"the exercise needs the entities of a case ({e})", file=str(path)) from e
    names = {row.get("entity_id") or "": row.get("name") or "" for row in rows}
    wanted = (*FRONTS, COLLECTOR, BANK, CORRESPONDENT, CASHBOX, *SHIPS, NOMINEE, RENAMED, RENAMED_BY)
    missing = sorted(set(wanted) - set(names))
    if missing:
        raise InputError(f"the exercise needs these entities: {', '.join(missing)}", file=str(path), field="entity_id")
    identifiers = {row.get("entity_id") or "": row.get("identifiers") or "" for row in rows}
    ships = {}
    for number, id in enumerate(SHIPS, 1):
        imo = next((i.split()[-1] for i in identifiers[id].split(";") if i.strip().upper().startswith("IMO ")), "")
        if not imo:
            raise InputError(f"the exercise needs an IMO number of {id}", file=str(path), field="identifiers")
        # 200 is no country's maritime identification (ITU): such a number is never a real ship's
        ships[id] = Ship(id, names[id], imo, f"2000{number:05}")
    cast = Cast(names, ships)
    _successors(cast)
    return cast


def _successors(cast: Cast) -> None:
    """Two companies formed days after designations of 22 August 2017, and two look-alikes that are none."""
    first = cast.entity(
        "x-hongye",
        "Company",
        "Mingzheng Hongye Development Limited",
        countries="hk",
        date="2017-09-04",
    )
    cast.relate("Directorship", NOMINEE, first, "director", "2017-09-04")
    second = cast.entity(
        "x-zhicheng-new",
        "Company",
        "Dandong Zhicheng New Material Co., Ltd.",
        countries="cn",
        date="2017-09-11",
    )
    cast.relate("Ownership", RENAMED_BY, second, "majority owner", "2017-09-11")
    for predecessor, successor, day, shared in (
        (NOMINEE_OF, first, "2017-09-04", NOMINEE), (RENAMED, second, "2017-09-11", RENAMED_BY),
    ):  # fmt: skip
        cast.successors.append(
            {
                "typology": "successor",
                "predecessor": cast.subject(predecessor),
                "successor": cast.subject(successor),
                "designated": "2017-08-22",
                "formed": day,
                "shared": cast.subject(shared),
            }
        )
        cast.fronts.append({"typology": "front_company", "subject": cast.subject(successor)})
    cast.entity(
        "x-unrelated",
        "Company",
        "Seagull Stationery Supplies Limited",
        countries="hk",
        date="2017-09-05",
    )
    late = cast.entity("x-late", "Company", "Larchwood Garden Centre Limited", countries="gb", date="2019-03-01")
    clerk = cast.entity("x-clerk", "Person", "Exercise Person One", countries="gb")
    cast.relate("Directorship", clerk, late, "director", "2019-03-01")
