"""The line itself: which stage makes which derived files from what, for one audience, and only when something changed.

Each stage's result lies under a fingerprint of all it was made from: the segments the audience may read, the judgements
it may read, the settings, and the code. Same fingerprint, same bytes; so "run" does what changed and only that, and a
run that was killed is simply run again.

The assessment is made for the audience *without* the exercise layer, unless asked: no figure rests on EXERCISE.

A line may look back: as known on E it reads only the segments and judgements that were recorded by then, and keeps what
it makes in a folder of its own. What the audience may read is always decided as of today.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from counterflow import clock
from counterflow.casework.audiences import key
from counterflow.config import Settings
from counterflow.errors import Purged
from counterflow.findings.evidence import iso
from counterflow.findings.ranking.keeping import DECLARATIONS, PAYMENTS, in_force, inspections, opened
from counterflow.model.dates import latest
from counterflow.model.handling import Audience, Label
from counterflow.model.handling import opened as open_labels
from counterflow.pipeline import stages
from counterflow.pipeline.stages import REPORT, WRITERS, code_version
from counterflow.storage.derived import DerivedFolder, emptied
from counterflow.storage.epoch import Epoch

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.claims.ingest import Store
    from counterflow.entities.screening import Screener
    from counterflow.findings.declarations.model import Inspections
    from counterflow.findings.ranking.model import Model
    from counterflow.storage.ibis import IbisScope

__all__ = ["STAGES", "Line", "Made", "code_version"]

STAGES = ("gather", "resolve", "screen", "link", "index", "detect")
"""Stages in the order of the data flow; each reads the tables that those before it made."""

_LARGE = {"claims": "subject", "flows": ""}
"""Tables that stay in their files; what each is looked up by, if anything."""

Progress = Callable[[str, float], None]

T = TypeVar("T")


@dataclass(frozen=True)
class Made:
    """:param folder: where the stage's files lie; :param fresh: made now, not found"""

    stage: str
    folder: Path
    fresh: bool

    @property
    def report(self) -> dict[str, Any] | None:
        """What it did, where it says so."""
        path = self.folder / REPORT
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


class Line:
    """The stages for one audience.

    :param root: the workspace's ``derived`` folder
    :param known_on: ISO time: only what had been recorded by then; None, or a time since which nothing was: all
    """

    def __init__(
        self, store: Store, settings: Settings, root: Path, audience: Audience, known_on: str | None = None
    ) -> None:
        self.store = store
        self.settings = settings
        self.audience = audience
        self.epoch = Epoch(store.casebook)
        self.reader = store.casebook.reader(audience)
        self._rights, name = self.reader.standing("rights", self._rights_now)
        self._settled = False
        if known_on is not None and not self._since(known_on):
            known_on = None
        self.known_on = known_on
        if known_on is not None:
            ledger = store.ledger.fingerprint(audience, known_on=known_on)
            name += f"-known-{_hash(ledger, *map(str, self.judgements()))}"
        self.derived = DerivedFolder(root / str(self.epoch.number), name, self.epoch)
        self.models = root.parent / "models"
        self.tables: dict[str, pa.Table] = {}
        self._scope: IbisScope | None = None
        self._start: str | None = None
        self._adopted: set[Path] = set()

    def _rights_now(self) -> tuple[frozenset[str], str]:
        """Ids of the labels that the audience may read and that something derived rests on; the name of just these."""
        of_records = self.reader.labels_of_records()
        own = {i: label for i, label in self.labels_now().items() if i in of_records}
        return frozenset(own), key(self.audience, own, today=_today())

    @property
    def parted(self) -> bool:
        """Whether it reads a label that it could not when it was begun: somebody committed meanwhile."""
        return not self.scope.labels().keys() <= self._rights

    def settled(self) -> Line:
        """This line, which goes on reading the labels that it could read when it was begun and no later ones: what it
        makes may be shown to whoever could read just these."""
        found = copy.copy(self)
        found._settled = True
        return found

    def before(self, audience: Audience) -> Line:
        """What this line has made, in the eyes of another audience of the same rights; what is read live is read with
        their own, which may part with the next label."""
        found = copy.copy(self)
        found.audience, found._settled = audience, False
        found.reader = self.store.casebook.reader(audience)
        found._scope = copy.copy(self.scope)
        found._scope.audience = audience
        return found

    @property
    def scope(self) -> IbisScope:
        """The audience's reading side, with the tables of the stages made so far."""
        if self._scope is None:
            with self.epoch.lasting():
                self._scope = self.store.ledger.scope(
                    self.audience, known_on=self.known_on, derived=self.derived.folder
                )
            self._scope.epoch = self.epoch
            self._scope.grades = self.settings.grades
            self._scope.measures = self.settings.measures
        return self._scope

    def run(self, upto: str = "detect", progress: Progress | None = None) -> list[Made]:
        """Make every stage up to and including `upto` that is not there yet.

        Called again for a later stage, it goes on from what it began with, though the ledger has grown since.

        :raises Purged: there was a purge meanwhile
        """
        with self.epoch.lasting():
            made = self._run(upto, progress)
        if self.epoch.over:  # what has gone from a folder is not missed in it
            raise Purged
        return made

    def _run(self, upto: str, progress: Progress | None) -> list[Made]:
        made = []
        if self._start is None:
            self._start = self.fingerprint()
        fingerprint = self._start
        for stage in STAGES[: STAGES.index(upto) + 1]:
            fingerprint = _hash(stage, fingerprint, *self._inputs(stage))
            mark = self._gathered() if stage == "gather" else fingerprint
            fresh = not self.derived.has(stage, mark)
            if fresh and progress is not None:
                progress(stage, 0.0)
            write = WRITERS[stage]
            folder = self.derived.make(stage, mark, lambda out, w=write: w(self, out, progress))  # type: ignore[misc]
            if folder not in self._adopted:
                self._adopt(folder)
            made.append(Made(stage, folder, fresh))
        if upto == STAGES[-1] and self._start == self.fingerprint():  # else the newest results are not these
            # a question that is being answered elsewhere may still read the claims as they were gathered before
            before = self.derived.newest("gather", 2)
            self.derived.prune(
                {*(m.folder.name for m in made), f"assess-{fingerprint}", f"patterns-{fingerprint}"} | before
            )
            emptied(self.derived.root.parent, self.epoch.number)  # where a purge was killed before it did
        return made

    def assess(self, as_of: str | None = None) -> Path:
        """Make the assessment over the network as linked: flow, measures, a first plan and the report, as files."""
        made = self.run("detect")
        mark = made[-1].folder.name.rpartition("-")[2]
        # audiences of the same rights share this too; for which of them it is written is said when it is read
        written = [f"{r['kind']} {r['id']}" for kind in ("question", "evidence", "rating") for r in self.writings(kind)]
        if self.settings.measures is not None:
            written.append(self.settings.measures.text)
        suffix = f"-{_hash(as_of or '', *written)}"
        return self.derived.make("assess", mark + suffix, lambda out: stages.assess(self, out, as_of))

    def patterns(self) -> Path:
        """Findings that are likely traces of one activity, told together; made when first asked for, as a file."""
        made = self.run("detect")[-1]
        mark = made.folder.name.rpartition("-")[2]
        return self.derived.make("patterns", mark, lambda out: stages.patterns(self, made.folder, out))

    def screener(self, as_of: str | None = None) -> Screener:
        """Who on the lists somebody might be. Made with the other stages, so that the first question is soon answered.

        :param as_of: partial ISO date: by names and listings that may have held then; made when it is asked for
        """
        mark = self._mark("screen")
        if not self.derived.has("screen", mark):
            self.run("screen")
        folder = self.derived.place("screen", mark)
        if as_of is not None:
            self.run("resolve")
            folder = self.derived.make("screen", f"{mark}-{as_of}", lambda out: stages.screen(self, out, as_of=as_of))
        with self.epoch.lasting():
            return _screener(folder)

    def _mark(self, upto: str) -> str:
        """Fingerprint under which a stage's result lies."""
        mark = self.fingerprint()
        for stage in STAGES[: STAGES.index(upto) + 1]:
            mark = _hash(stage, mark, *self._inputs(stage))
        return mark

    def fingerprint(self) -> str:
        """Hash of everything the line starts from, for this audience."""
        own = tuple(f"{grade} {p}" for grade, p in sorted(self.settings.grades.items()))

        def read() -> str:
            ledger = self.store.ledger.fingerprint(self.audience, known_on=self.known_on)
            return _hash(ledger, code_version(), *map(str, self.judgements()), *own)

        settled = self._rights if self._settled else None
        return self.reader.standing("line", read, own, settled) if self.known_on is None else read()

    def _gathered(self) -> str:
        """Hash of what the claims in force depend on: a log of payments that grows leaves them as they are."""
        told = self.store.ledger.fingerprint(self.audience, known_on=self.known_on, tables=("claims", "retractions"))
        return _hash(told, code_version())

    def judgements(self) -> list[dict[str, Any]]:
        """Judgements the audience may read, oldest first."""
        return self._judgements(self.known_on)

    def labels(self) -> dict[str, Label]:
        """label_id → Label, of all labels that the audience may read."""
        found = self.labels_now()
        return {i: x for i, x in found.items() if i in self._rights} if self._settled else found

    def labels_now(self) -> dict[str, Label]:
        """The same, those of today among them that nothing derived rests on yet."""
        return {**self.reader.standing("opened", lambda: open_labels(self.reader.labels(), self.audience))}

    def writings(self, kind: str, **where: Any) -> list[dict[str, Any]]:
        """What analysts wrote, of a kind, that the audience may read; oldest first. :param where: under, after"""
        labels = self.labels().keys()
        found = self.reader.writings(kind, known_on=self.known_on, **where)
        return [row for row in found if labels >= set(row["labels"])]

    def written(self, kind: str, make: Callable[[dict[str, Any]], T], **where: Any) -> list[T]:
        """The same, each as `make` has it, see `Records.written`."""
        labels = self.labels().keys()
        found = self.reader.written(kind, make, known_on=self.known_on, **where)
        return [made for own, made in found if labels >= own]

    def unless_written(self, kinds: Collection[str], who: Hashable, read: Callable[[], T]) -> T:
        """What `read` made of writings of these kinds before, where none was written or erased since and the audience
        may read the same labels; else it is asked. :param who: on whom it depends beside the audience"""
        # how many there are at all says whether to look again, and nothing else
        upto = tuple(self.store.casebook.newest(kind) for kind in kinds)
        stamp = (who, self.known_on, frozenset(self.labels()), upto)
        found: T = self.reader.once(" ".join(kinds), stamp, read)
        return found

    def model(self, as_of: str | None = None) -> Model | None:
        """The ranking of payments in force that the audience may use.

        :param as_of: partial ISO date; none that has seen later payments, which would tell what came of these
        """
        kept = in_force(self.writings("model"))
        found = opened(kept, self.models) if kept is not None else None
        if found is not None and as_of is not None and iso(found.seen_until)[:10] > latest(as_of).isoformat():
            return None
        return found

    def inspections(self, as_of: str | None = None) -> Inspections | None:
        """The ranking of declarations in force that the audience may use. :param as_of: as in `model`"""
        kept = in_force(self.writings("model"), DECLARATIONS)
        found = inspections(kept, self.models) if kept is not None else None
        late = (
            found is not None and as_of is not None and iso(found.seen_until * 86_400)[:10] > latest(as_of).isoformat()
        )
        return None if late else found

    def batches(self) -> list[dict[str, Any]]:
        """Batches of which the audience may read everything, oldest first."""
        labels = self.labels().keys()
        found = self.reader.batches()
        known = dt.datetime.fromisoformat(self.known_on) if self.known_on else None
        return [
            batch
            for batch in found
            if batch["labels"] <= labels and (known is None or dt.datetime.fromisoformat(batch["recorded_at"]) <= known)
        ]

    def _judgements(self, known_on: str | None) -> list[dict[str, Any]]:
        return self.reader.judgements(known_on, readable=self.labels().keys())

    def _since(self, known_on: str) -> bool:
        """Whether anything that the audience may read was recorded after that time."""
        ledger = self.store.ledger
        same = ledger.fingerprint(self.audience) == ledger.fingerprint(self.audience, known_on=known_on)
        return not (same and self._judgements(None) == self._judgements(known_on))

    def _inputs(self, stage: str) -> Iterable[str]:
        if stage == "detect":
            yield json.dumps(self.settings.typologies, sort_keys=True, default=str)
            told = self.writings("model")
            yield from (kept["id"] for what in (PAYMENTS, DECLARATIONS) if (kept := in_force(told, what)))

    def _adopt(self, folder: Path) -> None:
        import pyarrow.parquet as pq

        self._adopted.add(folder)
        for path in sorted(folder.glob("*.parquet")):
            if (by := _LARGE.get(path.stem)) is not None:
                self.scope.scan(path.stem, path, by)
                continue
            self.tables[path.stem] = pq.read_table(path)
            self.scope.adopt(path.stem, self.tables[path.stem])


@lru_cache(maxsize=8)
def _screener(folder: Path) -> Screener:
    """The index of one audience and edition, held open: a folder of this name never holds anything else."""
    from counterflow.entities.screening import Screener

    return Screener.open(folder)


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _today() -> str:
    return clock.today()
