"""The demonstration: the Office #39 case from its facts, and an exercise layer of payments, ships and goods over it.

Nothing here is special: it makes a workspace and ingests folders, as anybody would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from counterflow import registry
from counterflow.assessment.hypotheses import read as read_hypotheses
from counterflow.errors import InputError, WorkspaceError
from counterflow.sources.reader import read_head
from counterflow.workspace import Workspace

__all__ = ["CASE", "build", "case_folder", "newest_editions"]

CASE = "office39:office-39"
Progress = Callable[[str, float], None]
Say = Callable[[str], None]


def case_folder() -> Path:
    """Where the facts of the case lie: in the installed package, or in the checkout."""
    here = Path(__file__).parent
    for place in (here / "examples" / "office39", here.parents[1] / "examples" / "office39"):
        if place.is_dir():
            return place
    raise WorkspaceError("The example case is not part of this installation. Install from a wheel or a checkout.")


def build(path: Path, *, lists: Sequence[Path], seed: int, progress: Progress, say: Say) -> Workspace:
    """Make or bring up to date the demonstration workspace; what is there already costs nothing."""
    from counterflow.sources.synthetic import generate

    if (path / "counterflow.toml").exists():
        workspace = Workspace.open(path)
    else:
        workspace = Workspace.create(path, title="Office #39", case=CASE)
    facts = case_folder()
    _ingest(workspace, facts, progress, say)
    for edition in newest_editions(lists):
        _ingest(workspace, edition, progress, say)
    layer = path / "exercise" / f"seed-{seed}"
    if not (layer / "truth.json").exists():
        generate(facts, layer, seed=seed)
    for part in ("case", "payments.csv", "positions.csv", "shipments.csv"):
        _ingest(workspace, layer / part, progress, say, exercise=part != "case")
    workspace.run(progress=progress)
    known = {row["key"] for row in workspace.line(None, False).writings("question")}
    for question in read_hypotheses(facts / "hypotheses.yaml"):
        if question.id not in known:  # ratings that somebody has changed stay
            workspace.write_hypotheses(question)
    return workspace


def _ingest(workspace: Workspace, path: Path, progress: Progress, say: Say, *, exercise: bool = False) -> None:
    how = {"dataset": "exercise", "caveats": ("EXERCISE",), "label": "TLP:GREEN", "grade": "F6"} if exercise else {}
    report = workspace.ingest(path, progress=lambda what, n, share: progress(f"{what}: {n:,} records", share), **how)  # type: ignore[arg-type]
    if not report.unchanged and report.aside:
        say(f"{report.file}: {report.aside} rows set aside; see `counterflow quarantine`.")


def newest_editions(folders: Iterable[Path]) -> list[Path]:
    """Of every dataset found in these folders, the newest whole edition: the surest recognised, then the last by name.

    :raises InputError: a folder in which no reader recognises anything
    """
    best: dict[str, tuple[float, str, Path]] = {}
    for folder in folders:
        found = 0
        for path in sorted([*folder.iterdir(), folder]):
            if path.name.startswith(".") or path.name.upper().startswith("README"):
                continue
            head = read_head(path)
            for name in registry.names("readers"):
                reader = registry.get("readers", name)
                sure = reader.recognises(head)
                if sure <= 0 or reader.descriptor.kind != "designation":
                    continue
                found += 1
                describe = getattr(reader, "describe", None)
                dataset = (describe(path) if describe else reader.descriptor).dataset
                best[dataset] = max(best.get(dataset, (0.0, "", path)), (sure, path.name, path))
        if not found:
            raise InputError("no sanctions list is recognised here", file=str(folder))
    return [path for _, _, path in (best[dataset] for dataset in sorted(best))]
