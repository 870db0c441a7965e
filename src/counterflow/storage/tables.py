"""Every table of the ledger and of what is derived from it: column, type, unit, meaning. Adapters and the reference
documentation are generated from here; nothing else may invent a column.

Ledger tables are append-only. A derived table belongs to one audience and can be thrown away.
"""

from __future__ import annotations

from counterflow.storage.observations import OBSERVATIONS
from counterflow.storage.table import Column, Table, described

__all__ = ["DERIVED", "LEDGER", "OBSERVATIONS", "Column", "Table"]

CLAIMS = described(
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

RETRACTIONS = described(
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

SOURCES = described(
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

LEDGER = {t.name: t for t in (CLAIMS, RETRACTIONS, SOURCES, *OBSERVATIONS.values())}

ORIGINS = described(
    "origins",
    "What repeats a source, and so corroborates nothing: a source as a whole, or one record of it.",
    "of",
    """
of text           source_id, or subject of the record, that repeats
kind text         source or record
repeats text      source that it goes back to, along all steps
step text         source that it repeats directly
record text       the record that holds the same, where one is known
basis text        stated: an analyst says so; found: it shows in the data
reasons texts     why, in words
label_ids texts   labels of what shows it
""",
)

MEMBERS = described(
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

PAIRS = described(
    "pairs",
    "Pairs of subjects that resolution compared and found likely enough to join or to show to a person.",
    "left",
    """
left text         subject, the smaller of the two ids
right text        subject
probability float that both are one party, by the evidence alone
outcome text      joined: it holds an entity together; open: short of that; refused: enough, but a rule forbids
sentence text     the evidence in one sentence
features text     as JSON: [{feature, weight, left, right, says}], weights in log-odds
""",
)

ENTITIES = described(
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

LINKS = described(
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

FLOWS = described(
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
label_ids texts   labels of the payments, and of the claims that say who holds the accounts
""",
)

CONSIGNMENTS = described(
    "consignments",
    "Shipments added up between two parties, or a ship and the party whose goods it carried, and month.",
    "consignment",
    """
consignment text  content hash of role, month and pair
role text         sent: source shipped to target; carried: source is the ship that carried the target's goods
month text        YYYY-MM, or YYYY where no month is known; null: no date
source text       shipper, or ship
target text       consignee, or the party whose goods were carried
shipments int     number of shipments
amount_usd float  declared value in US dollars of those that state it
label_ids texts   labels of the shipments, and of the claims that give the names and numbers
""",
)

HOLDERS = described(
    "holders",
    "Which entity holds which account, answers to which ship number or alone bears a name that a shipment prints.",
    "key",
    """
key text          account:NUMBER, imo:NUMBER, mmsi:NUMBER, or name:NAME in lower case without its legal form
entity text       canonical id of the holder, ship or party
account text      canonical id of the account entity itself, where there is one
claim_ids texts   claims that say so
label_ids texts   labels of those claims
""",
)

TIES = described(
    "ties",
    "What a party could share with another: persons, agents, addresses, telephones, mail and web addresses.",
    "tie",
    """
tie text          id: entity>what>via
entity text       canonical id of the party
what text         officer, agent, address or contact
via text          canonical id of the officer or agent; the address as lower-case letters and digits; the number itself
start text        first partial ISO date from which a claim of it held; null: open
claim_ids texts   claims that say so
""",
)

DERIVED = {t.name: t for t in (ORIGINS, MEMBERS, PAIRS, ENTITIES, LINKS, FLOWS, HOLDERS, CONSIGNMENTS, TIES)}
