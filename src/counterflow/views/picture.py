"""A picture: everything one audience may see, loaded once and asked many times."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from counterflow.errors import NotFound
from counterflow.network.graph import Graph
from counterflow.pipeline import Line, Made
from counterflow.storage.search import SqliteSearch
from counterflow.views.marking import marking

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.assessment.assess import Model
    from counterflow.entities.naming import Names
    from counterflow.entities.screening import Screener
    from counterflow.storage.ibis import IbisScope

__all__ = ["Picture"]


MOST_KEPT = 64
"""Answers to dear questions kept at once: dates are asked for without end."""


class Picture:
    """The tables, graph, findings and search index of one audience. Lookups are by canonical id or any referent."""

    def __init__(self, line: Line, progress: Any = None) -> None:
        self.line = line
        self.audience = line.audience
        self._progress = progress
        made = {made.stage: made.folder for made in line.run("index", progress)}
        self.scope: IbisScope = line.scope
        # opened now: a later run in another process may put newer results in their place
        self.search_index = SqliteSearch(made["index"] / "search.sqlite")
        self._lock = threading.RLock()  # what is made once may need something else that is made once
        self._once: dict[tuple[Any, ...], Any] = {}
        self._markings: dict[tuple[str, ...], dict[str, Any]] = {}

    # -- tables --------------------------------------------------------------------------------------------------

    def rows(self, name: str) -> pa.Table:
        """A derived table, whole."""
        return self.line.tables[name]

    @cached_property
    def entities(self) -> Mapping[str, dict[str, Any]]:
        """Canonical id → row of the entities table."""
        return {row["entity"]: row for row in self.rows("entities").to_pylist()}

    @cached_property
    def members(self) -> Mapping[str, dict[str, Any]]:
        """Subject → row of the members table."""
        return {row["subject"]: row for row in self.rows("members").to_pylist()}

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """Findings of all typologies, most probable first. Detected when first asked for: who is who does not wait."""
        found = (self._detected.folder / "findings.jsonl").read_text(encoding="utf-8")
        return [json.loads(text) for text in found.splitlines()]

    @cached_property
    def patterns(self) -> list[dict[str, Any]]:
        """Findings that are likely traces of one activity, told together; likeliest first. Made when asked for."""
        with self._lock:
            text = (self.line.patterns() / "patterns.jsonl").read_text(encoding="utf-8")
        return [json.loads(row) for row in text.splitlines()]

    @cached_property
    def pattern_of(self) -> Mapping[str, dict[str, Any]]:
        """Finding → the pattern that it is in."""
        return {finding: pattern for pattern in self.patterns for finding in pattern["findings"]}

    @property
    def left_out(self) -> dict[str, int]:
        """Reason → payments that no pattern was looked for in."""
        return dict((self._detected.report or {}).get("left_out", {}))

    @cached_property
    def _detected(self) -> Made:
        with self._lock:
            return self.line.run("detect", self._progress)[-1]

    @cached_property
    def sources(self) -> Mapping[str, dict[str, Any]]:
        """source_id → row of the sources table, the latest of each."""
        rows = self.scope.run(self.scope.table("sources").order_by("recorded_at", "source_id")).to_pylist()
        return {row["source_id"]: row for row in rows}

    @cached_property
    def repeated(self) -> Mapping[str, dict[str, Any]]:
        """Source or record that repeats another → row of the origins table."""
        return {row["of"]: row for row in self.rows("origins").to_pylist()}

    @cached_property
    def links(self) -> list[dict[str, Any]]:
        """Rows of the links table; the graph's link numbers index this list."""
        rows: list[dict[str, Any]] = self.graph.links.to_pylist()
        return rows

    @cached_property
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

    @cached_property
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

    @cached_property
    def screener(self) -> Screener:
        """All comparable entities, ready to be asked about."""
        return self.line.screener()

    @cached_property
    def names(self) -> Names:
        """All names of all entities, ready to be looked for in a text."""
        from counterflow.entities.naming import Names

        return Names((row["entity"], row["schema"], row["names"] or ()) for row in self.entities.values())

    def model(self, as_of: str | None) -> Model:
        """The money flow and the measures against it, estimated once for each date."""
        from counterflow.assessment.assess import model

        found: Model = self.once(
            ("model", as_of), lambda: model(self.scope, as_of=as_of, about=self.line.settings.case)
        )
        return found

    def once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Something dear that is asked for again: made the first time, one thread at a time."""
        with self._lock:
            if key not in self._once:
                made = make()
                while len(self._once) >= MOST_KEPT:  # the one asked for longest ago is made again if need be
                    del self._once[next(iter(self._once))]
                self._once[key] = made
            return self._once[key]

    @cached_property
    def graph(self) -> Graph:
        """The temporal multigraph over the links, what parties share, what passes between them, and flags."""
        import pyarrow as pa

        from counterflow.network.edges import acts, edges

        return Graph(pa.concat_tables([self.rows("links"), edges(self.scope)]), acts(self.scope), self.scope.grades)

    def find_text(
        self, queries: list[list[str]], limit: int, *, begins: bool = True, loosely: bool = True
    ) -> list[tuple[str, float]]:
        """(entity, score) from the search index, see `storage.search`; one thread at a time."""
        with self._lock:
            return self.search_index.find(queries, limit, begins=begins, loosely=loosely)

    def tokens(self) -> list[str]:
        """Every word of the search index."""
        with self._lock:
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
            self._markings[ids] = marking(self.scope.labels(), ids)
        return self._markings[ids]
