"""Tables of observations of persons and vehicles on the move: journeys, registers of vehicles."""

from __future__ import annotations

from counterflow.storage.table import PROVENANCE, described

__all__ = ["TRIPS", "VEHICLES"]

TRIPS = described(
    "trips",
    "One journey of one person, as a carrier, border or consulate recorded it. Personal data: only where lawful.",
    "row_id",
    """
row_id text       content hash
trip_id text      its own id in its file: record locator, number of the crossing or visa
kind text         booking (PNR), passenger list (API), border crossing, visa… as written
name text         the traveller as printed
person_id text    the file's own id of the traveller
birth_date text   partial ISO date
nationality text  ISO 3166-1 alpha-2, lower case
document text     number of the passport or other travel document
document_type text ordinary, service, diplomatic; else as written
document_country text state that issued it: ISO 3166-1 alpha-2, lower case
visa text         number or kind of the visa, as written
from_country text ISO 3166-1 alpha-2, lower case
from_place text   airport, port or border post, as written
to_country text   ISO 3166-1 alpha-2, lower case
to_place text     airport, port or border post, as written
carrier text      airline, ship or railway, as written
flight text       flight, voyage or train number
departure time    when it left, or was to leave; a date alone is midnight
arrival time      when it arrived
purpose text      purpose as declared: official, transit, tourism…
accompanying text names of those on the same booking, as written
paid_by text      who paid or booked: person, agency, card, as written
bags float        pieces of luggage
bag_mass float    luggage, kg
cash float        cash declared at the border, in currency
currency text     ISO 4217
goods text        goods declared, as written: 12 kg gold
goods_value float value of these, in currency
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
"""
    + PROVENANCE,
)

VEHICLES = described(
    "vehicles",
    "What a register or police list says of one vehicle: that it is registered, stolen…, from when.",
    "row_id",
    """
row_id text       content hash
record_id text    its own id in its file
vin text          vehicle identification or chassis number: capitals and digits alone
kind text         registered, stolen, deregistered, exported, scrapped; else as written
date text         from when: partial ISO date
end text          until when: deregistered, recovered; partial ISO date
country text      whose register or police: ISO 3166-1 alpha-2, lower case
authority text    who says so
plate text        registration number
engine text       engine number
make text         maker
model text        model
year text         year of make or first registration
owner_name text   keeper or owner as printed
owner_id text     the file's own id of the owner
credibility small Admiralty digit of this row, where it is not the data set's
note text         what was read otherwise than written, and why
details text      what else the row says, as JSON under the publisher's names
"""
    + PROVENANCE,
)
