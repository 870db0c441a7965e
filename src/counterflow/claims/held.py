"""Editions held back: what failed an assertion waits whole, with its original, and the earlier edition stays in force.

Nothing of it counts until it is accepted; who accepts or rejects it, and why, is on the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.errors import InputError, NotFound
from counterflow.model.handling import Label
from counterflow.model.source import Assertion

if TYPE_CHECKING:
    from counterflow.storage.blobs import FolderBlobs
    from counterflow.storage.records import Records
    from counterflow.storage.sql import Casebook

__all__ = ["hold", "reject", "waiting"]


def hold(
    casebook: Casebook,
    batch: Mapping[str, Any],
    file: str,
    failed: Sequence[tuple[Assertion, str]],
    labels: tuple[Label, Label],
    who: str,
) -> InputError:
    """Keep an edition for a decision; returns the error that says so.

    :param batch: what would have been committed; :param labels: the dataset's own, and the strictest of all in the file
    """
    row = {
        **{key: batch[key] for key in ("dataset", "reader", "files", "fingerprint", "counts", "descriptor")},
        "file": file,
        "failed": [{"rule": rule.what, "found": found, "reason": rule.reason} for rule, found in failed],
        "own_label_id": labels[0].id,
        "label_id": labels[1].id,
        "held_at": batch["recorded_at"],
    }
    casebook.hold(row, labels, who)
    why = "; ".join(f"{found} ({rule.reason})" for rule, found in failed)
    dataset = batch["dataset"]
    return InputError(
        f"held back whole: {why}. The earlier edition stays in force. `counterflow accept {dataset}` takes this one,"
        f" `counterflow reject {dataset}` drops it.",
        file=file,
        field=failed[0][0].what,
    )


def waiting(reader: Records, dataset: str) -> dict[str, Any]:
    """The edition of a dataset that waits for a decision, the latest where there are several.

    :param reader: of the asker
    :raises NotFound: none waits, or none that may be read
    """
    found = [row for row in reader.held() if row["dataset"] == dataset]
    if not found:
        raise NotFound("edition held back of", dataset)
    return found[-1]


def reject(casebook: Casebook, blobs: FolderBlobs, held: Mapping[str, Any], who: str, reason: str) -> None:
    """Drop an edition that was held back; its original goes, unless something else rests on it."""
    casebook.decide(held, "rejected", who, reason)
    used = {f["sha256"] for row in (*casebook.batches(), *casebook.held()) for f in row["files"]}
    for file in held["files"]:
        if file["sha256"] not in used:
            blobs.drop(file["sha256"])
