"""Scopes to assess: claims built by the real builder, every subject an entity of its own, links by the real stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pyarrow as pa

from counterflow.claims.builder import Builder
from counterflow.model import schema as vocabulary
from counterflow.model.claim import Grade
from counterflow.model.handling import PUBLIC, Audience, Label, readable
from counterflow.model.source import Descriptor, Source
from counterflow.network.links import links
from counterflow.sources.reader import Record, Statements
from counterflow.storage.ibis import IbisScope
from counterflow.testing import scope_of

CASE = Descriptor("case", "A made-up case", "us", "CC0-1.0", "", "by hand", "B2")


def scope(records: Iterable[Record], *, dataset: str = "case", audience: Audience | None = None) -> IbisScope:
    """What an audience sees of these records."""
    builder = Builder(dataset, "case", CASE, Grade("B", 2), PUBLIC, dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    for record in records:
        builder.take(record)
    assert not builder.quarantine, builder.quarantine
    who = audience or Audience("test", owner=True)
    labels = {label.id: label for label in [PUBLIC, *(label for _, label in builder.sources.values())]}
    open_ = {i: label for i, label in labels.items() if readable(label, who)}
    claims = builder.claim_rows()
    claims = claims.filter(pa.compute.is_in(claims.column("label_id"), pa.array(sorted(open_))))
    rows = [row for label, row in builder.source_rows() if label.id in open_]
    sources = pa.Table.from_pylist(rows)
    made = scope_of({"claims": claims, "sources": _conform("sources", sources)}, audience=who, labels=open_)
    _adopt_entities(made, claims)
    made.adopt("links", links(made))
    return made


def _conform(name: str, rows: pa.Table) -> pa.Table:
    from counterflow.storage.tables import LEDGER

    return LEDGER[name].conform(rows)


def _adopt_entities(made: IbisScope, claims: pa.Table) -> None:
    said: dict[str, dict] = {}
    for row in claims.to_pylist():
        one = said.setdefault(row["subject"], {"schema": row["schema"], "n": 0})
        one["n"] += 1
        one.setdefault(row["property"], []).append(row["value"])
    made.adopt(
        "members",
        pa.table({"subject": sorted(said), "entity": sorted(said), "score": [1.0] * len(said),
                  "basis": ["first"] * len(said)}),
    )  # fmt: skip
    things = {s: v for s, v in sorted(said.items()) if vocabulary.get(v["schema"]).edge is None}
    made.adopt(
        "entities",
        pa.table({
            "entity": list(things),
            "schema": [v["schema"] for v in things.values()],
            "caption": [v.get("name", [s])[0] for s, v in things.items()],
            "names": [v.get("name", []) for v in things.values()],
            "countries": [v.get("country", []) for v in things.values()],
            "topics": [v.get("topics", []) for v in things.values()],
            "referents": [[s] for s in things],
            "listed": ["sanction" in v.get("topics", []) for v in things.values()],
            "claims": [v["n"] for v in things.values()],
            "origins": [1] * len(things),
        }),
    )  # fmt: skip


class Book:
    """A case in the making."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._n = 0

    def source(self, id: str, *, label: Label | None = None, **fields: str) -> None:
        given = {"title": f"On {id}", "publisher": "Press", "date_published": "2016", "reliability": "B"} | fields
        self.records.insert(0, Source(id=id, label=label.to_dict() if label else {}, **given))

    def thing(self, id: str, schema: str, name: str, **properties: str | list[str]) -> None:
        self._say(id, schema, {"name": name, **properties})

    def link(self, schema: str, source: str, target: str, **properties: str | list[str]) -> str:
        edge = vocabulary.get(schema).edge
        assert edge is not None
        self._n += 1
        id = f"r-{self._n}"
        self._say(id, schema, {edge.source: source, edge.target: target, **properties})
        return f"case:{id}"

    def estimate(self, id: str, activity: str, kind: str, low: float | None, high: float | None, **more: str) -> None:
        figure = {"name": f"{id}, {kind}", "activity": activity, "kind": kind, "unit": "million", "currency": "USD",
                  "period": "per year", "startDate": "2015", "endDate": "2015"}  # fmt: skip
        if low is not None:
            figure["low"] = str(low)
        if high is not None:
            figure["high"] = str(high)
        self._say(id, "Estimate", figure | more)

    def _say(self, id: str, schema: str, properties: dict) -> None:
        properties = dict(properties)
        meta = {k[1:]: properties.pop(k) for k in list(properties) if k.startswith("_")}
        meta.setdefault("credibility", 2)
        said = Statements(id, schema, locator=f"row {len(self.records) + 1}", **meta)
        for name, values in properties.items():
            for value in values if isinstance(values, list) else [values]:
                said.say(name, value)
        self.records.append(said)


def small_case() -> Book:
    """Two activities through an operator and a front, two banks, a cash-box, a fund and two uses."""
    book = Book()
    for id in ("s1", "s2", "s3"):
        book.source(id)
    for id, name, kind in (("drugs", "Narcotics", "income"), ("notes", "Counterfeiting", "income"),
                           ("gifts", "Gifts", "outlay"), ("wash", "Laundering", "handling")):  # fmt: skip
        book.thing(id, "Activity", name, keywords=kind, _source_id="s1")
    for id, name, topics in (
        ("box", "The Office", "gov"), ("envoys", "Envoys", "role.diplo"), ("front", "Front Ltd", "corp.shell"),
        ("bank-a", "Bank A", "fin.bank"), ("bank-b", "Bank B", "fin.bank"), ("fund", "The Fund", "gov.financial"),
        ("army", "Army elite", "mil"), ("rockets", "Rockets", "mil"),
    ):  # fmt: skip
        book.thing(id, "Company" if "bank" in id or id == "front" else "Organization", name, topics=topics,
                   _source_id="s1")  # fmt: skip
    for activity in ("drugs", "notes"):
        book.link("ProjectParticipant", "box", activity, activity=activity, role="runs it", _source_id="s1")
        book.link("ProjectParticipant", "envoys", activity, activity=activity, role="carry it", _source_id="s1")
    pay = {"activity": "wash", "_source_id": "s2"}
    book.link("Payment", "envoys", "front", **pay)
    book.link("Payment", "front", "bank-a", **pay)
    book.link("Payment", "front", "bank-b", **pay)
    book.link("Payment", "bank-a", "box", **pay)
    book.link("Payment", "bank-b", "box", **pay)
    book.link("Payment", "box", "fund", _source_id="s2")
    book.link("Payment", "box", "rockets", _source_id="s2")
    book.link("Payment", "fund", "army", activity="gifts", _source_id="s2")
    book.estimate("e-drugs", "drugs", "revenue", 80, 120, _source_id="s1")
    book.estimate("e-notes", "notes", "revenue", 15, 25, _source_id="s2")
    return book
