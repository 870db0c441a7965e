"""The audit log: who asked, read, changed, released or decided what, and when; appended to in the transaction of the
change itself, never altered.

Each entry is a leaf of a Merkle tree (`merkle`), whose head is signed now and then (`notes`): whoever keeps a head can
later show that an entry was changed, left out or put in. What an entry tells of persons is encrypted under the key of
its month; once that key is destroyed nobody can read it, while the tree stays whole (28 CFR 23.20(h): what is no longer
needed is purged, and that it was there is still accounted for).

Roots of each 256 entries, of each 256 of those and so on are kept beside them, so that a proof reads a few hundred
hashes however long the log is.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from counterflow import clock
from counterflow.errors import NotFound, UsageError
from counterflow.storage import merkle, notes, succession

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["ENTRIES", "HEADS", "STATE", "SUCCESSIONS", "TILES", "AuditLog", "as_bytes", "cut", "rows"]

TILE = 256
"""Entries whose root is kept; likewise roots of a level whose root is kept on the next."""
HEAD_EVERY, HEAD_AFTER = 1000, dt.timedelta(minutes=10)
"""A head is signed after so many entries, or with the first entry after so long."""

_meta = sa.MetaData()
ENTRIES = sa.Table(
    "audit_log",
    _meta,
    sa.Column("n", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),  # JSON, as hashed
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
TILES = sa.Table(
    "audit_tiles",
    _meta,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("n", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
STATE = sa.Table(
    "audit_state",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("peaks", sa.LargeBinary, nullable=False),
    sa.Column("head_size", sa.BigInteger, nullable=False),
    sa.Column("head_at", sa.String, nullable=False),
)
HEADS = sa.Table(
    "audit_heads",
    _meta,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("key", sa.String, nullable=False),  # public
)
SUCCESSIONS = sa.Table(
    "audit_successions",
    _meta,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("after", sa.String, nullable=False),  # public key
)
_keys = sa.Table(
    "audit_keys",
    _meta,
    sa.Column("month", sa.String, primary_key=True),
    sa.Column("key", sa.LargeBinary),  # null: destroyed
    sa.Column("destroyed_at", sa.String),
)

Fetch = Callable[[int, int], Sequence[bytes]]
"""(first, after the last) → hashes of these leaves, or of these tiles."""


class AuditLog:
    """The log in a casebook's database. :param folder: where the key that signs heads lies"""

    def __init__(self, engine: sa.Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self._ciphers: dict[str, AESGCM] = {}

    def create(self) -> None:
        """Make the tables; harmless where they exist."""
        _meta.create_all(self.engine)
        with self.engine.begin() as tx:
            if tx.execute(sa.select(STATE.c.id)).scalar() is None:
                origin = f"counterflow/{secrets.token_hex(8)}"
                tx.execute(sa.insert(STATE).values(id=1, origin=origin, size=0, peaks=b"", head_size=0, head_at=""))
            self._late_as_its_end(tx, self._size(tx))

    # -- writing -------------------------------------------------------------------------------------------------

    def hold(self, tx: sa.Connection) -> None:
        """Be the only writer until the end of this transaction: what it reads now nobody changes."""
        _taken(tx)

    def append(self, tx: sa.Connection, entries: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Append (who, action, detail) entries, within the transaction of what they tell of."""
        state = _taken(tx)
        edge = merkle.Frontier(state["size"], cut(state["peaks"]))
        self._late_as_its_end(tx, state["size"])
        now = clock.now()
        at = now.isoformat(timespec="microseconds")
        cipher = self._cipher(tx, at[:7])
        made: list[dict[str, Any]] = []
        for who, action, detail in entries:
            entry = {"n": edge.size, "at": at, "who": who, "action": action}
            nonce = os.urandom(12)
            plain = orjson.dumps(detail, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
            sealed = nonce + cipher.encrypt(nonce, plain, _bound(entry))
            leaf = orjson.dumps(entry | {"detail": base64.b64encode(sealed).decode()})
            made.append({"n": edge.size, "leaf": leaf, "hash": merkle.leaf(leaf)})
            edge.add(made[-1]["hash"])
        if not made:
            return
        tx.execute(sa.insert(ENTRIES), made)
        self._tile(tx, state["size"], edge.size)
        new = {"size": edge.size, "peaks": b"".join(edge.peaks)}
        due = not state["head_at"] or now - dt.datetime.fromisoformat(state["head_at"]) >= HEAD_AFTER
        if due or edge.size - state["head_size"] >= HEAD_EVERY:
            self._sign(tx, notes.Head(state["origin"], edge.size, edge.root(), at))
            new |= {"head_size": edge.size, "head_at": at}
        tx.execute(sa.update(STATE).where(STATE.c.id == 1).values(**new))

    @staticmethod
    def _late_as_its_end(tx: sa.Connection, size: int) -> None:
        """The time goes on from the last entry, where the clock of this machine is behind those of others."""
        if last := tx.execute(sa.select(ENTRIES.c.leaf).where(ENTRIES.c.n == size - 1)).scalar():
            clock.reached(dt.datetime.fromisoformat(orjson.loads(last)["at"]))

    def _tile(self, tx: sa.Connection, before: int, size: int) -> None:
        """Keep the roots of tiles that have become full."""
        level, fetch = 0, _leaves(tx)
        while size // TILE > before // TILE:
            before, size = before // TILE, size // TILE
            level += 1
            fresh = [
                {"level": level, "n": n, "hash": merkle.root(fetch(n * TILE, (n + 1) * TILE))}
                for n in range(before, size)
            ]
            tx.execute(sa.insert(TILES), fresh)
            fetch = _tile_hashes(tx, level)

    def _sign(self, tx: sa.Connection, head: notes.Head) -> str:
        key = self._key(tx, head.origin)
        note = notes.sign(head, key)
        tx.execute(sa.delete(HEADS).where(HEADS.c.size == head.size))
        tx.execute(sa.insert(HEADS).values(size=head.size, note=note, key=notes.public(head.origin, key)))
        return note

    def _cipher(self, tx: sa.Connection, month: str, *, make: bool = True) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if month not in self._ciphers:
            row = tx.execute(sa.select(_keys.c.key).where(_keys.c.month == month)).one_or_none()
            if row is None and make:
                key = AESGCM.generate_key(256)
                tx.execute(sa.insert(_keys).values(month=month, key=key))
                return AESGCM(key)  # remembered once it has been read back: this transaction may fail
            if row is None or row[0] is None:
                raise LookupError(month)
            self._ciphers[month] = AESGCM(row[0])
        return self._ciphers[month]

    def head(self) -> tuple[str, str]:
        """A head of the log as it is now, signed, and the public key that checks it."""
        with self.engine.begin() as tx:
            state = _taken(tx)
            edge = merkle.Frontier(state["size"], cut(state["peaks"]))
            at = clock.stamp()
            note = self._sign(tx, notes.Head(state["origin"], edge.size, edge.root(), at))
            tx.execute(sa.update(STATE).where(STATE.c.id == 1).values(head_size=edge.size, head_at=at))
            key = tx.execute(sa.select(HEADS.c.key).where(HEADS.c.size == edge.size)).scalar_one()
        return note, key

    def _key(self, tx: sa.Connection, origin: str) -> Ed25519PrivateKey:
        """The key that signs. One that was to follow takes its place even where we were stopped in between."""
        path, waiting = self.folder / "audit.key", self.folder / "audit.key.next"
        if waiting.exists():
            last = tx.execute(sa.select(SUCCESSIONS.c.after).order_by(SUCCESSIONS.c.size.desc()).limit(1)).scalar()
            if last == notes.public(origin, notes.key_in(waiting)):
                waiting.replace(path)
        return notes.key_in(path)

    def rotate(self, who: str, reason: str) -> str:
        """Replace the key that signs heads by a new one; the old one is gone. Returns the note that both signed.

        Heads that the old one signed stay good: `audit_checks.problems` follows the notes from either key.
        """
        with self.engine.begin() as tx:
            state = _taken(tx)
            old = self._key(tx, state["origin"])
            waiting = self.folder / "audit.key.next"
            waiting.unlink(missing_ok=True)
            new = notes.key_in(waiting)
            before, after = (notes.public(state["origin"], key) for key in (old, new))
            self.append(tx, [(who, "audit rotate", {"before": before, "after": after, "reason": reason})])
            state = _taken(tx)
            at = clock.stamp()
            edge = merkle.Frontier(state["size"], cut(state["peaks"]))
            self._sign(tx, notes.Head(state["origin"], edge.size, edge.root(), at))
            tx.execute(sa.update(STATE).where(STATE.c.id == 1).values(head_size=edge.size, head_at=at))
            note = succession.handed_on(state["origin"], edge.size, at, old, new)
            tx.execute(sa.insert(SUCCESSIONS).values(size=edge.size, note=note, after=after))
        with self.engine.connect() as tx:
            self._key(tx, state["origin"])
        return note

    def shred(self, before: str) -> list[str]:
        """Destroy the keys of the months before one: nobody can read any more what their entries told.

        :param before: YYYY-MM
        :return: the months
        :raises UsageError: that is no month, or lies in the future
        """
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", before) or before > clock.now().strftime("%Y-%m"):
            raise UsageError(f"'{before}' is no month up to this one. Valid: YYYY-MM, e.g. 2021-11.")
        old = (_keys.c.month < before) & _keys.c.key.is_not(None)
        sqlite = self.engine.dialect.name == "sqlite"
        with self.engine.connect() as connection:
            if sqlite:  # what is deleted is overwritten, not only taken off the list
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            months = list(connection.execute(sa.select(_keys.c.month).where(old).order_by(_keys.c.month)).scalars())
            at = clock.stamp()
            connection.execute(sa.update(_keys).where(old).values(key=None, destroyed_at=at))
            connection.commit()
            if sqlite:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self._ciphers.clear()
        return months

    # -- reading -------------------------------------------------------------------------------------------------

    def entries(
        self, first: int = 0, after: int | None = None, *, actions: Collection[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """n, at, who, action, detail (JSON; None: shredded) of each entry, oldest first, numbered from 0.

        :param actions: of these only: the others are not even opened
        """
        with self.engine.connect() as tx:
            for n, leaf, _ in rows(tx, first, self._size(tx) if after is None else after):
                entry = orjson.loads(leaf)
                if actions is not None and entry["action"] not in actions:
                    continue
                sealed = base64.b64decode(entry["detail"])
                bound = _bound({key: entry[key] for key in ("n", "at", "who", "action")})
                try:
                    cipher = self._cipher(tx, entry["at"][:7], make=False)
                    plain = cipher.decrypt(sealed[:12], sealed[12:], bound).decode()
                except LookupError:
                    plain = None
                yield {"n": n, **{key: entry[key] for key in ("at", "who", "action")}, "detail": plain}

    def _size(self, tx: sa.Connection) -> int:
        return int(tx.execute(sa.select(STATE.c.size)).scalar_one())

    def proof(self, n: int) -> dict[str, Any]:
        """That an entry is in the log under its newest signed head: everything `check` needs.

        :raises NotFound: no such entry, or no head covers it yet
        """
        with self.engine.connect() as tx:
            row = tx.execute(sa.select(ENTRIES.c.leaf).where(ENTRIES.c.n == n)).scalar()
            head = tx.execute(sa.select(HEADS).order_by(HEADS.c.size.desc()).limit(1)).mappings().one_or_none()
            if row is None or head is None or head["size"] <= n:
                raise NotFound("audit entry", str(n))
            path = merkle.inclusion(n, head["size"], _subtree(tx))
        return {"entry": row.decode(), "index": n, "path": [h.hex() for h in path], "head": head["note"]}

    def growth(self, size: int) -> dict[str, Any]:
        """That the log of so many entries is the beginning of the log under its newest head.

        :raises NotFound: no head covers so many
        """
        with self.engine.connect() as tx:
            head = tx.execute(sa.select(HEADS).order_by(HEADS.c.size.desc()).limit(1)).mappings().one_or_none()
            if head is None or not 0 < size <= head["size"]:
                raise NotFound("audit log of", f"{size} entries")
            path = merkle.consistency(size, head["size"], _subtree(tx))
        return {"size": size, "path": [h.hex() for h in path], "head": head["note"]}

    def leaves(self) -> Iterator[bytes]:
        """Every entry as it was hashed, oldest first."""
        with self.engine.connect() as tx:
            for _, leaf, _ in rows(tx, 0, self._size(tx)):
                yield leaf

    def carry_over(self) -> None:
        """Entries of the chain that workspaces had before there was a tree, put first."""
        if not sa.inspect(self.engine).has_table("audit"):
            return
        with self.engine.begin() as tx:
            if self._size(tx):
                return
            old = tx.execute(sa.text("SELECT at, who, action, detail FROM audit ORDER BY n")).all()
            self.append(tx, ((who, action, {"at": at, "told": json.loads(told)}) for at, who, action, told in old))


def _taken(tx: sa.Connection) -> Mapping[str, Any]:
    """The state, locked by a write: two that append at once would otherwise both follow the same entry."""
    touched = sa.update(STATE).where(STATE.c.id == 1).values(origin=STATE.c.origin)
    return dict(tx.execute(touched.returning(*STATE.c)).mappings().one())


def _bound(entry: Mapping[str, Any]) -> bytes:
    """What a sealed detail belongs to: moved to another entry it does not open."""
    return orjson.dumps(entry)


def cut(peaks: bytes) -> list[bytes]:
    """The hashes that are kept one after another."""
    return [bytes(peaks[i : i + 32]) for i in range(0, len(peaks), 32)]


def rows(tx: sa.Connection, first: int, after: int, step: int = 20_000) -> Iterator[tuple[int, bytes, bytes]]:
    """(n, leaf, hash), some at a time: a long open cursor would keep a writer's pages from being tidied."""
    columns = (ENTRIES.c.n, ENTRIES.c.leaf, ENTRIES.c.hash)
    for start in range(first, after, step):
        within = (ENTRIES.c.n >= start) & (ENTRIES.c.n < min(after, start + step))
        for n, leaf, hash in tx.execute(sa.select(*columns).where(within).order_by(ENTRIES.c.n)).all():
            if type(leaf) is bytes is type(hash):
                yield n, leaf, hash
            else:
                yield n, as_bytes(leaf), as_bytes(hash)


def as_bytes(value: Any) -> bytes:
    """What a column of bytes holds; somebody may have put text there."""
    return value.encode() if isinstance(value, str) else bytes(value)


def _leaves(tx: sa.Connection) -> Fetch:
    def fetch(first: int, after: int) -> Sequence[bytes]:
        query = sa.select(ENTRIES.c.hash).where((ENTRIES.c.n >= first) & (ENTRIES.c.n < after))
        return [bytes(h) for h in tx.execute(query.order_by(ENTRIES.c.n)).scalars()]

    return fetch


def _tile_hashes(tx: sa.Connection, level: int) -> Fetch:
    def fetch(first: int, after: int) -> Sequence[bytes]:
        of = (TILES.c.level == level) & (TILES.c.n >= first) & (TILES.c.n < after)
        return [bytes(h) for h in tx.execute(sa.select(TILES.c.hash).where(of).order_by(TILES.c.n)).scalars()]

    return fetch


def _subtree(tx: sa.Connection) -> merkle.Subtree:
    """Roots of parts of the tree, by way of the tiles: a part is whole tiles, or lies within one or two."""

    def subtree(first: int, after: int) -> bytes:
        size, level = after - first, 0
        while size >= TILE and size % TILE == 0 and first % TILE == 0:
            size, first, level = size // TILE, first // TILE, level + 1
        fetch = _tile_hashes(tx, level) if level else _leaves(tx)
        if size <= TILE:
            return merkle.root(fetch(first, first + size))
        # not a whole number of tiles: split as the tree does
        scale = TILE**level
        middle = first * scale + merkle.half_of(after - first * scale)
        return merkle.node(subtree(first * scale, middle), subtree(middle, after))

    return subtree
