"""The audit log: what is appended stays, whatever is altered shows, and what must go can go."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from counterflow import clock
from counterflow.errors import NotFound, UsageError
from counterflow.storage import audit, audit_checks, merkle, notes, succession
from counterflow.storage.sql import Casebook


@pytest.fixture(autouse=True)
def _small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few hundred entries make a tree of tiles of tiles."""
    monkeypatch.setattr(audit, "TILE", 4)
    monkeypatch.setattr(audit, "HEAD_EVERY", 25)


def fill(casebook: Casebook, entries: int, at_once: int = 7) -> None:
    told = [("me", "show", {"id": f"x{n}"}) for n in range(entries)]
    for start in range(0, entries, at_once):
        with casebook.engine.begin() as tx:
            casebook.audit_log.append(tx, told[start : start + at_once])


def sql(casebook: Casebook, *statements: str, **values: object) -> None:
    with casebook.engine.begin() as tx:
        for statement in statements:
            tx.execute(text(statement), values)


def test_what_is_appended_can_be_read_and_is_as_it_was(casebook: Casebook) -> None:
    fill(casebook, 100)
    entries = casebook.audit_entries()
    assert [e["n"] for e in entries] == list(range(100))
    assert [json.loads(e["detail"])["id"] for e in entries] == [f"x{n}" for n in range(100)]
    assert {(e["who"], e["action"]) for e in entries} == {("me", "show")}
    assert [e["n"] for e in casebook.audit_log.entries(90, 93)] == [90, 91, 92]
    assert casebook.verify_audit() == []


def test_an_entry_whose_change_fails_is_not_there_and_the_next_can_be_read(casebook: Casebook) -> None:
    with casebook.engine.connect() as tx:
        casebook.log(tx, "me", "ingest", {"file": "a"})
        tx.rollback()
    casebook.audit("me", "show", {"id": "b"})
    assert [(e["n"], e["action"], json.loads(e["detail"])) for e in casebook.audit_entries()] == [
        (0, "show", {"id": "b"})
    ]
    assert casebook.verify_audit() == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM audit_log WHERE n = 41", "audit entry 41 of 60 is missing"),
        ("DELETE FROM audit_log WHERE n = 59", "audit entry 59 of 60 is missing"),
        ("UPDATE audit_log SET hash = (SELECT hash FROM audit_log WHERE n = 3) WHERE n = 9", "audit entry 9 is not"),
        ("UPDATE audit_log SET leaf = (SELECT leaf FROM audit_log WHERE n = 3) WHERE n = 9", "audit entry 9 is not"),
        (
            "UPDATE audit_log SET leaf = (SELECT leaf FROM audit_log WHERE n = 3), "
            "hash = (SELECT hash FROM audit_log WHERE n = 3) WHERE n = 9",
            "among audit entries 8 to 11 one is not as it was appended",
        ),
        ("UPDATE audit_tiles SET hash = (SELECT hash FROM audit_log WHERE n = 3) WHERE level = 2 AND n = 1",
         "among audit entries 16 to 31 one is not"),
        ("INSERT INTO audit_log SELECT 60, leaf, hash FROM audit_log WHERE n = 3", "entries 60 to 60 were never"),
        ("UPDATE audit_heads SET note = replace(note, 'at 2', 'at 3')", "is not signed by the key"),
    ],
)  # fmt: skip
def test_whatever_is_altered_shows(casebook: Casebook, statement: str, told: str) -> None:
    fill(casebook, 60)
    assert casebook.verify_audit() == []
    sql(casebook, statement)
    assert told in " / ".join(casebook.verify_audit())


def forge(casebook: Casebook, entries: list[bytes]) -> None:
    """Rewrite the whole log, tiles and state, as somebody can who has the database but not the key."""
    edge = merkle.Frontier()
    sql(casebook, "DELETE FROM audit_log", "DELETE FROM audit_tiles")
    hashes = [merkle.leaf(leaf) for leaf in entries]
    for n, (leaf, hash) in enumerate(zip(entries, hashes, strict=True)):
        sql(casebook, "INSERT INTO audit_log VALUES (:n, :leaf, :hash)", n=n, leaf=leaf, hash=hash)
        edge.add(hash)
    level, rows = 1, hashes
    while len(rows) >= audit.TILE:
        whole = range(len(rows) // audit.TILE)
        rows = [merkle.root(rows[n * audit.TILE : (n + 1) * audit.TILE]) for n in whole]
        for n, hash in enumerate(rows):
            sql(casebook, "INSERT INTO audit_tiles VALUES (:level, :n, :hash)", level=level, n=n, hash=hash)
        level += 1
    sql(casebook, "UPDATE audit_state SET size = :n, peaks = :p", n=edge.size, p=b"".join(edge.peaks))


def test_a_log_that_was_rewritten_whole_does_not_fit_a_head_that_was_signed(casebook: Casebook) -> None:
    fill(casebook, 40)
    note, key = casebook.audit_log.head()
    fill(casebook, 20)
    leaves = list(casebook.audit_log.leaves())
    forge(casebook, leaves)
    assert audit_checks.problems(casebook.engine, note, key) == []
    forged = [leaf.replace(b'"show"', b'"edit"') if n == 5 else leaf for n, leaf in enumerate(leaves)]
    forge(casebook, forged)
    assert "the first 40 audit entries are not those that were signed" in " / ".join(casebook.verify_audit())
    sql(casebook, "DELETE FROM audit_heads")  # the forger's next step: only a head kept elsewhere tells
    assert casebook.verify_audit() == []
    assert "the first 40 audit entries are not those" in " / ".join(audit_checks.problems(casebook.engine, note, key))
    forge(casebook, leaves[:30])
    assert "a head of 40 audit entries was signed: the log is cut short" in audit_checks.problems(
        casebook.engine, note, key
    )


def test_heads_are_signed_as_the_log_grows_and_by_the_clock(
    casebook: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sizes() -> list[int]:
        with casebook.engine.connect() as tx:
            return list(tx.execute(text("SELECT size FROM audit_heads ORDER BY size")).scalars())

    fill(casebook, 60, at_once=1)
    assert sizes() == [1, 26, 51]
    monkeypatch.setattr(audit, "HEAD_AFTER", audit.dt.timedelta(0))
    fill(casebook, 1)
    assert sizes() == [1, 26, 51, 61]


@pytest.mark.parametrize("size", [1, 5, 16, 63, 64, 65, 90])
def test_each_entry_is_proved_to_who_has_only_the_key(casebook: Casebook, size: int) -> None:
    fill(casebook, size)
    _, key = casebook.audit_log.head()
    for n in {0, size // 2, size - 1}:
        proof = casebook.audit_log.proof(n)
        assert audit_checks.check(json.loads(json.dumps(proof)), key).size == size
        forged = {**proof, "entry": proof["entry"].replace("show", "edit")}
        with pytest.raises(UsageError, match="does not lead"):
            audit_checks.check(forged, key)
    with pytest.raises(NotFound):
        casebook.audit_log.proof(size)


def test_growth_from_an_older_head_is_proved(casebook: Casebook) -> None:
    fill(casebook, 21)
    older, key = casebook.audit_log.head()
    fill(casebook, 70)
    casebook.audit_log.head()
    proof = casebook.audit_log.growth(21)
    assert audit_checks.check(proof, key, older).size == 91
    other, _ = casebook.audit_log.head()
    with pytest.raises(UsageError, match="does not lead"):
        audit_checks.check(proof, key, other)
    with pytest.raises(UsageError, match="no proof"):
        audit_checks.check({"path": [1], "head": other}, key)


def test_what_was_shredded_cannot_be_read_and_the_tree_stays_whole(
    casebook: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = dt.datetime(2021, 3, 5, tzinfo=dt.UTC)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: long_ago)
        fill(casebook, 10)
    fill(casebook, 10)
    assert casebook.audit_log.shred("2021-03") == []
    assert casebook.audit_log.shred("2021-04") == ["2021-03"]
    details = [e["detail"] for e in casebook.audit_entries()]
    assert details[:10] == [None] * 10
    assert None not in details[10:]
    assert {e["who"] for e in casebook.audit_entries()} == {"me"}
    assert casebook.verify_audit() == []
    for month in ("2999-01", "2021", "2021-13"):
        with pytest.raises(UsageError, match="no month"):
            casebook.audit_log.shred(month)


def test_a_sealed_detail_does_not_open_in_another_entry(casebook: Casebook) -> None:
    from cryptography.exceptions import InvalidTag

    fill(casebook, 3)
    leaf = json.loads(next(casebook.audit_log.leaves()))
    other = json.dumps(leaf | {"who": "you"}).encode()
    sql(casebook, "UPDATE audit_log SET leaf = :leaf WHERE n = 0", leaf=other)
    with pytest.raises(InvalidTag):
        casebook.audit_entries()


def test_an_exported_log_is_checked_without_its_database(casebook: Casebook) -> None:
    fill(casebook, 30)
    note, key = casebook.audit_log.head()
    fill(casebook, 5)
    leaves = list(casebook.audit_log.leaves())
    assert audit_checks.covered(leaves, note, key) == 30
    with pytest.raises(UsageError, match="cut short"):
        audit_checks.covered(leaves[:29], note, key)
    with pytest.raises(UsageError, match="not those that were signed"):
        audit_checks.covered([leaves[1], leaves[0], *leaves[2:]], note, key)


def test_the_key_is_its_owners_alone_and_heads_are_notes_of_a_known_form(casebook: Casebook) -> None:
    note, key = casebook.audit_log.head()
    file = casebook.folder / "audit.key"
    assert file.stat().st_mode & 0o777 == 0o600
    head = notes.read(note, key)
    assert (head.size, head.root) == (0, merkle.EMPTY)
    assert casebook.verify_audit() == []
    assert note.startswith(f"{head.origin}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nat ")
    assert note.splitlines()[4:] and note.splitlines()[5].startswith(f"\N{EM DASH} {head.origin} ")


@pytest.mark.parametrize("bad", ["", "a+b+c", "counterflow/x+00000000+AQID", "no key"])
def test_what_is_no_key_or_no_head_is_said(casebook: Casebook, bad: str) -> None:
    note, key = casebook.audit_log.head()
    with pytest.raises(UsageError, match="no public key"):
        notes.read(note, bad)
    with pytest.raises(UsageError, match="no head"):
        notes.read(f"{bad}\n\nx", key)


def test_a_broken_key_file_is_named(casebook: Casebook) -> None:
    (casebook.folder / "audit.key").write_text("nothing")
    with pytest.raises(UsageError, match=r"audit\.key does not hold"):
        casebook.audit_log.head()


def test_entries_of_the_chain_before_are_carried_over_once(casebook: Casebook) -> None:
    sql(
        casebook,
        "CREATE TABLE audit (n INTEGER, at TEXT, who TEXT, action TEXT, detail TEXT, previous TEXT, hash TEXT)",
        "INSERT INTO audit VALUES (1, '2025-01-02', 'me', 'ingest', '{\"file\": \"a\"}', '', 'x')",
    )
    for _ in range(2):
        casebook.check_layout()
    [entry] = casebook.audit_entries()
    assert (entry["who"], entry["action"]) == ("me", "ingest")
    assert json.loads(entry["detail"]) == {"at": "2025-01-02", "told": {"file": "a"}}


def test_keys_that_two_processes_make_at_once_are_one(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: notes.key_in(tmp_path / "audit.key").private_bytes_raw(), range(8)))
    assert len(set(made)) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["audit.key"]


def test_a_key_follows_another_and_what_the_old_one_signed_stays_good(casebook: Casebook) -> None:
    fill(casebook, 30)
    head, first = casebook.audit_log.head()
    fill(casebook, 10)
    notes_of = [casebook.audit_log.rotate("me", f"reason {n}") for n in range(2)]
    fill(casebook, 30)
    _, last = casebook.audit_log.head()
    assert first != last
    middle = succession.successor(notes_of[0], first)
    assert succession.successor(notes_of[1], middle) == last
    for key in (first, middle, last):  # whichever of them somebody has kept
        assert audit_checks.problems(casebook.engine, head, key) == []
    assert notes.read(head, first).size == 30
    with pytest.raises(UsageError):
        notes.read(head, last)
    told = [json.loads(e["detail"]) for e in casebook.audit_entries() if e["action"] == "audit rotate"]
    assert [(e["before"], e["after"], e["reason"]) for e in told] == [
        (first, middle, "reason 0"), (middle, last, "reason 1"),
    ]  # fmt: skip
    assert casebook.verify_audit() == []


def test_who_holds_an_old_key_signs_nothing_that_fits(casebook: Casebook) -> None:
    fill(casebook, 20)
    _, first = casebook.audit_log.head()
    path = casebook.audit_log.folder / "audit.key"
    stolen = notes.key_in(path)
    note = casebook.audit_log.rotate("me", "somebody had it")
    assert notes.public(first.split("+")[0], notes.key_in(path)) != first
    assert not path.with_name("audit.key.next").exists()
    fill(casebook, 20)
    good, last = casebook.audit_log.head()
    real = notes.read(good, last)
    forged = notes.sign(notes.Head(real.origin, real.size, bytes(32), real.at), stolen)
    for key in (first, last):
        assert "had no say over so many" in " / ".join(audit_checks.problems(casebook.engine, forged, key))
    other = notes.key_in(path.with_name("other.key"))
    for wrong in (
        notes.signed(note.partition("\n\n")[0] + "\n", real.origin, stolen),  # by one of them alone
        succession.handed_on(real.origin, real.size, real.at, other, stolen),
        note.replace(last, first),
        good,
    ):
        with pytest.raises(UsageError):
            succession.successor(wrong, first)
    second = succession.handed_on(real.origin, real.size + 1, real.at, stolen, other)
    sql(casebook, "INSERT INTO audit_successions VALUES (:size, :note, :after)", size=99, note=second, after="x")
    assert "replaced by two others" in " / ".join(audit_checks.problems(casebook.engine, None, last))


def test_a_rotation_that_was_interrupted_is_finished_or_never_was(casebook: Casebook) -> None:
    fill(casebook, 5)
    folder = casebook.audit_log.folder
    stray = notes.key_in(folder / "audit.key.next")  # stopped before anything was committed
    old = (folder / "audit.key").read_bytes()
    _, key = casebook.audit_log.head()
    assert key == notes.public(key.split("+")[0], notes.key_in(folder / "audit.key"))
    assert (folder / "audit.key").read_bytes() == old
    casebook.audit_log.rotate("me", "again")
    assert notes.key_in(folder / "audit.key").private_bytes_raw() != stray.private_bytes_raw()
    (folder / "audit.key").rename(folder / "audit.key.next")  # stopped after the commit
    (folder / "audit.key").write_bytes(old)
    _, after = casebook.audit_log.head()
    assert after != key
    assert audit_checks.problems(casebook.engine, None, key) == []
