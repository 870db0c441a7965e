"""Lookalike: a company named almost as a listed or well-known one, elsewhere and without a recorded tie to it.

Names are compared as written: the same letters and digits without legal form, or one letter off, for they are meant for
the eye. Found over the names with each letter left out in turn, so that no pair is compared that cannot be alike
(Garbe 2012, symmetric deletion).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, address_key, facts

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def bare(name: Any) -> Any:
    """A name as lower-case letters and digits without legal form."""
    from counterflow.entities.words import load

    legal = sorted({form for forms in load("legal_forms").values() for form in forms}, key=lambda f: (-len(f), f))
    # what makes a form in one country is left from a longer one in another: "co ltd"
    ending = "( (" + "|".join(re.escape(form).replace("\\ ", " ") for form in (*legal, "co", "company")) + "))+$"
    return address_key(name).re_replace(ending, "").replace(" ", "")


def keys(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """entity, listed, countries, model (whether it is listed or well known), key, of every company of a country."""

    entities, links = data.table("entities"), data.table("links")
    rows = entities.filter(entities["schema"].isin(COMPANIES) & (entities.countries.length() > 0))
    known = links.group_by("target").agg(links=links.link.nunique())
    rows = rows.left_join(known, rows.entity == known.target)
    listed, count = rows.listed.fill_null(False), rows.links.fill_null(0)
    rows = rows.select(
        "entity", "countries", listed=listed, links=count, model=listed | (count >= int(dial["links"])),
        name=rows.names.unnest(),
    )  # fmt: skip
    rows = rows.mutate(key=bare(rows.name)).drop("name").filter(lambda t: t.key.length() >= int(dial["letters"]))
    return rows.distinct()


def shortened(rows: ibis.Table) -> ibis.Table:
    """The rows with `short`: the key, and the key with each letter left out in turn."""
    import ibis

    places = rows.mutate(at=ibis.range(0, rows.key.length() + 1).unnest())
    return places.mutate(short=places.key.substr(0, places["at"]) + places.key.substr(places["at"] + 1)).drop("at")


def pairs(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """new, old, and their keys: an unlisted company and a model in other countries, at most two letters apart, without
    a link between them."""
    rows = keys(data, dial)
    new = rows.filter(~rows.listed).select(new="entity", its="key", places="countries", reach="links", key="key")
    old = rows.filter(rows.model).select(old="entity", theirs="key", homes="countries", famed="links",
                                         named="listed", key="key")  # fmt: skip
    both = shortened(new).drop("key").join(shortened(old).drop("key").view(), "short").drop("short")
    known = both.named | (both.famed > both.reach) | ((both.famed == both.reach) & (both.old < both.new))
    apart = both.places.intersect(both.homes).length() == 0
    both = both.filter((both.new != both.old) & known & apart).select("new", "old", "its", "theirs", "named", "famed")
    links = data.table("links").filter(lambda t: t.stance == "asserts")
    forth = links.select(new="source", old="target").distinct()
    back = links.select(new="target", old="source").distinct()
    both = both.distinct().anti_join(forth, ["new", "old"]).anti_join(back.view(), ["new", "old"])
    return both.order_by("new", both.named.desc(), both.famed.desc(), "old", "its", "theirs")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each imitating company: the best known of those it is like."""
    model: dict[str, str] = {}
    for row in data.run(pairs(data, dial)).to_pylist():
        if row["new"] not in model and _alike(row["its"], row["theirs"]):
            model[row["new"]] = row["old"]
    claims = _claims(data, {*model, *model.values()})
    for new, old in model.items():
        says = f"bears almost the name of {data.caption(old)}, in another country and without a recorded tie"
        yield sign(TYPOLOGY, data, [new], says, 3.0, {*claims[new], *claims[old]}, others=[old])


def _alike(one: str, other: str) -> bool:
    """Whether two keys are equal or a letter apart; numbers only ever equal themselves."""
    from rapidfuzz.distance import OSA

    digits = ["".join(c for c in key if c.isdigit()) for key in (one, other)]
    return digits[0] == digits[1] and OSA.distance(one, other, score_cutoff=1) <= 1


def _claims(data: Data, entities: set[str]) -> dict[str, list[str]]:
    said = facts(data, "name", "alias", "previousName").filter(lambda t: t.entity.isin(sorted(entities)))
    found: dict[str, list[str]] = {entity: [] for entity in entities}
    for row in data.run(said.order_by("entity", "claim_id")).to_pylist():
        found[row["entity"]].append(row["claim_id"])
    return found


TYPOLOGY = Typology(
    name="lookalike_name",
    title="Name like another company's",
    kind="ownership",
    what="A company bears, to a letter, the name of a listed or well-connected company in another country with which "
    "no tie is recorded.",
    why="A borrowed name passes the eye of a bank, and separates the front from its model on paper.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018), annex E; UN Panel of Experts under "
    "resolution 1874 on companies that use the names of others",
    needs=("entities", "claims", "members"),
    parameters={
        "letters": Parameter(8, "letters", "of the name without legal form; shorter names are alike by chance"),
        "links": Parameter(5, "links", "from which a company that no list names counts as well known"),
    },
    benign=("a foreign branch or subsidiary whose tie no register shows", "a common name"),
    refutes="Registers that show both for longer than either could copy the other.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
