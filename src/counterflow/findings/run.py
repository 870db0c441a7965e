"""Run typologies over an audience's data. Same data, same findings, in the same order."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from counterflow.errors import UnknownName, UsageError
from counterflow.findings.attempts import noted
from counterflow.findings.evidence import labelled
from counterflow.findings.merging import merged
from counterflow.findings.turns import Turns
from counterflow.findings.typology import Data, Typology
from counterflow.model.dates import latest
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    from pathlib import Path

    import ibis
    import pyarrow as pa

    from counterflow.findings.crypto.book import Book
    from counterflow.findings.declarations.model import Inspections
    from counterflow.findings.declarations.scoring import Declared
    from counterflow.findings.parties import Parties
    from counterflow.findings.patterns.hits import Hits
    from counterflow.findings.patterns.log import Log
    from counterflow.findings.patterns.remembered import Searches
    from counterflow.findings.ranking.model import Model
    from counterflow.findings.ranking.scoring import Scored
    from counterflow.findings.tracks.traffic import Traffic
    from counterflow.findings.vessels import Vessel
    from counterflow.storage.ports import Scope

__all__ = ["Detected", "ScopeData", "assigned", "detect", "detect_all", "dials"]

Progress = Callable[[str, float], None]


class ScopeData:
    """`Data` over a scope.

    :param as_of: partial ISO date; payments, positions, shipments and links of later days are left out, and claims that
        came to hold later
    :param before: folder where the last run with this code left its hits; :param after: folder for those of this one
    :param model: that ranks payments, trained on what this audience may read
    :param inspections: a model that ranks declarations, likewise
    """

    def __init__(
        self, scope: Scope, as_of: str | None = None, before: Path | None = None, after: Path | None = None,
        model: Model | None = None, inspections: Inspections | None = None,
    ) -> None:  # fmt: skip
        self.scope, self.as_of, self.model, self.inspections = scope, as_of, model, inspections
        self._before, self._after = before, after
        self.turns = Turns()

    @property
    def grades(self) -> Mapping[str, float]:
        """Probabilities of grades that the workspace sets itself."""
        return self.scope.grades

    def table(self, name: str) -> ibis.Table:
        """An expression over a table, cut off at `as_of`.

        :raises UsageError: the table of ground truth, which is for judging what is detected
        """
        if name == "labels":
            raise UsageError("labels are what detection is judged by: no typology may read them.")
        table = self.scope.table(name)
        if self.as_of is None:
            return table
        last = latest(self.as_of)
        if name in ("payments", "positions", "ship_statics", "ship_events", "transfers"):
            return table.filter(table.timestamp < dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), dt.UTC))
        if name == "trips":
            start = table.departure.coalesce(table.arrival)
            return table.filter(start < dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), dt.UTC))
        if name == "entities":
            return self._as_listed(table)
        column = {
            "shipments": "date",
            "trade_figures": "date",
            "seizures": "date",
            "vehicles": "date",
            "links": "start",
            "ties": "start",
            "claims": "valid_from",
        }.get(name)
        if column is None:
            return table
        # partial dates sort as text: 2016 may mean any day of that year
        table = table.filter(table[column].isnull() | (table[column] <= last.isoformat()))
        end = {"links": "end", "claims": "valid_to"}.get(name)
        # of what had not ended nobody knew when it would
        return (
            table if end is None else table.mutate(**{end: (table[end] <= last.isoformat()).ifelse(table[end], None)})
        )

    def _as_listed(self, entities: ibis.Table) -> ibis.Table:
        """Entities as they were listed on `as_of`: whom every list named later, or no longer, is not."""
        import ibis
        import pyarrow as pa

        if not self._off_lists:
            return entities
        off = ibis.memtable(pa.table({"entity": pa.array(self._off_lists, pa.string())}))
        return entities.mutate(listed=entities.listed & ~entities.entity.isin(off.entity))

    @cached_property
    def _off_lists(self) -> list[str]:
        """Entities that were on no list on `as_of`, of those that ever were."""
        from counterflow.network.listings import listings

        held: dict[str, bool] = {}
        for listing in listings(self.scope):
            held[listing.entity] = held.get(listing.entity, False) or listing.on(self.as_of) is not False
        return sorted(entity for entity, on_some in held.items() if not on_some)

    def run(self, expr: ibis.Table) -> pa.Table:
        """Execute an expression on the scope's engine."""
        return self.scope.run(expr)

    @cached_property
    def log(self) -> Log:
        """All payments in time order, read when first asked for."""
        from counterflow.findings.patterns.log import read

        return read(self)

    @cached_property
    def searches(self) -> Searches:
        """Searches over the log, which remember."""
        from counterflow.findings.patterns.remembered import Searches

        return Searches(self.log, self._before, self._after, self.turns.given_up)

    def search(self, find: Callable[..., Hits], *, window: int, **dials: Any) -> Hits:
        """Hits of a search over the log; what stands from the last run is not searched again."""
        return self.searches.run(find, window=window, **dials)

    @property
    def left_out(self) -> Mapping[str, int]:
        """Reason → payments that the log has not, and, after ``positions: ``, positions that the traffic has not, and,
        after ``seizures: ``, seizures that are no basis for anything; where these were read at all."""
        found = dict(self.log.left_out) if "log" in self.__dict__ else {}
        if "traffic" in self.__dict__:
            found |= {f"positions: {reason}": n for reason, n in sorted(self.traffic.left_out.items())}
        if "seizures" in self.__dict__:
            from counterflow.findings.seized import left_out

            found |= {f"seizures: {reason}": n for reason, n in left_out(self).items()}
        return found

    @cached_property
    def seizures(self) -> ibis.Table:
        """Seizures that are a basis for anything."""
        from counterflow.findings.seized import believed

        return believed(self)

    @cached_property
    def parties(self) -> Parties:
        """Who stands behind accounts, for all typologies of this run."""
        from counterflow.findings.parties import Parties

        return Parties(self)

    @cached_property
    def vessels(self) -> Sequence[Vessel]:
        """What registers and ships tell of each IMO number, gathered when first asked for."""
        from counterflow.findings.vessels import vessels

        return vessels(self)

    @cached_property
    def traffic(self) -> Traffic:
        """All positions of ships as tracks, read when first asked for."""
        from counterflow.findings.tracks.traffic import Traffic

        return Traffic(self)

    @cached_property
    def ranking(self) -> Scored | None:
        """The payments as the model scores them; None too where it does not fit: `unfit` says why."""
        return self._scored if not isinstance(self._scored, str) else None

    @property
    def unfit(self) -> str:
        """Why a model is not used; empty: it is, or there is none."""
        told = [self._scored] if isinstance(self._scored, str) else []
        if "_declared" in self.__dict__ and isinstance(self._declared, str):
            told.append(f"declarations: {self._declared}")
        return "; ".join(told)

    @cached_property
    def declared(self) -> Declared | None:
        """The declarations as a model scores them; None too where it does not fit: `unfit` says why."""
        return self._declared if not isinstance(self._declared, str) else None

    @cached_property
    def _declared(self) -> Declared | str | None:
        from counterflow.findings.declarations.scoring import Declared

        return None if self.inspections is None else Declared.read(self.inspections, self)

    @cached_property
    def _scored(self) -> Scored | str | None:
        from counterflow.findings.ranking.scoring import Scored

        return None if self.model is None else Scored.of(self.model, self)

    @cached_property
    def book(self) -> Book:
        """All transfers on blockchains with what is said of addresses, read when first asked for."""
        from counterflow.findings.crypto.book import of

        return of(self)

    def caption(self, entity: str) -> str:
        """The name to print; the id itself where there is no such entity."""
        return str(self._entities.get(entity, {}).get("caption") or entity)

    def listed(self, entity: str) -> bool:
        """Whether a sanctions list names it."""
        return bool(self._entities.get(entity, {}).get("listed"))

    @cached_property
    def _entities(self) -> dict[str, dict[str, Any]]:
        table = self.table("entities")
        rows = self.scope.run(table.select("entity", "caption", "listed")).to_pylist()
        return {row["entity"]: row for row in rows}


def dials(typology: Typology, given: Mapping[str, Any]) -> dict[str, float]:
    """A value for every parameter: as given, else the default.

    :raises UnknownName: a parameter that the typology has not; :raises UsageError: a value that is no number
    """
    values = {name: p.default for name, p in typology.parameters.items()}
    for name, value in given.items():
        if name == "enabled":
            continue
        if name not in values:
            raise UnknownName(f"parameter of {typology.name}", name, values)
        if isinstance(value, bool) or not isinstance(value, int | float):
            unit = typology.parameters[name].unit
            raise UsageError(f"{typology.name}.{name} must be a number ({unit}), not {value!r}.")
        values[name] = float(value)
    return values


def assigned(texts: Iterable[str]) -> dict[str, dict[str, float]]:
    """Dials as a command line gives them, ``structuring.days=5``, as ``{typology: {parameter: value}}``.

    :raises UsageError: a text of another form; :raises UnknownName: no such typology or parameter
    """
    from counterflow import registry

    given: dict[str, dict[str, float]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        typology, dot, parameter = name.strip().partition(".")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (equals and dot and math.isfinite(number)):
            raise UsageError(f"'{text}' sets nothing. Valid: TYPOLOGY.PARAMETER=NUMBER, such as structuring.days=5.")
        dials(registry.get("typologies", typology), {parameter: number})
        given.setdefault(typology, {})[parameter] = number
    return given


def detect(
    data: Data,
    typologies: Sequence[Typology],
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Every finding of these typologies, most probable first, then by id.

    A typology whose tables hold no row is passed over. Signs that say little alone are only told by the typology that
    gathers them, where that one runs too.

    :param parameters: typology name → {parameter: value}; what is not named stays at its default
    """
    given = parameters or {}
    filled = {name: _filled(data, name) for name in sorted({n for t in typologies for n in t.needs})}
    found: dict[str, list[Finding]] = {}
    whole = {t.name for t in typologies if t.gather is not None}
    ordered = sorted(typologies, key=lambda t: (t.gather is not None, len(t.gathers), t.name))
    values = {t.name: dials(t, given.get(t.name, {})) for t in ordered}
    looked = [t for t in ordered if t.gather is None and all(filled[name] for name in t.needs)]
    jobs = {t.name: partial(_list, t, data, values[t.name]) for t in sorted(looked, key=lambda t: not t.long)}
    with data.turns.running(jobs) as results:
        for number, typology in enumerate(ordered):
            if progress is not None:
                progress(f"detect {typology.name}", number / len(typologies))
            if typology.gather is not None:
                parts = [f for t in typologies if typology.takes(t) for f in found.get(t.name, ())]
                found[typology.name] = list(typology.gather(data, parts, values[typology.name]))
            elif typology.name in results:
                found[typology.name] = results[typology.name].result()
    told = {f.id: f for t in typologies if t.alone or t.part_of not in whole for f in found.get(t.name, ())}
    known = noted(list(told.values()), {t.name: t.kind for t in typologies})
    return labelled(sorted(known, key=lambda f: (-f.probability, f.id)), data)


def _list(typology: Typology, data: Data, values: Mapping[str, float]) -> list[Finding]:
    return list(typology.detect(data, values))


def _filled(data: Data, name: str) -> bool:
    return len(data.run(data.table(name).limit(1))) > 0


@dataclass(frozen=True)
class Detected:
    """:param left_out: reason → payments that no pattern was looked for in; ``positions: ``reason → positions
    :param begun: payments that searches began at, over all searches; :param stood: those that they need not begin at
        again, for the hits of the last run stand
    :param unfit: why the model was not used, in words; empty: it was, or there is none
    """

    findings: list[Finding]
    left_out: Mapping[str, int]
    begun: int = 0
    stood: int = 0
    unfit: str = ""


def detect_all(
    scope: Scope,
    settings: Mapping[str, Mapping[str, Any]],
    *,
    only: Iterable[str] = (),
    as_of: str | None = None,
    model: Model | None = None,
    inspections: Inspections | None = None,
    progress: Progress | None = None,
    before: Path | None = None,
    after: Path | None = None,
) -> Detected:
    """Findings of all registered typologies that are switched on, patterns over the same payments as one; or of those
    named, each as it was found.

    :param settings: as in `config.Settings.typologies`: ``{enabled = false}`` switches one off
    :param before: folder where the last run with this code left its hits; :param after: folder for those of this one
    :param model: that ranks payments; None: findings keep the score of their rule, and are said to
    :param inspections: a model that ranks declarations; None: none is
    :raises UnknownName: settings or `only` name a typology that is not registered
    """
    from counterflow import registry

    for name in settings:
        registry.get("typologies", name)
    on = [n for n in registry.names("typologies") if settings.get(n, {}).get("enabled", True)]
    wanted = list(only) or on
    of = {name: registry.get("typologies", name) for name in (*on, *wanted)}
    gathering = [of[name] for name in wanted if of[name].gather is not None]
    parts = [name for name in on if name not in wanted and any(t.takes(of[name]) for t in gathering)]
    typologies = [of[name] for name in (*wanted, *parts)]
    data = ScopeData(scope, as_of, before, after, model, inspections)
    found = [f for f in detect(data, typologies, settings, progress) if f.typology in wanted]
    if not only:  # a lone payment that a model ranks is no pattern, what gathers patterns is above them: no lead of one
        lone = [f for f in found if f.basis != "rule" or of[f.typology].gathers]
        apart = {f.id for f in lone}
        found = [*merged((f for f in found if f.id not in apart), data), *lone]
    if data.ranking is not None:
        from counterflow.findings.ranking.scoring import ranked

        found = sorted(ranked(found, data.ranking), key=lambda f: (-f.probability, f.id))
    if inspections is not None:
        from counterflow.findings.declarations.scoring import labelled as with_labels

        found = with_labels(found, inspections)
    cost = (data.searches.begun, data.searches.stood) if "searches" in data.__dict__ else (0, 0)
    return Detected(found, data.left_out, *cost, data.unfit)
