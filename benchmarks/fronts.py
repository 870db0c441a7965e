"""Front and shell companies in a register of any size: what is planted is found, near misses are not, at what cost.

    python benchmarks/fronts.py [COMPANIES ...]        default: 10000 100000

The register is generated: companies with addresses, officers, agents, owners and telephones shared unevenly (Zipf),
among them rings of holdings, bursts of incorporations and successors of listed companies, and beside each a twin that
lacks only the wrong. Truth and detectors are both ours: it shows cost, and that nothing planted is lost in a crowd, not
how good the indicators are on real registers.
"""

from __future__ import annotations

import itertools
import sys
import time

import numpy as np
import pyarrow as pa

from counterflow.findings.run import ScopeData, detect
from counterflow.model.handling import PUBLIC
from counterflow.storage.tables import DERIVED, LEDGER
from counterflow.testing import scope_of, whole

PLANTED = 20
"""Rings, bursts and successors each, and as many twins."""

TYPOLOGIES = (
    "circular_ownership", "conglomerate_abroad", "criminal_logistics", "disqualified_director", "embassy_business",
    "front_company", "impossible_owner", "incorporation_burst", "lookalike_name", "mass_address", "mass_agent",
    "no_owner", "officer_churn", "secrecy_chain", "shared_contact", "shell_company", "successor",
)  # fmt: skip


class Register:
    """Rows of the tables that typologies read, built in columns."""

    def __init__(self, companies: int, seed: int = 39) -> None:
        self.rng = np.random.default_rng(seed)
        self.entities: list[tuple[str, str, str, bool, str]] = []
        self.claims: list[tuple[str, str, str, str, str]] = []
        self.links: list[tuple[str, str, str, str | None, str | None]] = []
        self.truth: dict[str, list[frozenset[str]]] = {
            "circular_ownership": [],
            "incorporation_burst": [],
            "successor": [],
        }
        self.twins: set[str] = set()
        self._background(companies)
        for n in range(PLANTED):
            self._ring(n, closed=True)
            self._ring(n, closed=False)
            self._burst(n, days=0)
            self._burst(n, days=3)
            self._successor(n, days=60)
            self._successor(n, days=400)

    def company(self, id: str, name: str, *, country: str = "gb", listed: bool = False, **said: str) -> str:
        """A company; returns its id."""
        self.entities.append((id, "Company", name, listed, country))
        for property, value in said.items():
            self.claims.append(
                (
                    id,
                    "Company",
                    property,
                    value,
                    {"phone": "phone", "incorporationDate": "date"}.get(property, "string"),
                )
            )
        return id

    def person(self, id: str, **said: str) -> str:
        """A person; returns the id."""
        self.entities.append((id, "Person", f"Person {id[2:]}", False, "gb"))
        for property, value in said.items():
            self.claims.append((id, "Person", property, value, "date" if "Date" in property else "topic"))
        return id

    def link(self, schema: str, source: str, target: str, start: str | None = None, end: str | None = None) -> None:
        """A link between two parties."""
        self.links.append((schema, source, target, start, end))

    def _background(self, n: int) -> None:
        rng = self.rng
        people = n
        for k in range(people):
            extra = {"topics": "corp.disqual"} if k % 5000 == 7 else {}
            # one in three thousand is a child: registers hold some
            self.person(f"p:{k}", birthDate="2001" if k % 3000 == 11 else f"{1930 + k % 55}", **extra)
        # one company in seven at a formation agent's address, one in twenty under a nominee, a few of which hold many
        address = np.where(rng.random(n) < 1 / 7, np.minimum(rng.zipf(1.3, n), 400), 1000)
        own = np.arange(n)
        officer = np.where(rng.random(n) < 1 / 20, np.minimum(rng.zipf(1.5, n), people) - 1, own)
        owner = rng.integers(0, people, n)
        days = rng.integers(0, 365 * 15, n)
        words = np.array(
            ["Alpha", "Harbour", "Northern", "Cedar", "Union", "Golden", "Pacific", "Summit", "Delta", "Crown"]
        )
        picks = rng.integers(0, len(words), (n, 2))
        start = np.datetime64("2005-01-01")
        for k in range(n):
            a = int(address[k])
            where = f"{a} Main Road, Unit {a % 97}, Town {a % 311}" if a < 500 else f"{k} Side Street, Town {k % 311}"
            said = {"address": where, "incorporationDate": str(start + days[k])}
            if k % 3 == 0:
                said["phone"] = f"+4420{(k // 6) if k % 12 == 0 else k:08}"
            self.company(f"c:{k}", f"{words[picks[k, 0]]} {words[picks[k, 1]]} {k} Ltd", listed=k % 2000 == 3, **said)
            self.link("Directorship", f"p:{int(officer[k])}", f"c:{k}")
            if k % 20:
                self.link("Ownership", f"p:{int(owner[k])}", f"c:{k}", start="2006-01-01")

    def _ring(self, n: int, *, closed: bool) -> None:
        size = 2 + n % 5
        ring = [self.company(f"ring{closed}:{n}-{k}", f"Ringed Holding {n}{'AB'[closed]} {k}") for k in range(size)]
        for one, other in itertools.pairwise(ring):
            self.link("Ownership", one, other)
        if closed:
            self.link("Ownership", ring[-1], ring[0])
            self.truth["circular_ownership"].append(frozenset(ring))
        else:
            self.twins.update(ring)

    def _burst(self, n: int, *, days: int) -> None:
        agent = self.company(f"agent{days}:{n}", f"Formation Agent {n} {days}")
        start = np.datetime64("2016-01-04") + 7 * n
        made = []
        for k in range(5):
            made.append(
                self.company(f"burst{days}:{n}-{k}", f"Shelf {n} {days} {k}", incorporationDate=str(start + k * days))
            )
            self.link("Representation", agent, made[-1])
        if days:
            self.twins.update(made)
        else:
            self.truth["incorporation_burst"].append(frozenset(made))

    def _successor(self, n: int, *, days: int) -> None:
        old = self.company(f"old{days}:{n}", f"Stopped Trader {n} {days}", listed=True)
        listed = np.datetime64("2014-03-01") + 11 * n
        self.claims.append((f"s:{days}-{n}", "Sanction", "entity", old, "entity"))
        self.claims.append((f"s:{days}-{n}", "Sanction", "startDate", str(listed), "date"))
        new = self.company(f"new{days}:{n}", f"Fresh Trader {n} {days}", incorporationDate=str(listed + days))
        man = self.person(f"q:{days}-{n}")
        for company in (old, new):
            self.link("Directorship", man, company)
            self.claims.append((company, "Company", "phone", f"+8610{days:03}{n:05}", "phone"))
        if days <= 180:
            self.truth["successor"].append(frozenset({new}))
        else:
            self.twins.add(new)

    def tables(self) -> dict[str, pa.Table]:
        """By name, as `storage.tables` has them."""
        ids, schemata, names, listed, countries = zip(*self.entities, strict=True)
        k = len(ids)
        entities = pa.table({
            "entity": ids, "schema": schemata, "caption": names, "names": [[n] for n in names], "listed": listed,
            "countries": [[c] for c in countries], "topics": pa.nulls(k, pa.list_(pa.string())),
        })  # fmt: skip
        members = pa.table({"subject": ids, "entity": ids, "score": [1.0] * k, "basis": ["first"] * k})
        said = [*self.claims, *((i, s, "name", n, "name") for i, s, n, _, _ in self.entities)]
        said += [(f"l:{n}", schema, "role", "", "string") for n, (schema, *_) in enumerate(self.links)]
        subject, schema, property, value, kind = zip(*said, strict=True)
        m = len(subject)
        claims = pa.table({
            "claim_id": [f"claim{n}" for n in range(m)], "subject": subject, "schema": schema, "property": property,
            "value": value, "prop_type": kind, "stance": ["asserts"] * m, "reliability": ["B"] * m,
            "credibility": [2] * m, "dataset": ["register"] * m, "source_id": ["register"] * m,
            "label_id": [PUBLIC.id] * m,
        })  # fmt: skip
        schema, source, target, start, end = zip(*self.links, strict=True)
        first = m - len(self.links)
        links = pa.table({
            "link": [f"l:{n}" for n in range(len(source))], "schema": schema, "source": source, "target": target,
            "start": pa.array(start, pa.string()), "end": pa.array(end, pa.string()),
            "stance": ["asserts"] * len(source),
            "claim_ids": [[f"claim{first + n}"] for n in range(len(source))], "reliability": ["B"] * len(source),
            "credibility": [2] * len(source),
        })  # fmt: skip
        given = {"entities": entities, "members": members, "claims": claims, "links": links}
        return {name: (LEDGER | DERIVED)[name].conform(rows) for name, rows in given.items()}


def main(sizes: list[int]) -> None:
    """Print, for each size, seconds of each typology and how much of what was planted it found."""
    from counterflow import registry

    chosen = [registry.get("typologies", name) for name in TYPOLOGIES]
    for size in sizes:
        register = Register(size)
        data = ScopeData(scope_of(whole(register.tables())))
        print(f"\n{size:,} companies, {len(register.links):,} links, {len(register.claims):,} claims")
        findings = []
        for typology in chosen:
            parts = [t for t in chosen if t.part_of == typology.name]
            began = time.process_time()
            found = [f for f in detect(data, [typology, *parts]) if f.typology == typology.name]
            print(f"  {typology.name:24} {len(found):8,} findings  {time.process_time() - began:8.2f} CPU-s")
            findings += found
        for name, planted in register.truth.items():
            sets = [frozenset(f.detail.get("companies", f.subjects[:1])) for f in findings if f.typology == name]
            hit = sum(truth in sets for truth in planted)
            false = sum(bool(s & register.twins) for s in sets)
            print(
                f"  {name:24} {hit} of {len(planted)} planted, {false} of {PLANTED} twins, "
                f"{len(sets) - hit - false} others"
            )


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [10_000, 100_000])
