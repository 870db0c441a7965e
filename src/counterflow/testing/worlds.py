"""Random cases: parties, papers, links and payments as real files have them at their worst, some of it not to be read.

Names in a dozen scripts with control characters, markup, formulas and marks that turn the writing; dates of which only
the year is known or that lie in the year 1; sums without bounds; fields that are missing. Whatever the audience may not
read bears `CANARY` in every value, so that one search over all bytes of a file tells whether any of it got out.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow.model import schema as vocabulary
from counterflow.model.handling import PUBLIC, TLP, Audience, Label, readable
from counterflow.storage.tables import DERIVED, LEDGER
from counterflow.testing.tables import claims_of, scope_of

if TYPE_CHECKING:
    from counterflow.storage.ibis import IbisScope

__all__ = ["CANARY", "World", "world"]

CANARY = "qanary"
"""In every value that the audience may not read, whatever its type lets it look like."""

WHO = Audience("reader", organisation="FIU-B", ceiling=TLP.AMBER)
OPEN = (
    PUBLIC, PUBLIC.with_caveat("EXERCISE"), Label(TLP.GREEN),
    Label(TLP.AMBER, originator="FIU-A", releasable_to=frozenset({"FIU-B"})),
)  # fmt: skip
SHUT = (
    Label(TLP.RED, originator="FIU-A", readers=frozenset({CANARY})), Label(TLP.AMBER_STRICT, originator=CANARY),
    Label(TLP.GREEN, compartments=frozenset({CANARY.upper()})), Label(TLP.AMBER, originator=CANARY),
)  # fmt: skip

_SCRIPTS = (
    (0x41, 0x5A), (0xC0, 0x17F), (0x410, 0x44F), (0x391, 0x3C9), (0x621, 0x64A), (0x5D0, 0x5EA), (0x905, 0x939),
    (0xE01, 0xE2E), (0x10D0, 0x10F0), (0x1200, 0x1248), (0x3041, 0x3096), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
    (0x1F600, 0x1F64F), (0x20000, 0x200FF), (0x300, 0x36F),
)  # fmt: skip
_HOSTILE = (
    "=cmd|' /C calc'!A0", "+1-2", "@SUM(1)", "\t=1", "<b>&amp;]]>", "<!--", "--", "\x00\x07\x1b\x7f", "\ufffe\uffff",
    "\u202egnorw", "\u200b\u2060", "a\r\nb", "'\"`;--", "{{7*7}}", "#let x = 1", "#include \"/etc/passwd\"", "\\u0000",
    "%PDF-1.7", "PK\x03\x04", "; ", "x" * 40_000, "", " ", "¨", "ﷺ", "%s%n", "${jndi:x}", "_-*[]()",
)  # fmt: skip
_DATES = (
    "0001",
    "1700",
    "1753-01-01",
    "1899-12-31",
    "1961",
    "1970-01-01",
    "2016-09",
    "2016-02-29",
    "2038-01-19",
    "9999-12-31",
)
_SUMS = (
    0.0,
    -0.0,
    0.01,
    1e-12,
    10.5,
    -5.0,
    999_999.995,
    1e15,
    7.9e15,
    1e18,
    1e300,
    1.7e308,
    float("nan"),
    float("inf"),
)
_THINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Person", ("name", "alias", "firstName", "lastName", "birthDate", "nationality", "gender", "address", "phone",
                "email", "idNumber", "position", "notes", "title")),
    ("Company", ("name", "alias", "previousName", "country", "registrationNumber", "incorporationDate", "legalForm",
                 "address", "website", "sector", "topics")),
    ("Organization", ("name", "country", "summary")),
    ("Vessel", ("name", "imoNumber", "flag", "buildDate", "mmsi")),
    ("BankAccount", ("name", "accountNumber", "bankName", "bic", "currency", "openingDate")),
    ("Address", ("full", "city", "country", "street")),
    ("CryptoWallet", ("publicKey", "currency")),
    ("Estimate", ("name", "low", "high")),
)  # fmt: skip
_LINKS: tuple[tuple[str, str, str | None, tuple[str, ...]], ...] = (
    ("Ownership", "owner", "asset", ("percentage", "startDate", "endDate", "role")),
    ("Directorship", "director", "organization", ("role", "startDate")),
    ("Family", "person", "relative", ("relationship",)),
    ("Payment", "payer", "beneficiary", ("amount", "currency", "date", "purpose")),
    ("Passport", "holder", None, ("number", "country", "startDate", "type")),
    ("Sanction", "entity", None, ("authority", "program", "startDate", "reason")),
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """:param scope: for `WHO`, derived tables adopted; :param seed: what made it; :param hidden: claims to be hid"""

    scope: IbisScope
    seed: int
    hidden: int


def world(seed: int, *, wall: bool | None = None) -> World:
    """A random case. :param wall: whether the engine is given readable rows only; None: in every second case"""
    rng = random.Random(seed)
    wall = bool(seed % 2) if wall is None else wall
    rows: list[Any] = []
    things: dict[str, bool] = {}
    for n in range(rng.randint(0, 9)):
        schema, properties = rng.choice(_THINGS)
        shut = rng.random() < 0.3
        id = f"{CANARY if shut else rng.choice('cd')}:{schema.lower()}{n}"
        things[id] = shut
        rows += _told(rng, id, schema, [p for p in properties if rng.random() < 0.6], shut)
    for n in range(rng.randint(0, 9)):
        schema, first, second, properties = rng.choice(_LINKS)
        ends = [rng.choice(sorted(things)) for _ in range(2)] if things else []
        if not ends:
            continue
        shut = rng.random() < 0.3 or any(things[e] for e in ends)
        id = f"{CANARY if shut else 'c'}:{schema.lower()}{n}"
        who = _handled(rng, shut)
        rows += [(id, schema, first, ends[0], who)] + ([(id, schema, second, ends[1], who)] if second else [])
        rows += _told(rng, id, schema, [p for p in properties if rng.random() < 0.6], shut)
    labels = {x.id: x for x in (*OPEN, *SHUT)}
    open_labels = {i: x for i, x in labels.items() if readable(x, WHO, today="2026-11-30")}
    claims = claims_of(rows)
    payments = LEDGER["payments"].conform(_payments(rng))
    if wall:
        import pyarrow as pa
        import pyarrow.compute as pc

        kept = pa.array(sorted(open_labels))
        claims = claims.filter(pc.is_in(claims["label_id"], kept))
        payments = payments.filter(pc.is_in(payments["label_id"], kept))
    hidden = sum(row[4]["label_id"] not in open_labels for row in rows)
    return World(_derived(claims, payments, open_labels), seed, hidden)


def _derived(claims: Any, payments: Any, labels: dict[str, Label]) -> IbisScope:
    import pyarrow as pa

    from counterflow.entities.entity import entities
    from counterflow.network.holders import holders
    from counterflow.network.links import links

    told = zip(claims["subject"].to_pylist(), claims["schema"].to_pylist(), strict=True)
    things = sorted({s for s, schema in told if vocabulary.get(schema).is_a("Thing")})
    first = {"score": 1.0, "basis": "first", "reasons": []}
    members = pa.Table.from_pylist([{"subject": s, "entity": s, **first} for s in things], DERIVED["members"].schema)
    tables = {"claims": claims, "members": members, "payments": payments}
    scope = scope_of(tables, audience=WHO, labels=labels)
    scope.adopt("entities", entities(scope, members))
    scope.adopt("links", links(scope))
    scope.adopt("holders", holders(scope))
    return scope


def _handled(rng: random.Random, shut: bool) -> dict[str, Any]:
    stance = rng.choices(("asserts", "denies", "doubts"), (8, 1, 1))[0]
    return {
        "label_id": rng.choice(SHUT if shut else OPEN).id, "stance": stance, "credibility": rng.randint(1, 6),
        "reliability": rng.choice("ABCDEF"),
        "source_id": CANARY if shut else rng.choice(("s-1", _name(rng)[:40] or "s")),
        "note": CANARY if shut else None, "verified": rng.random() < 0.8,
    }  # fmt: skip


def _told(rng: random.Random, id: str, schema: str, properties: list[str], shut: bool) -> list[Any]:
    found = []
    for property in properties:
        for _ in range(rng.choice((1, 1, 1, 2))):
            kind = vocabulary.get(schema).property(property).type
            value = f"{CANARY} {_name(rng)}" if shut and kind not in _SHORT else _value(rng, kind)
            if value.strip():
                found.append((id, schema, property, value, _handled(rng, shut)))
    return found


_SHORT = ("date", "country", "number", "gender", "topic")
"""Kinds of value too narrow for a canary."""


def _value(rng: random.Random, kind: str) -> str:
    if kind == "date":
        return rng.choice(_DATES)
    if kind == "country":
        return rng.choice(("kp", "cn", "ru", "us", "gb", "sg"))
    if kind == "number":
        return repr(rng.choice(_SUMS[:8]))
    if kind == "gender":
        return rng.choice(("male", "female", "other"))
    if kind == "topic":
        return rng.choice(("sanction", "crime.fin"))
    return _name(rng)


def _name(rng: random.Random) -> str:
    if rng.random() < 0.2:
        return rng.choice(_HOSTILE)
    low, high = rng.choice(_SCRIPTS)
    words = ["".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 12))) for _ in range(rng.randint(1, 4))]
    return " ".join(words) + (rng.choice(_HOSTILE) if rng.random() < 0.1 else "")


def _payments(rng: random.Random) -> Any:
    import pyarrow as pa

    rows = []
    for n in range(rng.randint(0, 6)):
        shut = rng.random() < 0.3

        def said(text: str | None, secret: bool = shut) -> str | None:
            return f"{CANARY} {text}" if secret else text

        label = rng.choice(SHUT if shut else OPEN)
        moment = dt.datetime(rng.choice((1, 1753, 1970, 2016, 9998)), 2, 3, 4, 5, 6, tzinfo=dt.UTC)
        rows.append({
            "row_id": f"{CANARY if shut else 'p'}{n}",
            "payment_id": said(rng.choice((f"T{n}", "T0", None, _name(rng)))),
            "timestamp": rng.choice((moment, moment, None)), "amount": rng.choice((*_SUMS, None)),
            "currency": rng.choice(("EUR", "USD", "XAF", None)), "amount_usd": rng.choice((*_SUMS, None, None)),
            "from_account": said(rng.choice((None, "111", "DE89370400440532013000", _name(rng)[:60]))),
            "to_account": said(rng.choice((None, "222", _name(rng)[:60]))),
            "from_bank": rng.choice((None, "DEUTDEFF", "BANK", _name(rng)[:20])),
            "to_bank": rng.choice((None, "CHASUS33")), "from_name": said(_name(rng)),
            "to_name": said(rng.choice((None, _name(rng)))), "purpose": said(_name(rng)),
            "ultimate_to": said(rng.choice((None, None, _name(rng)))),
            "method": rng.choice((None, "cash", "wire", "transfer")),
            "value_date": rng.choice((None, *_DATES)), "dataset": "c", "source_id": said("c"), "locator": f"row {n}",
            "label_id": label.id, "recorded_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        })  # fmt: skip
    return pa.Table.from_pylist(rows) if rows else LEDGER["payments"].schema.empty_table()
