"""What an ingest says that it did."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from counterflow.claims.quarantine import Quarantined

__all__ = ["IngestReport"]


@dataclass(frozen=True)
class IngestReport:
    """What one ingest did.

    :param source: dataset
    :param parties: listed parties or top-level records; `entities`: distinct subjects, helpers included
    :param claims: claims the file makes; `added` of them are new, `retracted` earlier ones are withdrawn
    :param observations: bulk rows the file holds, each content once; `repeated` more were equal to one of them and are
        left out; `known` of them were in the ledger already and are not added again
    :param unchanged: the ledger already held exactly this
    :param notes: what was decided about the file before it was read: its text's encoding, which file of an archive
    :param handling: marking of what the file says, unless it says another itself
    :param edition: date of the edition, where the file states it or it was given
    :param archived: older than the edition in force: kept to compare with, and nothing in force was changed
    :param aside: rows, or values of rows, that were set aside; `quarantined` names the first 100,000 of them
    :param unread: earlier claims that stay in force because what the file says of their subject was set aside
    """

    reader: str
    source: str
    file: str
    parties: int
    entities: int
    claims: int
    observations: int
    added: int
    retracted: int
    unchanged: bool
    seconds: float
    edition: str | None = None
    archived: bool = False
    unread: int = 0
    repeated: int = 0
    known: int = 0
    aside: int = 0
    quarantined: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    handling: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data: what `ingest --json` prints."""
        return asdict(self)
