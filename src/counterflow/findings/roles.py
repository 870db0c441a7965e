"""Roles: who is a diplomatic mission, a diplomat, a bank, a criminal group or a body of the state, as sources put it.

By topic where a source gives one, else by the words of names and posts in the languages that lists are written in.
Expressions that every engine runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

    from counterflow.network.ties import Tables

__all__ = ["CASINO", "banks", "casinos", "criminals", "diplomats", "missions", "offices", "state"]

_MISSION = (
    r"(^|[^a-z])(embassy|consulate|permanent mission|trade mission|commercial counsell?or|ambassade|botschaft|embajada|"
    r"ambasciata|consolato|embaixada)([^a-z]|$)|посольств|консульств|大使馆|大使館|领事馆|領事館|대사관|영사관"
)
_DIPLOMAT = (
    r"(^|[^a-z])(ambassador|diplomat|consul|vice[- ]consul|charg[eé] d.affaires|attach[eé]|"
    r"(first|second|third) secretary|counsell?or of the embassy)([^a-z]|$)|посол|консул|дипломат|大使|领事|외교관|대사"
)
_BANK = r"(^|[^a-z])(bank|banque|banco|banca|financial institution)([^a-z]|$)|банк|银行|銀行|은행"

CASINO = (
    r"(^|[^a-z])(casino|casinò|kasino|spielbank|junket|gaming (house|club|hall))([^a-z]|$)|казино|赌场|賭場|"
    r"娱乐场|娛樂場|카지노"
)
"""Words of a casino's name, in lower case."""


def _named(tables: Tables, pattern: str) -> ibis.Table:
    entities = tables.table("entities")
    names = entities.select("entity", "schema", name=entities.names.unnest())
    return names.filter(names.name.lower().re_search(pattern))


def _topical(tables: Tables, *prefixes: str) -> ibis.Table:
    entities = tables.table("entities")
    topics = entities.select("entity", "schema", topic=entities.topics.unnest())
    hits: Any = None
    for prefix in prefixes:
        hit = (topics.topic == prefix) | topics.topic.startswith(prefix + ".")
        hits = hit if hits is None else hits | hit
    return topics.filter(hits)


def missions(tables: Tables) -> ibis.Table:
    """entity: embassies, consulates and missions."""
    found = _named(tables, _MISSION)
    return found.filter(found["schema"] != "Person").select("entity").distinct()


def diplomats(tables: Tables) -> ibis.Table:
    """person, mission (null where none is named), claim_ids: accredited persons, by topic, post or employer."""
    import ibis

    links, claims, members = tables.table("links"), tables.table("claims"), tables.table("members")
    said = claims.filter(claims.stance == "asserts")
    posts = said.filter(
        (said.property.isin(["position", "title"]) & said.value.lower().re_search(_DIPLOMAT))
        | ((said.property == "topics") & (said.value == "role.diplo"))
    )
    posts = posts.join(members, posts.subject == members.subject)
    posts = posts.group_by("entity").agg(claim_ids=posts.claim_id.collect(distinct=True))
    employed = links.filter(
        (links.stance == "asserts") & links["schema"].isin(["Employment", "Occupancy", "Membership"])
    )
    at = missions(tables)
    employed = employed.semi_join(at, employed.target == at.entity)
    rows = ibis.union(
        posts.select(person=posts.entity, mission=ibis.null("string"), claim_ids=posts.claim_ids),
        employed.select(person=employed.source, mission=employed.target, claim_ids=employed.claim_ids),
        distinct=False,
    )
    people = tables.table("entities").filter(lambda t: t["schema"] == "Person")
    return rows.semi_join(people, rows.person == people.entity)


def banks(tables: Tables) -> ibis.Table:
    """entity: banks, by name."""
    found = _named(tables, _BANK)
    return found.filter(found["schema"].isin(["Company", "Organization", "LegalEntity", "PublicBody"])).select(
        "entity"
    ).distinct()  # fmt: skip


def casinos(tables: Tables) -> ibis.Table:
    """entity: casinos, by name."""
    found = _named(tables, CASINO)
    return found.filter(found["schema"] != "Person").select("entity").distinct()


def criminals(tables: Tables) -> ibis.Table:
    """entity: groups and persons whom a source calls criminal (topic crime and what stands below it)."""
    return _topical(tables, "crime").select("entity").distinct()


def offices(tables: Tables) -> ibis.Table:
    """entity: bodies of the state that are no enterprises: ministries, bureaus, party offices."""
    import ibis

    topical = _topical(tables, "gov")
    bodies = tables.table("entities").filter(lambda t: t["schema"] == "PublicBody").select("entity")
    return ibis.union(bodies, topical.filter(topical.topic != "gov.soe").select("entity"), distinct=True)


def state(tables: Tables) -> ibis.Table:
    """entity: public bodies, and what a source calls government or state-owned."""
    import ibis

    entities = tables.table("entities")
    bodies = entities.filter(entities["schema"] == "PublicBody").select("entity")
    return ibis.union(bodies, _topical(tables, "gov").select("entity"), distinct=True)
