"""Every table of the ledger and of what is derived from it: column, type, unit, meaning. Adapters and the reference
documentation are generated from here; nothing else may invent a column.

Ledger tables are append-only. A derived table belongs to one audience and can be thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

__all__ = ["DERIVED", "LEDGER", "OBSERVATIONS", "Column", "Table"]

_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "int": pa.int64(),
    "small": pa.int8(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "day": pa.int32(),
    "time": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Column:
    """:param type: key of the type table above; ``day`` is days since 1970-01-01; :param doc: meaning and unit"""

    name: str
    type: str
    doc: str


@dataclass(frozen=True)
class Table:
    """:param name: its folder in the workspace; :param key: column that identifies a row"""

    name: str
    doc: str
    key: str
    columns: tuple[Column, ...]

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema; every column may be null except the key."""
        return pa.schema([pa.field(c.name, _TYPES[c.type], nullable=c.name != self.key) for c in self.columns])

    def conform(self, rows: pa.Table) -> pa.Table:
        """`rows` with exactly this table's columns, in order, cast; columns it lacks become null.

        :raises ValueError: a column of `rows` that this table does not know
        """
        unknown = set(rows.column_names) - set(self.schema.names)
        if unknown:
            raise ValueError(f"table {self.name} has no column {', '.join(sorted(unknown))}")
        return pa.table(
            [
                rows.column(f.name).cast(f.type) if f.name in rows.column_names else pa.nulls(len(rows), f.type)
                for f in self.schema
            ],
            schema=self.schema,
        )


def _table(name: str, doc: str, key: str, columns: str) -> Table:
    """Columns as lines ``name type meaning``."""
    rows = [line.split(None, 2) for line in columns.splitlines() if line.strip()]
    return Table(name, doc, key, tuple(Column(n, t, d) for n, t, d in rows))


_PROVENANCE = """
dataset text      dataset the row came in with
source_id text    source that the row rests on
locator text      where in the file: row 17, line 240
label_id text     handling label
recorded_at time  when the ledger learnt it
"""

CLAIMS = _table(
    "claims",
    "One statement about one subject. Never changed; see retractions.",
    "claim_id",
    """
claim_id text     content hash, without locator and recording date
subject text      who it is about: dataset:publisher's own id
schema text       FollowTheMoney schema (or extension) of the subject
property text     FollowTheMoney property
prop_type text    type of the property: name, date, country, identifier, entity, …
value text        cleaned value; for prop_type entity the subject id of the other party
original text     value as received, where cleaning changed it
lang text         ISO 639-3 language, where the source gives it
dataset text      dataset it came in with
source_id text    source that says so
locator text      where in the source: row, page, element
origin text       source whose statement this repeats; null where source_id says it first
reliability text  Admiralty letter of the source, A-F
credibility small Admiralty digit of the item, 1-6
stance text       asserts, denies or doubts
verified bool     false: recorded from general knowledge, not yet seen in the source
valid_from text   partial ISO date from which it held; null: open
valid_to text     partial ISO date up to which it held; null: open
note text         the recorder's remark
label_id text     handling label
recorded_at time  when the ledger learnt it
""",
)

RETRACTIONS = _table(
    "retractions",
    "A claim that its dataset no longer makes, from recorded_at on. Saying it again later brings it back.",
    "claim_id",
    """
claim_id text     the claim
dataset text      dataset it came in with
reason text       why: absent from edition …, correction, expunged
label_id text     handling label of the claim
recorded_at time  when the ledger learnt it
""",
)

SOURCES = _table(
    "sources",
    "Publications, lists, registers and witnesses that claims cite.",
    "source_id",
    """
source_id text    key
dataset text      dataset that brought it
title text        title
publisher text    who published it
author text       who wrote it
date_published text partial ISO date
kind text         article, report, court, resolution, regulation, interview, designation, book, register, data
reliability text  Admiralty letter A-F
url text          address or print reference
licence text      licence of its content
origin text       source it repeats, where known
note text         what to know before leaning on it
label_id text     handling label
recorded_at time  when the ledger learnt it
""",
)

PAYMENTS = _table(
    "payments",
    "One transfer of money between two accounts.",
    "row_id",
    """
row_id text       content hash
payment_id text   the payment's own id in its file
timestamp time    when it was booked
from_bank text    bank of the payer (BIC or the file's code)
from_account text payer's account number
from_name text    payer's name as printed
to_bank text      bank of the payee
to_account text   payee's account number
to_name text      payee's name as printed
amount float      amount, in currency
currency text     ISO 4217
amount_usd float  amount in US dollars on that day, where the file gives it or the currency is USD
purpose text      purpose or remittance text
"""
    + _PROVENANCE,
)

POSITIONS = _table(
    "positions",
    "One reported position of one ship.",
    "row_id",
    """
row_id text       content hash
timestamp time    when the ship sent it
mmsi text         nine digits
imo text          seven digits, where sent
vessel_name text  name as sent
lat float         degrees north, WGS 84
lon float         degrees east, WGS 84
sog float         speed over ground, knots
cog float         course over ground, degrees
heading float     true heading, degrees
draught float     metres, where sent
status text       navigation status as sent
"""
    + _PROVENANCE,
)

SHIPMENTS = _table(
    "shipments",
    "One declared or invoiced consignment.",
    "row_id",
    """
row_id text       content hash
shipment_id text  its own id in its file
date text         partial ISO date
shipper_name text name of the sender as printed
consignee_name text name of the receiver as printed
vessel_name text  carrying ship
imo text          the ship's IMO number
origin_country text ISO 3166-1 alpha-2, lower case
dest_country text ISO 3166-1 alpha-2, lower case
load_port text    port of loading
discharge_port text port of discharge
hs_code text      Harmonized System code, digits
description text  goods as declared
quantity float    in unit
unit text         kg, t, l, bbl, pcs…
value float       declared value, in currency
currency text     ISO 4217
"""
    + _PROVENANCE,
)

OBSERVATIONS = {t.name: t for t in (PAYMENTS, POSITIONS, SHIPMENTS)}
LEDGER = {t.name: t for t in (CLAIMS, RETRACTIONS, SOURCES, *OBSERVATIONS.values())}

MEMBERS = _table(
    "members",
    "Which subject belongs to which entity. The canonical id is the subject first recorded; the others are referents.",
    "subject",
    """
subject text      dataset:publisher's own id
entity text       canonical id
score float       probability of the weakest judgement or match that keeps it in, 1 for the first
basis text        first, match or judgement
reasons texts     why, in words, strongest first
""",
)

ENTITIES = _table(
    "entities",
    "One row for each resolved entity that is not itself a relationship.",
    "entity",
    """
entity text       canonical id
schema text       most specific schema among its members
caption text      name to print
names texts       every name, alias and former name
countries texts   ISO 3166-1 alpha-2
topics texts      FollowTheMoney topics: sanction, crime.fin, gov.soe, …
datasets texts    datasets that speak of it
referents texts   every subject of it, the canonical one first
listed bool       named by a sanctions list or a Sanction claim
claims int        number of claims
origins int       number of independent origins
label_ids texts   labels of its claims
""",
)

LINKS = _table(
    "links",
    "One row for each asserted relationship between two entities.",
    "link",
    """
link text         id: the relationship's own subject, or subject>property>object for a plain reference
schema text       Ownership, Directorship, Family, Succession, …
source text       entity that acts: owner, director, predecessor, payer
target text       entity acted upon: asset, company, successor, payee
role text         role, position or summary, as the source words it
start text        partial ISO date, null: open
end text          partial ISO date, null: open
share_low float   per cent held, lower bound
share_high float  per cent held, upper bound
amount float      amount, where the relationship is money
currency text     ISO 4217
stance text       asserts, denies or doubts
verified bool     false: from general knowledge
credibility small best Admiralty digit among its claims
reliability text  best Admiralty letter among its claims
origins int       number of independent origins
conflict text     conflict group: links of one group are rival accounts of one fact
claim_ids texts   claims it rests on
label_ids texts   labels of those claims
""",
)

FLOWS = _table(
    "flows",
    "Payments added up between two parties and month.",
    "flow",
    """
flow text         content hash of pair and month
month text        YYYY-MM
source text       paying entity, or account:BANK/NUMBER where nobody is known to hold it
target text       paid entity, likewise
payments int      number of payments
amount_usd float  sum in US dollars of those that state it
label_ids texts   labels of the payments
""",
)

HOLDERS = _table(
    "holders",
    "Which entity holds which account or answers to which ship number.",
    "key",
    """
key text          account:NUMBER, imo:NUMBER or mmsi:NUMBER
entity text       canonical id of the holder or ship
account text      canonical id of the account entity itself, where there is one
claim_ids texts   claims that say so
label_ids texts   labels of those claims
""",
)

DERIVED = {t.name: t for t in (MEMBERS, ENTITIES, LINKS, FLOWS, HOLDERS)}
