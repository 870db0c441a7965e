"""An epoch: the time between two purges, in which nothing that was committed goes away.

Whoever reads does not hold up who purges. Files that a reader knows of may so be gone when it comes to them; whatever
then fails, fails because its epoch is over, and all that there is to do is to begin again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from counterflow.errors import Purged

if TYPE_CHECKING:
    from counterflow.storage.sql import Casebook

__all__ = ["Epoch"]


class Epoch:
    """The one that it is now. Begun before anything is read: what is read after it is no older."""

    def __init__(self, casebook: Casebook) -> None:
        self._casebook = casebook
        self.number = casebook.purges()

    @property
    def over(self) -> bool:
        """Whether there was a purge since."""
        return self._casebook.purges() != self.number

    @contextlib.contextmanager
    def lasting(self) -> Iterator[None]:
        """While something is read. :raises Purged: it failed, and the epoch is over"""
        try:
            yield
        except Exception as e:
            if isinstance(e, Purged) or not self.over:
                raise
            raise Purged from e
