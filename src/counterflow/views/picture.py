"""A picture: everything that audiences of the same rights may see, loaded once and asked many times.

What is derived is theirs together. What is read live (what analysts wrote, decisions, labels) goes through the line of
whoever looks: the rights of two who share a picture may part with the next label.
"""

from __future__ import annotations

import copy
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from counterflow.errors import NotFound
from counterflow.network.graph import Graph
from counterflow.pipeline import Line, Made
from counterflow.storage.search import SqliteSearch
from counterflow.views.kept import Kept
from counterflow.views.marking import marking

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.assessment.assess import Model
    from counterflow.entities.naming import Names
    from counterflow.entities.screening import Screener
    from counterflow.model.handling import Audience
    from counterflow.storage.ibis import IbisScope

__all__ = ["Picture"]


MOST_KEPT = 256
"""Answers to dear questions kept at once: dates are asked for without end."""


T = TypeVar("T")


class shared(Generic[T]):  # noqa: N801 - a decorator, as cached_property is
    """A property that is made when first asked for, once for all who share a picture."""

    def __init__(self, make: Callable[[Picture], T]) -> None:
        self.make = make
        self.name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, picture: None, owner: type) -> shared[T]: ...

    @overload
    def __get__(self, picture: Picture, owner: type) -> T: ...

    def __get__(self, picture: Picture | None, owner: type) -> shared[T] | T:
        if picture is None:
            return self
        kept = picture.kept
        if self.name not in kept:
            with picture.making[self.name]:
                if self.name not in kept:
                    with picture.line.epoch.lasting():
                        kept[self.name] = self.make(picture)
        found: T = kept[self.name]
        return found


class Picture:
    """The tables, graph, findings and search index of one audience. Lookups are by canonical id or any referent.

    :param line: of whoever looks at it first; the picture goes on reading what that one could read then
    """

    def __init__(self, line: Line, progress: Any = None) -> None:
        line = line.settled()
        self._line = line
        self.line = line.before(line.audience)
        self.audience = line.audience
        self.kept: dict[str, Any] = {}
        self.answers = Kept()
        self.making: dict[Any, threading.RLock] = defaultdict(threading.RLock)
        self._progress = progress
        with line.epoch.lasting():
            made = {made.stage: made.folder for made in line.run("index", progress)}
            self.scope: IbisScope = line.scope
            # opened now: a later run in another process may put newer results in their place
            self.search_index = SqliteSearch(made["index"] / "search.sqlite")
        self._lock = threading.RLock()  # of the line, which goes on to later stages
        self._searching, self._keeping = threading.Lock(), threading.Lock()
        self._once: dict[tuple[Any, ...], Any] = {}
        self._markings: dict[tuple[str, ...], dict[str, Any]] = {}

    def before(self, audience: Audience) -> Picture:
        """The same picture before the eyes of another audience of the same rights."""
        found = copy.copy(self)
        found.line, found.audience = self._line.before(audience), audience
        return found

    @property
    def settled(self) -> Picture:
        """The same before the eyes of all who share it: for what is kept for them and rests on live reading."""
        found = copy.copy(self)
        found.line = self._line
        return found

    @property
    def stands(self) -> bool:
        """Whether all that it rests on is still there: nothing of it was purged."""
        return self._line.derived.stands

    # -- tables --------------------------------------------------------------------------------------------------

    def rows(self, name: str) -> pa.Table:
        """A derived table, whole."""
        return self._line.tables[name]

    @shared
    def entities(self) -> Mapping[str, dict[str, Any]]:
        """Canonical id → row of the entities table."""
        return {row["entity"]: row for row in self.rows("entities").to_pylist()}

    @shared
    def members(self) -> Mapping[str, dict[str, Any]]:
        """Subject → row of the members table."""
        return {row["subject"]: row for row in self.rows("members").to_pylist()}

    @shared
    def findings(self) -> list[dict[str, Any]]:
        """Findings of all typologies, most probable first. Detected when first asked for: who is who does not wait."""
        found = (self._detected.folder / "findings.jsonl").read_text(encoding="utf-8")
        return [json.loads(text) for text in found.splitlines()]

    @shared
    def patterns(self) -> list[dict[str, Any]]:
        """Findings that are likely traces of one activity, told together; likeliest first. Made when asked for."""
        with self._lock:
            text = (self._line.patterns() / "patterns.jsonl").read_text(encoding="utf-8")
        return [json.loads(row) for row in text.splitlines()]

    @shared
    def pattern_of(self) -> Mapping[str, dict[str, Any]]:
        """Finding → the pattern that it is in."""
        return {finding: pattern for pattern in self.patterns for finding in pattern["findings"]}

    @property
    def left_out(self) -> dict[str, int]:
        """Reason → payments that no pattern was looked for in."""
        return dict((self._detected.report or {}).get("left_out", {}))

    @shared
    def _detected(self) -> Made:
        with self._lock:
            return self._line.run("detect", self._progress)[-1]

    @shared
    def sources(self) -> Mapping[str, dict[str, Any]]:
        """source_id → row of the sources table, the latest of each."""
        rows = self.scope.run(self.scope.table("sources").order_by("recorded_at", "source_id", "label_id")).to_pylist()
        return {row["source_id"]: row for row in rows}

    @shared
    def repeated(self) -> Mapping[str, dict[str, Any]]:
        """Source or record that repeats another → row of the origins table."""
        return {row["of"]: row for row in self.rows("origins").to_pylist()}

    @shared
    def links(self) -> list[dict[str, Any]]:
        """Rows of the links table; the graph's link numbers index this list."""
        rows: list[dict[str, Any]] = self.graph.links.to_pylist()
        return rows

    @shared
    def marked_conflicts(self) -> tuple[dict[str, list[dict[str, Any]]], dict[tuple[str, str], list[str]]]:
        """Records that bear a conflict group: subject → its claims; (dataset, group) → its subjects."""
        claims = self.scope.table("claims")
        coded = claims.filter(claims.property == "conflictGroup")
        marked = coded.select("dataset", "subject", code=coded.value).distinct()
        of: dict[str, list[dict[str, Any]]] = {}
        for row in self.scope.run(claims.semi_join(marked, "subject").order_by("subject", "claim_id")).to_pylist():
            of.setdefault(row["subject"], []).append(row)
        groups: dict[tuple[str, str], list[str]] = {}
        for row in self.scope.run(marked.order_by("dataset", "code", "subject")).to_pylist():
            groups.setdefault((row["dataset"], row["code"]), []).append(row["subject"])
        return of, groups

    @shared
    def denied_links(self) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
        """Links that are asserted and also denied or doubted, by schema and ends; not those of one conflict group."""
        by: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for row in self.links:
            by.setdefault((row["schema"], row["source"], row["target"]), []).append(row)
        return {
            key: rows
            for key, rows in by.items()
            if len({row["stance"] for row in rows}) > 1
            and any(row["stance"] == "asserts" for row in rows)
            and (len({row["conflict"] for row in rows}) > 1 or rows[0]["conflict"] is None)
        }

    @shared
    def screener(self) -> Screener:
        """All comparable entities, ready to be asked about."""
        return self._line.screener()

    @shared
    def names(self) -> Names:
        """All names of all entities, ready to be looked for in a text."""
        from counterflow.entities.naming import Names

        return Names((row["entity"], row["schema"], row["names"] or ()) for row in self.entities.values())

    def model(self, as_of: str | None) -> Model:
        """The money flow and the measures against it, estimated once for each date."""
        from counterflow.assessment.assess import model

        found: Model = self.once(
            ("model", as_of), lambda: model(self.scope, as_of=as_of, about=self._line.settings.case)
        )
        return found

    def once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Something dear that is asked for again: made the first time, by one thread; who asks for others does not
        wait for it."""
        with self._keeping:
            if key in self._once:
                return self._once[key]
        with self.making[key]:
            with self._keeping:
                if key in self._once:
                    return self._once[key]
            with self._line.epoch.lasting():
                made = make()
            with self._keeping:
                while len(self._once) >= MOST_KEPT:  # the one asked for longest ago is made again if need be
                    del self._once[next(iter(self._once))]
                self._once[key] = made
                self.making.pop(key, None)
        return made

    @shared
    def graph(self) -> Graph:
        """The temporal multigraph over the links, what parties share, what passes between them, and flags."""
        import pyarrow as pa

        from counterflow.network.edges import acts, edges

        return Graph(pa.concat_tables([self.rows("links"), edges(self.scope)]), acts(self.scope), self.scope.grades)

    def find_text(
        self, queries: list[list[str]], limit: int, *, begins: bool = True, loosely: bool = True
    ) -> list[tuple[str, float]]:
        """(entity, score) from the search index, see `storage.search`; one thread at a time."""
        with self._searching:
            return self.search_index.find(queries, limit, begins=begins, loosely=loosely)

    def tokens(self) -> list[str]:
        """Every word of the search index."""
        with self._searching:
            return self.search_index.tokens()

    # -- lookups -------------------------------------------------------------------------------------------------

    def entity(self, id: str) -> dict[str, Any]:
        """Row of an entity by its canonical id or any referent. :raises NotFound: not readable, or not there"""
        row = self.entities.get(self.canonical(id))
        if row is None:
            raise NotFound("entity", id)
        return row

    def canonical(self, id: str) -> str:
        """Canonical id of a subject; the id itself where it is not a subject."""
        member = self.members.get(id)
        return str(member["entity"]) if member else id

    def caption(self, id: str) -> str:
        """Name to print for an entity; its id where it has none."""
        row = self.entities.get(self.canonical(id))
        return str(row["caption"]) if row else id

    def captions(self, ids: Iterable[str]) -> dict[str, str]:
        """id → name to print."""
        return {id: self.caption(id) for id in ids}

    # -- handling ------------------------------------------------------------------------------------------------

    def handling(self, label_ids: Iterable[str]) -> dict[str, Any]:
        """``{"handling": marking in print, "exercise": bool}`` of something that rests on these labels."""
        ids = tuple(sorted(set(label_ids)))
        if ids not in self._markings:
            known = self.scope.labels()
            # a decision may bear a label that no record does
            self._markings[ids] = marking(known if known.keys() >= set(ids) else self.line.labels(), ids)
        return self._markings[ids]
