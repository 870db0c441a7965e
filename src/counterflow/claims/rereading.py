"""Reading an original again, as it was kept: to compare an edition that was never in force, to take one that was held
back, to try again what was set aside.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow import registry
from counterflow.claims.builder import Builder
from counterflow.model.claim import Grade
from counterflow.model.handling import Label
from counterflow.sources.stream import unpacked

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.storage.blobs import FolderBlobs

__all__ = ["claims_of", "original"]


@contextlib.contextmanager
def original(
    blobs: FolderBlobs, files: Sequence[Mapping[str, str]], name: str, inside: str = ""
) -> Iterator[tuple[Path, Path]]:
    """The original of a batch under its own name, and where its content lies (unpacked), while the block lasts.

    :param inside: which file of an archive was read; empty: all of it
    """
    with tempfile.TemporaryDirectory(prefix="counterflow-") as folder:
        path = blobs.restore(files, Path(folder), name)
        with unpacked(path) as place:
            yield path, place / inside


def claims_of(blobs: FolderBlobs, batch: Mapping[str, Any], label: Label) -> pa.Table:
    """What an original claims, as rows of `storage.tables.CLAIMS`; nothing is written.

    :param batch: dataset, reader, files, descriptor and recorded_at of a batch, or of an edition held back
    :param label: of the dataset's own records
    """
    reader = registry.get("readers", batch["reader"])
    described = batch["descriptor"]
    with original(blobs, batch["files"], described["file"], described["inside"]) as (path, place):
        describe = getattr(reader, "describe", None)
        descriptor = describe(place) if describe else reader.descriptor
        at = dt.datetime.fromisoformat(batch["recorded_at"])
        builder = Builder(batch["dataset"], path.name, descriptor, Grade.parse(described["grade"]), label, at)
        with contextlib.closing(builder.quarantine):
            for record in reader.read(place, dict(described["options"])):
                builder.take(record)
    return builder.claim_rows()
