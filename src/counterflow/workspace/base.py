"""A folder that holds a case's ledger, originals, casebook and derived results; read for one audience."""

from __future__ import annotations

import contextlib
import copy
import getpass
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from counterflow import clock, config
from counterflow.casework import audiences
from counterflow.errors import InputError, ProofNeeded, Purged, UnknownName, UsageError
from counterflow.model.handling import EXERCISE, Label
from counterflow.model.principal import FRESH
from counterflow.storage.lock import held

if TYPE_CHECKING:
    from counterflow.casework.identity.people import By
    from counterflow.model.handling import Audience
    from counterflow.model.principal import Session
    from counterflow.pipeline import Line, Made
    from counterflow.views.picture import Picture
    from counterflow.views.view import View
    from counterflow.workspace import Workspace


__all__ = ["Base", "now"]

Progress = Callable[[str, float], None]

MOST_PICTURES = 32
"""Pictures kept at once: one for each set of labels that anybody who asks may read."""


LONGEST = 600.0
"""Seconds that one process waits for another that makes what both need."""


class Base:
    """A folder that holds a case's ledger, originals, casebook and derived results; read for one audience."""

    def __init__(self, path: Path) -> None:
        from counterflow.claims.ingest import Store
        from counterflow.storage.blobs import FolderBlobs
        from counterflow.storage.duckdb import ParquetLedger
        from counterflow.storage.identity import Directory
        from counterflow.storage.sql import Casebook

        self.path = path
        self._settings: list[Any] = [None, None]
        casebook = Casebook(
            self.settings.casebook or f"sqlite:///{path / 'casebook.sqlite'}", path, self.settings.casebook_reader
        )
        self.store = Store(ParquetLedger(path / "ledger", casebook), casebook, FolderBlobs(path / "blobs"))
        self.directory = Directory(casebook)
        self._pictures: dict[tuple[str, str], Picture] = {}
        self._making: dict[str, threading.Lock] = {}
        self._keeping = threading.Lock()
        self.session: Session | None = None

    @property
    def settings(self) -> config.Settings:
        """As the file has them: another process may have written it. One that cannot be read changes nothing, except
        for who begins."""
        mark, known = self._settings
        if mark != (now := self._settings_mark()):
            try:
                known = config.load(self.path / "counterflow.toml")
            except (InputError, UsageError):
                if known is None:
                    raise
            self._settings[:] = now, known
        found: config.Settings = known
        return found

    @settings.setter
    def settings(self, of: config.Settings) -> None:
        self._settings[:] = self._settings_mark(), of

    def _settings_mark(self) -> tuple[int, ...]:
        try:
            state = (self.path / "counterflow.toml").stat()
        except FileNotFoundError:
            return ()
        return state.st_mtime_ns, state.st_size, state.st_ino

    def acting(self, session: Session) -> Self:
        """The same workspace in the hands of a session: it reads and does what that one may, and records bear its
        principal's id."""
        found = copy.copy(self)  # storage, pictures and their lock are shared
        found.session = session
        return found

    @property
    def who(self) -> str:
        """Whom the records name: the session's principal, or the user of this process."""
        return _user() if self.session is None else self.session.principal.id

    @property
    def by(self) -> By:
        """Who changes something about people and their rights, here and now."""
        from counterflow.casework.identity.people import By

        return By(self.who, None if self.session is None else self.session.principal)

    def allow(self, verb: str) -> None:
        """Whoever has the folder to themselves may do all.

        :raises Forbidden: the session's roles do not allow it; :raises TooMany: too much left the house in one's name
        """
        if self.session is None:
            return
        self.session.require(verb)
        if verb in FRESH:
            from counterflow.casework.identity.limits import AN_HOUR, limited

            most = self.settings.limits.get("export", AN_HOUR["export"])
            limited(self.directory, "export", self.session.principal.id, most)

    def _administering(self) -> None:
        """:raises Forbidden: no administrator; :raises ProofNeeded: one who has not just shown who they are"""
        self.allow("administer")
        if self.session is not None and not self.session.stepped_up:
            raise ProofNeeded("administer")

    def audience(self, name: str | None = None, *, exercise: bool = True) -> Audience:
        """The audience of that name; of a session there is one, its own, and no other can be asked for.

        :raises UnknownName: no such audience
        """
        if self.session is None:
            return audiences.audience(self.settings, name, exercise=exercise)
        own = self.session.audience
        if name not in (None, "", own.name):
            raise UnknownName("audience", str(name), [own.name])
        return own if exercise else own.shutting_out(EXERCISE)

    def label_of(self, marking: str, audience: str | None = None) -> Label:
        """The label that a marking stands for, written by whoever acts: an originator that it does not name is their
        organisation. :raises UsageError: it is no marking"""
        return Label.parse(marking, own=self.audience(audience).organisation)

    def run(self, audience: str | None = None, *, exercise: bool = True, upto: str = "detect",
            progress: Progress | None = None) -> list[Made]:  # fmt: skip
        """Make every stage that changed, for one audience. Safe to interrupt and repeat."""
        self.allow("read")
        return self.line(audience, exercise).run(upto, progress)

    def view(
        self,
        audience: str | None = None,
        *,
        exercise: bool = True,
        known_on: str | None = None,
        progress: Progress | None = None,
    ) -> View:
        """The reading side for an audience. What it needs is made on first use.

        :param known_on: partial ISO date or ISO time: as the ledger was at the end of it
        :raises UsageError: that is no date
        """
        from counterflow.views.view import View

        self.allow("read")
        return View(cast("Workspace", self), audience, exercise, progress, known_on)

    def picture(
        self, audience: str | None, exercise: bool, progress: Progress | None = None, known_on: str | None = None
    ) -> Picture:
        """What that audience sees now, or would have seen then; kept until the ledger or a judgement changes.

        :param known_on: ISO time
        :raises Purged: twice there was a purge while it was being made
        """
        try:
            return self._picture(audience, exercise, progress, known_on)
        except Purged:
            return self._picture(audience, exercise, progress, known_on)

    def _picture(
        self, audience: str | None, exercise: bool, progress: Progress | None, known_on: str | None
    ) -> Picture:
        line = self.line(audience, exercise, known_on)
        found = self._kept(_key(line, exercise))
        if found is None:
            # a browser asks several questions at once; the first one makes what all of them need, and nobody else waits
            with self._under_way(line.derived.folder.name):
                line = self.line(audience, exercise, known_on)
                key = _key(line, exercise)
                found = self._kept(key) or self._made(key, line, progress)
            if found.settled.line.parted:  # what was committed meanwhile may not be for all who share it
                return self.picture(audience, exercise, progress, known_on)
        return found if found.audience == line.audience else found.before(line.audience)

    def made(self, audience: str | None, exercise: bool, known_on: str | None = None) -> Picture | None:
        """The picture that `picture` would return, where it has been made."""
        line = self.line(audience, exercise, known_on)
        found = self._kept(_key(line, exercise))
        return found if found is None or found.audience == line.audience else found.before(line.audience)

    def _kept(self, key: tuple[str, str]) -> Picture | None:
        with self._keeping:
            found = self._pictures.pop(key, None)
            if found is None or not found.stands:
                return None
            self._pictures[key] = found
            return found

    def _made(self, key: tuple[str, str], line: Line, progress: Progress | None) -> Picture:
        from counterflow.views.picture import Picture

        found = Picture(line, progress)
        if not found.settled.line.parted:
            with self._keeping:
                for old in [k for k in self._pictures if k[0] == key[0]]:
                    del self._pictures[old]
                self._pictures[key] = found
                while len(self._pictures) > MOST_PICTURES:  # the one asked for longest ago is made again if need be
                    del self._pictures[next(iter(self._pictures))]
            if not found.stands:  # nobody else forgets what was put there after a purge
                self._forget()
                raise Purged
        return found

    def _forget(self) -> None:
        """Forget pictures of what has gone."""
        with self._keeping:
            for key in [key for key, picture in self._pictures.items() if not picture.stands]:
                del self._pictures[key]

    @contextlib.contextmanager
    def _under_way(self, rights: str) -> Iterator[None]:
        """One at a time makes what readers of some rights see, of all processes that serve this workspace."""
        with self._keeping:
            making = self._making.setdefault(rights, threading.Lock())
        try:
            with making, contextlib.ExitStack() as stack:
                # where that lock cannot be had, two make the same: dearer, and no harm
                with contextlib.suppress(OSError):
                    lock = self.path / "derived" / f"{rights}.lock"
                    lock.parent.mkdir(exist_ok=True)
                    stack.enter_context(held(lock, patience=LONGEST))
                    stack.callback(lock.unlink, missing_ok=True)
                yield
        finally:
            with self._keeping:
                if not making.locked():
                    self._making.pop(rights, None)

    def ready(self, audience: str | None, exercise: bool, known_on: str | None = None) -> bool:
        """Whether what that audience sees has been made; makes it, but does not wait where that is under way."""
        rights = self.line(audience, exercise, known_on).derived.folder.name
        with self._keeping:
            making = self._making.get(rights)
        if making is not None and making.locked():
            return False
        self.picture(audience, exercise, None, known_on)
        return True

    def line(self, audience: str | None, exercise: bool, known_on: str | None = None) -> Line:
        """The stages for an audience, none of them made yet. :param known_on: ISO time"""
        from counterflow.pipeline import Line

        found = self.audience(audience, exercise=exercise)
        return Line(self.store, self.settings, self.path / "derived", found, known_on)

    def audit(self, action: str, detail: Mapping[str, Any]) -> None:
        """Put an action on the audit log, with the session, purpose and case it was done in."""
        self.store.casebook.audit(self.who, action, {**detail, **self.within})

    @property
    def within(self) -> dict[str, str]:
        """What every entry of the audit log tells of the session: its id, purpose and case, and how it came in."""
        one = self.session
        return {} if one is None else {
            "session": one.id, "via": one.via, "purpose": one.purpose, "case": one.case,
            **({"emergency": one.emergency} if one.emergency else {}),
        }  # fmt: skip


def _key(line: Line, exercise: bool) -> tuple[str, str]:
    """What a picture is kept under: whose rights it serves, and all that it was made from."""
    return f"{exercise} {line.derived.folder.name}", line.fingerprint()


def _user() -> str:
    """The user of this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return "unknown"


def now() -> str:
    """ISO time, UTC, to the microsecond."""
    return clock.stamp()
