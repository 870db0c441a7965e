"""What inspections taught, as it is kept: trees, calibration, shares of fraud by likes, handling, and its card.

``inspections.json``, one file of trees for each seed and ``found.npy``; plain data, no code, and no name or number of
anybody: what is compared stands there as hashes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from counterflow.errors import WorkspaceError
from counterflow.findings.declarations.columns import Found
from counterflow.findings.ranking.calibration import Calibration
from counterflow.findings.ranking.trees import Forest

__all__ = ["Inspections", "read", "version_of", "write"]

LAYOUT = 1


@dataclass(frozen=True)
class Inspections:
    """:param found: what they found, of declarations before the day `seen_until`
    :param seen_until: days since 1970: what was declared before was learnt from or chosen by
    :param version: of the columns, see `version_of`; :param label_ids: handling of all that it was made from
    """

    forest: Forest
    calibration: Calibration
    found: Found
    seen_until: int
    version: str
    label_ids: tuple[str, ...]
    card: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Content hash."""
        parts = [_text(self).encode(), *self.forest.boosters, _stack(self.found).tobytes()]
        return "i-" + hashlib.blake2b(b"\x1f".join(parts), digest_size=8).hexdigest()


def version_of(says: Mapping[str, str]) -> str:
    """Hash of the names and meanings of columns: a model is used on no others."""
    text = "\x1f".join(f"{name}\x1e{what}" for name, what in says.items())
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def write(model: Inspections, folder: Path) -> None:
    """Fill a folder."""
    (folder / "inspections.json").write_text(_text(model), encoding="utf-8")
    for k, data in enumerate(model.forest.boosters):
        (folder / f"trees-{k}.ubj").write_bytes(data)
    np.save(folder / "found.npy", _stack(model.found), allow_pickle=False)


def read(folder: Path) -> Inspections:
    """What was kept. :raises WorkspaceError: it is not whole, or of another layout"""
    try:
        told = json.loads((folder / "inspections.json").read_text(encoding="utf-8"))
        if told["layout"] != LAYOUT:
            raise WorkspaceError(f"{folder.name}: a model of layout {told['layout']}, not {LAYOUT}: train it again.")
        boosters = tuple((folder / f"trees-{k}.ubj").read_bytes() for k in range(told["seeds"]))
        keys, inspected, fraud = np.load(folder / "found.npy", allow_pickle=False)
        curve = told["calibration"]
        return Inspections(
            Forest(boosters, tuple(told["columns"])),
            Calibration(curve["method"], tuple(curve["scores"]), tuple(curve["probabilities"])),
            Found(keys, inspected.astype(np.int64), fraud.astype(np.int64), (told["whole"][0], told["whole"][1])),
            told["seen_until"], told["version"], tuple(told["label_ids"]), told["card"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise WorkspaceError(f"{folder.name}: the model is not whole ({e}): train it again.") from e


def _stack(found: Found) -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.stack([found.keys, found.inspected.astype(np.uint64), found.fraud.astype(np.uint64)])


def _text(model: Inspections) -> str:
    told = {
        "layout": LAYOUT, "version": model.version, "columns": list(model.forest.names),
        "seeds": len(model.forest.boosters), "calibration": vars(model.calibration), "whole": list(model.found.whole),
        "seen_until": model.seen_until, "label_ids": list(model.label_ids), "card": model.card,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
