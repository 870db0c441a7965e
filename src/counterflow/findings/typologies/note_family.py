"""Note family: counterfeit notes of one plate, class or run of serials, seized in several countries within a year.

A family is told by what a printing shares: the number a service gave it, face and back plate together, or serials so
near each other that one press numbered them. Plates alone are also on every genuine note, so they count only where the
notes are said to be false. Whoever was in several of these countries within days on a diplomatic or service passport is
told beside it, where journeys are at hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import DAY
from counterflow.findings.seized import NOTES, dated, denomination, of_goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model import serials
from counterflow.model.finding import Evidence, Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = Mapping[str, Any]
Family = tuple[str, str]
"""What its notes share, and in words."""

_MONTH = 365.25 / 12
_WEIGHS = {"class": 4.0, "serial": 4.0, "plates": 3.0, "run": 2.0, "plate": 1.3}
_FALSE = r"counterfeit|fake|forged|false|supernote|superdollar|altered"


@dataclass(frozen=True)
class Journey:
    """A traveller on an official passport, and the journeys that end near seizures. :param countries: of these"""

    name: str
    passport: str
    rows: tuple[str, ...]
    countries: tuple[str, ...]


def notes(data: Data) -> ibis.Table:
    """Seizures of notes with a day, a country and numbers; `false`: they are said to be counterfeit."""
    import ibis

    rows = of_goods(dated(data.seizures), NOTES)
    rows = rows.filter(rows.serials.notnull() & rows.country.notnull())
    text = ibis.coalesce(rows.category, "") + " " + ibis.coalesce(rows.goods, "")
    columns = ("row_id", "day", "country", "place", "goods", "currency", "quantity", "unit", "serials")
    return rows.select(*columns, false=text.lower().re_search(_FALSE)).order_by("day", "row_id")


def families(rows: Sequence[Row], gap: int) -> dict[Family, list[int]]:
    """What is shared → places in `rows` of those that share it. :param gap: serials left out in a run, at most"""
    found: dict[Family, dict[int, None]] = {}
    runs: dict[tuple[str, ...], list[tuple[int, int, int]]] = {}
    for at, row in enumerate(rows):
        read = serials.read(row["serials"])
        kind = denomination(row["goods"], row["currency"])
        for family in _marks(read, kind, row["false"]):
            found.setdefault(family, {})[at] = None
        for run in read.runs:
            runs.setdefault((kind, run.prefix, run.suffix, str(run.digits)), []).append((run.first, run.last, at))
    for (kind, prefix, suffix, digits), own in runs.items():
        for group in _near(sorted(own), gap):
            first, last = group[0][0], max(end for _, end, _ in group)
            one = len({(low, high) for low, high, _ in group}) == 1 and first == last
            name = serials.Run(prefix, suffix, int(digits), first, last)
            said = ("serial", f"{kind} serial {name}") if one else ("run", f"{kind} serials {name}")
            found.setdefault((said[0], said[1].strip()), {}).update(dict.fromkeys(at for _, _, at in group))
    return {family: list(members) for family, members in found.items()}


def _marks(read: serials.Numbers, kind: str, false: bool) -> Iterator[Family]:
    """Families that marks of one seizure tell."""
    of: dict[str, list[str]] = {}
    for name, value in read.marks:
        of.setdefault(name, []).append(value)
    for value in of.get("class", ()):
        yield "class", f"class {value}"
    if not false:
        return
    faces, backs = of.get("face plate", []), of.get("back plate", [])
    if faces and backs and len(faces) * len(backs) <= _MOST:
        for face, back in product(faces, backs):
            yield "plates", f"{kind} face plate {face}, back plate {back}".strip()
    else:
        for name in ("face plate", "back plate"):
            for value in of.get(name, ()):
                yield "plate", f"{kind} {name} {value}".strip()
    for value in of.get("plate", ()):
        yield "plate", f"{kind} plate {value}".strip()


_MOST = 6
"""Pairs of face and back plates of one seizure beyond which it cannot be said which belong together."""


def _near(runs: list[tuple[int, int, int]], gap: int) -> Iterator[list[tuple[int, int, int]]]:
    """Runs of which none is further than `gap` from another's end."""
    group: list[tuple[int, int, int]] = []
    end = 0
    for run in runs:
        if group and run[0] - end > gap:
            yield group
            group = []
        end = max(end, run[1]) if group else run[1]
        group.append(run)
    if group:
        yield group


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each set of seizures that share something, over enough countries."""
    rows = data.run(notes(data)).to_pylist()
    together: dict[tuple[int, ...], list[Family]] = {}
    for family, members in families(rows, int(dial["gap"])).items():
        best = _fullest(rows, members, int(dial["months"] * _MONTH))
        if len({rows[i]["country"] for i in best}) >= dial["countries"]:
            together.setdefault(tuple(best), []).append(family)
    whole = [set(members) for members in together]
    told = [
        ([rows[i] for i in members], sorted(shared, key=_weight))
        for members, shared in together.items()
        if not any(set(members) < other for other in whole)
    ]
    for (own, shared), travellers in zip(
        told, _journeys(data, [own for own, _ in told], int(dial["days"])), strict=True
    ):
        yield _finding(own, shared, travellers)


def _weight(family: Family) -> tuple[float, str]:
    return -_WEIGHS[family[0]], family[1]


def _fullest(rows: Sequence[Row], members: Sequence[int], window: int) -> list[int]:
    """Those of a span of so many days that hold the most countries, then the most seizures, the first such."""
    days = [_day(rows[i]) for i in members]
    best: list[int] = []
    most = (0, 0)
    for start, first in enumerate(days):
        inside = [i for i, day in zip(members[start:], days[start:], strict=True) if day - first <= window]
        size = (len({rows[i]["country"] for i in inside}), len(inside))
        if size > most:
            best, most = inside, size
    return best


def _day(row: Row) -> int:
    return dt.date.fromisoformat(row["day"]).toordinal()


def _journeys(data: Data, sets: Sequence[Sequence[Row]], days: int) -> list[list[Journey]]:
    """For each set of seizures, who came on an official passport to two of its countries near the day."""
    import ibis

    countries = sorted({r["country"] for rows in sets for r in rows})
    if not countries:
        return []
    trips = data.table("trips")
    trips = trips.filter(trips.document_type.isin(["diplomatic", "service"]) & trips.to_country.isin(countries))
    at = ibis.coalesce(trips.arrival, trips.departure)
    who = ibis.coalesce(trips.document, trips.person_id, trips.name)
    trips = trips.filter(who.notnull() & at.notnull() & (trips.credibility.isnull() | (trips.credibility < 4)))
    trips = trips.select("row_id", "name", "document_type", "to_country", who=who, at=at.epoch_seconds().cast("int64"))
    epoch = dt.date(1970, 1, 1).toordinal()
    travelled = data.run(trips.order_by("at", "row_id")).to_pylist()
    found = []
    for rows in sets:
        seized: dict[str, list[int]] = {}
        for r in rows:
            seized.setdefault(r["country"], []).append(_day(r) - epoch)
        near: dict[str, list[Row]] = {}
        for t in travelled:
            if any(abs(t["at"] // DAY - day) <= days for day in seized.get(t["to_country"], ())):
                near.setdefault(t["who"], []).append(t)
        found.append(
            [
                Journey(
                    own[0]["name"] or who, own[0]["document_type"], tuple(t["row_id"] for t in own),
                    tuple(dict.fromkeys(t["to_country"] for t in own)),
                )
                for who, own in near.items()
                if len({t["to_country"] for t in own}) > 1
            ]
        )  # fmt: skip
    return found


def _finding(rows: Sequence[Row], shared: Sequence[Family], travellers: Sequence[Journey]) -> Finding:
    first, last = rows[0]["day"], rows[-1]["day"]
    countries = list(dict.fromkeys(r["country"] for r in rows))
    kind, name = shared[0]
    factors = {
        f"they share {name}": _WEIGHS[kind],
        f"in {len(countries)} countries": round(min(3.0, len(countries) / 2), 3),
    }
    if len(shared) > 1:
        factors[f"and share {len(shared) - 1} more"] = 1.5
    courier = ""
    if travellers:
        most = max(travellers, key=lambda j: (len(j.countries), j.name))
        where = " and ".join(country_name(c) for c in most.countries[:3])
        courier = f"; {most.name} came to {where} within days of it on a {most.passport} passport"
        factors[f"{len(travellers)} on official passports near two or more of them"] = 2.5
    names = ", ".join(country_name(c) for c in countries[:6])
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"Notes that share {name} were seized {len(rows)} times in {len(countries)} countries ({names}) from "
        f"{first} to {last}{courier}.",
        subjects=(f"notes:{name}",),
        probability=weigh(0.2, factors),
        evidence=(
            *evidence.of_rows("seizures", (r["row_id"] for r in rows), "seizure of the family"),
            *(Evidence("trips", id, "journey near a seizure") for j in travellers for id in j.rows),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=first,
        end=last,
        detail={
            "shared": [said for _, said in shared], "countries": countries, "seizures": len(rows),
            "couriers": [
                {"name": j.name, "passport": j.passport, "countries": list(j.countries)} for j in travellers
            ],
            "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="note_family",
    title="One family of counterfeit notes in several countries",
    kind="seizure",
    what="Counterfeit notes of the same plates, class or run of serials are seized in at least three countries within "
    "a year.",
    why="Notes of one press on several continents have a distributor: who travels between the places is the courier.",
    standard="US Secret Service, classes of counterfeit notes by family (C-14342, the supernote); US v. Seán Garland "
    "and others (D.D.C., indictment of 2005); International Convention for the Suppression of Counterfeiting Currency "
    "(1929)",
    needs=("seizures",),
    parameters={
        "countries": Parameter(3, "countries", "fewest in which the family was seized"),
        "months": Parameter(12, "months", "longest span of time that the seizures lie in"),
        "gap": Parameter(1000, "serials", "how many may lie between two notes of one run"),
        "days": Parameter(7, "days", "between a seizure and the arrival of a traveller"),
    },
    benign=(
        "genuine notes from one bundle of a bank",
        "copies of a much copied note by printers who know nothing of each other",
        "a diplomat whose post takes him to these countries",
    ),
    refutes="A laboratory's finding that paper, ink or plate differ; the bank's record that the serials were issued.",
    detect=detect,
)
