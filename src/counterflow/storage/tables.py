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
purpose text      purpose or remittance text, structured references included
value_date text   partial ISO date on which the money counts (value or interbank settlement date)
status text       ordered, booked, pending, information, returned, reversed; null: as booked
method text       how it moved, in the source's word: transfer, ACH, wire, cheque, cash, card, bitcoin
reference text    end-to-end reference that travels with the payment
uetr text         unique end-to-end transaction reference (UUID v4) of SWIFT gpi
batch text        batch or bulk booking that it is part of
message text      kind and id of the message that tells of it: pacs.008.001.08 MSG-1
from_address text payer's postal address
from_country text payer's country, ISO 3166-1 alpha-2, lower case
from_id text      payer's other numbers: lei …; passport … (de)
from_bank_name text name of the payer's bank
from_bank_country text country of the payer's bank, ISO 3166-1 alpha-2, lower case
to_address text   payee's postal address
to_country text   payee's country, ISO 3166-1 alpha-2, lower case
to_id text        payee's other numbers
to_bank_name text name of the payee's bank
to_bank_country text country of the payee's bank, ISO 3166-1 alpha-2, lower case
ultimate_from text party on whose behalf the payer pays: name; numbers; country
ultimate_to text  party for whom the payee receives: name; numbers; country
intermediaries text banks and parties in between, in order: role: BIC, name, country; …
instructed_amount float amount as ordered, before exchange and charges
instructed_currency text ISO 4217
received_amount float amount that the payee's account was credited with
received_currency text ISO 4217
exchange_rate float units of one currency for one of the other, as the source states it
charges text      who bears the charges (SHA, OUR, BEN), and each charge: USD 5.00 BANKBIC
purpose_code text purpose code: ISO 20022 external code, or the bank's transaction code
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
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
rot float         rate of turn, degrees a minute, to starboard positive
message_type small AIS message type, 1-27
transceiver text  kind of station: A, B, base station, aid to navigation, search and rescue…
fixing_device text what the position was fixed with: GPS, GLONASS…
received_over text how it was received, as the network says: terrestrial, satellite, AIS…
"""
    + _PROVENANCE,
)

SHIP_STATICS = _table(
    "ship_statics",
    "What a ship says of itself over AIS: one row for each change, at the time it was first heard.",
    "row_id",
    """
row_id text       content hash
timestamp time    when these values were first heard
mmsi text         nine digits
imo text          seven digits
vessel_name text  name as sent
call_sign text    radio call sign as sent
ship_type text    type as sent: a code of ITU-R M.1371 table 53, or the network's word for it
cargo_type text   cargo or hazard class as sent
length float      metres
width float       metres
to_bow float      metres from the antenna to the bow (A)
to_stern float    metres from the antenna to the stern (B)
to_port float     metres from the antenna to port side (C)
to_starboard float metres from the antenna to starboard side (D)
draught float     metres, at present
destination text  port of destination as sent
eta text          expected arrival as sent; the ship itself sends month, day and hour without a year
transceiver text  kind of station: A, B…
"""
    + _PROVENANCE,
)

SHIP_EVENTS = _table(
    "ship_events",
    "Something that ships did, as somebody else worked out from their tracks: encounter, loitering, port visit, gap.",
    "row_id",
    """
row_id text       content hash
event_id text     the publisher's own id
kind text         encounter, loitering, port_visit, gap (no AIS), sts_transfer, reappearance, fishing, shared_mmsi
timestamp time    when it began
end time          when it ended
lat float         degrees north, WGS 84: mean of an encounter, start of a gap
lon float         degrees east, WGS 84
end_lat float     degrees north where it ended, where that is told
end_lon float     degrees east where it ended
mmsi text         nine digits
imo text          seven digits
vessel_name text  name
flag text         ISO 3166-1 alpha-2, lower case
vessel_type text  the publisher's class: carrier, bunker, fishing…
vessel_id text    the publisher's own id of the ship
other_mmsi text   the other ship of an encounter: nine digits
other_imo text    seven digits
other_name text   name
other_flag text   ISO 3166-1 alpha-2, lower case
other_type text   the publisher's class
other_id text     the publisher's own id
distance float    kilometres between the two ships, median
speed float       knots, median; implied by the ends of a gap
duration float    hours, as the publisher gives it
travelled float   kilometres between beginning and end
shore_distance float kilometres to the nearest shore, at the start
port_distance float kilometres to the nearest port, at the start
place text        port, anchorage or sea area
country text      its country: ISO 3166-1 alpha-2, lower case
commodity text    goods handed over, where told
confidence text   the publisher's own confidence
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
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
kind text         import or export declaration, bill of lading, invoice, manifest, arms transfer
date text         partial ISO date
shipper_name text name of the sender as printed
shipper_id text   the file's own id of the sender: seller, exporter
consignee_name text name of the receiver as printed
consignee_id text the file's own id of the receiver: importer, tax number
declarant_name text who declared it, as printed
declarant_id text the file's own id of the declarant
carrier_name text carrier or courier as printed
carrier_id text   the file's own id of the carrier or courier
vessel_name text  carrying ship
imo text          the ship's IMO number
mmsi text         the ship's MMSI
transport text    mode of transport as written: name or the authority's code
container text    container numbers as written
origin_country text ISO 3166-1 alpha-2, lower case
departure_country text ISO 3166-1 alpha-2, lower case: where it was sent from
dest_country text ISO 3166-1 alpha-2, lower case
load_port text    port of loading
discharge_port text port of discharge
office text       customs office
procedure text    customs procedure as written: name or the authority's code
hs_code text      Harmonized System code, digits
hs_edition text   edition of the nomenclature: HS1992, HS1996, HS2002, HS2007, HS2012, HS2017, HS2022
description text  goods as declared
quantity float    in unit
unit text         kg, l, m3, pcs…: the base unit of its kind, see `quantity_given`
quantity_given text quantity and unit as written, where they were converted
net_mass float    kg
gross_mass float  kg
value float       declared value, in currency
currency text     ISO 4217
incoterm text     terms of delivery: FOB, CIF…
tax_rate float    per cent
tax_type text     duty or preference, the authority's code
tax float         duty and taxes assessed, in currency
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
"""
    + _PROVENANCE,
)

TRADE_FIGURES = _table(
    "trade_figures",
    "One figure of trade statistics: what one country reports of its trade with another. Add only rows that have the"
    " same `level` and whose `aggregate` is null, or totals alone: totals and parts of one whole stand side by side.",
    "row_id",
    """
row_id text       content hash
date text         period: YYYY or YYYY-MM
reporter text     who reports: ISO 3166-1 alpha-2, lower case
reporter_name text as the file names it
partner text      the other country: ISO 3166-1 alpha-2, lower case; null for the world and for areas without a code
partner_name text as the file names it
second_partner text country of consignment, where the figure is only the part that came by way of it
flow text         import, export, re-import, re-export
mirror bool       the reporter published nothing: it is the partner's figure, turned round
hs_code text      commodity code, digits; null for all commodities
level int         digits of the code: 0 all commodities, 2 chapter, 4 heading, 6 subheading
nomenclature text HS, SITC, BEC
hs_edition text   edition: HS1992 … HS2022, SITC1 … SITC4
description text  commodity as the file names it
aggregate text    what the row is a sum over, that finer rows may give again: commodity, partner; null: a leaf
procedure text    customs procedure, where the figure is only the part under it
transport text    mode of transport, where the figure is only the part that went by it
quantity float    in unit
unit text         kg, l, m3, pcs…: the base unit of its kind
quantity_given text quantity and unit as written, where they were converted
net_weight float  kg
gross_weight float kg
value float       value, in currency: the reporter's main one
value_fob float   free on board
value_cif float   with cost, insurance and freight
currency text     ISO 4217
estimated text    which of quantity, weight and value the publisher estimated
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
"""
    + _PROVENANCE,
)

SEIZURES = _table(
    "seizures",
    "One seizure of one kind of good, as an authority reports it.",
    "row_id",
    """
row_id text       content hash
seizure_id text   the authority's own number
date text         partial ISO date
country text      where: ISO 3166-1 alpha-2, lower case
place text        town, port, airport, district, as written
lat float         degrees north, WGS 84
lon float         degrees east, WGS 84
category text     drugs, currency, tobacco, vehicles, arms, minerals, wildlife, fuel, other
goods text        what was seized, as written: heroin, 100 dollar notes, a brand of cigarettes
hs_code text      Harmonized System code, digits
quantity float    in unit
unit text         kg, l, pcs, tablet…: the base unit of its kind
quantity_given text quantity and unit as written, where they were converted
mass float        kg, where the quantity is a mass
value float       value, in currency
currency text     ISO 4217
brand text        brand or make
serials text      serial, plate or vehicle numbers as written: of notes, of cars (VIN), of arms
purity float      per cent
origin_country text where it was made: ISO 3166-1 alpha-2, lower case
departure_country text where it was sent from
transit_country text countries on the way
dest_country text where it was bound
route text        route or border situation as written
concealment text  how it was hidden
location_type text kind of place: airport, post office, street
transport text    means of transport as written
carrier text      ship, aircraft, vehicle or person that carried it, as written
imo text          the ship's IMO number
authority text    who seized it
persons text      those arrested or named, as written
repeat int        1 for the first of rows that are equal in all else, 2 for the second: twice reported, or two seizures
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
"""
    + _PROVENANCE,
)

TRANSFERS = _table(
    "transfers",
    "One movement of an asset on a blockchain.",
    "row_id",
    """
row_id text       content hash
chain text        blockchain: bitcoin, ethereum, tron…
tx text           transaction hash or id
position text     place in the transaction: log index, output number
spent_tx text     transaction whose output is spent, where the source names transactions and not addresses
from_address text sender, in small letters where case carries nothing
to_address text   receiver, likewise
amount float      in units of the asset
asset text        ticker: BTC, ETH, USDT…
contract text     address of the token's contract
amount_usd float  value in US dollars at that time, where the source gives it
fee float         fee paid, in units of the chain's own asset
timestamp time    when it was confirmed
block int         height of the block, or the time step of sources that hide dates
method text       function called, or kind of transfer
status text       ok or failed, as the source says
from_name text    sender's label in the source
to_name text      receiver's label in the source
repeat int        1 for the first of rows that are equal in all else, 2 for the second
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
"""
    + _PROVENANCE,
)

LABELS = _table(
    "labels",
    "What a publisher knows to be true of a record of its own (ground truth), for measuring; no detector reads it.",
    "row_id",
    """
row_id text       content hash
kind text         what is labelled: payment, account, transaction, address, shipment, ship_event
record text       its id: payment_id, account number, transaction hash, shipment_id, event_id
label text        laundering, suspicious, illicit, licit, fraud, clean, unknown
pattern text      kind of pattern, in the publisher's word: FAN-OUT, cycle…
attempt text      number of the attempt or alert that it belongs to
detail text       what else the publisher says of it
step int          time step from which it holds
"""
    + _PROVENANCE,
)

OBSERVATIONS = {
    t.name: t
    for t in (
        PAYMENTS, POSITIONS, SHIP_STATICS, SHIP_EVENTS, SHIPMENTS, TRADE_FIGURES, SEIZURES, TRANSFERS, LABELS,
    )
}  # fmt: skip
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
share text        per cent held as the source writes it; rival figures of one record are joined by ' | '
share_low float   per cent held, lower bound; null: not stated, or not a part of a whole
share_high float  per cent held, upper bound
low_open bool     true: more than share_low, not equal to it
high_open bool    true: less than share_high, not equal to it
interest text     kind of interest, a code of `model.interests`: shareholding, votingRights, …; null: not said
directness text   direct, indirect (through others: never added to theirs) or unknown; null: not said
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
