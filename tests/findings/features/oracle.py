"""What the columns of payments are, by looking at all earlier payments each time: slow, and plainly as declared."""

from __future__ import annotations

import math
from fractions import Fraction

import pyarrow as pa

from counterflow.findings.features import Windows
from counterflow.findings.features.windows import written

NAN = math.nan
OCTAVE = 128


def table_of(rows):
    """rows: (second, payer, payee, amount)."""
    return pa.table(
        {
            "payment_id": pa.array([f"P{i}" for i in range(len(rows))], pa.string()),
            "timestamp": pa.array([r[0] for r in rows], pa.timestamp("s", "UTC")),
            "from_bank": pa.array([f"B{r[1] % 2}" for r in rows], pa.string()),
            "from_account": pa.array([f"A{r[1]}" for r in rows], pa.string()),
            "to_bank": pa.array([f"B{r[2] % 2}" for r in rows], pa.string()),
            "to_account": pa.array([f"A{r[2]}" for r in rows], pa.string()),
            "amount": pa.array([float(r[3]) for r in rows], pa.float64()),
        }
    )


def expected(rows, windows: Windows):
    return [_row(i, rows, windows) for i in range(len(rows))]


def _row(i, rows, windows):
    t, u, v, amount = rows[i]
    earlier = [r for r in rows if r[0] < t and r[1] != r[2]]
    out = {"amount": amount, "to_self": float(u == v), "other_bank": float(u % 2 != v % 2)}
    for name, a, b in (("pair", u, v), ("back", v, u)):
        of = [r for r in earlier if (r[1], r[2]) == (a, b) and u != v]
        out[f"{name}_count"] = len(of)
        out[f"{name}_since"] = t - max(r[0] for r in of) if of else NAN
    for side, a in (("payer", u), ("payee", v)):
        out |= _account(side, a, t, amount, earlier, windows)
    found = {f"cycles_{n}": 0 for n in range(2, 7)}
    relays = {}
    if u != v:
        for way in _cycles(v, u, t - windows.cycle, earlier):
            found[f"cycles_{len(way) + 1}"] += 1
        relays = _relays(u, v, t, windows.relay, earlier)
    lengths = [int(name[-1]) for name, n in found.items() if n]
    return out | found | {
        "cycle_shortest": min(lengths) if lengths else NAN,
        "cycle_capped": 0,
        "relays": 1 + max(map(len, relays.values())) if relays else 0,
        "relay_sources": len(relays),
        "relay_capped": 0,
    }  # fmt: skip


def _account(side, a, t, amount, earlier, windows):
    paid = {"out": [r for r in earlier if r[1] == a], "in": [r for r in earlier if r[2] == a]}
    both = paid["out"] + paid["in"]
    out = {
        f"{side}_age": t - min(r[0] for r in both) if both else NAN,
        f"{side}_out_ever": len(paid["out"]),
        f"{side}_in_ever": len(paid["in"]),
        f"{side}_payees_ever": len({r[2] for r in paid["out"]}),
        f"{side}_payers_ever": len({r[1] for r in paid["in"]}),
        f"{side}_since_out": t - max(r[0] for r in paid["out"]) if paid["out"] else NAN,
        f"{side}_since_in": t - max(r[0] for r in paid["in"]) if paid["in"] else NAN,
        f"{side}_quiet": t - max(r[0] for r in both) if both else NAN,
    }
    for way, of in paid.items():
        for span in windows.spans:
            out |= _window(f"{side}_{way}", written(span), [r for r in of if r[0] >= t - span], way, earlier,
                           span in windows.stats)  # fmt: skip
    for span in windows.stats:
        w = written(span)
        sums = {way: sum(r[3] for r in of if r[0] >= t - span) for way, of in paid.items()}
        came = sums["in"]
        out[f"{side}_passed_{w}"] = (sums["out"] + (amount if side == "payer" else 0)) / came if came else NAN
        out[f"{side}_of_in_{w}"] = amount / came if came else NAN
        way = "out" if side == "payer" else "in"
        sd = out[f"{side}_{way}_log_sd_{w}"]
        logs = [_log(r[3]) for r in paid[way] if r[0] >= t - span]
        mean = float(sum(logs) / len(logs)) * math.log(2) if logs else NAN
        out[f"{side}_unusual_{w}"] = (float(_log(amount)) * math.log(2) - mean) / sd if logs and sd > 0 else NAN
    return out


def _window(name, w, of, way, earlier, whole):
    who = 2 if way == "out" else 1
    new = [r for r in of if not any((e[1], e[2]) == (r[1], r[2]) and e[0] < r[0] for e in earlier)]
    out = {f"{name}_count_{w}": len(of), f"{name}_distinct_{w}": len({r[who] for r in of}), f"{name}_new_{w}": len(new)}
    if not whole:
        return out
    amounts = [r[3] for r in of]
    _mean, sd, skew, kurtosis = _moments([_log(x) for x in amounts])
    return out | {
        f"{name}_sum_{w}": math.fsum(amounts),
        f"{name}_mean_{w}": math.fsum(amounts) / len(of) if of else NAN,
        f"{name}_min_{w}": min(amounts, default=NAN),
        f"{name}_max_{w}": max(amounts, default=NAN),
        f"{name}_log_sd_{w}": sd,
        f"{name}_log_skew_{w}": skew,
        f"{name}_log_kurtosis_{w}": kurtosis,
    }


def _log(amount):
    return Fraction(min(max(round(math.log2(amount) * OCTAVE), -5120), 5120), OCTAVE)


def _moments(logs):
    if not logs:
        return NAN, NAN, NAN, NAN
    n = len(logs)
    mean = sum(logs) / n
    second, third, fourth = (sum((x - mean) ** k for x in logs) / n for k in (2, 3, 4))
    sd = math.sqrt(second)
    if not second:
        return float(mean), 0.0, NAN, NAN
    return float(mean), sd * math.log(2), float(third) / sd**3, float(fourth / second**2) - 3


def _cycles(start, goal, oldest, earlier):
    """Of the cycles of up to six payments that one from goal to start closes: the accounts, in order, but for goal."""

    def onward(here, after, met):
        for r in earlier:
            if r[1] == here and r[0] > after and r[0] >= oldest:
                if r[2] == goal:
                    yield met
                elif r[2] not in met and len(met) < 5:
                    yield from onward(r[2], r[0], (*met, r[2]))

    return set(onward(start, -1, (start,)))


def _relays(u, v, t, window, earlier):
    """Source → the accounts other than u through which it reached v, where it paid u too."""
    recent = [r for r in earlier if r[0] >= t - window]
    found = {}
    for s in {r[1] for r in recent if r[2] == u} - {v}:
        through = {
            a[2]
            for a in recent
            for b in recent
            if a[1] == s and a[2] == b[1] and b[2] == v and a[0] < b[0] and a[2] not in (u, s, v)
        }
        if through:
            found[s] = through
    return found
