"""Rescreening: customers that are kept, and screened anew only where they or the lists have changed.

A kept file remembers each customer's hits, and the hash of what was told of each customer and of each entity. When a
list has a new edition, only entities that changed are compared, with all customers, who are looked up in an index of
their own; when the file has changed, only customers that changed are screened. The outcome is what screening everybody
anew would give, which holds because words weigh what they weighed when the file was last screened in full: that is done
again once the lists have grown or shrunk by a tenth, or the code has changed.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import orjson

from counterflow.entities.index import Builder, Index
from counterflow.entities.profile import Profile
from counterflow.entities.rarity import Rarity
from counterflow.entities.records import read
from counterflow.entities.screening import Screener, judge
from counterflow.entities.stored import pack
from counterflow.errors import UsageError

__all__ = ["Customer", "Outcome", "kept", "renew"]

DRIFT = 0.1
"""Share by which the number of entities may change before everybody is screened again."""

MOST = 1_000
"""Hits of one customer that are kept."""


@dataclass(frozen=True)
class Customer:
    """A line of the file. :param question: as it was written; what cannot be asked has an `error`"""

    id: str
    question: Mapping[str, Any]

    @cached_property
    def mark(self) -> str:
        """Hash of what was written: equal marks are one question."""
        text = orjson.dumps(self.question, option=orjson.OPT_SORT_KEYS, default=str)
        return hashlib.blake2b(text, digest_size=8).hexdigest()

    @cached_property
    def _read(self) -> tuple[Profile | None, str]:
        if "error" in self.question:
            return None, str(self.question["error"])
        try:
            return read(self.question, self.id)[0], ""
        except UsageError as e:
            return None, str(e)

    @property
    def profile(self) -> Profile | None:
        """What is compared; None where the line could not be asked, which `error` says."""
        return self._read[0]

    @property
    def error(self) -> str:
        """Why it cannot be asked."""
        return self._read[1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One customer's hits now, most probable first, as `screening.Hit.to_dict` has them with ``labels`` beside.

    :param appeared: ids of entities that were no hit before; :param gone: that are none any more
    :param changed: of which something else is known now
    :param removed: the customer is no longer in the file; :param error: why it cannot be asked
    :param question: as it was written
    """

    id: str
    hits: list[dict[str, Any]]
    appeared: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: bool = False
    error: str = ""
    question: Mapping[str, Any] = field(default_factory=dict)


def kept(folder: Path) -> dict[str, Any] | None:
    """What is known of a kept file: threshold, number of customers; None where there is none."""
    path = folder / "state.json"
    found: dict[str, Any] | None = orjson.loads(path.read_bytes()) if path.is_file() else None
    return found


def renew(
    folder: Path, screener: Screener, asked: Iterable[Customer] | None, *, threshold: float, version: str,
    full: bool = False,
) -> Iterator[Outcome]:  # fmt: skip
    """Screen what changed since the last time, customer by customer; nothing is kept until the last was given out.

    :param folder: where the file is kept; made where it is not there
    :param asked: the file as it is now; None: as it is kept
    :param version: of the code that scores; another one, or another threshold, screens everybody
    :param full: screen everybody
    """
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    partial.mkdir(parents=True)
    try:
        with _Kept(folder, screener, threshold, version, full) as old:
            rarity = old.rarity or screener.rarity
            wide = Screener(screener.index, rarity)
            fresh = old.by_changed_entities(wide, threshold)
            seen: set[str] = set()
            with (partial / "answers.jsonl").open("wb") as answers:
                for customer in asked if asked is not None else old.customers():
                    if customer.id in seen:
                        yield Outcome(customer.id, [], error="this id is used twice in the file; passed over")
                        continue
                    seen.add(customer.id)
                    before = old.answer(customer.id)
                    if before and before["mark"] == customer.mark and not old.everybody:
                        left = [hit for hit in before["hits"] if hit["id"] not in old.touched]
                        hits = [*left, *fresh.get(customer.id, ())]
                        error = before["error"]
                    else:
                        profile, error = customer.profile, customer.error
                        hits = [_plain(hit) for hit in wide.screen(profile, MOST, threshold)] if profile else []
                    hits = sorted(hits, key=_order)[:MOST]
                    told = {"id": customer.id, "mark": customer.mark, "error": error, "hits": hits}
                    answers.write(orjson.dumps({**told, "question": customer.question}, default=str) + b"\n")
                    yield _outcome(customer, error, hits, before["hits"] if before else [])
                for id in old.without(seen):
                    before = old.answer(id) or {"hits": []}
                    yield Outcome(id, [], gone=[hit["id"] for hit in before["hits"]], removed=True)
            same = asked is None and not old.everybody
            if same:
                shutil.copytree(folder / "customers", partial / "customers")
            else:
                _index_customers(partial, rarity)
            state = {
                "customers": len(seen), "threshold": threshold, "version": version, "rarity": rarity.state(),
                "entities": old.now, "weighed": old.weighed or len(screener),
            }  # fmt: skip
            (partial / "state.json").write_bytes(orjson.dumps(state))
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _index_customers(folder: Path, rarity: Rarity) -> None:
    """The index that changed entities look customers up in."""
    (folder / "customers").mkdir()
    with (folder / "told").open("wb") as told:
        builder = Builder(told, rarity)
        with (folder / "answers.jsonl").open("rb") as stream:
            for line in stream:
                row = orjson.loads(line)
                if profile := Customer(row["id"], row["question"]).profile:
                    builder.add(profile, pack(profile))
        builder.index().save(folder / "customers")
    (folder / "told").unlink()


def _plain(hit: Any) -> dict[str, Any]:
    return {**hit.to_dict(), "labels": list(hit.labels)}


def _order(hit: Mapping[str, Any]) -> tuple[float, float, str]:
    return -hit["probability"], -hit["score"], hit["id"]


def _outcome(customer: Customer, error: str, hits: list[dict[str, Any]], before: list[dict[str, Any]]) -> Outcome:
    now, then = ({hit["id"]: hit for hit in found} for found in (hits, before))
    return Outcome(
        customer.id,
        hits,
        appeared=[id for id in now if id not in then],
        gone=[id for id in then if id not in now],
        changed=[id for id in now if id in then and now[id] != then[id]],
        error=error,
        question=customer.question,
    )


class _Kept:
    """What a kept file remembers, and what has changed since. To be closed."""

    def __init__(self, folder: Path, screener: Screener, threshold: float, version: str, full: bool) -> None:
        state = kept(folder) or {}
        self._folder = folder
        self._stream = (folder / "answers.jsonl").open("rb") if state else io.BytesIO()
        self._at: dict[str, int] = {}
        at = 0
        for line in self._stream:
            self._at[orjson.loads(line)["id"]] = at
            at += len(line)
        self.weighed = state.get("weighed", 0)
        drift = abs(len(screener) - self.weighed) > DRIFT * self.weighed
        same = state and (state["version"], state["threshold"]) == (version, threshold)
        self.everybody = full or drift or not same
        self.rarity = None if self.everybody else Rarity.of_state(state["rarity"])
        self.weighed = 0 if self.everybody else self.weighed
        before: dict[str, int] = state.get("entities", {})
        self.now = dict(zip(screener.index.names(), screener.index.digests.tolist(), strict=True))
        self._changed = [n for n, (id, mark) in enumerate(self.now.items()) if before.get(id) != mark]
        self.touched = {id for id, mark in before.items() if self.now.get(id) != mark}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def answer(self, id: str) -> dict[str, Any] | None:
        """What was kept of a customer."""
        if id not in self._at:
            return None
        self._stream.seek(self._at[id])
        found: dict[str, Any] = orjson.loads(self._stream.readline())
        return found

    def customers(self) -> Iterator[Customer]:
        """Those that are kept, in order."""
        for id in self._at:
            if row := self.answer(id):
                yield Customer(id, row["question"])

    def without(self, seen: set[str]) -> list[str]:
        """Customers that were kept and are not among those seen."""
        return [id for id in self._at if id not in seen]

    def by_changed_entities(self, screener: Screener, threshold: float) -> dict[str, list[dict[str, Any]]]:
        """Customer → hits among the entities that are new or changed."""
        found: dict[str, list[dict[str, Any]]] = {}
        if self.everybody or not self._changed:
            return found
        held = Screener(Index.open(self._folder / "customers"), screener.rarity)
        for n in self._changed:
            entity, beside = screener.entity(n)
            for m in held.candidates(entity, threshold):
                customer, _ = held.entity(m)
                if hit := judge(customer, entity, beside, screener.rarity, threshold):
                    found.setdefault(customer.id, []).append(_plain(hit))
        return found
