"""Ties: what a party could share with another: persons, addresses, telephones, mail and web addresses, agents.

One expression for all who ask, the same on every engine. An address is compared as letters and digits alone, and only
where it has a number: a town is everybody's. A telephone number is compared as dialled, a mail or web address without
what does not change where it leads.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from counterflow.entities.words import load
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = [
    "COMPANIES", "PEERS", "PEOPLE", "Tables", "address_key", "contact_key", "country_of", "facts", "few", "holdings",
    "name_key", "sharers", "tied", "ties",
]  # fmt: skip

COMPANIES = ("Company", "LegalEntity", "Organization")
"""Schemata of what may be a company; a register's Company, a list's Organization."""

PEOPLE = ("Directorship", "Ownership", "Employment", "Representation", "Control")
"""Relationships that tie a party to the persons who own, run or serve it."""

_COLUMNS = ("entity", "via", "what", "start", "claim_id")

PEERS = 100
"""Addresses, numbers or agents of a country from which on they are a measure for one another."""


class Tables(Protocol):
    """What has tables: a `storage.ports.Scope`, or a typology's `Data`."""

    def table(self, name: str) -> ibis.Table:
        """An expression over a table of `storage.tables`."""
        ...


def facts(tables: Tables, *properties: str) -> ibis.Table:
    """entity, property, value, claim_id, valid_from, valid_to: asserted values of these properties."""
    claims, members = tables.table("claims"), tables.table("members")
    said = claims.filter(claims.property.isin(properties) & (claims.stance == "asserts"))
    rows = said.join(members, said.subject == members.subject)
    return rows.select(members.entity, said.property, said.value, said.claim_id, said.valid_from, said.valid_to)


def holdings(tables: Tables, *schemata: str) -> ibis.Table:
    """Asserted links of these schemata between two different parties."""
    links = tables.table("links")
    return links.filter((links.stance == "asserts") & links["schema"].isin(schemata) & (links.source != links.target))


def country_of(entities: ibis.Table) -> Any:
    """An entity's first country; blank where none is known."""
    import ibis

    return ibis.ifelse(entities.countries.length() > 0, entities.countries[0], "").fill_null("")


def address_key(text: Any) -> Any:
    """An address as one lower-case line of letters and digits."""
    return text.lower().re_replace(r"[^\p{L}\p{N}]+", " ").strip()


def contact_key(kind: Any, text: Any) -> Any:
    """A telephone number as its digits (an international one with its +), a mail or web address in lower case.

    :param kind: phone, email or website
    """
    number = text.re_replace(r"^[^0-9+]*00", "+").re_replace(r"\(0\)", "").re_replace(r"[^0-9+]+", "")
    site = text.lower().re_replace(r"^[a-z]+://", "").re_replace(r"^www\.", "").re_replace("/+$", "")
    return kind.cases(("phone", number), ("website", site), else_=text.lower()).nullif("")


def few(rows: ibis.Table, most: float) -> ibis.Table:
    """Ties to what at most so many parties share: what more do is an agent's, a portal's or a nominee's."""
    counted = rows.group_by(["what", "via"]).agg(parties=rows.entity.nunique())
    return rows.semi_join(counted.filter(counted.parties <= int(most)), ["what", "via"])


def name_key(text: Any) -> Any:
    """A name as one lower-case line of letters and digits, without its legal form: ``ACME Trading Co., Ltd.`` and
    ``Acme Trading`` are one."""
    after, before = _legal_forms()
    bare = address_key(text)
    return bare.re_replace(f"(?: (?:{after}))+$", "").re_replace(f"^(?:{before}) ", "")


@cache
def _legal_forms() -> tuple[str, str]:
    """Legal forms that end a name, and those that begin one, as alternatives of a pattern."""
    forms: dict[str, list[str]] = load("legal_forms")

    def any_of(*classes: str) -> str:
        written = {form for name in classes for form in forms[name]}
        written |= {" ".join(form) for form in written if len(form) <= 4}  # S.A. has lost its dots
        return "|".join(re.escape(form).replace("\\ ", " ") for form in sorted(written, key=lambda f: (-len(f), f)))

    return any_of(*forms), any_of("llc", "jsc")


def ties(scope: Scope) -> pa.Table:
    """Rows of `storage.tables.TIES`, sorted by tie. Needs the scope's claims, members, entities and links."""
    rows = scope.run(tied(scope).order_by("tie"))
    claims = [sorted(set(ids)) for ids in rows.column("claim_ids").to_pylist()]
    at = rows.schema.get_field_index("claim_ids")
    return DERIVED["ties"].conform(rows.set_column(at, "claim_ids", pa.array(claims, pa.list_(pa.string()))))


def tied(tables: Tables) -> ibis.Table:
    """The same as an expression that any Ibis backend runs; claims in no order."""
    import ibis

    people = holdings(tables, *PEOPLE)
    agents = holdings(tables, "Representation")
    parts = [
        _tie(people, "target", "source", "officer"),
        _tie(people, "source", "target", "officer"),
        _tie(agents, "target", "source", "agent"),
        _addresses(tables),
        _contacts(tables),
    ]
    rows = ibis.union(*parts, distinct=False)
    grouped = rows.group_by(["entity", "what", "via"]).agg(
        start=rows.start.min(), claim_ids=rows.claim_id.collect(distinct=True)
    )
    return grouped.mutate(tie=grouped.entity + ">" + grouped.what + ">" + grouped.via)


def _tie(links: ibis.Table, entity: str, via: str, what: str) -> ibis.Table:
    import ibis

    return links.select(
        entity=links[entity],
        via=links[via],
        what=ibis.literal(what),
        start=links.start,
        claim_id=links.claim_ids.unnest(),
    )


def _addresses(tables: Tables) -> ibis.Table:
    """As printed in the party's own record, or of the address record that it points to."""
    import ibis

    own = facts(tables, "address").rename(start="valid_from").select("entity", "value", "start", "claim_id")
    entities, links = tables.table("entities"), tables.table("links")
    places = entities.filter(entities["schema"] == "Address").select(place=entities.entity, value=entities.caption)
    at = links.filter(links.stance == "asserts").join(places, links.target == places.place)
    at = at.select(entity=at.source, value=at.value, start=at.start, claim_id=at.claim_ids.unnest())
    rows = ibis.union(own, at, distinct=False)
    rows = rows.mutate(via=address_key(rows.value))
    rows = rows.filter(rows.via.re_search("[0-9]") & (rows.via.length() >= 10))
    return rows.select("entity", "via", "start", "claim_id", what=ibis.literal("address")).select(*_COLUMNS)


def _contacts(tables: Tables) -> ibis.Table:
    import ibis

    said = facts(tables, "phone", "email", "website").rename(start="valid_from")
    said = said.mutate(via=contact_key(said.property, said.value))
    said = said.filter(said.via.notnull())
    return said.select("entity", "via", "start", "claim_id", what=ibis.literal("contact")).select(*_COLUMNS)


def sharers(rows: ibis.Table, tables: Tables, *, by: str = "via") -> ibis.Table:
    """`rows` of companies with what their peers make of it: country, sharers, standing.

    `sharers` is the number of companies with the same `by`; `standing`, from 0 to 1, the share of that country's
    addresses, numbers or agents that fewer companies share: what is usual in a company town is no sign there. A country
    with few of them is no measure, and its standing 1.
    """
    import ibis

    entities = tables.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES))
    companies = companies.select(company=companies.entity, country=country_of(companies))
    of = rows.join(companies, rows.entity == companies.company).drop("company")
    counted = of.group_by(["country", by]).agg(sharers=of.entity.nunique())
    of_country = ibis.window(group_by="country")
    counted = counted.mutate(
        peers=counted.sharers.count().over(of_country),
        as_many=counted.sharers.negate().cume_dist().over(of_country),
    )
    fewer = 1 - counted.as_many + 1 / counted.peers
    counted = counted.mutate(standing=ibis.ifelse(counted.peers < PEERS, 1.0, fewer)).drop("peers", "as_many")
    return of.join(counted, ["country", by])
