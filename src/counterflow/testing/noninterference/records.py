"""Random records of a small world: claims, rows of bulk tables, sources; what people decided or wrote about them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow.model import schema as vocabulary
from counterflow.model.claim import Claim
from counterflow.model.handling import Label
from counterflow.storage.tables import CLAIMS, LEDGER, OBSERVATIONS
from counterflow.testing.noninterference.writings import KINDS, NAMES, Written
from counterflow.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DATASETS", "DAY", "Hand", "companies", "decide", "furnishing", "parts", "put"]

DAY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
"""All times lie in the past, so that an answer which tells when something hidden was recorded differs."""

_COUNTRIES = ("kp", "cn", "ru", "ae", "my")
DATASETS = ("alpha", "beta", "gamma")
_LINKS = (
    ("Ownership", "owner", "asset"), ("Directorship", "director", "organization"), ("UnknownLink", "subject", "object"),
)  # fmt: skip
_GOODS = ("coal", "rice", "iron ore", "cigarettes")


@dataclass
class Hand:
    """Who brings records of some labels into the workspace.

    :param labels: those that its records bear; :param subjects: (id, schema) of its parties so far
    :param sees: the hand whose parties and claims its own records may be about as well
    """

    workspace: Workspace
    labels: list[Label]
    pools: dict[str, Counter[str]]
    sees: Hand | None = None
    random: random.Random = field(default_factory=random.Random)
    subjects: list[tuple[str, str]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)

    def label(self) -> Label:
        """One of its labels."""
        return self.random.choice(self.labels)

    def party(self) -> tuple[str, str] | None:
        """A party that its records may be about."""
        known = [*self.subjects, *(self.sees.subjects if self.sees else ())]
        return self.random.choice(known) if known else None

    def claim(self) -> Claim | None:
        """Likewise a claim."""
        known = [*self.claims, *(self.sees.claims if self.sees else ())]
        return self.random.choice(known) if known else None

    def note(self, kind: str, *texts: str) -> None:
        """Something that may be asked for; what may be seen comes up more often than what may not."""
        self.pools.setdefault(kind, Counter()).update(dict.fromkeys(texts, 1 if self.sees else 3))


def parts(m: Hand, dataset: str, label: Label, at: dt.datetime) -> list[tuple[str, str, pa.Table]]:
    """(table, label_id, rows) of one file, for the ledger."""
    rows: dict[str, list[dict[str, Any]]] = {"claims": _claims(m, dataset, label, at)}
    rows["sources"] = [_source(m, dataset, label, at)]
    for table in m.random.sample(sorted(_BULK), m.random.randint(1, 3)):
        rows[table] = [_row(m, table, dataset, label, at) for _ in range(m.random.randint(1, 3))]
    gone = m.claim()
    if gone is not None and m.random.random() < 0.2:
        taken = {"claim_id": gone.id, "dataset": gone.dataset, "reason": "gone", "label_id": label.id}
        rows["retractions"] = [{**taken, "recorded_at": at}]
    return [(table, label.id, _arrow(table, found)) for table, found in rows.items()]


def _arrow(table: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    import pyarrow as pa

    schema = LEDGER[table].schema
    return pa.Table.from_pylist(list(rows), pa.schema([f for f in schema if any(f.name in row for row in rows)]))


def _claims(m: Hand, dataset: str, label: Label, at: dt.datetime) -> list[dict[str, Any]]:
    """Claims about new parties and about known ones, and links between any two of them."""
    r = m.random
    told: list[tuple[str, str, str, str]] = []
    for _ in range(r.randint(1, 2)):
        known = m.party()
        if known is None or r.random() < 0.6:
            known = f"{dataset}:{r.randint(1, 9)}", r.choice(("Company", "Person", "Organization", "Vessel"))
            m.subjects.append(known)
        id, schema = known
        told.append((id, schema, "name", r.choice(NAMES)))
        told.append((id, schema, "flag" if schema == "Vessel" else "country", r.choice(_COUNTRIES)))
        told += [(id, schema, "topics", "sanction")] if r.random() < 0.3 else []
    left, right = m.party(), m.party()
    if left is not None and right is not None and left != right:
        schema, first, second = r.choice(_LINKS)
        link = f"{dataset}:l{r.randint(1, 9)}"
        told += [(link, schema, first, left[0]), (link, schema, second, right[0])]
        told += [(link, schema, "percentage", str(r.choice((20, 50, 60))))] if schema == "Ownership" else []
    if left is not None and r.random() < 0.5:
        account = f"{dataset}:a{r.randint(1, 3)}"
        told.append((account, "BankAccount", "accountNumber", _account(r)))
        told += [(f"{account}-h", "Ownership", "owner", left[0]), (f"{account}-h", "Ownership", "asset", account)]
    return _told(m, told, dataset, label, at)


def furnishing(m: Hand, dataset: str, label: Label, at: dt.datetime) -> list[tuple[str, str, pa.Table]]:
    """Companies that own one another in a ring, one of them listed: what findings and a pattern are told of; and a
    page of a document. As `parts`."""
    ids = [f"{dataset}:r{n}" for n in (1, 2, 3)]
    told = [(id, "Company", "name", name) for id, name in zip(ids, ("Red Ltd", "Blue Ltd", "Green Ltd"), strict=True)]
    told.append((ids[0], "Company", "topics", "sanction"))
    for n, id in enumerate(ids):
        link, next_ = f"{dataset}:rl{n}", ids[(n + 1) % 3]
        told += [(link, "Ownership", "owner", id), (link, "Ownership", "asset", next_)]
        told.append((link, "Ownership", "percentage", "60"))
    m.subjects += [(id, "Company") for id in ids]
    page = [_row(m, "passages", dataset, label, at)]
    claims = _told(m, told, dataset, label, at)
    return [("claims", label.id, _arrow("claims", claims)), ("passages", label.id, _arrow("passages", page))]


def companies(
    m: Hand, dataset: str, label: Label, at: dt.datetime, ids: Sequence[str]
) -> list[tuple[str, str, pa.Table]]:  # fmt: skip
    """Companies of these ids, each with a name of its own. As `parts`."""
    told = [(f"{dataset}:{id}", "Company", "name", f"Company {id}") for id in ids]
    return [("claims", label.id, _arrow("claims", _told(m, told, dataset, label, at)))]


def _told(
    m: Hand, told: Sequence[tuple[str, str, str, str]], dataset: str, label: Label, at: dt.datetime
) -> list[dict[str, Any]]:
    """Claims (subject, schema, property, value) as rows."""
    r = m.random
    found = []
    for subject, schema, property, value in told:
        claim = Claim(
            subject, schema, property, vocabulary.get(schema).property(property).type, value, dataset,
            f"{dataset}-source", f"row {r.randint(1, 9)}", r.choice("ABC"), r.randint(1, 4), label.id,
        )  # fmt: skip
        m.claims.append(claim)
        m.note("entity", subject)
        m.note("claim", claim.id)
        columns = {n: getattr(claim, n) for n in CLAIMS.schema.names if n not in ("claim_id", "recorded_at")}
        found.append({"claim_id": claim.id, **columns, "recorded_at": at})
    return found


def _account(r: random.Random) -> str:
    return f"ACC{r.randint(1, 4)}"


def _source(m: Hand, dataset: str, label: Label, at: dt.datetime) -> dict[str, Any]:
    id = f"{dataset}-source"
    m.note("source", id)
    return {
        "source_id": id, "dataset": dataset, "title": f"Title {m.random.randint(1, 99)}", "publisher": "P",
        "kind": "report", "reliability": m.random.choice("ABC"), "label_id": label.id, "recorded_at": at,
    }  # fmt: skip


def _payment(m: Hand) -> dict[str, Any]:
    r, amount = m.random, float(m.random.randint(1, 99_999))
    payer, payee = _account(r), _account(r)
    m.note("account", payer, payee)
    return {
        "payment_id": f"p{r.randint(1, 99)}", "timestamp": DAY + dt.timedelta(days=r.randint(0, 400)),
        "from_account": payer, "from_name": r.choice(NAMES), "to_account": payee, "to_name": r.choice(NAMES),
        "from_bank": "B1", "to_bank": "B2", "amount": amount, "currency": "USD", "amount_usd": amount,
        "from_country": r.choice(_COUNTRIES), "to_country": r.choice(_COUNTRIES),
    }  # fmt: skip


def _shipment(m: Hand) -> dict[str, Any]:
    r = m.random
    return {
        "shipment_id": f"s{r.randint(1, 99)}", "kind": "invoice", "date": f"2024-0{r.randint(1, 9)}",
        "shipper_name": r.choice(NAMES), "consignee_name": r.choice(NAMES), "vessel_name": "Ocean Star",
        "origin_country": r.choice(_COUNTRIES), "dest_country": r.choice(_COUNTRIES),
        "description": r.choice(_GOODS), "quantity": 1000.0, "unit": "kg", "value": float(r.randint(1, 999)),
        "currency": "USD",
    }  # fmt: skip


def _position(m: Hand) -> dict[str, Any]:
    r = m.random
    return {
        "timestamp": DAY + dt.timedelta(hours=r.randint(0, 900)), "mmsi": f"44500000{r.randint(1, 3)}",
        "vessel_name": "Ocean Star", "lat": 38 + r.random(), "lon": 124 + r.random(), "sog": 9.0, "cog": 90.0,
    }  # fmt: skip


def _seizure(m: Hand) -> dict[str, Any]:
    r = m.random
    return {
        "seizure_id": f"z{r.randint(1, 99)}", "date": "2024-03-05", "country": r.choice(_COUNTRIES),
        "place": "Dandong", "lat": 40.1, "lon": 124.4, "category": "tobacco", "goods": r.choice(_GOODS),
        "quantity": float(r.randint(1, 99)), "unit": "kg", "companies": r.choice(NAMES),
    }  # fmt: skip


def _figure(m: Hand) -> dict[str, Any]:
    r = m.random
    return {
        "date": "2023", "reporter": r.choice(_COUNTRIES), "partner": r.choice(_COUNTRIES), "flow": "export",
        "hs_code": "2701", "level": 4, "nomenclature": "HS", "value": float(r.randint(1, 9999)), "currency": "USD",
        "mirror": False,
    }  # fmt: skip


def _transfer(m: Hand) -> dict[str, Any]:
    r = m.random
    ends = [f"0x{n:040x}" for n in r.sample(range(1, 6), 2)]
    m.note("address", *ends)
    return {
        "chain": "ethereum", "tx": f"0x{r.randint(1, 999):064x}", "position": "0", "from_address": ends[0],
        "to_address": ends[1], "amount": 1.5, "asset": "ETH", "amount_usd": 3000.0, "status": "ok", "repeat": 1,
        "timestamp": DAY + dt.timedelta(days=r.randint(0, 90)),
    }  # fmt: skip


def _passage(m: Hand) -> dict[str, Any]:
    r = m.random
    digest = hashlib.sha256(f"{r.randint(1, 4)}".encode()).hexdigest()
    id = f"documents:{digest[:16]}"
    m.note("document", id)
    text = f"{r.choice(NAMES)} paid {r.choice(NAMES)} USD 50,000 [1]."
    return {"document": digest, "format": "text", "page": 1, "offset": 0, "text": text, "source_id": id}


_BULK: Mapping[str, Callable[[Hand], dict[str, Any]]] = {
    "payments": _payment, "shipments": _shipment, "positions": _position, "seizures": _seizure,
    "trade_figures": _figure, "transfers": _transfer, "passages": _passage,
}  # fmt: skip
assert _BULK.keys() <= OBSERVATIONS.keys()


def _row(m: Hand, table: str, dataset: str, label: Label, at: dt.datetime) -> dict[str, Any]:
    row = {"dataset": dataset, "source_id": f"{dataset}-source", "locator": f"row {m.random.randint(1, 99)}"}
    row |= _BULK[table](m) | {"label_id": label.id}
    digest = hashlib.blake2b(json.dumps(row, default=str).encode(), digest_size=16).hexdigest()
    m.note("row", digest)
    return {"row_id": digest, **row, "recorded_at": at}


def decide(m: Hand) -> None:
    """Judgements and writings about what is there, each of any label."""
    r, casebook = m.random, m.workspace.store.casebook
    for _ in range(r.randint(0, 2)):
        left, right = m.party(), m.party()
        if left is not None and right is not None and left != right:
            verdict = {"verdict": r.choice(("same", "different", "unsure")), "by": "somebody", "reason": "because"}
            at = (DAY + dt.timedelta(days=50, minutes=r.randint(0, 9999))).isoformat(timespec="microseconds")
            casebook.judge({"left": left[0], "right": right[0], **verdict, "at": at}, m.label(), "somebody")
    made = [KINDS[kind](m) for kind in sorted(KINDS) if r.random() < 0.3]
    rows = [row for some in made for row in some]
    put(m, rows)


def put(m: Hand, rows: Sequence[Written]) -> None:
    """Keep writings, each under labels of its own."""
    from counterflow.storage.writings import write

    r = m.random
    labels = [[m.label()] if r.random() < 0.7 else [m.label(), m.label()] for _ in rows]
    if m.sees is not None:  # a label that the reader may read stands beside one that it may not
        labels = [[*own, m.sees.labels[-1]] if r.random() < 0.3 else own for own in labels]
    write(m.workspace.store.casebook, rows, labels, "somebody")
