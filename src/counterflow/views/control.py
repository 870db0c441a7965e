"""Control in print: one answer a party, with its chain, its listings and what is wrong with the data under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import Any

from counterflow.errors import UsageError
from counterflow.model import schema as vocabulary
from counterflow.network import regime as regimes
from counterflow.network.control import STATUSES, Answer, Control, Step
from counterflow.network.divestment import Divestment, divestments
from counterflow.network.holdings import Problem, holdings_of
from counterflow.network.listings import Listing, listed_by, listings
from counterflow.network.proceeds import proceeds
from counterflow.network.unresolved import unresolved
from counterflow.views.claims import by_ids
from counterflow.views.network import checked_date
from counterflow.views.picture import Picture

__all__ = ["answers", "page"]

MOST = 1000
"""Parties, and problems of the data, that one answer over HTTP holds at most."""


class _Controlled:
    """The answers of one regime on one day, for one audience."""

    def __init__(self, picture: Picture, name: str, as_of: str | None) -> None:
        self.picture, self.as_of = picture, as_of
        self.regime = regimes.get(name)
        self.rule = self.regime.rule(as_of)
        self.holdings = picture.once(("holdings", as_of), lambda: holdings_of(picture.graph.links, as_of))
        every = picture.once(("listings",), lambda: listings(picture.scope))
        self.listed = listed_by(every, self.regime, as_of)
        self.control = Control(self.holdings, {e: sure for e, (sure, _) in self.listed.items()}, self.rule)

    def about(self) -> dict[str, Any]:
        """The regime and the rule that was applied."""
        return {"regime": self.regime.name, "title": self.regime.title, "rule": asdict(self.rule), "as_of": self.as_of}

    def entities(self) -> list[str]:
        """Listed parties, and parties and ships that somebody holds or controls; accounts are not parties."""
        return [e for e in self.control.entities() if e in self.listed or self._is_party(e)]

    def answer(self, id: str, *, full: bool = False) -> dict[str, Any]:
        """One party. :param full: with every holder, and every holding on the way up to listed parties"""
        entity = self.picture.canonical(id)
        row = self.picture.entities.get(entity)
        found = self.control.answer(entity)
        named = self.listed.get(entity, (False, []))[1]
        falls = self.divestments.get(entity, [])
        rows = {r for step in found.path for r in step.rows} | {r for f in falls for r in f.rows}
        labels = {label for r in rows for label in self.picture.links[r]["label_ids"]}
        labels.update(row["label_ids"] if row else (), *(listing.label_ids for listing in named))
        whole = {
            "entity": entity,
            "caption": self.picture.caption(entity),
            "schema": row["schema"] if row else "Thing",
            "referents": row["referents"] if row else [entity],
            "status": found.status,
            "basis": found.basis,
            **{key: getattr(found, key) for key in ("low", "high", "votes_low", "votes_high")},
            "path": self.steps(found.path),
            "missing": self._missing(found),
            "listings": [_listing(listing) for listing in named],
            "flags": [self._fall(f) for f in falls],
            "proceeds": self._proceeds(entity),
            "data_quality": [_problem(p) for p in self._problems(found)],
        }
        if full:
            holders, chain = self.steps(self.control.holders(entity)), self.steps(self.control.chain(entity))
            labels.update(label for s in (*holders, *chain) for i in s["rows"] for label in self._labels(i))
            whole |= {"holders": holders, "chain": chain, "sources": self._cited(whole["path"], holders, chain)}
        for step in (*whole["path"], *whole.get("holders", ()), *whole.get("chain", ())):
            del step["rows"]
        return {**whole, **self.picture.handling(labels)}

    def steps(self, steps: Iterable[Step]) -> list[dict[str, Any]]:
        """Holdings as answers, each with its records: dates, grade, origins."""
        return [self._step(step) for step in steps]

    def _step(self, step: Step) -> dict[str, Any]:
        records = [self.picture.links[r] for r in step.rows]
        return {
            "owner": step.owner,
            "owner_caption": self.picture.caption(step.owner),
            "owned": step.owned,
            "owned_caption": self.picture.caption(step.owned),
            **{key: getattr(step, key) for key in ("measure", "low", "high")},
            "links": [
                {
                    "id": r["link"],
                    **{key: r[key] for key in ("role", "share", "start", "end", "stance", "origins", "conflict")},
                    "grade": f"{r['reliability']}{r['credibility']}",
                    "claim_ids": r["claim_ids"],
                }
                for r in records
            ],
            "rows": step.rows,
        }

    def _cited(self, *parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The sources of all claims under these holdings, each once."""
        ids = {id for steps in parts for step in steps for link in step["links"] for id in link["claim_ids"]}
        found = {claim["source"]["id"]: claim["source"] for claim in by_ids(self.picture, ids)}
        return [found[id] for id in sorted(found)]

    def _labels(self, row: int) -> list[str]:
        labels: list[str] = self.picture.links[row]["label_ids"]
        return labels

    def _missing(self, found: Answer) -> dict[str, Any] | None:
        if found.missing is None:
            return None
        told = {**found.missing, "links": [self.picture.links[r]["link"] for r in found.missing["rows"]]}
        del told["rows"]
        captions = {f"{end}_caption": self.picture.caption(told[end]) for end in ("owner", "owned")}
        return {**told, **captions}

    def _problems(self, found: Answer) -> list[Problem]:
        about = [found.entity, *(step.owner for step in found.path)]
        return [p for entity in dict.fromkeys(about) for p in self.problems.get(entity, ())]

    def _proceeds(self, entity: str) -> dict[str, float] | None:
        node = self.holdings.index.get(entity)
        if node is None or self.worth.undefined[node]:
            return None
        low, high = (round(float(bound[node]) * 100, 6) for bound in (self.worth.low, self.worth.high))
        return {"low": low, "high": high}

    def _fall(self, fall: Divestment) -> dict[str, Any]:
        told = {key: getattr(fall, key) for key in ("owner", "owned", "day", "before", "after")}
        return {**told, "signs": list(fall.signs), "links": [self.picture.links[r]["link"] for r in fall.rows]}

    def _is_party(self, entity: str) -> bool:
        row = self.picture.entities.get(entity)
        if row is None:
            return False
        schema = vocabulary.get(row["schema"])
        return schema.is_a("LegalEntity") or schema.is_a("Vehicle")

    @cached_property
    def problems(self) -> Mapping[str, list[Problem]]:
        """Entity → what is wrong with the records about it."""
        ends = self.picture.once(("unresolved",), lambda: unresolved(self.picture.scope))
        found: dict[str, list[Problem]] = {}
        for problem in (*self.holdings.problems, *ends):
            found.setdefault(problem.entity, []).append(problem)
        return found

    @cached_property
    def divestments(self) -> Mapping[str, list[Divestment]]:
        """Entity, seller or sold, → holdings of listed parties that fell below the line."""
        found: dict[str, list[Divestment]] = {}
        if self.rule.line is not None:
            named = {entity: rows for entity, (_, rows) in self.listed.items()}
            links = self.picture.graph.links
            for fall in divestments(links, named, self.rule.line, above=self.rule.above, as_of=self.as_of):
                for end in (fall.owner, fall.owned):
                    found.setdefault(end, []).append(fall)
        return found

    @cached_property
    def statuses(self) -> Mapping[str, str]:
        """Entity → its status, of everyone there is an answer about."""
        return {entity: self.control.status(entity) for entity in self.entities()}

    @cached_property
    def worth(self) -> Any:
        """Which part of each party's earnings is listed parties'."""
        return proceeds(self.holdings, self.control.maybe_seeds)


def _controlled(picture: Picture, regime: str, as_of: str | None) -> _Controlled:
    """The answers of a regime on a day, made once. :raises UnknownName: no such regime; UsageError: no such date"""
    day = checked_date(as_of)
    regimes.get(regime)
    made: _Controlled = picture.once(("control", regime, day), lambda: _Controlled(picture, regime, day))
    return made


def answers(
    picture: Picture, regime: str, as_of: str | None, ids: Iterable[str] = (), statuses: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """One answer a party: those named, in full; or all of them, those of some statuses only if any are named.

    :raises NotFound: an id that is not readable, or not there
    """
    wanted = set(statuses)
    if unknown := wanted - set(STATUSES):
        raise UsageError(f"'{min(unknown)}' is no status. Valid: {', '.join(STATUSES)}.")
    found = _controlled(picture, regime, as_of)
    named = [str(picture.entity(id)["entity"]) for id in ids]
    every = named or [e for e, status in found.statuses.items() if not wanted or status in wanted]
    return (found.answer(e, full=bool(named)) for e in every)


def page(
    picture: Picture, regime: str, as_of: str | None, id: str | None, status: str | None, offset: int, limit: int
) -> dict[str, Any]:
    """A regime's answers in portions, how many there are of each status, and everything that is wrong with the data."""
    if not 1 <= limit <= MOST or offset < 0:
        raise UsageError(f"limit must be 1 to {MOST} and offset not below 0, not {limit} and {offset}")
    found = _controlled(picture, regime, as_of)
    rows = list(answers(picture, regime, as_of, [id])) if id else []
    told = Counter(found.statuses.values())
    counts = {name: told[name] for name in STATUSES}
    if not id:
        if status is not None and status not in STATUSES:
            raise UsageError(f"'{status}' is no status. Valid: {', '.join(STATUSES)}.")
        chosen = [e for e, said in found.statuses.items() if status in (None, said)]
        rows = [found.answer(e) for e in chosen[offset : offset + limit]]
    return {
        **found.about(),
        "counts": counts,
        "total": 1 if id else sum(counts.values()) if status is None else counts[status],
        "entities": rows,
        "data_quality": [{"entity": e, **_problem(p)} for e in sorted(found.problems) for p in found.problems[e]][
            :MOST
        ],
        "data_quality_total": sum(map(len, found.problems.values())),
    }


def _listing(listing: Listing) -> dict[str, Any]:
    told = {key: getattr(listing, key) for key in ("authority", "program", "dataset", "start", "end")}
    return {**told, "claim_ids": list(listing.claim_ids)}


def _problem(problem: Problem) -> dict[str, Any]:
    return {"kind": problem.kind, "text": problem.text, "links": list(problem.links)}
