"""Parties in our own hand, and a scope over them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from counterflow.entities.profile import Profile, build
from counterflow.model import schema as vocabulary
from counterflow.model.claim import Claim
from counterflow.model.handling import PUBLIC
from counterflow.storage.ibis import IbisScope
from counterflow.storage.tables import CLAIMS
from counterflow.testing import scope_of

Party = tuple[str, str, Mapping[str, Sequence[str]]]

OFFICE39: list[Party] = [
    ("case:office-39", "Organization", {"name": ["Office 39"], "alias": ["39호실", "Room 39"], "country": ["kp"]}),
    ("case:office-38", "Organization", {"name": ["Office 38"], "alias": ["38호실"], "country": ["kp"]}),
    ("case:kdb", "Company", {"name": ["Korea Daesong Bank"], "alias": ["조선대성은행"], "country": ["kp"]}),
    ("case:kim-rgb", "Person", {"name": ["Kim Yong Chol (RGB)"], "birthDate": ["1946"], "country": ["kp"]}),
    ("case:kim-komid", "Person", {"name": ["Kim Yong Chol"], "birthDate": ["1962-02-18"], "country": ["kp"]}),
    ("case:ship", "Vessel", {"name": ["Hyok Sin 2"], "imoNumber": ["8018900"], "flag": ["kp"]}),
    ("un:1", "Organization", {"name": ["OFFICE 39"], "alias": ["Office #39", "Bureau 39"], "country": ["kp"]}),
    ("un:2", "Organization", {"name": ["KOREA DAESONG BANK"], "alias": ["Choson Taesong Unhaeng"], "country": ["kp"]}),
    ("un:3", "Person", {"name": ["KIM YONG CHOL"], "birthDate": ["1962-02-18"], "nationality": ["kp"]}),
    ("us:10", "Organization", {"name": ["BUREAU 39"], "alias": ["CENTRAL COMMITTEE BUREAU 39"], "country": ["kp"]}),
    ("us:11", "Person", {"name": ["KIM, Yong Chol"], "birthDate": ["1947", "1946"], "country": ["kp"]}),
    ("us:12", "Person", {"name": ["KIM, Yong Chol"], "birthDate": ["1962-02-18"], "country": ["kp"]}),
    ("us:13", "Vessel", {"name": ["HYOK SIN 2"], "imoNumber": ["8018900"], "flag": ["kp"]}),
    ("us:14", "Vessel", {"name": ["HYOK SIN 6"], "imoNumber": ["8405270"], "flag": ["kp"]}),
]
"""A small world: one bureau and one bank on three lists, two namesakes, two ships that differ by a number."""


@pytest.fixture(scope="session")
def office39() -> list[Party]:
    return OFFICE39


@pytest.fixture(scope="session")
def party() -> Callable[..., Profile]:
    """``party("Person", name="Kim Jong Un", birthDate="1984-01-08")``; a value may be a list."""

    def make(schema: str = "Person", id: str = "test:1", **properties: str | list[str]) -> Profile:
        values = {key: value if isinstance(value, list) else [value] for key, value in properties.items()}
        return build(id, schema, values, dataset=id.partition(":")[0])

    return make


def claims_table(parties: Sequence[Party], *, cites: Sequence[str] = ("case",), **extra: Any) -> pa.Table:
    """Rows of the claims table. Datasets in `cites` cite a source of their own, as a case file does."""
    rows = []
    for n, (subject, schema, properties) in enumerate(parties):
        dataset = subject.partition(":")[0]
        for name, values in properties.items():
            for value in values:
                claim = Claim(
                    subject=subject,
                    schema=schema,
                    property=name,
                    prop_type=vocabulary.get(schema).property(name).type,
                    value=value,
                    dataset=dataset,
                    source_id=f"{dataset}:s-1" if dataset in cites else dataset,
                    locator=f"row {n}",
                    reliability="B",
                    credibility=2,
                    label_id=PUBLIC.id,
                    **extra,
                )
                row = {slot: getattr(claim, slot) for slot in Claim.__slots__}
                recorded = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
                rows.append({"claim_id": claim.id, "recorded_at": recorded, **row})
    return CLAIMS.conform(pa.Table.from_pylist(rows))


@pytest.fixture(scope="session")
def world() -> Callable[..., IbisScope]:
    """A scope over parties: ``world(parties)``."""

    def make(parties: Sequence[Party], **options: Any) -> IbisScope:
        return scope_of({"claims": claims_table(parties, **options)})

    return make
