"""The exporter port: a file in somebody else's format, of what one audience may read, with a table of what is lost.

One file in ``casework/exporters`` each, with a module constant `EXPORTER`, registered under the entry point group
``counterflow.exporters``. An exporter is given a `Selection` and a stream. It cannot name a file, an engine or an
audience, and nothing that the audience may not read can be reached through the selection.

Invariant: a file appears whole or not at all, and only after the audit log has been told its hash.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from counterflow.casework.selection import Selection
from counterflow.errors import NoRoom, UsageError

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["Exporter", "Loss", "Tally", "export"]


@dataclass(frozen=True)
class Loss:
    """What a format cannot carry.

    :param field: the property, column or table that is lost or changed; :param reason: why, and what is done instead
    """

    field: str
    reason: str


@dataclass
class Tally:
    """What an exporter wrote, counted by itself as it writes.

    :param records: records in the file; :param label_ids: labels of everything in it
    :param left_out: `Loss.field` → how many values or records were left out for that reason
    :param gaps: what the receiver wants and the data do not have: path, field, record, reason
    """

    records: int = 0
    label_ids: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    gaps: list[dict[str, str]] = field(default_factory=list)

    def wrote(self, label_ids: Sequence[str]) -> None:
        """Count one record with these labels."""
        self.records += 1
        self.label_ids.update(label_ids)


@dataclass(frozen=True)
class Exporter:
    """One format.

    :param name: its key in the registry and what ``export --format`` takes
    :param title: the format's own name; :param media_type: IANA media type; :param extension: of its files, with dot
    :param losses: everything of ours that the format cannot carry
    :param write: writes a selection as bytes, the same bytes for the same selection; every record bears its handling
    :param check: what of a file that was written is not as the format or its receiver wants it, in words
    :param configured: the same with options of its own (``--profile``, ``--schema``, ``--set``); None: it has none
    """

    name: str
    title: str
    media_type: str
    extension: str
    losses: tuple[Loss, ...]
    write: Callable[[Selection, BinaryIO, Tally], None]
    check: Callable[[Path], list[str]] | None = None
    configured: Callable[[Mapping[str, Any]], Exporter] | None = None

    def with_options(self, options: Mapping[str, Any]) -> Exporter:
        """This format with options of its own. :raises UsageError: it has none"""
        if not options:
            return self
        if self.configured is None:
            raise UsageError(f"The format '{self.name}' takes no {', '.join(sorted(options))}.")
        return self.configured(options)


def export(
    exporter: Exporter,
    scope: Scope,
    out: Path,
    ids: Sequence[str] | None = None,
    *,
    findings: Sequence[Mapping[str, Any]] = (),
    log: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Write a file; one that is there is replaced, but only by a whole one.

    :param scope: one audience's reading side, with members, entities and links adopted
    :param ids: entities wanted (see `Selection`); None: all; :param findings: that go along
    :param log: told what is about to be released; where it fails, nothing is
    :returns: ``{format, file, records, handling, sha256, losses: [{field, reason, left_out}], gaps, problems}``;
        ``left_out`` is a number of values or records, None where nothing was lost or it is not counted; ``gaps`` is
        what the receiver wants and the data lack, ``problems`` what the format's own check says
    :raises NotFound: an id that is not readable, or not there; :raises UsageError: the file cannot be written;
        NoRoom: the disk is full
    """
    from counterflow.storage.blobs import sha256_of

    if out.is_dir():
        raise UsageError(f"{out} is a folder. Name a file, e.g. {out / ('export' + exporter.extension)}.")
    selection = Selection(scope, ids, findings)
    tally = Tally()
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with partial.open("wb") as stream:
            exporter.write(selection, stream, tally)
        report = {
            "format": exporter.name,
            "file": str(out),
            "records": tally.records,
            "handling": selection.handling(tally.label_ids),
            "sha256": sha256_of(partial),
            "losses": [
                {"field": x.field, "reason": x.reason, "left_out": tally.left_out.get(x.field)} for x in exporter.losses
            ],
            "gaps": tally.gaps,
            "problems": exporter.check(partial) if exporter.check else [],
        }
        if log is not None:
            log(report)
        partial.replace(out)
    except OSError as error:
        if NoRoom.told_by(error):
            raise NoRoom from error
        raise UsageError(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    return report
