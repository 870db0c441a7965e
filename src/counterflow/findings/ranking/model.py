"""A model as it is kept: trees, calibration, threshold, weights of findings, what it was made from, and its card.

``model.json`` and one file of trees for each seed; plain data, no code. The same payments, answers and seeds give the
same bytes. A model is used only on columns of the names and meanings that it learnt, else it says which differ.
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
from counterflow.findings.ranking import weighing
from counterflow.findings.ranking.calibration import Calibration
from counterflow.findings.ranking.inputs import Inputs, Kind
from counterflow.findings.ranking.trees import Forest

__all__ = ["Model", "read", "unfit", "write"]

Floats = np.ndarray[Any, np.dtype[np.float64]]

LAYOUT = 1


@dataclass(frozen=True)
class Model:
    """:param first: forest of the first look; :param forest: of the second, whose scores count
    :param threshold: score from which on a payment is called laundering
    :param kind, version: of its columns, see `inputs`; :param label_ids: handling of all that it was made from
    :param seen_until: seconds since 1970: what was paid before was learnt from or chosen by
    :param baseline: see `drift`; :param card: figures and facts, see `card`
    """

    first: Forest
    forest: Forest
    calibration: Calibration
    threshold: float
    weights: weighing.Weights | None
    kind: Kind
    version: str
    label_ids: tuple[str, ...]
    seen_until: int
    baseline: Mapping[str, Any]
    card: Mapping[str, Any]

    def probability(self, scores: Floats) -> Floats:
        """float64[n], calibrated."""
        return self.calibration(scores)

    @property
    def id(self) -> str:
        """Content hash."""
        parts = [_text(self).encode(), *self.first.boosters, *self.forest.boosters]
        return "m-" + hashlib.blake2b(b"\x1f".join(parts), digest_size=8).hexdigest()


def unfit(model: Model, given: Inputs) -> str:
    """Why a model cannot be used on these columns, in words; empty: it can."""
    if model.forest.names != given.names:
        gone = [n for n in model.forest.names if n not in given.names]
        new = [n for n in given.names if n not in model.forest.names]
        told = "; ".join(f"{word}: {', '.join(some[:5])}" for word, some in (("gone", gone), ("new", new)) if some)
        return f"its columns are not those of today ({told or 'another order'}): train it again"
    if model.version != given.version:
        return f"its columns mean something else today ({model.version}, not {given.version}): train it again"
    return ""


def write(model: Model, folder: Path) -> None:
    """Fill a folder."""
    from counterflow.findings.ranking.card import in_print

    (folder / "model.json").write_text(_text(model), encoding="utf-8")
    (folder / "card.md").write_text(in_print(model.card), encoding="utf-8")
    for k, data in enumerate(model.forest.boosters):
        (folder / f"trees-{k}.ubj").write_bytes(data)
    (folder / "trees-first.ubj").write_bytes(model.first.boosters[0])


def read(folder: Path) -> Model:
    """A model that was kept. :raises WorkspaceError: it is not whole, or of another layout"""
    try:
        told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if told["layout"] != LAYOUT:
            raise WorkspaceError(f"{folder.name}: a model of layout {told['layout']}, not {LAYOUT}: train it again.")
        boosters = tuple((folder / f"trees-{k}.ubj").read_bytes() for k in range(told["seeds"]))
        names = tuple(told["columns"])
        methods = told["kind"]["methods"]
        return Model(
            Forest(((folder / "trees-first.ubj").read_bytes(),), names[: told["first"]]), Forest(boosters, names),
            Calibration(told["calibration"]["method"], *_tuples(told["calibration"])),
            told["threshold"], weighing.from_dict(told["findings"]),
            Kind(tuple(told["kind"]["currencies"]), None if methods is None else tuple(methods),
                 tuple(tuple(w) if isinstance(w, list) else w for w in told["kind"]["windows"])), told["version"],
            tuple(told["label_ids"]), told["seen_until"], told["baseline"], told["card"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise WorkspaceError(f"{folder.name}: the model is not whole ({e}): train it again.") from e


def _tuples(told: Mapping[str, Any]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(told["scores"]), tuple(told["probabilities"])


def _text(model: Model) -> str:
    told = {
        "layout": LAYOUT, "version": model.version, "columns": list(model.forest.names),
        "first": len(model.first.names), "seeds": len(model.forest.boosters), "kind": vars(model.kind),
        "threshold": model.threshold,
        "calibration": vars(model.calibration), "findings": weighing.to_dict(model.weights),
        "label_ids": list(model.label_ids), "seen_until": model.seen_until, "baseline": model.baseline,
        "card": model.card,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
