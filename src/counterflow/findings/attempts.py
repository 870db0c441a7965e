"""Attempts: from the hits of a search over payments to findings that say who paid whom, what, when, where and on what
evidence.

A typology of the pattern engine searches (`patterns`), and hands its hits here with a small function that words one
attempt. All look-ups are made for all hits at once; per hit there is only what is printed of it::

    def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
        hits = some_search.find(data.log, days=dial["days"])
        yield from findings(data, TYPOLOGY, hits, _told, roles=("into the hub", "out of the hub"))

    def _told(a: Attempt) -> Told:
        hub = int(a.payee[0])
        return Told(
            f"{a.name(hub)} was paid {a.money(a.role == 0)} by {n} accounts and paid on {a.money(a.role == 1)} within "
            f"{a.span}.",
            factors={f"{n} payers": 1 + n / 6},
            lead=(hub,),
            detail={"payers": n},
        )

What holds of every attempt is added here: listed holders and those near a listed party weigh, and so does money that
stays with one holder; sums in each currency and in US dollars, banks, countries, entities, and searches that ended by
their budget go into the detail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.patterns.chance import strongest
from counterflow.findings.typology import weigh
from counterflow.model.finding import Evidence, Finding

if TYPE_CHECKING:
    from counterflow.findings.parties import Party
    from counterflow.findings.patterns.hits import Hits
    from counterflow.findings.patterns.log import Log
    from counterflow.findings.typology import Data, Typology

__all__ = ["Attempt", "Told", "figures", "findings", "noted", "placed"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Attempt:
    """One hit, as columns: what a typology words.

    :param members: indices into the log, in time order; the other columns go with them
    :param payer: number of the paying account in ``log.accounts``; `payee` likewise; :param at: seconds since 1970
    :param amount: in the payment's own currency; :param usd: in US dollars, NaN where nothing tells
    :param currency: ISO 4217, "" where the source gives none
    :param role: role of each payment as the search numbers it; zeros where it tells none apart
    :param parties: account number → who stands behind it
    :param surprise: how unlikely the hit is without a cause, decimal logarithm; 0 where the search does not say
    """

    log: Log
    members: Ints
    payer: Codes
    payee: Codes
    at: Ints
    amount: Floats
    usd: Floats
    currency: Sequence[str]
    role: Ints
    parties: Mapping[int, Party]
    surprise: float = 0.0

    @cached_property
    def accounts(self) -> tuple[int, ...]:
        """Each account once, in the order in which they come up."""
        both = np.column_stack([self.payer, self.payee]).ravel().tolist()
        return tuple(dict.fromkeys(both))

    @property
    def span(self) -> str:
        """From the first payment to the last, in words."""
        return evidence.span(int(self.at[-1] - self.at[0]))

    def unlikely(self, what: str) -> dict[str, float]:
        """The factor of a hit's surprise: so much is searched that something unlikely is not yet a wrong, so a quarter
        of its order of magnitude counts, up to a billion. :param what: what is unlikely, in words"""
        told = min(self.surprise, 9.0)
        odds = f"about 1 in {int(float(f'{10**told:.0e}')):,}" if told < 9 else "less than 1 in a billion"
        return {f"{what}: {odds}": round(10 ** (told / 4), 3)}

    def name(self, account: int) -> str:
        """The name to print of an account's holder."""
        return self.parties[account].caption

    def sums(self, which: Flags | None = None) -> dict[str, float]:
        """currency → sum, largest first. :param which: of these payments; None: of all"""
        sums: dict[str, float] = {}
        chosen = range(len(self.at)) if which is None else np.flatnonzero(which).tolist()
        amounts = self.amount.tolist()
        for i in chosen:
            sums[self.currency[i]] = sums.get(self.currency[i], 0.0) + amounts[i]
        return dict(sorted(sums.items(), key=lambda s: (-s[1], s[0])))

    def money(self, which: Flags | None = None) -> str:
        """The same in words: ``1,250,000 USD and 80,000 EUR``."""
        return " and ".join(f"{amount:,.0f} {currency}".rstrip() for currency, amount in self.sums(which).items())


@dataclass(frozen=True)
class Told:
    """What a typology says of an attempt.

    :param sentence: one plain sentence that leads with the main subject
    :param factors: sign in words → likelihood ratio, as `typology.weigh` takes it
    :param lead: accounts whose holders the finding is about, the main one first; none: all in their order
    :param detail: figures of this typology, units in the key names
    :param records: evidence beside the payments and the claims of who holds the accounts
    :param subjects: entities that the finding is about beside the holders of `lead`, before them
    """

    sentence: str
    factors: Mapping[str, float]
    lead: Sequence[int] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    records: Sequence[Evidence] = ()
    subjects: Sequence[str] = ()


def findings(
    data: Data,
    typology: Typology,
    hits: Hits,
    word: Callable[[Attempt], Told],
    *,
    prior: float = 0.15,
    roles: Sequence[str] = ("payment of the pattern",),
    per_1000: float | None = None,
) -> Iterator[Finding]:
    """One finding for each hit, in the order of the hits.

    :param word: says what one attempt is
    :param prior: probability before any sign
    :param roles: what a payment of each role (`Hits.role`) is, in words
    :param per_1000: only the most surprising hits, so many for each thousand accounts; each finding says how many more
        there are. None: all
    """
    if not len(hits):
        return
    log, weaker = data.log, 0
    if per_1000 is not None and hits.surprise is not None:
        told_of = strongest(hits.surprise, per_1000, len(log.accounts))
        weaker, hits = int((~told_of).sum()), hits.select(told_of)
    payer, payee, at = log.payer[hits.members], log.payee[hits.members], log.at[hits.members]
    parties = _parties(data, log, np.unique(np.concatenate([payer, payee])))
    ids, payments = (_texts(log.rows.column(c), hits.members) for c in ("row_id", "payment_id"))
    codes = log.currencies.to_pylist()
    currency = [codes[c] for c in log.currency[hits.members].tolist()]
    amount, usd = log.amount[hits.members], log.worth[hits.members]
    role = np.zeros(len(at), np.int64) if hits.role is None else hits.role.astype(np.int64)
    names = [roles[r] if r < len(roles) else roles[-1] for r in role.tolist()]
    surprise = np.zeros(len(hits)) if hits.surprise is None else hits.surprise
    bounds = zip(hits.starts[:-1].tolist(), hits.starts[1:].tolist(), surprise.tolist(), strict=True)
    for first, last, unlikely in bounds:
        one = slice(first, last)
        attempt = Attempt(
            log, hits.members[one], payer[one], payee[one], at[one], amount[one], usd[one], currency[one], role[one],
            parties, unlikely,
        )  # fmt: skip
        told = word(attempt)
        factors = dict(told.factors) | _weighty(attempt)
        people = [parties[a] for a in dict.fromkeys((*told.lead, *attempt.accounts))]
        said = {e.id for e in told.records}
        own = {id for p in people for id in p.holder.claim_ids} - said
        ways = {id for p in people if p.near for id in p.near.claim_ids} - own - said
        found = evidence.claims(own, "who holds the account")
        lead = [*told.subjects, *(parties[a].holder.entity for a in told.lead or attempt.accounts)]
        yield Finding(
            typology=typology.name,
            sentence=told.sentence,
            subjects=tuple(dict.fromkeys([*lead, *sorted(p.holder.entity for p in people if p.holder.known)])),
            probability=weigh(prior, factors),
            evidence=(
                *(Evidence("payments", id, said) for id, said in zip(ids[one], names[one], strict=True)),
                *told.records,
                *found,
                *evidence.claims(ways, "how a holder is tied to a listed party"),
            ),
            refutes=typology.refutes,
            benign=typology.benign,
            start=evidence.iso(attempt.at[0]),
            end=evidence.iso(attempt.at[-1]),
            payments=tuple(payments[one]),
            accounts=tuple(dict.fromkeys(p.number for p in people)),
            detail={
                **told.detail, **figures(log, attempt.members), **_places(data, people),
                **({"searches_out_of_budget": hits.exhausted} if hits.exhausted else {}),
                **({"weaker_not_told": weaker} if weaker else {}), "factors": factors,
            },
        )  # fmt: skip


def noted(found: Sequence[Finding], kinds: Mapping[str, str]) -> list[Finding]:
    """The findings, and with each entity of an attempt what else is found of it: a front, a shell, a successor.

    :param kinds: typology → kind
    """
    about: dict[str, list[dict[str, str]]] = {}
    for f in found:
        if kinds.get(f.typology) in _OF_PARTIES:
            about.setdefault(f.subjects[0], []).append({"typology": f.typology, "finding": f.id})
    if not about:
        return list(found)

    def told(f: Finding) -> Finding:
        rows = f.detail.get("entities", ())
        if not any(row["entity"] in about for row in rows):
            return f
        known = [row | ({"findings": about[row["entity"]]} if row["entity"] in about else {}) for row in rows]
        return replace(f, detail=f.detail | {"entities": known})

    return [told(f) if "sums" in f.detail else f for f in found]


_OF_PARTIES = ("ownership", "succession")
"""Kinds of typology that say what a party is."""


def placed(log: Log, ids: Collection[str]) -> dict[str, int]:
    """row_id → its place in the log, of those that are in it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = log.rows.column("row_id")
    at = np.flatnonzero(np.asarray(pc.is_in(rows, pa.array(sorted(ids), rows.type))))
    return dict(zip(rows.take(pa.array(at)).to_pylist(), at.tolist(), strict=True))


def _parties(data: Data, log: Log, accounts: Codes) -> dict[int, Party]:
    names = _texts(log.accounts, accounts.astype(np.int64))
    found = data.parties.of(names)
    return {code: found[name] for code, name in zip(accounts.tolist(), names, strict=True)}


def _texts(column: Any, rows: Ints) -> list[str]:
    import pyarrow as pa

    return list(column.take(pa.array(rows)).to_pylist())


def _weighty(attempt: Attempt) -> dict[str, float]:
    """Signs that weigh in every typology."""
    parties = [attempt.parties[a] for a in attempt.accounts]
    factors = {}
    if listed := sorted({p.caption for p in parties if p.holder.listed}):
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    elif near := sorted({p.caption for p in parties if p.near}):
        hops = min(p.near.hops for p in parties if p.near)
        factors[f"{hops} link{'s' * (hops > 1)} from a listed party: {', '.join(near)}"] = 2.0 if hops < 2 else 1.5
    holders = {p.holder.entity for p in parties}
    if len(parties) > 1 and len(holders) == 1:
        factors["all accounts are of one holder, who may move its own money as it likes"] = 0.3
    return factors


def figures(log: Log, members: Ints) -> dict[str, Any]:
    """Sums by currency and in dollars, how these were come by, and the span, of payments in time order."""
    amount, worth = log.amount[members], log.worth[members]
    sums = np.bincount(log.currency[members], amount, len(log.currencies))
    found = {log.currencies[c].as_py(): round(float(sums[c]), 2) for c in np.flatnonzero(sums).tolist()}
    unknown, rated = bool(np.isnan(worth).any()), bool(np.isnan(log.usd[members]).any())
    return {
        "sums": dict(sorted(found.items(), key=lambda s: (-s[1], s[0]))),
        # some of the payments in dollars would pass for all of them
        "sum_usd": None if unknown else round(float(worth.sum()), 2),
        "usd_basis": "unknown for some" if unknown else "yearly average rates" if rated else "stated",
        "hours": round(int(log.at[members[-1]] - log.at[members[0]]) / 3600, 2),
    }


def _places(data: Data, people: Sequence[Party]) -> dict[str, Any]:
    """Banks, countries, and who of the network is in it."""
    held: dict[str, list[Party]] = {}
    for party in people:
        if party.holder.known:
            held.setdefault(party.holder.entity, []).append(party)
    entities = []
    for entity, own in held.items():
        first = own[0]
        row: dict[str, Any] = {
            "entity": entity, "caption": first.holder.caption, "accounts": [p.number for p in own],
            "listed": first.holder.listed,
        }  # fmt: skip
        if first.owners:
            row["owners"] = [{"entity": o, "caption": data.caption(o), "listed": data.listed(o)} for o in first.owners]
        if first.near and first.near.hops:
            row["nearest_listed"] = {
                "entity": first.near.entity, "caption": data.caption(first.near.entity), "hops": first.near.hops,
                "through": [data.caption(e) for e in first.near.chain[:-1]],
            }  # fmt: skip
        entities.append(row)
    return {
        "banks": list(dict.fromkeys(p.bank for p in people if p.bank)),
        "jurisdictions": list(dict.fromkeys(c for p in people for c in p.countries)),
        "entities": entities,
    }
