"""Triage in print: what was decided of which finding, whether it still counts, and how many there are of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import Any

from counterflow import clock
from counterflow.model import dates, triage
from counterflow.model.triage import WITHDRAWN, Triage
from counterflow.views.marking import marking
from counterflow.views.picture import Picture

__all__ = ["AGAIN", "KIND", "OPEN", "STANDINGS", "Decided", "decided", "decisions", "reasons"]

KIND = "triage"
"""Of `storage.writings`."""

OPEN, AGAIN = "undecided", "again"
STANDINGS = (OPEN, AGAIN, *triage.STATES)
"""How a finding may stand: nothing decided, decided before but no longer so, or as decided."""


def decided(picture: Picture) -> Decided:
    """What was decided, as far as the audience may know of it: read anew when something was."""
    stamp = picture.line.reader.newest(KIND)
    labels = tuple(sorted(picture.line.labels())) if stamp[0] else ()
    today = clock.today()
    found: Decided = picture.once(("triage", stamp, labels, today), lambda: Decided(picture, today, labels))
    return found


class Decided:
    """What the audience may know of decisions, ready to be asked of one finding after the other."""

    def __init__(self, picture: Picture, today: str, labels: Collection[str]) -> None:
        self._picture = picture
        self._today = today
        self._labels: Mapping[str, Any] = {}
        self.history: dict[str, list[tuple[Triage, list[str]]]] = defaultdict(list)
        """Finding → everything decided about it, oldest first."""
        self.latest: dict[str, tuple[Triage, list[str]]] = {}
        # of those labels and no later one: it is kept for all who may read just these
        rows = [row for row in picture.line.writings(KIND) if set(row["labels"]) <= set(labels)]
        if rows:
            self._labels = picture.line.labels()  # as they are now: a decision may bear one that no record has
        for row in rows:
            found = Triage.from_row(row)
            self.history[found.finding].append((found, row["labels"]))
            if found.state == WITHDRAWN:
                self.latest.pop(found.finding, None)
            else:
                self.latest[found.finding] = found, row["labels"]

    @cached_property
    def _gone(self) -> dict[str, list[Triage]]:
        """Record → decisions on findings that rested on it and are no longer there."""
        present = {found["id"] for found in self._picture.findings}
        index: dict[str, list[Triage]] = defaultdict(list)
        for id, (one, _) in self.latest.items():
            if id not in present:
                for record in one.records:
                    index[record].append(one)
        return index

    def before(self, found: Mapping[str, Any]) -> Triage | None:
        """The decision on a finding, or on the one that it grew from; None where there is none."""
        if not self.latest:
            return None
        if found["id"] in self.latest:
            return self.latest[found["id"]][0]
        if not self._gone:
            return None
        records = triage.records(found["evidence"])
        earlier = {one.finding: one for record in records for one in self._gone.get(record, ())}
        return triage.grew_from(records, found["typology"], earlier.values())

    def standing(self, found: Mapping[str, Any]) -> tuple[str, str | None]:
        """How a finding stands, one of `STANDINGS`, and the code of the decision on it or None.

        :param found: of `Picture.findings`
        """
        one = self.before(found)
        if one is None:
            return OPEN, None
        over = one.until is not None and dates.latest(one.until).isoformat() < self._today
        return (AGAIN if over or one.finding != found["id"] else one.state), one.reason

    @cached_property
    def standings(self) -> list[tuple[str, str | None]]:
        """Of every finding of the picture, in its order."""
        return [self.standing(found) for found in self._picture.findings]

    def of(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """The same in print: ``standing``, ``reason``, and the ``decision`` or None."""
        standing, reason = self.standing(found)
        one = self.before(found)
        told = self.printed(one, self.latest[one.finding][1], found) if one else None
        return {"standing": standing, "reason": reason, "decision": told}

    def printed(self, one: Triage, labels: list[str], found: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A decision with ``in_force`` and ``lapsed``, why it no longer counts.

        :param found: the finding as it is now; None: as it was
        """
        now = (one.finding, one.records) if found is None else (found["id"], triage.records(found["evidence"]))
        why = triage.lapsed(one, *now, today=self._today) if one.state != WITHDRAWN else ()
        known = triage.reasons().get(one.reason)
        return {
            **{name: getattr(one, name) for name in ("finding", "typology", "sentence", "state", "reason", "note",
                                                     "until", "by", "at")},
            "title": known.title if known else one.reason,
            "records": len(one.records),
            "in_force": one.state != WITHDRAWN and not why,
            "lapsed": list(why),
            **marking(self._labels, labels),
        }  # fmt: skip

    def told(self, found: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Everything decided about a finding, and about the one it grew from, the newest first."""
        one = self.before(found)
        ids = dict.fromkeys([found["id"], *([one.finding] if one else [])])
        every = [self.printed(t, labels) for id in ids for t, labels in self.history.get(id, ())]
        return sorted(every, key=lambda row: row["at"], reverse=True)


def reasons() -> list[dict[str, Any]]:
    """The codes, in the order of their keys."""
    return [asdict(reason) | {"states": list(reason.states)} for reason in triage.reasons().values()]


def decisions(picture: Picture, limit: int = 100) -> dict[str, Any]:
    """How many findings stand how, and why; the codes of reasons; and the newest decisions that stand."""
    every = decided(picture)
    latest = sorted(every.latest.values(), key=lambda row: (row[0].at, row[0].finding), reverse=True)
    return {
        "states": _counted(stands for stands, _ in every.standings),
        "reasons": _counted(str(reason) for stands, reason in every.standings if stands in triage.STATES),
        "codes": reasons(),
        "total": len(latest),
        "decisions": [every.printed(one, labels) for one, labels in latest[:limit]],
    }


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
