"""Crypto: how fast transfers are read, joined up and traced; what is found of generated thefts; structure on Elliptic.

python benchmarks/crypto.py speed [N…]          generated traffic, CPU seconds of each step, cost growth
python benchmarks/crypto.py hub [N]             the worst cases: a dusting, an exchange without a label, one block
python benchmarks/crypto.py found               generated thefts by noise: recall and precision of each typology
python benchmarks/crypto.py elliptic DIR        real structure: half of the illicit transactions finds the other half
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from counterflow.findings.crypto import peels
from counterflow.findings.crypto.book import Book, made
from counterflow.findings.crypto.labels import Label
from counterflow.findings.crypto.taint import SEEDED, carry
from counterflow.findings.crypto.trace import arrivals, trace
from counterflow.findings.crypto.transfers import Transfers, from_rows
from counterflow.findings.run import ScopeData
from counterflow.findings.typologies import bridge_hop, cash_out_convergence, crypto_peel_chain, crypto_taint
from heists import World, world
from measured import tell

TYPOLOGIES = (bridge_hop.TYPOLOGY, cash_out_convergence.TYPOLOGY, crypto_peel_chain.TYPOLOGY, crypto_taint.TYPOLOGY)


@contextmanager
def timed(figures: dict[str, float], name: str) -> Iterator[None]:
    """CPU seconds of a step."""
    began = time.process_time()
    yield
    figures[name] = round(time.process_time() - began, 3)


def rows(table: pa.Table) -> pa.Table:
    """The columns that `transfers.considered` would read of a table of the ledger."""
    same = (
        "row_id",
        "tx",
        "position",
        "spent_tx",
        "from_address",
        "to_address",
        "amount",
        "asset",
        "contract",
        "block",
    )
    return pa.table(
        {
            **{name: table[name] for name in (*same, "chain")},
            "usd": table["amount_usd"],
            "at": pc.divide(pc.cast(table["timestamp"], pa.int64()), 1_000_000),
            "failed": pa.array(np.zeros(len(table), dtype=bool)),
        }
    )


def labelled(transfers: Transfers, labels: Any) -> dict[int, Label]:
    """What the world says of addresses, as the claims would."""
    known = transfers.numbers(set(labels))
    return {
        known[a]: Label(a, f"wallet:{a}", a, kind, (topic,) if topic else (), credibility=2)
        for a, (topic, kind) in labels.items()
        if a in known
    }


def book_of(made_up: World) -> Book:
    """The book of a generated world."""
    transfers = from_rows(rows(made_up.transfers))
    return made(transfers, labelled(transfers, made_up.labels))


def found_in(book: Book) -> list[Any]:
    """Findings of the four typologies, without the ledger around them."""
    data = ScopeData.__new__(ScopeData)
    data.scope, data.as_of = None, None
    data.__dict__["book"] = book
    return [f for t in TYPOLOGIES for f in t.detect(data, {name: p.default for name, p in t.parameters.items()})]


def speed(sizes: list[int]) -> None:
    """Each step once to compile, then measured."""
    warm = world(110_000, 2)
    found_in(book_of(warm))
    for n in sizes:
        made_up = world(n, 20)
        table, figures = rows(made_up.transfers), {}
        with timed(figures, "read"):
            transfers = from_rows(table)
        known = labelled(transfers, made_up.labels)
        with timed(figures, "join up"):
            book = made(transfers, known)
        for method in ("poison", "haircut", "fifo"):
            with timed(figures, method):
                list(arrivals(trace(book, book.seeds(), method=method, hops=20, days=365)))
        with timed(figures, "peel chains"):
            peels.find(transfers, book.stops, steps=5, peel=0.35, dust=0.002, window=7 * 86_400)
        with timed(figures, "all four typologies"):
            count = len(found_in(book))
        whole = sum(figures[name] for name in ("read", "join up", "all four typologies"))
        tell("crypto speed", transfers=len(transfers), findings=count, cpu_seconds=figures,
             per_cpu_second=round(len(transfers) / whole),
             peak_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))  # fmt: skip


def hub(n: int) -> None:
    """What could make a trace fall off a cliff."""
    found_in(book_of(world(110_000, 2)))
    made_up = world(n, 20)
    transfers = from_rows(rows(made_up.transfers))
    without = {a: told for a, told in made_up.labels.items() if not a.startswith("hot")}
    receivers = np.unique(transfers.receiver)[: n // 20]
    for name, book, limit in (
        ("ordinary", made(transfers, labelled(transfers, made_up.labels)), 20),
        ("no exchange has a label, size alone tells", made(transfers, labelled(transfers, without)), 20),
        (
            "no exchange has a label, and size tells nothing",
            made(transfers, labelled(transfers, without), hub=1 << 30),
            20,
        ),
    ):
        figures: dict[str, float] = {}
        for method in ("poison", "haircut", "fifo"):
            with timed(figures, method):
                found = trace(book, book.seeds(), method=method, hops=limit, days=365)
        tell("crypto hubs", case=name, transfers=len(transfers), reached=found.reached, cut_off=found.exhausted,
             cpu_seconds=figures)  # fmt: skip
    figures = {}
    t, rng = transfers, np.random.default_rng(0)
    mark = np.zeros(len(t), dtype=np.int8)
    mark[np.isin(t.receiver, rng.choice(receivers, len(receivers) // 2, replace=False))] = SEEDED
    for method in ("poison", "haircut", "fifo"):
        with timed(figures, method):
            found = carry(
                method, t.source, t.target, t.amount, t.amount, t.at, mark, t.holdings, hops=50, window=1 << 40
            )
    tell("crypto hubs", case="half of all addresses are dusted and everything is reached", transfers=len(t),
         reached=int((found.share > 0).sum()), cut_off=found.exhausted, cpu_seconds=figures)  # fmt: skip
    figures = {}
    at_once = (
        rows(made_up.transfers)
        .drop_columns(["at"])
        .append_column("at", pa.array(np.zeros(len(made_up.transfers), np.int64)))
    )
    with timed(figures, "read"):
        from_rows(at_once)
    tell("crypto hubs", case="all in one second", transfers=len(t), cpu_seconds=figures)


def found() -> None:
    """By noise, over five worlds each of 60,000 transfers with five thefts; the dials are the defaults."""
    for known in (True, False):
        for noise in (0.0, 0.2, 0.5, 0.8):
            sums: dict[str, float] = {}
            for seed in range(5):
                for name, value in _judged(world(60_000, 5, seed, noise=noise, known=known)).items():
                    sums[name] = sums.get(name, 0) + value
            ratio = {
                name: round(sums[f"{name}: right"] / sums[f"{name}: of"], 3) if sums.get(f"{name}: of") else None
                for name in sorted({key.partition(":")[0] for key in sums})
            }
            tell("crypto thefts, generated", noise=noise, bridge_labelled_on_both_sides=known, thefts=25, **ratio)


def _judged(made_up: World) -> dict[str, float]:
    """Counts of right ones and of all, for recall and precision of each."""
    book = book_of(made_up)
    t = book.transfers
    told = found_in(book)
    by = {typology.name: [f for f in told if f.typology == typology.name] for typology in TYPOLOGIES}
    out: dict[str, float] = {}

    def score(name: str, right: float, of: float) -> None:
        out[f"{name}: right"], out[f"{name}: of"] = right, of

    c = book.crossings
    pairs = {
        t.row(int(d))["tx"]: t.row(int(p))["tx"] for d, p, u in zip(c.deposit, c.payout, c.unique, strict=True) if u
    }
    score(
        "crossings, recall of unique",
        sum(pairs.get(d) == p for d, p in made_up.crossings.items()),
        len(made_up.crossings),
    )
    score("crossings, precision of unique", sum(p == d + "o" for d, p in pairs.items()), len(pairs))
    meeting = {f.detail["address"] for f in by["cash_out_convergence"]}
    score("cash-out addresses, recall", len(meeting & set(made_up.deposits)), len(made_up.deposits))
    score("cash-out addresses, precision", len(meeting & set(made_up.deposits)), len(meeting))
    chains = [set(f.transfers) for f in by["crypto_peel_chain"]]
    hit = [any(len(chain & peel) >= 0.8 * len(peel) for chain in chains) for peel in made_up.peels]
    score("peel chains, recall", sum(hit), len(hit))
    score("peel chains, precision", sum(any(chain & peel for peel in made_up.peels) for chain in chains), len(chains))
    ends = {f.subjects[0].removeprefix("wallet:") for f in by["crypto_taint"]}
    strangers = sum(e.startswith(("0xad", "TRad", "bc1q", "hot0", "hot1")) for e in ends)
    score("taint ends that are strangers", strangers, len(ends))
    hops = {d for f in by["bridge_hop"] for x in f.detail["crossings"] for d in [x["deposit"]]}
    score("bridge hops, recall of deposits", len(hops & set(made_up.crossings)), len(made_up.crossings))
    score("bridge hops, precision of deposits", len(hops & set(made_up.crossings)), len(hops))
    for method in ("haircut", "fifo", "poison"):
        got: dict[str, float] = {}
        for a in arrivals(trace(book, book.seeds(), method=method, hops=20, days=365)):
            got[t.names[a.name].as_py()] = got.get(t.names[a.name].as_py(), 0.0) + a.usd
        whole = sum(made_up.deposits.values())
        score(
            f"dollars at cash-out, {method}",
            sum(min(got.get(d, 0.0), usd) for d, usd in made_up.deposits.items()),
            whole,
        )
        elsewhere = sum(usd for name, usd in got.items() if name.startswith(("bc1q", "TRad", "0xad")))
        score(f"dollars at strangers by stolen, {method}", elsewhere, whole)
    return out


def elliptic(folder: Path) -> None:
    """Half of each step's illicit transactions are marked; how well does structural taint rank the other half above the
    licit ones of the step? The unlabelled are left out of the figures: nobody knows what they are."""
    edges, nodes = pq.read_table(folder / "edges.parquet"), pq.read_table(folder / "transactions.parquet")
    text = pa.string()
    table = pa.table(
        {
            "row_id": pc.binary_join_element_wise(pc.cast(edges["src_tx"], text), pc.cast(edges["dst_tx"], text), "-"),
            "tx": pc.cast(edges["dst_tx"], text), "position": pa.nulls(len(edges), text),
            "spent_tx": pc.cast(edges["src_tx"], text), "from_address": pa.nulls(len(edges), text),
            "to_address": pa.nulls(len(edges), text), "amount": pa.nulls(len(edges), pa.float64()),
            "asset": pa.array(["BTC"] * len(edges)), "contract": pa.nulls(len(edges), text),
            "block": pc.cast(edges["time_step"], pa.int64()), "chain": pa.array(["bitcoin"] * len(edges)),
            "usd": pa.nulls(len(edges), pa.float64()), "at": pa.nulls(len(edges), pa.int64()),
            "failed": pa.array(np.zeros(len(edges), dtype=bool)),
        }
    )  # fmt: skip
    figures: dict[str, float] = {}
    with timed(figures, "read"):
        transfers = from_rows(table)
    label = dict(zip(pc.cast(nodes["tx_id"], text).to_pylist(), nodes["label"].to_pylist(), strict=True))
    names = transfers.names.to_pylist()
    kind = np.array([{"illicit": 1, "licit": 0}.get(label[n], -1) for n in names])
    total = {k: sum(v == k for v in label.values()) for k in ("illicit", "licit")}
    results = []
    for seed in range(10):
        marked = np.random.default_rng(seed).permutation(np.flatnonzero(kind == 1))
        marked = marked[: len(marked) // 2]
        results.append(_ranked(transfers, kind, marked, figures))
    mean = {key: round(float(np.mean([r[key] for r in results])), 4) for key in results[0]}
    spread = {
        f"{key}, deviation": round(float(np.std([r[key] for r in results])), 4) for key in ("recall", "precision")
    }
    tell("Elliptic, structure", edges=len(transfers), transactions_with_an_edge=len(names), labelled=total,
         draws=len(results), **mean, **spread, cpu_seconds=figures)  # fmt: skip


def _ranked(transfers: Transfers, kind: Any, marked: Any, figures: dict[str, float]) -> dict[str, float]:
    seeds = np.zeros(len(transfers.names), dtype=bool)
    seeds[marked] = True
    score = np.zeros(len(transfers.names))
    with timed(figures, "trace both ways"):
        for source, target, sender, receiver, way in (
            (transfers.source, transfers.target, transfers.sender, transfers.receiver, slice(None)),
            (transfers.target, transfers.source, transfers.receiver, transfers.sender, slice(None, None, -1)),
        ):
            mark = np.where(seeds[sender], np.int8(SEEDED), np.int8(0))
            nothing = np.full(len(transfers), np.nan)
            at = np.zeros(len(transfers), dtype=np.int64)
            found = carry("structure", source[way].copy(), target[way].copy(), nothing, nothing, at, mark[way].copy(),
                          transfers.holdings, hops=5, window=1)  # fmt: skip
            came = np.bincount(receiver[way], found.share, minlength=len(score))
            all_ = np.maximum(1, np.bincount(receiver, minlength=len(score)))
            score = np.maximum(score, came / all_)
            if way == slice(None):
                forward = score.copy()
    out: dict[str, float] = {}
    for name, way_score in (("", score), ("forward only: ", forward)):
        judged = ~seeds & (kind >= 0)
        truth, values = kind[judged] == 1, way_score[judged]
        flagged = values > 0
        out[f"{name}recall"] = float(flagged[truth].mean())
        out[f"{name}precision"] = float(truth[flagged].mean())
        out[f"{name}licit flagged"] = float(flagged[~truth].mean())
        half = values >= 0.5
        out[f"{name}recall at half"], out[f"{name}precision at half"] = (
            float(half[truth].mean()),
            float(truth[half].mean()),
        )
    out["base rate"] = float(truth.mean())
    return out


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["speed", *sizes]:
            speed([int(n) for n in sizes] or [100_000, 1_000_000])
        case ["hub", *size]:
            hub(int(size[0]) if size else 1_000_000)
        case ["found"]:
            found()
        case ["elliptic", folder]:
            elliptic(Path(folder))
        case _:
            sys.exit(__doc__)
