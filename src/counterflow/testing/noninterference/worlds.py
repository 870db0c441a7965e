"""Small random workspaces of which a reader may see a part.

What is hidden touches what is seen on purpose: other claims of the same subject, a link between two visible parties, a
payment between visible accounts, a source of the same id, a judgement, a decision, an edition held back. All times lie
in the past, so that an answer which tells when something hidden was recorded differs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp

from counterflow import registry
from counterflow.casework.audiences import audience
from counterflow.model.handling import TLP, Audience, Label, readable
from counterflow.testing.noninterference.records import DATASETS, DAY, NAMES, ORGANISATIONS, Hand, decide, parts
from counterflow.workspace import Workspace

__all__ = ["ASKING", "World", "build"]

ASKING = "reader"
"""Name of the audience that asks."""


@dataclass
class World:
    """A workspace that somebody reads.

    :param folder: of the workspace; :param reader: who reads; :param hidden: who brings what they may not see
    """

    folder: Path
    seed: int
    reader: Audience
    hidden: Hand

    @property
    def pools(self) -> dict[str, list[str]]:
        """Kind of thing → texts that somebody may read, as often as they are worth asking for."""
        return {kind: sorted(found.elements()) for kind, found in self.hidden.pools.items()}

    def grow(self, step: int) -> None:
        """Something hidden arrives, after all else. :param step: 0, 1, 2…"""
        self.hidden.workspace = Workspace.open(self.folder)
        self.hidden.random = random.Random(f"{self.seed} grown {step}")
        _batch(self.hidden, DAY + dt.timedelta(days=20, hours=step))
        decide(self.hidden)
        self.hidden.workspace.close()


def build(folder: Path, seed: int, hidden: int | None = 0) -> World:
    """A world. :param folder: of the workspace, not there yet

    :param seed: of what the reader may see, and who that is
    :param hidden: of all else; None: there is nothing else. Two worlds of one seed differ in nothing that the reader
        may see.
    """
    r = random.Random(f"{seed}")
    shutil.copytree(_template(), folder)
    (folder / "counterflow.toml").write_text(_settings(r), encoding="utf-8")
    workspace = Workspace.open(folder)
    who = audience(workspace.settings, ASKING)
    labels: dict[bool, list[Label]] = {True: [Label()], False: []}
    while len(labels[True]) < 3 or len(labels[False]) < 4:
        label = _label(r)
        if len(labels[readable(label, who)]) < 4:
            labels[readable(label, who)].append(label)
    seen = Hand(workspace, labels[True], {})
    other = Hand(workspace, labels[False], seen.pools, seen)
    last = r.randint(2, 3)
    for n in range(last + 1):
        day = DAY + dt.timedelta(days=n)
        if hidden is not None:
            other.random = random.Random(f"{seed} {hidden} {n}")
            for k in range(other.random.choice((0, 1, 1, 2))):
                _batch(other, day + dt.timedelta(hours=k))
                decide(other)
        if n < last:
            seen.random = random.Random(f"{seed} {n}")
            mixed = seen.random.random() < 0.3 and hidden is not None
            _batch(seen, day + dt.timedelta(hours=12), other if mixed else None)
            decide(seen)
    workspace.close()
    _in_the_past(folder)
    return World(folder, seed, who, other)


@cache
def _template() -> Path:
    """An empty workspace, made once for this process."""
    folder = Path(mkdtemp(prefix="counterflow-world-")) / "workspace"
    workspace = Workspace.create(folder)
    from counterflow.storage import writings

    writings.write(workspace.store.casebook, [], [], "nobody")
    with closing(sqlite3.connect(folder / "casebook.sqlite")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    workspace.close()
    import atexit

    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    return folder


def _settings(r: random.Random) -> str:
    ceiling = r.choice(("TLP:CLEAR", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"))
    compartments = [c for c in ("SEA", "SKY") if r.random() < 0.3]
    without = ["EXERCISE"] if r.random() < 0.3 else []
    names = registry.names("typologies")
    on = set(r.sample(names, 2))
    off = "".join(f"[typologies.{name}]\nenabled = false\n" for name in names if name not in on)
    return (
        f'title = "A world"\ncase = "alpha:1"\naudience = "{ASKING}"\n'
        '[audiences.owner]\nowner = true\nceiling = "TLP:RED"\n'
        '[audiences.public]\nceiling = "TLP:CLEAR"\n'
        f'[audiences.{ASKING}]\norganisation = "{r.choice(ORGANISATIONS)}"\nceiling = "{ceiling}"\n'
        f'readers = ["ann"]\ncompartments = {json.dumps(compartments)}\npurposes = ["tax"]\n'
        f"without = {json.dumps(without)}\n{off}"
    )


def _label(r: random.Random) -> Label:
    """Any label; most of them shut to most readers."""
    some = frozenset(r.sample(ORGANISATIONS, r.randint(1, 2)))
    return Label(
        tlp=r.choice(list(TLP)),
        originator=r.choice(("", *ORGANISATIONS)),
        releasable_to=some if r.random() < 0.5 else None,
        readers=frozenset({r.choice(("ann", "bob"))}) if r.random() < 0.2 else None,
        compartments=frozenset({r.choice(("SEA", "SKY"))}) if r.random() < 0.2 else frozenset(),
        purposes=frozenset({r.choice(("tax", "war"))}) if r.random() < 0.2 else frozenset(),
        caveats=frozenset({"EXERCISE"}) if r.random() < 0.3 else frozenset(),
        expires=r.choice(("2020-01-01", "2999-01-01")) if r.random() < 0.2 else None,
    )


def _batch(m: Hand, at: dt.datetime, beside: Hand | None = None) -> None:
    """One file that was taken in: claims, rows of bulk tables, sources, rows set aside.

    :param beside: whose records the same file holds as well
    """
    r, store = m.random, m.workspace.store
    dataset, own = r.choice(DATASETS), m.label()
    segments = store.ledger.append(parts(m, dataset, own, at))
    files = [_original(m, f"{dataset}-{at:%d%H}.json")]
    counts = dict.fromkeys(("parties", "entities", "claims", "observations", "repeated", "known"), r.randint(1, 9))
    counts |= {"quarantined": 1, "added": r.randint(1, 9), "retracted": 0, "unread": 0}
    described = {
        "title": f"Set {dataset} {r.randint(1, 99)}", "publisher": r.choice(NAMES), "licence": "own", "url": "",
        "schedule": "", "every": 30, "kind": "register", "complete": r.random() < 0.3, "grade": "B2",
        "edition": f"{at:%Y-%m-%d}", "archived": False, "options": {}, "file": files[0]["name"],
        "inside": "", "accepted": False, "retries": None,
    }  # fmt: skip
    batch = {
        "dataset": dataset, "reader": "ftm", "files": files, "fingerprint": f"{r.random()}", "counts": counts,
        "descriptor": described, "label_id": own.id, "recorded_at": at.isoformat(timespec="microseconds"),
    }  # fmt: skip
    aside = [
        {"file": files[0]["name"], "line": r.randint(1, 99), "field": "name", "reason": f"bad {r.randint(1, 99)}",
         "raw": r.choice(NAMES), "label_id": own.id}
        for _ in range(r.randint(0, 2))
    ]  # fmt: skip
    labels = [own]
    held = r.random() < 0.25
    if beside is not None:
        theirs = beside.label()
        segments += store.ledger.append(parts(beside, dataset, theirs, at))
        aside = [row | {"label_id": theirs.id} for row in aside]
        labels.append(theirs)
    store.casebook.commit_batch(batch, segments, labels, aside, "somebody")
    if held:
        row = {key: batch[key] for key in ("dataset", "reader", "files", "counts", "descriptor")}
        why = {"file": files[0]["name"], "failed": [{"rule": "least", "found": "3", "reason": "too few"}]}
        whose = {"own_label_id": own.id, "label_id": own.id, "held_at": batch["recorded_at"]}
        store.casebook.hold({**row, **why, **whose, "fingerprint": f"held {r.random()}"}, [own], "somebody")
    m.note("dataset", dataset)
    m.note("file", files[0]["name"], files[0]["sha256"])
    m.note("label", *(label.text for label in labels))


def _original(m: Hand, name: str) -> dict[str, str]:
    with NamedTemporaryFile() as file:
        file.write(f"original {name} {m.random.random()}".encode())
        file.flush()
        return {"name": name, "sha256": m.workspace.store.blobs.put(Path(file.name))}


def _in_the_past(folder: Path) -> None:
    """Writings bear a time of long ago, each its own."""
    with closing(sqlite3.connect(folder / "casebook.sqlite")) as db:
        for id, *told in db.execute("SELECT id, kind, key, content FROM writings").fetchall():
            minutes = int(hashlib.sha256("".join(told).encode()).hexdigest()[:4], 16)
            at = (DAY + dt.timedelta(days=100, minutes=minutes)).isoformat(timespec="microseconds")
            db.execute("UPDATE writings SET at = ? WHERE id = ?", (at, id))
        db.commit()
