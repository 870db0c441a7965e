"""Every error Counterflow raises on purpose, one tree.

::

    CounterflowError               exit 4   something of ours failed
    ├── UsageError                 exit 2   what was asked for cannot be done as asked
    │   ├── UnknownName            exit 2   no reader, typology, measure, audience… of that name (suggests the nearest)
    │   ├── NotFound               exit 5   no such id *for this reader* (the same answer whether hidden or absent)
    │   ├── Forbidden              exit 2   an act that the role does not allow (never said of something to be read)
    │   │   └── ProofNeeded        exit 2   an act that asks for a fresh proof of who is there
    │   ├── NotSignedIn            exit 2   what was shown does not prove who somebody is (never says what was wrong)
    │   ├── TooMany                exit 2   tried too often; says when to try again
    │   └── Conflict               exit 2   somebody changed it since; carries both versions, keeps neither
    ├── InputError                 exit 3   a file is broken; carries file, line and field
    │   └── UnreadableFile         exit 3   not one record could be read from it
    ├── WorkspaceError             exit 4   the workspace is missing, locked, or not what its catalogue says
    │   ├── NoRoom                 exit 4   the disk is full: nothing of it was written
    │   ├── Busy                   exit 4   somebody else is writing: wait, then try again
    │   ├── Purged                 exit 4   records went for good while it was being answered: ask again
    │   └── Corrupt                exit 6   a segment or blob does not match its recorded hash
    ├── FetchFailed                exit 4   a publisher's file could not be had (says what to do by hand)
    └── MissingExtra               exit 4   an optional library is not installed (names the exact command)

Messages say what was received, what would be valid, and what to type next. `retryable` is part of the type: it is
true only where the same call may succeed later without anything being changed by hand.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import Any

__all__ = [
    "Busy",
    "Conflict",
    "Corrupt",
    "CounterflowError",
    "FetchFailed",
    "Forbidden",
    "InputError",
    "MissingExtra",
    "NoRoom",
    "NotFound",
    "NotSignedIn",
    "ProofNeeded",
    "Purged",
    "TooMany",
    "UnknownName",
    "UnreadableFile",
    "UsageError",
    "WorkspaceError",
]


class CounterflowError(Exception):
    """Base of all errors of this package. `exit_code` is what the command line returns."""

    exit_code = 4
    retryable = False


class UsageError(CounterflowError):
    """The request itself is wrong; asking differently helps, asking again does not."""

    exit_code = 2


class UnknownName(UsageError):
    """No registered thing of that kind has that name.

    :param kind: what was looked for, e.g. ``"reader"``
    :param name: what was received
    :param known: every valid name
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        import difflib

        close = difflib.get_close_matches(name, self.known, n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        super().__init__(f"No {kind} '{name}'.{hint} Known: {', '.join(self.known) or 'none'}.")


_NAMED = ("entity", "thing to explain", "network of")
"""What can be looked for by a name."""


class NotFound(UsageError):
    """Nothing of that id is readable by this audience; hidden and absent look the same on purpose."""

    exit_code = 5

    def __init__(self, kind: str, id: str) -> None:
        self.kind, self.id = kind, id
        by_name = 'Try `counterflow screen "NAME"` or check' if kind in _NAMED else "Check"
        super().__init__(f"No {kind} '{id}' is readable here. {by_name} the id.")


class Forbidden(UsageError):
    """An act that a session's roles do not allow, whatever it is about: it says nothing of what is there.

    :param verb: as in `casework/roles.yaml`
    """

    def __init__(self, verb: str) -> None:
        self.verb = verb
        super().__init__(f"Your roles do not allow '{verb}'. Ask an administrator of your organisation.")


class ProofNeeded(Forbidden):
    """An act that asks for a proof of identity that is only minutes old: the roles allow it, the session is too stale.

    :param verb: as in `casework/roles.yaml`
    """

    retryable = True

    def __init__(self, verb: str) -> None:
        super().__init__(verb)
        self.args = (f"'{verb}' asks that you show again who you are: it was not in the last minutes.",)


class NotSignedIn(UsageError):
    """What was shown does not prove who somebody is: wrong, unknown, used or run out, it is always the same answer.

    :param principal: id of the one whose account it was tried for, where it is known: for the audit log alone
    """

    def __init__(self, principal: str = "") -> None:
        self.principal = principal
        super().__init__("That does not prove who you are.")


class TooMany(UsageError):
    """Tried too often. :param wait: seconds until it may be tried again"""

    retryable = True

    def __init__(self, wait: float) -> None:
        self.wait = max(1, round(wait))
        super().__init__(f"Tried too often. Try again in {self.wait} seconds.")


class Conflict(UsageError):
    """A change is based on a version that is no longer in force. Nothing was kept and nothing is lost.

    :param what: kind and id of the row
    :param yours: fields as they were sent; :param theirs: version, by, at and fields of what is in force
    """

    def __init__(self, what: str, yours: dict[str, Any], theirs: dict[str, Any]) -> None:
        self.what, self.yours, self.theirs = what, yours, theirs
        differ = sorted(name for name, value in yours.items() if theirs["fields"].get(name) != value)
        super().__init__(
            f"The {what} was changed by {theirs['by']} at {theirs['at'][:19]} after you read it (yours differs in: "
            f"{', '.join(differ) or 'nothing'}). Look at version {theirs['version']} and base your change on it."
        )


class InputError(CounterflowError):
    """A file cannot be read as asked.

    :param reason: what is wrong and what would be right
    :param file: path as given
    :param line: 1-based line (or record) number, where known
    :param field: column, element or property, where known
    """

    exit_code = 3

    def __init__(self, reason: str, *, file: str, line: int | None = None, field: str | None = None) -> None:
        self.reason, self.file, self.line, self.field = reason, file, line, field
        place = file + (f", line {line}" if line is not None else "") + (f", field '{field}'" if field else "")
        super().__init__(f"{place}: {reason}")


class UnreadableFile(InputError):
    """Not one record could be read: wrong format, empty, or truncated at the start."""


class WorkspaceError(CounterflowError):
    """The workspace is missing, of a newer layout, or held by another writer."""


class NoRoom(WorkspaceError):
    """The disk is full. Nothing of what was asked was written; what was there is as it was."""

    def __init__(self) -> None:
        super().__init__("The disk is full: nothing of this was written. Free some space, then try again.")

    @staticmethod
    def told_by(error: BaseException) -> bool:
        """Whether an error of the system's, or of an engine's that passes it on, says so."""
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        return full or "No space left on device" in str(error)


class Busy(WorkspaceError):
    """Another process, or another thread of this one, is writing to the workspace."""

    retryable = True

    def __init__(self, folder: object) -> None:
        super().__init__(f"Another process is writing to {folder}. Wait until it has ended, then try again.")


class Purged(WorkspaceError):
    """What an answer was to rest on has gone for good since it was asked for; asked again, it rests on the rest."""

    retryable = True

    def __init__(self) -> None:
        super().__init__("Records were purged while this was being done: nothing of it was kept. Try again.")


class Corrupt(WorkspaceError):
    """A file of the ledger is not the file that was committed; carries the list of what differs."""

    exit_code = 6

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The ledger does not match its catalogue: " + "; ".join(problems))


class FetchFailed(CounterflowError):
    """A publisher's file could not be had.

    :param url: address that was asked; :param reason: what was wrong
    :param retryable: whether asking again later may help: nothing answered, or a passing trouble was reported
    """

    def __init__(self, url: str, reason: str, *, retryable: bool = False) -> None:
        self.url, self.reason, self.retryable = url, reason, retryable
        super().__init__(f"{url}: {reason}")


class MissingExtra(CounterflowError):
    """An optional library is needed. :param extra: the name of the extra that brings it."""

    def __init__(self, library: str, extra: str) -> None:
        self.library, self.extra = library, extra
        super().__init__(f"This needs {library}. Install it with: pip install 'counterflow[{extra}]'")
