"""Accuracy and calibration of the evidence on labelled pairs, cross-validated, and the fit of its weights.

``evidence.py [FOLDER]`` measures; ``evidence.py --fit [FOLDER]`` also prints the part ``pairs`` of
``src/counterflow/entities/evidence/weights.yaml``, fitted anew. FOLDER holds ``er-crosslist`` and ``name-pairs``
(default: ``../shared/data`` beside the checkout).

The fit is a logistic regression with an L2 penalty on ten weights. Folds are made by the record on the left, and each
fold is scored by `counterflow.entities.scoring.compare` with the weights that the other folds give.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from counterflow.entities.evidence import naming
from counterflow.entities.evidence.weights import NameWeights, Weights, pairs
from counterflow.entities.profile import Profile
from counterflow.entities.rarity import background
from counterflow.entities.records import read
from counterflow.entities.scoring import Comparison, compare
from measured import tell

SHARED = Path(__file__).parents[2] / "shared" / "data"
FOLDS = 5
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """:param label: 1 for one party; :param fold: 0 to FOLDS - 1
    :param count: how much it counts in the fit: the pairs of lists come three times, and there are many more of them"""

    label: int
    left: Profile
    right: Profile
    fold: int
    quality: str = ""
    count: float = 0.5


def fold_of(text: str) -> int:
    """The same in every run."""
    return zlib.crc32(text.encode()) % FOLDS


def lines(path: Path) -> Iterator[str]:
    """Lines of a packed text file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from stream


def name_pairs(folder: Path) -> list[Pair]:
    """Names only, with hard negatives thought out for the purpose."""
    found = []
    for row in csv.DictReader(lines(folder / "name-pairs" / "name_bench.csv.gz")):
        left, right = (
            read({"schema": row["schema"], "properties": {"name": row[side]}}, side)[0] for side in ("name1", "name2")
        )
        label = int(row["is_match"] == "true")
        found.append(Pair(label, left, right, fold_of(row["name1"]), row["quality"], 4.0))
    return found


def cross_list(folder: Path, *parts: str) -> list[Pair]:
    """Records of two lists. :param parts: what is told of them beside the primary name"""
    found = []
    for line in lines(folder / "er-crosslist" / "pairs.jsonl.gz"):
        row = json.loads(line)
        if not row["suspect"]:
            left, right = (listed(row[side], parts) for side in ("left", "right"))
            found.append(Pair(row["label"], left, right, fold_of(left.id)))
    return found


def listed(row: Mapping[str, Any], parts: Sequence[str]) -> Profile:
    """A record of a list, its raw text as published."""
    said: dict[str, Any] = {"name": row["name"]}
    if "aliases" in parts:
        said["alias"] = row["aliases"]
    if "attributes" in parts:
        said |= {"birthDate": row["birth_date"], "nationality": row["nationality"], "country": row["country"]}
    if "numbers" in parts:
        said["idNumber"] = row["identifiers"]
    return read({"schema": row["schema"], "properties": said}, row["source_id"])[0]


# -- measures ------------------------------------------------------------------------------------------------------

Scored = Sequence[tuple[float, int]]


def average_precision(scored: Scored) -> float:
    """Ties count against us: the wrong ones first."""
    right = total = 0.0
    for n, (_, label) in enumerate(sorted(scored, key=lambda s: (-s[0], s[1])), 1):
        right += label
        total += label * right / n
    return total / right


def f1(scored: Scored, threshold: float) -> float:
    """F1 of what reaches the threshold."""
    said = [label for p, label in scored if p >= threshold]
    return 2 * sum(said) / (len(said) + sum(label for _, label in scored))


def best_f1(scored: Scored) -> tuple[float, float]:
    """The best there is, and its threshold."""
    return max((f1(scored, t), t) for t in sorted({round(p, 3) for p, _ in scored}))


def calibration_error(scored: Scored, bins: int = 10) -> float:
    """Expected calibration error over equal bins of probability (Naeini et al. 2015)."""
    total = 0.0
    for n in range(bins):
        part = [s for s in scored if min(int(s[0] * bins), bins - 1) == n]
        total += abs(sum(p for p, _ in part) - sum(label for _, label in part))
    return total / len(scored)


def reliability(scored: Scored, bins: int = 10) -> list[tuple[int, float, float]]:
    """Pairs, mean probability and share of matches in each bin."""
    found = []
    for n in range(bins):
        if part := [s for s in scored if min(int(s[0] * bins), bins - 1) == n]:
            size = len(part)
            found.append((size, round(sum(p for p, _ in part) / size, 3), round(sum(y for _, y in part) / size, 3)))
    return found


# -- the fit -------------------------------------------------------------------------------------------------------

KNOTS = (0.0, 0.5, 0.66, 0.7, 0.8, 1.0)
"""Likeness of two names between which a straight line is fitted, never falling; at 0.7 they are taken for one."""

OTHERS = ("date", "country", "legalForm", "mainName")
WEIGHED = ("prior", *map(str, KNOTS[1:]), *OTHERS)
START = np.array([-3.0] + [0.0] * (len(KNOTS) - 1) + [1.0] * len(OTHERS))
PENALTY = np.array([0.01] + [0.3] * (len(KNOTS) - 1) + [10.0] * len(OTHERS))
"""What the penalty pulls to and how much: a line that does not rise, and the other weights as they were thought out."""

LEAST = np.array([-np.inf] + [0.0] * (len(KNOTS) - 1) + [0.3] * len(OTHERS))
"""Nothing that speaks for a match may come to speak against it. Those who are put side by side mostly share a country,
so that tells less here; it may not come to tell nothing."""


def row_of(pair: Pair, weights: Weights) -> tuple[Array, float]:
    """What a pair says in the order of `WEIGHED`, and what of its log-odds is not fitted."""
    left, right = pair.left, pair.right
    kind = right.kind if left.kind == "any" else left.kind
    found = compare(left, right, weights=weights)
    _, best = naming.likeliest(left, right, background(), kind, weights.name[kind], False)
    row = dict.fromkeys(WEIGHED, 0.0) | {"prior": 1.0}
    likeness = best[2].likeness if best else 0.0
    for low, high in itertools.pairwise(KNOTS):
        row[str(high)] = max(0.0, min(1.0, (likeness - low) / (high - low)))
    fixed = 0.0
    for feature in found.features:
        if feature.feature in OTHERS:
            row[feature.feature] += feature.weight / weights.scale.get(feature.feature, 1.0)
        elif feature.feature != "name":
            fixed += feature.weight
    return np.array([row[name] for name in WEIGHED]), fixed


def logistic(x: Array, y: Array, offset: Array, count: Array) -> Array:
    """Penalised logistic regression with the lower bounds `LEAST`."""
    from scipy.optimize import minimize

    def loss(beta: Array) -> tuple[float, Array]:
        z = x @ beta + offset
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        value = (count * (np.logaddexp(0, z) - y * z)).sum() + (PENALTY / 2 * (beta - START) ** 2).sum()
        return float(value), x.T @ (count * (p - y)) + PENALTY * (beta - START)

    found = minimize(loss, np.maximum(START, LEAST), jac=True, method="L-BFGS-B", bounds=[(b, None) for b in LEAST])
    return np.asarray(found.x)


def fitted(known: Sequence[Pair], weights: Weights) -> Weights:
    """Weights that make the labels likeliest, each pulled towards `START`."""
    rows, offsets = zip(*(row_of(pair, weights) for pair in known), strict=True)
    labels, counts = [pair.label for pair in known], [pair.count for pair in known]
    beta = logistic(np.array(rows), np.array(labels), np.array(offsets), np.array(counts))
    found = dict(zip(WEIGHED, map(float, beta), strict=True))
    heights = np.concatenate([[0.0], np.cumsum([found[str(k)] for k in KNOTS[1:]])])
    even = float(heights[2])  # what names that disagree tell goes to the prior, so that a name can speak against
    line = tuple((k, float(h) - even - AGAINST) for k, h in zip(KNOTS, heights, strict=True))
    kinds = dict.fromkeys(("person", "body", "ship", "any"), NameWeights(likeness=line))
    return Weights(found["prior"] + even + AGAINST, pairs().verdict, kinds, {name: found[name] for name in OTHERS})


AGAINST = 2.4
"""Log-odds against a match of names that are alike but for a word that stands against another. The data fix only the
sum of this and the prior: it says what a pair would be without any name."""


def cross_validated(sets: Mapping[str, Sequence[Pair]], start: Weights) -> dict[str, list[tuple[Pair, Comparison]]]:
    """Every pair compared with weights fitted without its fold."""
    found: dict[str, list[tuple[Pair, Comparison]]] = {name: [] for name in sets}
    for fold in range(FOLDS):
        weights = fitted([p for known in sets.values() for p in known if p.fold != fold], start)
        for name, known in sets.items():
            found[name] += [(p, compare(p.left, p.right, weights=weights)) for p in known if p.fold == fold]
    return found


def told(name: str, found: Sequence[tuple[Pair, Comparison]], **more: object) -> None:
    """Print what was measured."""
    scored = [(c.probability, p.label) for p, c in found]
    most = max(p for p, _ in scored)
    negative = [p for p, label in scored if not label]
    best, at = best_f1(scored)
    strong = [(p, c) for p, c in found if p.quality == "STRONG"]
    wrong = [c.sentence for p, c in strong if c.verdict == ("no-match" if p.label else "match")]
    tell(
        name,
        pairs=len(scored),
        average_precision=round(average_precision(scored), 4),
        f1=round(f1(scored, 0.5), 4),
        best_f1=round(best, 4),
        best_at=at,
        calibration_error=round(calibration_error(scored), 4),
        negatives_at_the_top=round(sum(p >= most - 1e-9 for p in negative) / len(negative), 4),
        **({"strong": len(strong), "strong_and_wrong": wrong} if strong else {}),
        reliability=reliability(scored),
        **more,
    )


def main(arguments: list[str]) -> None:
    """Measure; with ``--fit`` print the weights fitted on everything."""
    folder = next((Path(a) for a in arguments if a != "--fit"), SHARED)
    sets: dict[str, list[Pair]] = {
        "name pairs": name_pairs(folder),
        "cross-list, primary names": cross_list(folder),
        "cross-list, names and attributes": cross_list(folder, "attributes", "numbers"),
        "cross-list, aliases and attributes": cross_list(folder, "aliases", "attributes", "numbers"),
    }
    for name, found in cross_validated(sets, pairs()).items():
        told(f"{name}, cross-validated", found)
    for name, known in sets.items():
        start = process_time()
        found = [(p, compare(p.left, p.right, weights=pairs())) for p in known]
        spent = process_time() - start
        told(f"{name}, as shipped", found, microseconds_a_pair=round(spent / len(known) * 1e6))
    if "--fit" in arguments:
        weights = fitted([p for known in sets.values() for p in known], pairs())
        print(f"prior: {weights.prior:.2f}")
        print("likeness:", [[k, round(h, 2)] for k, h in weights.name["person"].likeness])
        print("scale:", {k: round(v, 2) for k, v in weights.scale.items()})


if __name__ == "__main__":
    main(sys.argv[1:])
