"""What each stage of the line writes: the files of one folder, from the tables of the stages before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterflow.pipeline import Line
    from counterflow.storage.ibis import IbisScope

__all__ = ["REPORT", "WRITERS", "assess", "code_version", "patterns", "screen"]

REPORT = "report.json"
"""What resolution did, what it passed over, and how much of what is there it is reckoned to find."""

Progress = Callable[[str, float], None]


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


def screen(line: Line, out: Path, _progress: Progress | None = None, as_of: str | None = None) -> None:
    """The index of all that may be asked about. :param as_of: partial ISO date: by listings that may have held then"""
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


def patterns(line: Line, detected: Path, out: Path) -> None:
    """Findings that are likely traces of one activity. :param detected: where they lie"""
    from counterflow.findings.activity.run import patterns
    from counterflow.findings.run import ScopeData
    from counterflow.model.finding import Finding

    text = (detected / "findings.jsonl").read_text(encoding="utf-8")
    found = patterns([Finding.from_dict(json.loads(row)) for row in text.splitlines()], ScopeData(line.scope))
    with (out / "patterns.jsonl").open("w", encoding="utf-8") as file:
        for pattern in found:
            file.write(json.dumps(pattern.to_dict(), ensure_ascii=False) + "\n")


def assess(line: Line, out: Path, as_of: str | None) -> None:
    """The assessment. :param as_of: partial ISO date"""
    from counterflow.assessment.assess import assess
    from counterflow.assessment.hypotheses import from_rows

    asked = [q for q, _ in from_rows(*(line.writings(kind) for kind in ("question", "evidence", "rating"))).values()]
    for name, content in assess(line.scope, as_of=as_of, about=line.settings.case, questions=asked).items():
        (out / name).write_text(content, encoding="utf-8")


WRITERS: Mapping[str, Callable[[Line, Path, Progress | None], None]] = {
    "gather": _gather,
    "resolve": _resolve,
    "screen": screen,
    "link": _link,
    "index": _index,
    "detect": _detect,
}


@cache
def code_version() -> str:
    """Hash of this package's own code and data: a new version makes derived results anew."""
    root = Path(__file__).parents[1]
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if path.suffix in (".py", ".typ", ".yaml") and relative.parts[0] not in ("api", "web", "cli.py", "views"):
            digest.update(str(relative).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
