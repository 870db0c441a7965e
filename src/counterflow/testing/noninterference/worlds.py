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
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp
from typing import Any

from counterflow import config, registry
from counterflow.casework.audiences import audience
from counterflow.model.handling import TLP, Audience, Label, readable
from counterflow.testing.noninterference.people import ORGANISATIONS, STRANGERS, Reader, admitted, settle, stir
from counterflow.testing.noninterference.records import DATASETS, DAY, Hand, decide, furnishing, parts, put
from counterflow.testing.noninterference.writings import NAMES, ours
from counterflow.workspace import Workspace

__all__ = ["ASKING", "EXPIRES", "World", "build"]

ASKING = "reader"
"""Name of the audience that asks."""

EXPIRES = "2099-06-30"
"""Last day of some labels, for those who let the clock jump."""

_ACCOUNTS = {
    "person": "principals", "session": "sessions", "token": "tokens", "passkey": "credentials", "notice": "notices",
    "emergency": "emergencies",
}  # fmt: skip
"""Kind of thing → table of identity."""


@dataclass
class World:
    """A workspace that somebody reads.

    :param folder: of the workspace; :param readers: who asks, the first of them being who sees all that is not hidden
    :param hidden: who brings what none of them may see
    """

    folder: Path
    seed: int
    readers: list[Reader]
    hidden: Hand

    @property
    def reader(self) -> Audience:
        """The rights of the first of those who ask."""
        return self.readers[0].audience

    @property
    def pools(self) -> dict[str, list[str]]:
        """Kind of thing → texts that somebody may read, as often as they are worth asking for."""
        accounts: dict[str, list[str]] = {}
        with closing(sqlite3.connect(self.folder / "casebook.sqlite")) as db:
            for kind, table in _ACCOUNTS.items():
                accounts[kind] = [id for (id,) in db.execute(f"SELECT id FROM identity_{table} ORDER BY id")]  # noqa: S608
        return {kind: sorted(found.elements()) for kind, found in self.hidden.pools.items()} | accounts

    @contextmanager
    def written(self) -> Iterator[None]:
        """The workspace stands open, beside whoever serves it, so that something can arrive."""
        self.hidden.workspace = Workspace.open(self.folder)
        try:
            yield
        finally:
            self.hidden.workspace.close()

    def grow(self, step: int) -> None:
        """Something hidden arrives, after all else; it is `written`. :param step: 0, 1, 2…"""
        r = self.hidden.random = random.Random(f"{self.seed} grown {step}")
        _batch(self.hidden, DAY + dt.timedelta(days=20, hours=step))
        decide(self.hidden)
        if self.readers[0].principal and r.random() < 0.5:
            stir(self.hidden.workspace.directory, r)


def build(
    folder: Path, seed: int, hidden: int | None = 0, *, signed_in: bool = False, shut_to_all: bool = False
) -> World:
    """A world. :param folder: of the workspace, not there yet

    :param seed: of what the reader may see, and who that is
    :param hidden: of all else; None: there is nothing else. Two worlds of one seed differ in nothing that the reader
        may see.
    :param signed_in: people have accounts, and those who ask are signed in; otherwise it is the audience `ASKING`
    :param shut_to_all: what is hidden is hidden from all of them, not from the first alone
    """
    r = random.Random(f"{seed}")
    shutil.copytree(_template(), folder)
    typologies = _typologies(r)
    (folder / "counterflow.toml").write_text(_settings(_rights(r), typologies), encoding="utf-8")
    workspace = Workspace.open(folder)
    readers = [Reader(audience(workspace.settings, ASKING))]
    if signed_in:
        readers = admitted(workspace.directory, settle(workspace.directory, r))
        first = r.choice([reader for reader in readers if reader.reads])
        readers = [first, *(reader for reader in readers if reader is not first)]
        (folder / "counterflow.toml").write_text(_settings(_same(first.audience), typologies), encoding="utf-8")
        workspace.settings = config.load(folder / "counterflow.toml")
    who = readers[0].audience
    shut_to = [reader.audience for reader in readers] if shut_to_all else [who]
    labels: dict[bool, list[Label]] = {True: [Label()], False: []}
    while len(labels[True]) < 3 or len(labels[False]) < 4:
        label = _label(r)
        if readable(label, who):
            labels[True] += [label] * (len(labels[True]) < 4)
        elif not any(readable(label, one) for one in shut_to):
            labels[False] += [label] * (len(labels[False]) < 4)
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
                if signed_in:
                    stir(workspace.directory, other.random)
        if n < last:
            seen.random = random.Random(f"{seed} {n}")
            mixed = seen.random.random() < 0.3 and hidden is not None
            _batch(seen, day + dt.timedelta(hours=12), other if mixed else None)
            decide(seen)
            if n < 2:
                _batch(seen, day + dt.timedelta(hours=13), furnished=True)
            if n == 0:
                put(seen, ours(seen, who.organisation))
    workspace.close()
    _in_the_past(folder)
    return World(folder, seed, readers, other)


@cache
def _template() -> Path:
    """An empty workspace, made once for this process."""
    folder = Path(mkdtemp(prefix="counterflow-world-")) / "workspace"
    workspace = Workspace.create(folder)
    from counterflow.storage import writings

    writings.write(workspace.store.casebook, [], [], "nobody")
    workspace.directory.any("principals")  # makes its tables
    with closing(sqlite3.connect(folder / "casebook.sqlite")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    workspace.close()
    import atexit

    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    return folder


def _rights(r: random.Random) -> dict[str, Any]:
    """Of the audience that asks, as its settings have them."""
    return {
        "organisation": r.choice(ORGANISATIONS),
        "ceiling": r.choice(("TLP:CLEAR", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")),
        "readers": ["ann"], "compartments": [c for c in ("SEA", "SKY") if r.random() < 0.3], "purposes": ["tax"],
        "without": ["EXERCISE"] if r.random() < 0.3 else [],
    }  # fmt: skip


def _same(who: Audience) -> dict[str, Any]:
    """Settings of an audience with the rights of somebody who is signed in: for the command line."""
    sets = {name: sorted(getattr(who, name)) for name in ("readers", "compartments", "purposes", "without")}
    return {"organisation": who.organisation, "ceiling": who.ceiling.text, **sets}


def _typologies(r: random.Random) -> str:
    """Settings by which a few typologies are asked: those that what is `furnished` has something for, and any other."""
    names = registry.names("typologies")
    on = {"circular_ownership", "listed_owner", *r.sample(names, 1)}
    return "".join(f"[typologies.{name}]\nenabled = false\n" for name in names if name not in on)


def _settings(rights: Mapping[str, Any], typologies: str) -> str:
    told = "".join(f"{key} = {json.dumps(value)}\n" for key, value in rights.items())
    return (
        f'title = "A world"\ncase = "alpha:1"\naudience = "{ASKING}"\n'
        '[audiences.owner]\nowner = true\nceiling = "TLP:RED"\n'
        f'[audiences.public]\nceiling = "TLP:CLEAR"\n[audiences.{ASKING}]\n{told}{typologies}'
    )


def _label(r: random.Random) -> Label:
    """Any label; most of them shut to most readers."""
    organisations = (*ORGANISATIONS, STRANGERS)
    some = frozenset(r.sample(organisations, r.randint(1, 2)))
    return Label(
        tlp=r.choice(list(TLP)),
        originator=r.choice(("", *organisations)),
        releasable_to=some if r.random() < 0.5 else None,
        readers=frozenset({r.choice(("ann", "bob", "dan"))}) if r.random() < 0.2 else None,
        compartments=frozenset({r.choice(("SEA", "SKY", "DEEP"))}) if r.random() < 0.2 else frozenset(),
        purposes=frozenset({r.choice(("tax", "war"))}) if r.random() < 0.2 else frozenset(),
        caveats=frozenset({"EXERCISE"}) if r.random() < 0.3 else frozenset(),
        expires=r.choice(("2020-01-01", EXPIRES, "2999-01-01")) if r.random() < 0.2 else None,
    )


def _batch(m: Hand, at: dt.datetime, beside: Hand | None = None, *, furnished: bool = False) -> None:
    """One file that was taken in: claims, rows of bulk tables, sources, rows set aside.

    :param beside: whose records the same file holds as well
    :param furnished: an edition of a list with what a finding is told of, and a document
    """
    r, store = m.random, m.workspace.store
    dataset, own = DATASETS[0] if furnished else r.choice(DATASETS), m.label()
    rows = parts(m, dataset, own, at)
    segments = store.ledger.append([*rows, *furnishing(m, dataset, own, at)] if furnished else rows)
    files = [_original(m, f"{dataset}-{at:%d%H}.json")]
    counts = dict.fromkeys(("parties", "entities", "claims", "observations", "repeated", "known"), r.randint(1, 9))
    counts |= {"quarantined": 1, "added": r.randint(1, 9), "retracted": 0, "unread": 0}
    described = {
        "title": f"Set {dataset} {r.randint(1, 99)}", "publisher": r.choice(NAMES), "licence": "own", "url": "",
        "schedule": "", "every": 30, "kind": "register", "complete": furnished or r.random() < 0.3, "grade": "B2",
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
    m.note("digest", files[0]["sha256"])
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
