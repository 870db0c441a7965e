"""Tables of observations: bulk rows that would be silly as claims. Column, type, unit, meaning; append-only."""

from __future__ import annotations

from counterflow.storage.table import PROVENANCE, described
from counterflow.storage.travelled import TRIPS, VEHICLES

__all__ = [
    "LABELS",
    "OBSERVATIONS",
    "PASSAGES",
    "PAYMENTS",
    "POSITIONS",
    "SEIZURES",
    "SHIPMENTS",
    "SHIP_EVENTS",
    "SHIP_STATICS",
    "TRADE_FIGURES",
    "TRANSFERS",
    "TRIPS",
    "VEHICLES",
]

PAYMENTS = described(
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
    + PROVENANCE,
)

POSITIONS = described(
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
    + PROVENANCE,
)

SHIP_STATICS = described(
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
    + PROVENANCE,
)

SHIP_EVENTS = described(
    "ship_events",
    "Something that ships did, as somebody else worked out from their tracks: encounter, loitering, port visit, gap.",
    "row_id",
    """
row_id text       content hash
event_id text     the publisher's own id
kind text         encounter, loitering, port_visit, gap (no AIS), sts_transfer, reappearance, fishing, voyage…
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
    + PROVENANCE,
)

SHIPMENTS = described(
    "shipments",
    "One declared or invoiced consignment.",
    "row_id",
    """
row_id text       content hash
shipment_id text  its own id in its file
kind text         import or export declaration, bill of lading, invoice, manifest, arms transfer
bill_of_lading text number of the bill of lading or waybill that it goes under
invoice text      number of the invoice
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
serials text      numbers of single pieces as written: vehicle (VIN), chassis, engine, arms
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
    + PROVENANCE,
)

TRADE_FIGURES = described(
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
    + PROVENANCE,
)

SEIZURES = described(
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
companies text    sender, receiver, owner of goods or premises, as written
declared text     what the papers said was carried, as written
container text    container numbers as written
repeat int        1 for the first of rows that are equal in all else, 2 for the second: twice reported, or two seizures
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
"""
    + PROVENANCE,
)

TRANSFERS = described(
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
    + PROVENANCE,
)

LABELS = described(
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
    + PROVENANCE,
)

PASSAGES = described(
    "passages",
    "One page of a document's text; where the document has no pages, about 4,000 characters of it.",
    "row_id",
    """
row_id text       content hash
document text     SHA-256 of the document itself, which may be an attachment inside the file
part text         which attachment of the file it is; null: the file itself
format text       pdf, html, docx, email, text
page int          number of the page, from 1
offset int        characters of the document before this page
text text         text of the page
"""
    + PROVENANCE,
)

OBSERVATIONS = {
    t.name: t
    for t in (
        PAYMENTS, POSITIONS, SHIP_STATICS, SHIP_EVENTS, SHIPMENTS, TRADE_FIGURES, SEIZURES, TRIPS, VEHICLES, TRANSFERS,
        LABELS, PASSAGES,
    )
}  # fmt: skip
