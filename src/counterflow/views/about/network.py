"""Ownership, control and chains; places and tracks; findings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from counterflow import registry
from counterflow.views.about.base import Base

__all__ = ["AboutNetwork"]


class AboutNetwork(Base):
    """Ownership, control and chains; places and tracks; findings."""

    def network(
        self, center: str, hops: int = 1, as_of: str | None = None, limit: int = 300, until: str | None = None
    ) -> dict[str, Any]:
        """The link chart around an entity."""
        from counterflow.views.network import neighbourhood

        return neighbourhood(self.picture, center, hops, as_of, limit, until)

    def difference(self, first: str, second: str, center: str | None = None, limit: int = 300) -> dict[str, Any]:
        """Links that began and ended between two dates."""
        from counterflow.views.network import difference

        return difference(self.picture, first, second, center, limit)

    def path(
        self, source: str, target: str, as_of: str | None = None, count: int = 1, in_time: bool = False,
        kinds: Sequence[str] = (),
    ) -> dict[str, Any]:  # fmt: skip
        """A chain of links between two entities: the shortest, the likeliest few, or one that runs in time."""
        from counterflow.views.chains import path

        return path(self.picture, source, target, as_of, count, in_time=in_time, only=kinds)

    def nearest(self, entity: str, as_of: str | None = None) -> dict[str, Any]:
        """The chain to the nearest listed party."""
        from counterflow.views.chains import nearest

        return nearest(self.picture, entity, as_of)

    def nearest_of_all(self, as_of: str | None = None) -> Iterator[dict[str, Any]]:
        """How far everybody is from a listed party: one answer an entity."""
        from counterflow.views.chains import nearest_of_all

        return nearest_of_all(self.picture, as_of)

    def controlled(
        self, regime: str, as_of: str | None = None, ids: Iterable[str] = (), statuses: Iterable[str] = ()
    ) -> Iterator[dict[str, Any]]:
        """Who counts as a listed party's own under a regime: one answer a party, as many as there are."""
        from counterflow.views.control import answers

        return answers(self.picture, regime, as_of, ids, statuses)

    def control(
        self, regime: str, as_of: str | None = None, entity: str | None = None, status: str | None = None,
        offset: int = 0, limit: int = 100,
    ) -> dict[str, Any]:  # fmt: skip
        """A regime's answers in portions, with counts and what is wrong with the data."""
        from counterflow.views.control import page

        return page(self.picture, regime, as_of, entity, status, offset, limit)

    def map(self) -> dict[str, Any]:
        """Events, tracks and findings with a place."""
        from counterflow.views.map import world

        return world(self.picture)

    def taint(
        self, addresses: Sequence[str] = (), method: str = "haircut", hops: int = 20, days: float = 365,
        as_of: str | None = None, limit: int = 100,
    ) -> dict[str, Any]:  # fmt: skip
        """Where the money of some blockchain addresses went; none named: of all that are marked."""
        from counterflow.views.taint import taint

        return taint(self.picture, addresses, method, hops, days, as_of, limit)

    def taint_ways(
        self, addresses: Sequence[str] = (), method: str = "haircut", hops: int = 20, days: float = 365,
        as_of: str | None = None, to: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """The ways by which that money went, in time; bridges, peel chains and meeting points on them."""
        from counterflow.views.taint_ways import ways

        return ways(self.picture, addresses, method, hops, days, as_of, to)

    def corridors(
        self, first: str | None = None, last: str | None = None, findings: bool = False, finding: str | None = None
    ) -> dict[str, Any]:
        """Payments added up between countries in a window of time, all or those of findings."""
        from counterflow.views.corridors import corridors

        return corridors(self.picture, first, last, findings=findings, finding=finding)

    def findings(
        self, wanted: Mapping[str, Any] | None = None, sort: str = "likelihood", offset: int = 0, limit: int = 100,
        around: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """The queue of findings in portions, with how each stands and counts of every facet.

        :param wanted: fields of `views.queue.Wanted`
        """
        from counterflow.views.queue import Wanted, queue

        return queue(self.picture, Wanted(**(wanted or {})), sort=sort, offset=offset, limit=limit, around=around)

    def attempt_network(self, finding: str) -> dict[str, Any]:
        """The accounts of a finding over payments, or their holders, on the link chart."""
        from counterflow.views.attempt_network import attempt_network

        return attempt_network(self.picture, finding)

    def triage(self, finding: str | None = None, limit: int = 100) -> dict[str, Any]:
        """What was decided of findings: counts, codes and the newest decisions, or the history of one finding."""
        from counterflow.views.findings import by_id
        from counterflow.views.triage import decided, decisions

        if finding is None:
            return decisions(self.picture, limit)
        found, every = by_id(self.picture, finding), decided(self.picture)
        return {"finding": finding, **every.of(found), "history": every.told(found)}

    def finding(self, id: str) -> dict[str, Any]:
        """One finding with its evidence unfolded."""
        from counterflow.views.findings import finding

        return finding(self.picture, id)

    def detect(
        self,
        typologies: Sequence[str] = (),
        as_of: str | None = None,
        given: Mapping[str, Mapping[str, float]] | None = None,
        undecided: bool = False,
    ) -> dict[str, Any]:
        """Findings of some typologies (none named: all), with what had happened by a date, and the payments that no
        pattern was looked for in: {findings, left_out: {reason: payments}}.

        :param given: typology → {parameter: value}, before those of the settings
        :param undecided: only those that nobody has decided about, or not as they are now
        """
        from counterflow.findings.run import detect_all
        from counterflow.views.findings import in_print
        from counterflow.views.network import checked_date
        from counterflow.views.triage import AGAIN, OPEN, decided

        if typologies or as_of is not None or given:
            for name in typologies:
                registry.get("typologies", name)
            settings = {name: dict(values) for name, values in self.workspace.settings.typologies.items()}
            for name, values in (given or {}).items():
                settings[name] = {**settings.get(name, {}), **values}
            day = checked_date(as_of)
            model = self.picture.line.model(day)
            inspections = self.picture.line.inspections(day)
            made = detect_all(
                self.picture.scope, settings, only=typologies, as_of=day, model=model, inspections=inspections
            )
            found, left_out = [json.loads(json.dumps(f.to_dict())) for f in made.findings], dict(made.left_out)
        else:
            found, left_out = self.picture.findings, self.picture.left_out
        if undecided:
            every = decided(self.picture)
            found = [f for f in found if every.standing(f)[0] in (OPEN, AGAIN)]
        return {"findings": [in_print(self.picture, f) for f in found], "left_out": left_out}
