"""Seizures as the typologies read them: those that are a basis for anything, each once, with a day and those named.

A row that its source calls doubtful or improbable (Admiralty credibility 4 and 5: another country miscoded, say) proves
nothing and is left out, counted and said. So is the second of rows that are equal in all: twice reported, or two small
seizures of one day, nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from counterflow.model.values import country_name
from counterflow.network.holders import named as bearers
from counterflow.network.ties import address_key, name_key

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = [
    "DOUBTED",
    "NOTES",
    "TOBACCO",
    "believed",
    "dated",
    "denomination",
    "left_out",
    "named",
    "of_goods",
    "parties",
    "told",
]

DOUBTED = 4
"""Admiralty credibility from which a row is no basis: 4 doubtful, 5 improbable; 6 cannot be judged, and is a basis."""

NOTES = (
    r"currency|bank ?notes?|counterfeit.*(notes|bills|money|dollar|euro)|(dollar|euro|yen|pound|yuan) (notes|bills)|"
    r"supernote"
)
TOBACCO = r"tobacco|cigarette|cigar|сигарет|табак|香烟|담배"
"""Words of category or goods, in lower case."""


def believed(data: Data) -> ibis.Table:
    """The rows of `data` that are a basis, each once."""
    rows = data.table("seizures")
    return rows.filter(~_doubted(rows) & (rows.repeat.isnull() | (rows.repeat == 1)))


def left_out(data: Data) -> Mapping[str, int]:
    """Reason → rows that are none."""
    rows = data.table("seizures")
    doubted = _doubted(rows)
    counts = rows.agg(
        doubted=doubted.cast("int64").sum(), again=(~doubted & (rows.repeat > 1)).fill_null(False).cast("int64").sum()
    )
    row = data.run(counts).to_pylist()[0]
    reasons = {
        "a source or grade that calls them doubtful or improbable (see their note)": row["doubted"],
        "every column equal to another's": row["again"],
    }
    return {reason: int(n) for reason, n in reasons.items() if n}


def _doubted(rows: ibis.Table) -> Any:
    return rows.credibility.isin([DOUBTED, DOUBTED + 1]).fill_null(False)


def of_goods(rows: ibis.Table, words: str) -> ibis.Table:
    """Those whose category or goods tell these words. :param words: `NOTES` or `TOBACCO`"""
    import ibis

    text = ibis.coalesce(rows.category, "") + " " + ibis.coalesce(rows.goods, "")
    return rows.filter(text.lower().re_search(words))


def dated(rows: ibis.Table) -> ibis.Table:
    """Those known to the month at least, with `day`: the first that their date can mean, as an ISO date."""
    known = rows.filter(rows.date.length() >= 7)
    return known.mutate(day=(known.date + "-01").substr(0, 10))


def named(rows: ibis.Table, data: Data) -> ibis.Table:
    """row_id, entity, role, by, claim_id: parties and ships of the network that seizures name.

    A ship is known by its IMO number, else by its name where it alone bears it; so are persons and companies, whatever
    the order of the words. :param rows: of `Data.seizures`
    """
    import ibis

    numbered = rows.filter(rows.imo.notnull()).select("row_id", key="imo:" + rows.imo)
    holders = data.table("holders")
    held = numbered.join(holders, "key").select("row_id", "entity", claim_id=lambda t: t.claim_ids.unnest())
    ships = held.mutate(role=ibis.literal(_CARRIED), by=ibis.literal("IMO number"))
    carriers = [_pieces(rows, "carrier", _CARRIED)]
    parties = [*carriers, _pieces(rows, "persons", "named or arrested"), _pieces(rows, "companies", "sender or owner")]
    parts = [
        ships.select("row_id", "entity", "role", "by", "claim_id"),
        _borne(data, carriers, "Vehicle", _ship_key),
        _borne(data, parties, "LegalEntity", _words_key),
    ]
    # a key that cannot be null is of another type than one that can
    return ibis.union(*(part.cast({"entity": "string", "row_id": "string"}) for part in parts), distinct=True)


_CARRIED = "carried it"


def _pieces(rows: ibis.Table, column: str, role: str) -> ibis.Table:
    """row_id, text, role: each name in a column, several with ; or | between."""
    import ibis

    texts = rows.filter(rows[column].notnull()).select("row_id", text=rows[column].re_replace("[|\\n]", ";"))
    return texts.select("row_id", text=texts.text.split(";").unnest(), role=ibis.literal(role))


def parties(rows: ibis.Table) -> ibis.Table:
    """row_id, key, name: ships, persons and companies that seizures name, whoever knows them, and as printed; keys are
    ``imo:…``, ``ship:NAME``, ``person:NAME``, ``company:NAME``.

    What carried it is a ship only where the transport is by water; an airline or a parcel service is no party.
    """
    import ibis

    afloat = rows.filter(rows.transport.lower().re_search(_AFLOAT))
    ships = _pieces(afloat, "carrier", "ship")
    ships = ships.select("row_id", "role", "text", name=_ship_key(ships.text))
    others = ibis.union(_pieces(rows, "persons", "person"), _pieces(rows, "companies", "company"), distinct=False)
    others = others.select("row_id", "role", "text", name=_words_key(others.text))
    named_ = ibis.union(ships, others, distinct=False)
    whole = (named_.role != "person") | named_.name.contains(" ")
    named_ = named_.filter(whole & (named_.name.length() >= _SHORTEST) & ~named_.name.re_search(_NOBODY))
    numbered = rows.filter(rows.imo.notnull()).select("row_id", key="imo:" + rows.imo, name=rows.imo)
    named_ = named_.select("row_id", key=named_.role + ":" + named_.name, name=named_.text.strip())
    found = ibis.union(numbered.cast({"row_id": "string"}), named_.cast({"row_id": "string"}), distinct=False)
    return found.group_by(["row_id", "key"]).agg(name=found.name.min())


_AFLOAT = r"sea|ship|vessel|boat|maritime|yacht|ferry|water|river|судно|船|선박"
_NOBODY = (
    r"unknown|unidentified|various|not known|nationals?$|male|female|persons?$|suspects?$|none|n a$|container|truck"
)
"""Words that name nobody."""


def _borne(data: Data, pieces: list[ibis.Table], kind: str, key_of: Any) -> ibis.Table:
    """Parties of a kind that alone bear one of these names."""
    import ibis

    printed = ibis.union(*pieces, distinct=False) if len(pieces) > 1 else pieces[0]
    printed = printed.select("row_id", "role", key=key_of(printed.text))
    printed = printed.filter(printed.key.length() >= _SHORTEST)
    found = bearers(data, printed.select("key").distinct(), kind, key_of)
    return printed.join(found, "key").select("row_id", "entity", "role", by=ibis.literal("name"), claim_id="claim_id")


_SHORTEST = 4
"""Letters of a name below which it may be anybody's."""


def _words_key(text: Any) -> Any:
    """A name without its legal form, its words in order of the alphabet: KIM Chol Su and Chol-su Kim are one."""
    return name_key(text).split(" ").sort().join(" ")


def _ship_key(text: Any) -> Any:
    """A ship's name without what says only that it is one: M/V Pong Su and PONG SU are one."""
    return address_key(text).re_replace(r"^(m v|mv|m t|mt|m s|ms|s s|ss|f v|fv) ", "")


def denomination(goods: str, currency: str | None) -> str:
    """What a note is worth, of the words of the goods: ``USD 100``; empty where they do not tell."""
    text = goods.lower()
    found = next((m for m in (pattern.search(text) for pattern in _WORTH) if m), None)
    if found is None:
        return ""
    word = found["unit"]
    code = (currency or "").upper() or _UNITS.get(word, word.upper())
    return f"{code} {found['worth']}"


_UNITS = {
    "$": "USD", "us$": "USD", "dollar": "USD", "us dollar": "USD", "euro": "EUR", "€": "EUR", "pound": "GBP",
    "£": "GBP", "yen": "JPY", "¥": "JPY", "yuan": "CNY", "renminbi": "CNY", "won": "KRW", "ruble": "RUB",
    "rouble": "RUB",
}  # fmt: skip
_WORTH = (
    re.compile(r"(?P<unit>us\$|[$€£¥]|\b(?:usd|eur|gbp|jpy|cny|krw|rub|chf)\b) ?(?P<worth>\d{1,6})(?!\d)"),
    re.compile(r"(?<!\d)(?P<worth>\d{1,6})[- ]?(?P<unit>us dollar|dollar|euro|pound|yen|yuan|renminbi|won|rou?ble|"
               r"usd|eur|gbp|jpy|cny|krw|rub|chf)"),
)  # fmt: skip


def told(row: Mapping[str, Any]) -> str:
    """One seizure in words: ``heroin (125 kg) at Lorne, Australia, on 2003-04-16``."""
    unit = row["unit"] or ""
    if len(unit) > 3 and not unit.endswith("s") and row["quantity"] != 1:
        unit += "s"  # cigarettes, notes, tablets; kg, pcs and teu stand for any number
    much = f" ({row['quantity']:,.10g} {unit})".replace(" )", ")") if row["quantity"] else ""
    country = country_name(row["country"]) if row["country"] else ""
    where = f" at {', '.join(part for part in (row['place'], country) if part)}" if row["place"] else ""
    where = where or (f" in {country}" if country else "")
    return f"{row['goods']}{much}{where} on {row['date']}"
