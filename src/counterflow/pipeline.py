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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.casework.audiences import key
from counterflow.config import Settings
from counterflow.findings.evidence import iso
from counterflow.findings.ranking.keeping import DECLARATIONS, PAYMENTS, in_force, inspections, opened
from counterflow.model.dates import latest
from counterflow.model.handling import Audience, Label, readable
from counterflow.storage.derived import DerivedFolder

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.claims.ingest import Store
    from counterflow.entities.screening import Screener
    from counterflow.findings.declarations.model import Inspections
    from counterflow.findings.ranking.model import Model
    from counterflow.storage.ibis import IbisScope

__all__ = ["STAGES", "Line", "Made"]

STAGES = ("gather", "resolve", "screen", "link", "index", "detect")
"""Stages in the order of the data flow; each reads the tables that those before it made."""

REPORT = "report.json"
"""What resolution did, what it passed over, and how much of what is there it is reckoned to find."""

_LARGE = {"claims": "subject", "flows": ""}
"""Tables that stay in their files; what each is looked up by, if anything."""

Progress = Callable[[str, float], None]


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
        known, of_records = store.casebook.labels(), store.casebook.labels_of_records()
        own = {i: label for i, label in known.items() if i in of_records}
        name = key(audience, own, today=_today())
        self._rights = frozenset(i for i, label in own.items() if readable(label, audience, today=_today()))
        self._settled = False
        if known_on is not None and not self._since(known_on):
            known_on = None
        self.known_on = known_on
        if known_on is not None:
            ledger = store.ledger.fingerprint(audience, known_on=known_on)
            name += f"-known-{_hash(ledger, *map(str, self.judgements()))}"
        self.derived = DerivedFolder(root, name)
        self.models = root.parent / "models"
        self.tables: dict[str, pa.Table] = {}
        self._scope: IbisScope | None = None
        self._start: str | None = None
        self._adopted: set[Path] = set()

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
        found._scope = copy.copy(self.scope)
        found._scope.audience = audience
        return found

    @property
    def scope(self) -> IbisScope:
        """The audience's reading side, with the tables of the stages made so far."""
        if self._scope is None:
            self._scope = self.store.ledger.scope(self.audience, known_on=self.known_on)
            self._scope.grades = self.settings.grades
            self._scope.measures = self.settings.measures
        return self._scope

    def run(self, upto: str = "detect", progress: Progress | None = None) -> list[Made]:
        """Make every stage up to and including `upto` that is not there yet.

        Called again for a later stage, it goes on from what it began with, though the ledger has grown since.
        """
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
            write = _WRITERS[stage]
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
        return made

    def assess(self, as_of: str | None = None) -> Path:
        """Make the assessment over the network as linked: flow, measures, a first plan and the report, as files."""
        made = self.run("detect")
        mark = made[-1].folder.name.rpartition("-")[2]
        # audiences of the same rights share all stages but this: a report names the audience it was written for
        written = [f"{r['kind']} {r['id']}" for kind in ("question", "evidence", "rating") for r in self.writings(kind)]
        if self.settings.measures is not None:
            written.append(self.settings.measures.text)
        suffix = f"-{_hash(self.audience.name, as_of or '', *written)}"
        return self.derived.make("assess", mark + suffix, lambda out: _assess(self, out, as_of))

    def patterns(self) -> Path:
        """Findings that are likely traces of one activity, told together; made when first asked for, as a file."""
        made = self.run("detect")[-1]
        mark = made.folder.name.rpartition("-")[2]
        return self.derived.make("patterns", mark, lambda out: _patterns(self, made.folder, out))

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
            folder = self.derived.make("screen", f"{mark}-{as_of}", lambda out: _screen(self, out, as_of=as_of))
        return _screener(folder)

    def _mark(self, upto: str) -> str:
        """Fingerprint under which a stage's result lies."""
        mark = self.fingerprint()
        for stage in STAGES[: STAGES.index(upto) + 1]:
            mark = _hash(stage, mark, *self._inputs(stage))
        return mark

    def fingerprint(self) -> str:
        """Hash of everything the line starts from, for this audience."""
        ledger = self.store.ledger.fingerprint(self.audience, known_on=self.known_on)
        own = [f"{grade} {p}" for grade, p in sorted(self.settings.grades.items())]
        return _hash(ledger, code_version(), *map(str, self.judgements()), *own)

    def _gathered(self) -> str:
        """Hash of what the claims in force depend on: a log of payments that grows leaves them as they are."""
        told = self.store.ledger.fingerprint(self.audience, known_on=self.known_on, tables=("claims", "retractions"))
        return _hash(told, code_version())

    def judgements(self) -> list[dict[str, Any]]:
        """Judgements the audience may read, oldest first."""
        return self._judgements(self.known_on)

    def labels(self) -> dict[str, Label]:
        """label_id → Label, of all labels that the audience may read."""
        today = _today()
        found = {i: x for i, x in self.store.casebook.labels().items() if readable(x, self.audience, today=today)}
        return {i: x for i, x in found.items() if i in self._rights} if self._settled else found

    def writings(self, kind: str, **where: Any) -> list[dict[str, Any]]:
        """What analysts wrote, of a kind, that the audience may read; oldest first. :param where: under, after"""
        from counterflow.storage.writings import writings

        return writings(self.store.casebook, kind, self.labels().keys(), known_on=self.known_on, **where)

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
        found = self.store.casebook.batches()
        known = dt.datetime.fromisoformat(self.known_on) if self.known_on else None
        return [
            batch
            for batch in found
            if batch["labels"] <= labels and (known is None or dt.datetime.fromisoformat(batch["recorded_at"]) <= known)
        ]

    def _judgements(self, known_on: str | None) -> list[dict[str, Any]]:
        labels = self.labels()
        return [row for row in self.store.casebook.judgements(known_on) if row["label_id"] in labels]

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


def _gather(line: Line, out: Path, _progress: Progress | None) -> None:
    """The claims in force from all segments in one file, sorted by subject."""
    from counterflow.storage.sorted_file import write_sorted
    from counterflow.storage.tables import LEDGER

    claims = line.scope.table("claims").order_by("subject", "property", "claim_id")
    write_sorted(line.scope.batches(claims), LEDGER["claims"].schema, "claim_id", out / "claims.parquet")


def _resolve(line: Line, out: Path, progress: Progress | None) -> None:
    import pyarrow.parquet as pq

    from counterflow.claims.repetition import origins
    from counterflow.entities.entity import entities, renewed
    from counterflow.entities.remembered import read, write
    from counterflow.entities.resolve import resolve
    from counterflow.model.judgement import Judgement
    from counterflow.storage.duckdb import write_parquet

    repeated = origins(line.scope)
    write_parquet(repeated, out / "origins.parquet")
    line.scope.adopt("origins", repeated)
    judgements = [Judgement.from_row(row) for row in line.judgements()]
    older = [line.derived.folder / name for name in line.derived.newest("resolve", 1)]
    before = read(older[0], code_version()) if older else None
    found = resolve(line.scope, judgements, progress, before)
    write_parquet(found.members, out / "members.parquet")
    write_parquet(found.pairs, out / "pairs.parquet")
    if (
        before
        and len(before.parties)
        and pq.read_table(out / "origins.parquet").equals(pq.read_table(older[0] / "origins.parquet"))
    ):
        rows = renewed(line.scope, pq.read_table(older[0] / "entities.parquet"), before, found.memory)
    else:
        rows = entities(line.scope, found.members)
    write_parquet(rows, out / "entities.parquet")
    write(out, found.memory, code_version())
    (out / REPORT).write_text(json.dumps(found.report), encoding="utf-8")


def _screen(line: Line, out: Path, _progress: Progress | None = None, as_of: str | None = None) -> None:
    from counterflow.entities.screening import write
    from counterflow.network.listings import listings

    gone: set[str] = set()
    if as_of is not None:  # off every list that ever had it
        held: dict[str, bool] = {}
        for listing in listings(line.scope):
            held[listing.entity] = held.get(listing.entity, False) or listing.on(as_of) is not False
        gone = {entity for entity, on_some in held.items() if not on_some}
    write(line.scope, out, as_of, gone)


def _link(line: Line, out: Path, _progress: Progress | None) -> None:
    from counterflow.network.consignments import consignments
    from counterflow.network.flows import flows
    from counterflow.network.holders import holders
    from counterflow.network.links import links
    from counterflow.network.ties import ties
    from counterflow.storage.duckdb import write_batches, write_parquet
    from counterflow.storage.tables import DERIVED

    stages = {
        "links": (links, "claims"),
        "holders": (holders, "claims"),
        "consignments": (consignments, "shipments"),
        "ties": (ties, "claims"),
    }

    def some(source: str) -> bool:
        # planning a question of nothing costs as much as one of something
        return len(line.scope.run(line.scope.table(source).limit(1))) > 0

    for name, (make, source) in stages.items():
        rows = make(line.scope) if some(source) else DERIVED[name].schema.empty_table()
        write_parquet(rows, out / f"{name}.parquet")
        line.scope.adopt(name, rows)
    corridors = line.scope.batches(flows(line.scope)) if some("payments") else ()
    write_batches(corridors, DERIVED["flows"].schema, out / "flows.parquet")


def _index(line: Line, out: Path, _progress: Progress | None) -> None:
    from counterflow.entities.names import number_tokens, search_tokens
    from counterflow.storage.search import SqliteSearch

    entities = line.scope.table("entities")
    rows = entities.select("entity", "names", "referents").order_by("entity")
    numbers = _numbers(line.scope)

    def entries() -> Iterable[tuple[str, list[str], float]]:
        for row in (row for batch in line.scope.batches(rows) for row in batch.to_pylist()):
            for n, name in enumerate(row["names"] or []):
                yield row["entity"], search_tokens(name), 1.0 if n == 0 else 0.5
            for number in [*numbers.get(row["entity"], ()), *row["referents"]]:
                yield row["entity"], number_tokens(number), 0.5

    SqliteSearch.build(out / "search.sqlite", entries())


def _numbers(scope: IbisScope) -> Mapping[str, list[str]]:
    claims, members = scope.table("claims"), scope.table("members")
    of = claims.filter(claims.prop_type.isin(["identifier", "iban", "phone", "email"]))
    joined = of.join(members, of.subject == members.subject).select(members.entity, of.value).distinct()
    found: dict[str, list[str]] = {}
    for row in scope.run(joined.order_by("entity", "value")).to_pylist():
        found.setdefault(row["entity"], []).append(row["value"])
    return found


def _detect(line: Line, out: Path, progress: Progress | None) -> None:
    from counterflow.findings.run import detect_all

    before = [line.derived.folder / name / code_version() for name in line.derived.newest("detect", 1)]
    found = detect_all(
        line.scope, line.settings.typologies, progress=progress, before=before[0] if before else None,
        after=out / code_version(), model=line.model(), inspections=line.inspections(),
    )  # fmt: skip
    if progress is not None and found.stood:
        progress(f"detect: {found.stood / (found.stood + found.begun):.0%} of the searches stand", 1.0)
    with (out / "findings.jsonl").open("w", encoding="utf-8") as file:
        for f in found.findings:
            file.write(json.dumps(f.to_dict(), ensure_ascii=False) + "\n")
    (out / REPORT).write_text(json.dumps({"left_out": found.left_out, "model_not_used": found.unfit}), encoding="utf-8")


def _patterns(line: Line, detected: Path, out: Path) -> None:
    from counterflow.findings.activity.run import patterns
    from counterflow.findings.run import ScopeData
    from counterflow.model.finding import Finding

    text = (detected / "findings.jsonl").read_text(encoding="utf-8")
    found = patterns([Finding.from_dict(json.loads(row)) for row in text.splitlines()], ScopeData(line.scope))
    with (out / "patterns.jsonl").open("w", encoding="utf-8") as file:
        for pattern in found:
            file.write(json.dumps(pattern.to_dict(), ensure_ascii=False) + "\n")


def _assess(line: Line, out: Path, as_of: str | None) -> None:
    from counterflow.assessment.assess import assess
    from counterflow.assessment.hypotheses import from_rows

    asked = [q for q, _ in from_rows(*(line.writings(kind) for kind in ("question", "evidence", "rating"))).values()]
    for name, content in assess(line.scope, as_of=as_of, about=line.settings.case, questions=asked).items():
        (out / name).write_text(content, encoding="utf-8")


_WRITERS: Mapping[str, Callable[[Line, Path, Progress | None], None]] = {
    "gather": _gather,
    "resolve": _resolve,
    "screen": _screen,
    "link": _link,
    "index": _index,
    "detect": _detect,
}


@lru_cache(maxsize=8)
def _screener(folder: Path) -> Screener:
    """The index of one audience and edition, held open: a folder of this name never holds anything else."""
    from counterflow.entities.screening import Screener

    return Screener.open(folder)


@cache
def code_version() -> str:
    """Hash of this package's own code and data: a new version makes derived results anew."""
    root = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if path.suffix in (".py", ".typ", ".yaml") and relative.parts[0] not in ("api", "web", "cli.py", "views"):
            digest.update(str(relative).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()
