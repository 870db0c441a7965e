"""Will illicit income rise as sanctions bite? The regime as the holder of a portfolio of activities.

Each activity has a size, a margin, a ceiling, a pace at which it can grow, the effort it takes and what it loses to
seizures. Month by month the regime divides a limited effort so that it nets most: a continuous knapsack, solved exactly
by taking activities in the order of what a unit of effort nets. What is fully used grows at its pace up to its ceiling.
Substitution has two ways: what a shock closes frees effort for the rest, and a shortfall against what was earned at the
start may quicken growth elsewhere (`response`; near 0 it does not, and then all growth is growth of its own).

Nobody publishes these parameters. They are drawn from ranges (``portfolio.yaml``, or the user's own) and weighted by
how well each draw gives what was seen after the shocks (importance sampling; the effective number of draws is told).
Three shocks identify little, and `substitution` says how little.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from counterflow.assessment.mincut import Floats
from counterflow.errors import InputError

__all__ = ["Portfolio", "Run", "Seen", "month"]

DRAWS = 3000
_TAIL = 1.6448536269514722
_SLACK = 0.15
"""Sd of the logarithm that is added to every figure: the model is coarser than the figures."""


def month(text: str, start: str) -> int:
    """Months from the start to a partial date; its first month where only the year is given."""
    year, _, rest = text.partition("-")
    began, _, first = start.partition("-")
    return (int(year) - int(began)) * 12 + int(rest[:2] or 1) - int(first[:2] or 1)


@dataclass(frozen=True)
class Seen:
    """What was seen after a shock.

    :param what: ``change`` against the same months a year before, ``amount`` a year, or ``sum`` over the period
    :param value: the figure; `spread` sd of its logarithm; `floor` below which amounts are not told apart
    :param figure: id of the record that gives it
    """

    shock: str
    activity: str
    what: str
    first: int
    last: int
    value: float
    spread: float
    floor: float
    figure: str


@dataclass(frozen=True, eq=False)
class Run:
    """Gross and net income as yearly rates, shape (months, activities, draws)."""

    gross: Floats
    net: Floats

    def value(self, seen: Seen, row: int) -> Floats:
        """What a run says to a figure, draw by draw."""
        series = self.gross[:, row]
        now = series[seen.first : seen.last + 1]
        if seen.what == "sum":
            found = now.sum(axis=0) / 12
        elif seen.what == "amount":
            found = now.mean(axis=0)
        else:
            before = series[max(0, seen.first - 12) : max(1, seen.last - 11)]
            found = now.mean(axis=0) / np.maximum(before.mean(axis=0), 1e-9)
        told: Floats = np.maximum(found, max(seen.floor, 1e-9))
        return told


class Portfolio:
    """Parameters in many draws. :param config: the shape of ``portfolio.yaml``; :param months: how long runs are

    :raises InputError: a part is missing or a range is none, naming it
    """

    def __init__(self, config: Mapping[str, Any], months: int, *, draws: int = DRAWS, seed: int = 39) -> None:
        self.config = config
        self.months = months
        self.start = str(_part(config, "start"))
        self.codes = sorted(_part(config, "activities"))
        if not self.codes:
            raise InputError("names no activity", file="assumptions", field="activities")
        rng = np.random.default_rng(seed)
        drawn = {
            name: np.stack([_range(rng, draws, config["activities"][c], c, name) for c in self.codes])
            for name in ("size", "ceiling", "margin", "ramp", "effort", "exposure")
        }
        self.size, self.ramp, self.effort = drawn["size"], drawn["ramp"], np.maximum(drawn["effort"], 1e-6)
        self.most = self.size * np.maximum(1.0, drawn["ceiling"])
        self.margin = np.minimum(drawn["margin"], 1.0)
        self.exposure = np.minimum(drawn["exposure"], 0.9 * self.margin)
        self.aversion = _range(rng, draws, config, "portfolio", "aversion")
        self.response = _range(rng, draws, config, "portfolio", "response")
        self.total = _range(rng, draws, config, "portfolio", "effort") * (self.size * self.effort).sum(axis=0)
        self.shocks = {str(name): shock for name, shock in (config.get("shocks") or {}).items()}
        self.stopped = {
            (name, code): _share(rng, draws, limits, f"shocks.{name}.{code}")
            for name, shock in self.shocks.items()
            for code, limits in shock["hits"].items()
            if code in self.codes
        }
        self.lawful = np.array([bool(config["activities"][c].get("lawful")) for c in self.codes])

    @cached_property
    def seen(self) -> list[Seen]:
        """Figures to learn from, in order."""
        return [
            Seen(
                str(s["shock"]), s["activity"], s["what"], month(str(s["from"]), self.start),
                month(str(s["until"]), self.start), float(s["value"]), float(s["spread"]), float(s.get("floor", 0.0)),
                str(s.get("figure", "")),
            )
            for s in self.config.get("seen") or ()
            if s["activity"] in self.codes
        ]  # fmt: skip

    def run(self, shocks: Collection[str] | None = None, closed: Mapping[str, int] | None = None) -> Run:
        """Every draw month by month.

        :param shocks: names of those that happen; None: all
        :param closed: activity → month from which it is closed for good
        """
        open_ = np.ones((self.months, *self.size.shape))
        for (name, code), share in self.stopped.items():
            if shocks is None or name in shocks:
                at = month(str(self.shocks[name]["date"]), self.start)
                open_[max(0, at) :, self.codes.index(code)] *= 1.0 - share
        for code, at in (closed or {}).items():
            open_[at:, self.codes.index(code)] = 0.0
        worth = np.maximum(0.0, self.margin - self.aversion * self.exposure)
        order = np.argsort(-worth / self.effort, axis=0, kind="stable")
        keeps = self.margin - self.exposure
        needed_income = (self.size * keeps).sum(axis=0)
        capacity = self.size.copy()
        gross = np.empty((self.months, *self.size.shape))
        for t in range(self.months):
            room = capacity * open_[t] * (worth > 0)
            needed = np.take_along_axis(room * self.effort, order, axis=0)
            before = np.cumsum(needed, axis=0) - needed
            given = np.clip(self.total - before, 0.0, needed)
            used = np.empty_like(given)
            np.put_along_axis(used, order, given, axis=0)
            gross[t] = used / self.effort
            full = gross[t] >= 0.98 * room
            short = np.maximum(0.0, 1.0 - (gross[t] * keeps).sum(axis=0) / needed_income)
            growth = (1.0 + self.ramp * (1.0 + self.response * short)) ** (1 / 12)
            grown = np.minimum(capacity * growth, np.maximum(self.most, capacity))
            capacity = np.where(full & (room > 0) & (open_[t] > 0.5), grown, capacity)
        return Run(gross, gross * keeps)

    def weights(self, run: Run, figures: Sequence[Seen]) -> Floats:
        """How well each draw gives what was seen; adds up to 1. Shape (draws,)."""
        height = np.zeros(self.size.shape[1])
        for s in figures:
            off = np.log(run.value(s, self.codes.index(s.activity))) - math.log(max(s.value, s.floor, 1e-9))
            height -= 2.5 * np.log1p(off**2 / (4 * (s.spread**2 + _SLACK**2)))  # Student's t: one odd figure is borne
        weight = np.exp(height - height.max())
        found: Floats = weight / weight.sum()
        return found


def _part(config: Mapping[str, Any], name: str) -> Any:
    if name not in config or config[name] is None:
        raise InputError("is missing", file="assumptions", field=name)
    return config[name]


def _range(rng: np.random.Generator, draws: int, config: Mapping[str, Any], of: str, name: str) -> Floats:
    """Log-normal draws of which nine in ten lie in the range that is given."""
    low, high = _limits(config.get(name), f"{of}.{name}")
    if low <= 0:
        raise InputError(f"'{low:g}' is not above 0", file="assumptions", field=f"{of}.{name}")
    middle, spread = (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / (2 * _TAIL)
    found: Floats = np.exp(rng.normal(middle, spread, draws)) if spread else np.full(draws, low)
    return found


def _share(rng: np.random.Generator, draws: int, limits: Any, of: str) -> Floats:
    """Logit-normal draws of a share of which nine in ten lie in the range."""
    low, high = _limits(limits, of)
    if not 0 < low <= high < 1:
        raise InputError(f"{low:g} to {high:g} is no range of shares between 0 and 1", file="assumptions", field=of)
    a, b = math.log(low / (1 - low)), math.log(high / (1 - high))
    found: Floats = 1 / (1 + np.exp(-rng.normal((a + b) / 2, (b - a) / (2 * _TAIL), draws)))
    return found


def _limits(found: Any, of: str) -> tuple[float, float]:
    try:
        low, high = (float(x) for x in found)
    except (TypeError, ValueError):
        raise InputError(f"'{found}' is no range; write [low, high]", file="assumptions", field=of) from None
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InputError(f"{low:g} to {high:g} is no range", file="assumptions", field=of)
    return low, high
