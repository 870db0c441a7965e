"""Who may act, kept beside the casebook: organisations, principals, what they prove themselves with, their sessions.

Invariant: no secret is kept, only its hash; a name that was given once is never given to anybody else; a change and its
entry on the audit log are one transaction. Tokens, codes and sessions are told apart by a random id; what proves them
is compared elsewhere, in constant time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from counterflow import clock

if TYPE_CHECKING:
    from counterflow.storage.sql import Casebook

__all__ = ["Directory", "now"]

_meta = sa.MetaData()

MOST = 500
"""Ids in one question to the database."""


def _text(name: str, *, null: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=null, unique=unique)


def _table(name: str, *columns: Any) -> sa.Table:
    return sa.Table(f"identity_{name}", _meta, sa.Column("id", sa.String, primary_key=True), *columns)


TABLES: Mapping[str, sa.Table] = {
    "organisations": _table(
        "organisations",
        _text("name"),
        _text("folded", unique=True),  # as names are compared: nobody is told apart by capitals alone
        _text("kind"),  # fiu, customs…: `model/agencies.yaml`
        _text("created_at"),
        _text("closed_at", null=True),
    ),
    "compartments": _table(  # id: its name
        "compartments",
        _text("organisation"),  # whose administrators say who holds it
        _text("created_at"),
    ),
    "clearances": _table(  # id: an organisation's; what may be released to it. Without a row: TLP:CLEAR
        "clearances",
        sa.Column("ceiling", sa.Integer, nullable=False),
        sa.Column("compartments", sa.JSON, nullable=False),
        _text("set_by"),
        _text("set_at"),
    ),
    "principals": _table(
        "principals",
        _text("kind"),  # person or service
        _text("name"),
        _text("folded", unique=True),
        _text("organisation"),
        _text("unit"),
        _text("owner"),  # of a service: the person who answers for it
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("ceiling", sa.Integer, nullable=False),
        sa.Column("compartments", sa.JSON, nullable=False),
        sa.Column("purposes", sa.JSON, nullable=False),
        _text("created_at"),
        _text("closed_at", null=True),
    ),
    "credentials": _table(
        "credentials",
        _text("principal"),
        _text("kind"),  # password, passkey or oidc
        _text("handle", unique=True),  # of a passkey its id, of a provider's account issuer and subject
        _text("secret"),  # argon2 hash, or public key
        sa.Column("count", sa.BigInteger, nullable=False),  # signatures so far, as the authenticator says
        _text("note"),
        _text("created_at"),
        _text("used_at", null=True),
        _text("revoked_at", null=True),
    ),
    "tokens": _table(
        "tokens",
        _text("principal"),
        _text("hash"),
        sa.Column("verbs", sa.JSON, nullable=False),
        _text("purpose"),
        sa.Column("ceiling", sa.Integer, nullable=False),
        _text("note"),
        _text("created_by"),
        _text("created_at"),
        _text("expires_at"),
        _text("used_at", null=True),
        _text("revoked_at", null=True),
    ),
    "sessions": _table(
        "sessions",
        _text("principal"),  # empty: whoever has the workspace to themselves
        _text("hash"),
        _text("purpose"),
        _text("case"),
        _text("address"),
        _text("agent"),
        _text("created_at"),
        _text("seen_at"),
        _text("expires_at"),
        _text("proved_at"),  # when the person last showed who they are
        _text("ended_at", null=True),
        _text("ended_why", null=True),
    ),
    "codes": _table(
        "codes",
        _text("hash"),
        _text("kind"),  # first, invitation, local, or a challenge that waits for its answer
        _text("principal"),
        sa.Column("content", sa.JSON, nullable=False),
        _text("created_at"),
        _text("expires_at"),
        _text("used_at", null=True),
    ),
    "buckets": _table(  # id: what is limited
        "buckets",
        sa.Column("level", sa.Float, nullable=False),
        sa.Column("at", sa.Float, nullable=False),  # seconds
    ),
    "emergencies": _table(
        "emergencies",
        _text("principal"),
        _text("case"),
        _text("reason"),
        sa.Column("ceiling", sa.Integer, nullable=False),
        sa.Column("compartments", sa.JSON, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        _text("asked_at"),
        _text("decided_by", null=True),
        _text("decided_at", null=True),
        sa.Column("agreed", sa.Boolean),
        _text("until", null=True),
        _text("ended_at", null=True),
    ),
    "confirmations": _table(
        "confirmations",
        _text("principal"),  # whose account waits
        _text("how"),
        _text("asked_by"),
        _text("address"),
        _text("created_at"),
        _text("decided_by", null=True),
        _text("decided_at", null=True),
        sa.Column("agreed", sa.Boolean),
    ),
    "notices": _table(
        "notices",
        _text("principal"),  # to whom
        _text("kind"),  # emergency, clearance…
        _text("about"),  # id: a pointer, never content
        _text("text"),
        _text("created_at"),
        _text("seen_at", null=True),
    ),
}

sa.Index("identity_sessions_principal", TABLES["sessions"].c.principal)
sa.Index("identity_tokens_principal", TABLES["tokens"].c.principal)
sa.Index("identity_notices_principal", TABLES["notices"].c.principal)
sa.Index("identity_confirmations_principal", TABLES["confirmations"].c.principal)
sa.Index("identity_emergencies_principal", TABLES["emergencies"].c.principal)


_together: ContextVar[sa.Connection | None] = ContextVar("together", default=None)
"""The transaction of changes that are one."""


def now() -> str:
    """ISO time, UTC, to the microsecond."""
    return clock.stamp()


class Directory:
    """The tables of identity in a casebook's database, made when they are first needed."""

    def __init__(self, casebook: Casebook) -> None:
        self.casebook = casebook
        self._made = False

    @property
    def _engine(self) -> sa.Engine:
        if not self._made:
            _meta.create_all(self.casebook.engine)
            self._made = True
        return self.casebook.engine

    # -- reading -------------------------------------------------------------------------------------------------

    def _reading(self) -> contextlib.AbstractContextManager[sa.Connection]:
        outer = _together.get()
        return self._engine.connect() if outer is None else contextlib.nullcontext(outer)

    def rows(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """Rows of which these columns are so, in the order of their making; None: is null."""
        query, values = _query(table, equal)
        with self._reading() as tx:
            return [dict(row) for row in tx.execute(query, values).mappings()]

    def one(self, table: str, **equal: Any) -> dict[str, Any] | None:
        """The row of which these columns are so, or None."""
        if not all(_storable(value) for value in equal.values()):
            return None
        query, values = _query(table, equal)
        with self._reading() as tx:
            row = tx.execute(query, values).mappings().first()
        return None if row is None else dict(row)

    def named(self, ids: Collection[str]) -> dict[str, tuple[str, str]]:
        """Principal → name and organisation's name, closed accounts too; of those ids that there are."""
        one, home = TABLES["principals"], TABLES["organisations"]
        query = sa.select(one.c.id, one.c.name, home.c.name).join(home, home.c.id == one.c.organisation)
        wanted = [id for id in ids if _storable(id)]
        found: dict[str, tuple[str, str]] = {}
        with self._engine.connect() as tx:
            for at in range(0, len(wanted), MOST):
                rows = tx.execute(query.where(one.c.id.in_(wanted[at : at + MOST])))
                found.update({id: (name, organisation) for id, name, organisation in rows})
        return found

    def any(self, table: str) -> bool:
        """Whether a table holds anything."""
        with self._engine.connect() as tx:
            return tx.execute(sa.select(TABLES[table].c.id).limit(1)).first() is not None

    # -- changing ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        self._engine  # noqa: B018 - makes the tables
        with self.casebook.changing() as tx:
            yield tx

    @contextlib.contextmanager
    def changing(self, who: str, action: str, detail: Mapping[str, Any]) -> Iterator[Change]:
        """A transaction whose entry on the audit log goes with it, or neither. The detail may be filled meanwhile."""
        outer = _together.get()
        with contextlib.nullcontext(outer) if outer is not None else self._changing() as tx:
            yield Change(tx)
            self.casebook.log(tx, who, action, detail)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Several changes that are one: all of them, or none."""
        with self._changing() as tx:
            outer = _together.set(tx)
            try:
                yield
            finally:
                _together.reset(outer)

    def touch(self, table: str, id: str, **values: Any) -> None:
        """Note when something was last used: no change that the log tells of."""
        with self._changing() as tx:
            Change(tx).change(table, values, id=id)

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Keep what is no change of anybody's rights: a challenge that waits for its answer."""
        with self._changing() as tx:
            Change(tx).put(table, row)

    def spend(self, id: str, at: str) -> bool:
        """Use up a code. False where it was used, or has run out: of two that try at once one is told True."""
        codes = TABLES["codes"]
        fresh = (codes.c.id == id) & codes.c.used_at.is_(None) & (codes.c.expires_at > at)
        with self._changing() as tx:
            return tx.execute(sa.update(codes).where(fresh).values(used_at=at)).rowcount == 1

    def forget(self, before: str) -> None:
        """Delete codes, challenges and sessions that ran out before a time."""
        codes, sessions = TABLES["codes"], TABLES["sessions"]
        with self._changing() as tx:
            tx.execute(sa.delete(codes).where(codes.c.expires_at < before))
            tx.execute(sa.delete(sessions).where(sessions.c.expires_at < before))

    def take(self, id: str, capacity: float, per_second: float, at: float) -> float:
        """Take one from a bucket that fills steadily. Returns 0, or the seconds until there is one to take.

        A clock that went back fills nothing, and takes nothing away.
        """
        bucket = TABLES["buckets"]
        passed = sa.case((bucket.c.at < at, at - bucket.c.at), else_=0.0)
        filled = bucket.c.level + passed * per_second
        level = sa.case((filled > capacity, capacity), else_=filled)
        with self._changing() as tx:
            dialect = self.casebook.engine.dialect.name
            made = _insert(dialect)(bucket).values(id=id, level=capacity, at=at).on_conflict_do_nothing()
            tx.execute(made)
            taken = sa.update(bucket).where((bucket.c.id == id) & (level >= 1)).values(level=level - 1, at=at)
            if tx.execute(taken).rowcount == 1:
                return 0.0
            left = float(tx.execute(sa.select(level).where(bucket.c.id == id)).scalar_one())
        return max((1 - left) / per_second, 1.0)


class Change:
    """A transaction under way."""

    def __init__(self, tx: sa.Connection) -> None:
        self._tx = tx

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self._tx.execute(sa.insert(TABLES[table]), [dict(row)])

    def change(self, table: str, values: Mapping[str, Any], **equal: Any) -> int:
        """Set these columns wherever those others are so. Returns how many rows."""
        found = TABLES[table]
        return self._tx.execute(sa.update(found).where(*_where(found, equal)).values(**values)).rowcount


def _storable(value: Any) -> bool:
    """Whether a database can hold it at all: what strangers send may be text that is none."""
    if not isinstance(value, str):
        return True
    try:
        return b"\x00" not in value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates, as JSON may have it
        return False


def _where(table: sa.Table, equal: Mapping[str, Any]) -> list[Any]:
    return [table.c[name].is_(None) if value is None else table.c[name] == value for name, value in equal.items()]


def _query(table: str, equal: Mapping[str, Any]) -> tuple[sa.Select[Any], dict[str, Any]]:
    """Rows of which these columns are so, in the order of their making; and what to give it."""
    values = {name: value for name, value in equal.items() if value is not None}
    return _prepared(table, tuple(values), tuple(name for name in equal if name not in values)), values


@lru_cache(maxsize=256)
def _prepared(table: str, given: tuple[str, ...], null: tuple[str, ...]) -> sa.Select[Any]:
    """Made once: every request asks some of these, and to make one takes longer than to answer it."""
    found = TABLES[table]
    order = [found.c[name] for name in ("created_at", "asked_at", "id") if name in found.c]
    where = [*(found.c[name] == sa.bindparam(name) for name in given), *(found.c[name].is_(None) for name in null)]
    return sa.select(found).where(*where).order_by(*order)


def _insert(dialect: str) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    return postgresql.insert if dialect == "postgresql" else sqlite.insert
