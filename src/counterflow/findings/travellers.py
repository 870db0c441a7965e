"""Travellers: journeys of persons in a state's service, accredited or on its diplomatic or service passports.

A passport's number is one person's. A name is an accredited person's only where nobody else known bears it, and birth
dates, if both are known, agree; its words may stand in any order. Ibis throughout; runs on any engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from counterflow.findings.observations import HOUR
from counterflow.findings.roles import diplomats
from counterflow.network.ties import address_key, facts

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["OFFICIAL", "journeys", "person_key", "visits"]

OFFICIAL = ("diplomatic", "service")
"""Kinds of passport that a state gives to those who serve it."""

_COLUMNS = (
    "row_id", "traveller", "person", "name", "document_type", "at", "came", "start", "to", "kind", "cash", "currency",
    "goods", "goods_value",
)  # fmt: skip


def person_key(text: Any) -> Any:
    """A person's name as its words in alphabetical order; null for a single word."""
    words = address_key(text).split(" ")
    return (words.length() > 1).ifelse(words.sort().join(" "), None)


def _document_key(text: Any) -> Any:
    return text.upper().re_replace("[^0-9A-Z]", "").nullif("")


def _accredited(data: Data) -> ibis.Table:
    """person: each once."""
    return diplomats(data).select("person").distinct()


def _documents(data: Data) -> ibis.Table:
    """document, person: passports of accredited persons."""
    said = facts(data, "passportNumber")
    rows = said.select(person="entity", document=_document_key(said.value)).filter(lambda t: t.document.notnull())
    return rows.semi_join(_accredited(data), "person").group_by("document").agg(person=rows.person.min())


def _names(data: Data) -> ibis.Table:
    """key, person, born: names that one person alone bears, and he accredited."""
    entities = data.table("entities")
    people = entities.filter(entities["schema"] == "Person")
    names = people.select(person="entity", name=people.names.unnest())
    names = names.select("person", key=person_key(names.name)).filter(lambda t: t.key.notnull()).distinct()
    alone = names.group_by("key").agg(bearers=names.person.nunique(), person=names.person.min())
    alone = alone.filter(alone.bearers == 1).select("key", "person").semi_join(_accredited(data), "person")
    born = facts(data, "birthDate")
    born = born.group_by("entity").agg(born=born.value.min())
    return alone.left_join(born, alone.person == born.entity).select("key", "person", "born")


def journeys(data: Data) -> ibis.Table:
    """Journeys of persons in a state's service: row_id, traveller (canonical id of the person where he is known, else
    ``document:NUMBER``), person (null: not known), name and document_type as given, at and came (seconds since 1970),
    start and to (places, else countries), kind, and what was declared."""
    import ibis

    rows = data.table("trips")
    rows = rows.mutate(document=_document_key(rows.document), key=person_key(rows.name))
    papers, names = _documents(data), _names(data)
    by_paper = rows.join(papers, "document").select(rows, person=papers.person)
    rest = rows.anti_join(papers, "document")
    named = rest.join(names, "key")
    agrees = named.born.isnull() | named.birth_date.isnull() | (named.born == named.birth_date)
    by_name = named.filter(agrees).select(*rest.columns, "person")
    strangers = rest.filter(rest.document_type.isin(OFFICIAL) & rest.document.notnull())
    strangers = strangers.anti_join(by_name, "row_id").mutate(person=ibis.null("string"))
    found = ibis.union(by_paper, by_name, strangers, distinct=False)
    found = found.mutate(
        traveller=ibis.coalesce(found.person, "document:" + found.document),
        at=ibis.coalesce(found.departure, found.arrival).epoch_seconds().cast("int64"),
        came=ibis.coalesce(found.arrival, found.departure).epoch_seconds().cast("int64"),
        start=ibis.coalesce(found.from_place.upper(), found.from_country.upper()),
        to=ibis.coalesce(found.to_place.upper(), found.to_country.upper()),
        kind=found.kind.lower(),
    )
    return found.select(*_COLUMNS)


def visits(trips: ibis.Table, hours: float) -> ibis.Table:
    """traveller, to, came, left, row_id, back (the journey home), of each stay shorter than `hours`: there and back the
    same way, or in and out at a border.

    :param trips: from `journeys`
    """
    import ibis

    order = ibis.window(group_by="traveller", order_by=["at", "row_id"])
    then = {name: trips[name].lead().over(order) for name in ("at", "start", "to", "kind", "row_id")}
    pairs = trips.mutate(**{f"then_{name}": value for name, value in then.items()})
    returned = (pairs.then_start == pairs.to) & (pairs.then_to == pairs.start)
    crossed = pairs.kind.re_search("^(entry|enter|arriv|in$)") & pairs.then_kind.re_search("^(exit|leav|depart|out$)")
    stay = pairs.then_at - pairs.came
    there_and_back = returned.fill_null(False) | crossed.fill_null(False)
    pairs = pairs.filter(there_and_back & (stay >= 0) & (stay < int(hours * HOUR)))
    return pairs.select("traveller", "to", "came", "row_id", left=pairs.then_at, back=pairs.then_row_id)
