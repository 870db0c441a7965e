"""The answer to question (a): fan chart, substitution matrix, back-test and what the evidence cannot tell.

The back-test leaves one shock out at a time, learns from the others and predicts what was seen after it, beside two
dull rivals: *no substitution* (what the shock closes falls by what such shocks are assumed to stop, all else stays as
it was) and *trend* (what grew before goes on growing as it did). Few shocks exist: a sanity check, not proof.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from counterflow.assessment.mincut import Floats
from counterflow.assessment.portfolio import Portfolio, Run, Seen, month
from counterflow.model.likelihood import band, word

__all__ = ["defaults", "substitution"]

AHEAD = 24
"""Months over which a rise is asked for."""

Rows = list[dict[str, Any]]


@cache
def defaults() -> Mapping[str, Any]:
    """``portfolio.yaml`` beside this module: assumptions, each given as a range."""
    import yaml

    text = (resources.files("counterflow.assessment") / "portfolio.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def substitution(
    config: Mapping[str, Any] | None = None,
    *,
    day: str | None = None,
    known: Collection[str] | None = None,
    captions: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The answer, as data.

    :param config: in the shape of ``portfolio.yaml``; None: the shipped one
    :param day: partial date from which a rise is asked for; None: the last shock
    :param known: ids of records that may be used; figures that rest on others are left out. None: all
    :param captions: activity → name to print
    """
    config = defaults() if config is None else config
    shocks = {str(k): v for k, v in (config.get("shocks") or {}).items()}
    start = str(config.get("start", "2015-01"))
    last = max((str(s["date"]) for s in shocks.values()), default=start)
    now = max(0, month(day or last, start))
    latest = max((month(str(s["until"]), start) for s in config.get("seen") or ()), default=now)
    folio = Portfolio(config, max(now + AHEAD, latest) + 1)
    figures = [s for s in folio.seen if known is None or s.figure in known]
    run = folio.run()
    weight = folio.weights(run, figures)
    without = folio.run(shocks=[n for n, s in shocks.items() if month(str(s["date"]), start) > now])
    names = {c: (captions or {}).get(c, c.replace("-", " ").capitalize()) for c in folio.codes}
    ahead = min(now + AHEAD, folio.months - 1)
    illicit, other = _illicit(folio, run), _illicit(folio, without)
    rise = _probability(illicit[ahead] > illicit[now], weight)
    more = _probability(illicit[ahead] > other[ahead], weight)
    coefficient = _coefficient(folio, run, without, ahead)
    return {
        "unit": "million USD a year, net of cost and seizures",
        "start": start,
        "day": day or last,
        "until": _date(start, ahead),
        "draws": int(folio.size.shape[1]),
        "effective_draws": round(float(1 / (weight**2).sum()), 1),
        "answer": {
            "rise": _told(rise),
            "more_than_without": _told(more),
            "illicit_now": _band(illicit[now], weight),
            "illicit_then": _band(illicit[ahead], weight),
            "illicit_then_without": _band(other[ahead], weight),
            "net_now": _band(run.net[now].sum(axis=0), weight),
            "net_then": _band(run.net[ahead].sum(axis=0), weight),
        },
        "fan": _fan(folio, run, weight, names, shocks),
        "matrix": _matrix(folio, weight, names),
        "backtest": _backtest(folio, run, figures),
        "identifiability": _identified(coefficient, weight, len({s.shock for s in figures})),
        "rivals": list(config.get("rivals") or ()),
        "assumptions": [{"activity": c, "caption": names[c], **_plain(config["activities"][c])} for c in folio.codes],
        "figures": sorted({s.figure for s in figures}),
        "left_out": sorted({s.figure for s in folio.seen} - {s.figure for s in figures}),
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: row[k] for k in row}


def _illicit(folio: Portfolio, run: Run) -> Floats:
    """Net income from what was never lawful trade, shape (months, draws)."""
    found: Floats = run.net[:, ~folio.lawful].sum(axis=1)
    return found


def _probability(yes: Any, weight: Floats) -> float:
    return float(weight[np.asarray(yes)].sum())


def _told(p: float) -> dict[str, Any]:
    said = word(p)
    return {"probability": round(p, 3), "likelihood": {"word": said, "low": band(said)[0], "high": band(said)[1]}}


def _date(start: str, months: int) -> str:
    began = int(start[:4]) * 12 + int(start[5:7] or 1) - 1 + months
    return f"{began // 12}-{began % 12 + 1:02d}"


def _quantile(values: Floats, weight: Floats, shares: tuple[float, ...] = (0.05, 0.5, 0.95)) -> list[float]:
    """Weighted quantiles of draws."""
    order = np.argsort(values, kind="stable")
    heap = np.cumsum(weight[order])
    places = np.minimum(np.searchsorted(heap, np.array(shares) * heap[-1]), len(values) - 1)
    return [float(values[order[i]]) for i in places]


def _band(values: Floats, weight: Floats) -> dict[str, float]:
    low, middle, high = (round(v, 3) for v in _quantile(values, weight))
    return {"low": low, "central": middle, "high": high}


def _fan(
    folio: Portfolio, run: Run, weight: Floats, names: Mapping[str, str], shocks: Mapping[str, Any]
) -> dict[str, Any]:
    """Net income by activity, a point each quarter, in bands of 50 and 90 per cent."""
    at = list(range(0, folio.months, 3))

    def series(values: Floats) -> dict[str, list[float]]:
        rows = [_quantile(values[t], weight, (0.05, 0.25, 0.5, 0.75, 0.95)) for t in at]
        return {k: [round(r[i], 1) for r in rows] for i, k in enumerate(("low", "lower", "central", "upper", "high"))}

    return {
        "dates": [_date(folio.start, t) for t in at],
        "activities": [
            {"code": c, "caption": names[c], "lawful": bool(folio.lawful[i]), **series(run.net[:, i])}
            for i, c in enumerate(folio.codes)
        ],
        "illicit": series(_illicit(folio, run)),
        "all": series(run.net.sum(axis=1)),
        "shocks": [{"date": str(s["date"]), "title": s["title"]} for s in shocks.values()],
    }


def _matrix(folio: Portfolio, weight: Floats, names: Mapping[str, str]) -> dict[str, Any]:
    """Millions of j gained, two years on, for each million of i that is closed for good; nothing else happens."""
    plain = folio.run(shocks=())
    at = min(12, folio.months - 1)
    then = min(at + AHEAD, folio.months - 1)
    rows: Rows = []
    for i, code in enumerate(folio.codes):
        closed = folio.run(shocks=(), closed={code: at})
        lost = np.maximum(plain.net[then, i] - closed.net[then, i], 1e-9)
        gained = (closed.net[then] - plain.net[then]) / lost
        gained[i] = 0.0
        rows.append(
            {
                "code": code,
                "caption": names[code],
                "to": [
                    {"code": c, **_band(gained[j], weight)} if c != code else {"code": c, "central": None}
                    for j, c in enumerate(folio.codes)
                ],
                "all": _band(gained.sum(axis=0), weight),
            }
        )
    return {"activities": [{"code": c, "caption": names[c]} for c in folio.codes], "rows": rows, "months": AHEAD}


def _coefficient(folio: Portfolio, run: Run, without: Run, ahead: int) -> Floats:
    """Of each million that the shocks take from lawful trade, what illicit activities add; draw by draw."""
    lost = (without.net - run.net)[ahead, folio.lawful].sum(axis=0)
    added = (_illicit(folio, run) - _illicit(folio, without))[ahead]
    found: Floats = added / np.maximum(lost, 1.0)
    return found


def _identified(coefficient: Floats, weight: Floats, shocks: int) -> dict[str, Any]:
    """How much the figures narrow the coefficient of substitution against what was assumed."""
    even = np.full(len(weight), 1 / len(weight))
    before, after = _band(coefficient, even), _band(coefficient, weight)
    wide = before["high"] - before["low"]
    narrowed = 1 - (after["high"] - after["low"]) / wide if wide > 0 else 0.0
    return {
        "shocks": shocks,
        "before": before,
        "after": after,
        "narrowed": round(narrowed, 3),
        "words": (
            f"Only {shocks} shocks have figures. They narrow the rate of substitution by {max(0.0, narrowed):.0%}"
            " of the range assumed; the rest is assumption. Growth by substitution and growth of its own cannot be"
            " told apart by them."
        ),
    }


def _backtest(folio: Portfolio, run: Run, figures: list[Seen]) -> dict[str, Any]:
    rng = np.random.default_rng(39)
    rows: Rows = []
    for left_out in sorted({s.shock for s in figures}):
        weight = folio.weights(run, [s for s in figures if s.shock != left_out])
        for s in (s for s in figures if s.shock == left_out):
            at = folio.codes.index(s.activity)
            said = run.value(s, at) * np.exp(rng.normal(0.0, s.spread, folio.size.shape[1]))
            band = _band(said, weight)
            truth = max(s.value, s.floor)
            dull = {"no substitution": _unchanged(folio, s, at), "trend": _trend(folio, s, at)}
            rows.append(
                {
                    "shock": left_out, "activity": s.activity, "what": s.what, "figure": s.figure, "seen": s.value,
                    "from": _date(folio.start, s.first), "until": _date(folio.start, s.last), **band,
                    "inside": band["low"] <= truth <= band["high"],
                    "error": _off(band["central"], truth, s.floor),
                    "dull": {k: {"value": round(v, 4), "error": _off(v, truth, s.floor)} for k, v in dull.items()},
                }
            )  # fmt: skip
    if not rows:
        return {"rows": [], "coverage": None, "errors": {}, "words": "No figure can be held against the model."}
    errors = {"model": float(np.mean([r["error"] for r in rows]))}
    errors |= {k: float(np.mean([r["dull"][k]["error"] for r in rows])) for k in rows[0]["dull"]}
    inside = sum(r["inside"] for r in rows)
    best = min(errors, key=lambda k: errors[k])
    return {
        "rows": rows,
        "coverage": round(inside / len(rows), 3),
        "errors": {k: round(v, 3) for k, v in errors.items()},
        "words": (
            f"{inside} of {len(rows)} figures lie in the 90 % interval predicted without their own shock. Mean error"
            f" (factor): {', '.join(f'{k} {math.exp(v):.1f}' for k, v in errors.items())}; least: {best}."
        ),
    }


def _off(said: float, truth: float, floor: float) -> float:
    return round(abs(math.log(max(said, floor, 1e-6)) - math.log(max(truth, floor, 1e-6))), 4)


def _unchanged(folio: Portfolio, s: Seen, at: int) -> float:
    """Size at the start, less what shocks up to then are assumed to stop; nothing replaces anything."""
    kept = math.prod(
        1 - float(np.median(share))
        for (name, code), share in folio.stopped.items()
        if code == s.activity and month(str(folio.shocks[name]["date"]), folio.start) <= s.first
    )
    yearly = float(np.median(folio.size[at])) * kept
    years = (s.last - s.first + 1) / 12
    return {"change": kept, "amount": yearly, "sum": yearly * years}[s.what]


def _trend(folio: Portfolio, s: Seen, at: int) -> float:
    """Growth between the two figures of before, went on with; one that has none stays as it was."""
    before = {int(k): float(v) for k, v in (folio.config["activities"][s.activity].get("before") or {}).items()}
    size, pace, base = float(np.median(folio.size[at])), 1.0, float(folio.start[:4]) + 0.5
    if len(before) > 1:
        (y0, v0), *_, (y1, v1) = sorted(before.items())
        pace, size, base = (v1 / v0) ** (1 / (y1 - y0)), v1, y1 + 0.5
    began = int(folio.start[:4]) + (int(folio.start[5:7] or 1) - 1) / 12
    when = [began + (m + 0.5) / 12 for m in range(s.first, s.last + 1)]
    rates = [size * pace ** (t - base) for t in when]
    if s.what == "change":
        return pace
    return float(np.mean(rates)) if s.what == "amount" else float(np.sum(rates)) / 12
