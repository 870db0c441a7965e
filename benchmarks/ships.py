"""Ship rules: positions a CPU second beside movingpandas, planted meetings found, false pairs on real traffic, memory.

* ``ships.py speed [POSITIONS] [--peer PYTHON]``: silences, implied speed and encounters from columns in memory, and
  through a scope over a Parquet file; PYTHON is an interpreter that has movingpandas, run in the same minute on a part.
* ``ships.py found [SEEDS]``: planted transfers, with a tenth of the messages lost and three hours of silence each.
* ``ships.py real FILE``: pairs on real traffic, as it is and with every ship's day shifted in time by chance.
* ``ships.py gfw FOLDER [EVENTS]``: encounters that Global Fishing Watch lists, drawn as two tracks each with the
  distance, speed, length and place that it tells (its tracks are not public), a tenth of the messages lost.
* ``ships.py noise [TIMES]``: the planted case of every ship typology and its clean twin, with so many times its rows of
  other ships that sail through.
* ``ships.py association FOLDER``: messages without a number put on tracks, on the public sets with true ids, beside
  nearest extrapolation, whose one figure (from how far on a message begins a track) is chosen on the other set.
* ``ships.py partition POSITIONS FOLDER``: the same rules span by span, with peak memory.
"""

from __future__ import annotations

import importlib
import pkgutil
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from counterflow.findings.coast import shore
from counterflow.findings.run import ScopeData
from counterflow.findings.sites import harbours
from counterflow.findings.tracks.association import associate
from counterflow.findings.tracks.columns import Tracks, from_rows
from counterflow.findings.tracks.encounters import meetings
from counterflow.findings.tracks.geometry import KNOT, MILE
from counterflow.findings.tracks.steps import silences
from counterflow.findings.tracks.traffic import Traffic
from counterflow.findings.typologies import ais_gap, encounter
from counterflow.testing import scope_of
from counterflow.testing.tables import whole
from measured import tell
from ships_like import sea

MEET = {name: dial.default for name, dial in encounter.TYPOLOGY.parameters.items()}
GAP = {name: dial.default for name, dial in ais_gap.TYPOLOGY.parameters.items()}

PEER = """
import sys, time, warnings
warnings.filterwarnings("ignore")
import movingpandas as mpd, pyarrow.parquet as pq, pandas as pd, datetime as dt
frame = pq.read_table(sys.argv[1]).to_pandas()
frame["t"] = pd.to_datetime(frame["at"], unit="s")
made = time.process_time()
whole = mpd.TrajectoryCollection(frame, "mmsi", t="t", x="lon", y="lat", crs=4326)
began = time.process_time()
parts = mpd.ObservationGapSplitter(whole).split(gap=dt.timedelta(hours=12))
split = time.process_time()
whole.add_speed(overwrite=True)
done = time.process_time()
print(len(frame), split - began, done - split, began - made)
"""


class Memory(Traffic):
    """Traffic of a table in memory: what reading from a ledger costs is measured apart."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows_, self.left_out = rows, {}  # type: ignore[assignment]
        self.tracks: Tracks | None = None

    def spans(self) -> Iterator[Tracks]:
        """All of it as one."""
        if self.tracks is None:
            self.tracks = from_rows(self.rows_)
        yield self.tracks


def generated(positions: int, seed: int = 0) -> pa.Table:
    return sea(max(20, positions // 3000), 6, pairs=positions // 50_000, seed=seed).table


def speed(positions: int, peer: str | None) -> None:
    rows = generated(positions)
    for run in ("with compiling or its cache", "again"):
        traffic = Memory(rows)
        began, wall = time.process_time(), time.perf_counter()
        [tracks] = traffic.spans()
        parted = time.process_time()
        gaps = len(silences(tracks, 12 * 3600))
        met = sum(m.others < MEET["ships"] for m in meetings(traffic, MEET))
        done = time.process_time()
        rate = len(rows) / (done - began)
        tell("silences, speed and encounters, columns in memory", run=run, positions=len(rows), gaps=gaps, met=met,
             cpu_seconds=round(done - began, 3), of_which_tracks_and_speed=round(parted - began, 3),
             positions_a_cpu_second=round(rate), wall=round(time.perf_counter() - wall, 3))  # fmt: skip
    folder = Path("/tmp") / "counterflow-ships"
    folder.mkdir(exist_ok=True)
    _write(rows, folder / "all.parquet")
    data = _data([folder / "all.parquet"])
    for _ in range(2):
        data = _data([folder / "all.parquet"])
        began, wall = time.process_time(), time.perf_counter()
        traffic_ = data.traffic
        gaps = sum(len(silences(tracks, 12 * 3600)) for tracks in traffic_.spans())
        met = sum(m.others < MEET["ships"] for m in meetings(traffic_, MEET))
        done = time.process_time()
        tell("the same through a scope over Parquet", positions=len(rows), gaps=gaps, met=met,
             cpu_seconds=round(done - began, 3), positions_a_cpu_second=round(len(rows) / (done - began)),
             positions_a_second=round(len(rows) / (time.perf_counter() - wall)))  # fmt: skip
    if peer:
        ships = pc.unique(rows["mmsi"])[:: max(1, len(rows) // 60_000)]
        part = rows.filter(pc.is_in(rows["mmsi"], ships))
        pq.write_table(part, folder / "part.parquet")
        told = subprocess.run(
            [peer, "-c", PEER, str(folder / "part.parquet")], capture_output=True, text=True, check=True
        )
        n, split, add, made = (float(x) for x in told.stdout.split())
        both = n / (split + add)
        tell("movingpandas: gap splitter and add_speed", positions=int(n), gap_splitter_a_cpu_second=round(n / split),
             add_speed_a_cpu_second=round(n / add), both_a_cpu_second=round(both),
             trajectories_made_a_cpu_second=round(n / made), ours_over_theirs=round(rate / both, 1))  # fmt: skip


def found(seeds: list[int]) -> None:
    for seed in seeds:
        made = sea(400, 6, pairs=100, near=60, gap=3.0, seed=seed)
        met = [m for m in meetings(Memory(made.table), MEET) if m.others < MEET["ships"]]
        truth = {(a, b): (start, end) for a, b, start, end in made.meetings}
        hit = {m.ships for m in met if m.ships in truth and m.start < truth[m.ships][1] and m.end > truth[m.ships][0]}
        false = sum(m.ships not in truth for m in met)
        tell("planted transfers", seed=seed, positions=len(made.table), planted=len(truth), found=len(hit),
             false_pairs=false, ship_days=_ship_days(made.table))  # fmt: skip


def real(file: Path, shifts: int = 40) -> None:
    """Shifted in time by chance, ships that never met share the sea: every pair is false but for those that lie."""
    read = pq.read_table(file)
    at = pc.cast(pc.cast(read["ts"], pa.timestamp("s")), pa.int64())
    mmsi = pc.cast(read["mmsi"], pa.int64())
    rows = pa.table({"mmsi": mmsi, "at": at, "lat": read["lat"], "lon": read["lon"], "sog": read["sog"],
                     "cog": read["cog_deg"]})  # fmt: skip
    met = list(meetings(Memory(rows), MEET))
    tell("pairs on real traffic", positions=len(rows), ship_days=_ship_days(rows), pairs=len(met),
         outside_roadsteads=sum(m.others < MEET["ships"] for m in met))  # fmt: skip
    rng = np.random.default_rng(0)
    coded = mmsi.combine_chunks().dictionary_encode()
    pairs, outside, days = 0, 0, 0
    for _ in range(shifts):
        by = rng.integers(0, 86_400, len(coded.dictionary))[np.asarray(coded.indices)]
        day = np.asarray(at) // 86_400
        moved = rows.set_column(1, "at", pa.array(day * 86_400 + (np.asarray(at) + by) % 86_400))
        met = list(meetings(Memory(moved), MEET))
        pairs, outside = pairs + len(met), outside + sum(m.others < MEET["ships"] for m in met)
        days += _ship_days(moved)
    tell("pairs where every ship's days are shifted by chance", ship_days=days, pairs=pairs, outside_roadsteads=outside)


def gfw(folder: Path, events: int) -> None:
    """Each by itself, for how the rule reads their definition; then all in one sea, where busy grounds become roads."""
    rows = pa.concat_tables([pq.read_table(folder / f"{fleet}_encounters.parquet") for fleet in ("carrier", "bunker")])
    rng = np.random.default_rng(0)
    chosen = rows.take(np.sort(rng.choice(len(rows), min(events, len(rows)), replace=False))).to_pylist()
    parts = [_drawn(row, 200_000_000 + 2 * k, rng) for k, row in enumerate(chosen)]
    alone = [any(m.others < MEET["ships"] for m in meetings(Memory(part), MEET)) for part in parts]
    ports = harbours(ScopeData(scope_of(whole({}))))
    places = [(row["mean_latitude"], row["mean_longitude"]) for row in chosen]
    offshore = [ports.nearest(*at)[0] > MEET["offshore"] * MILE and shore(*at) > MEET["coast"] * MILE for at in places]
    met = [m for m in meetings(Memory(pa.concat_tables(parts)), MEET) if m.others < MEET["ships"]]
    pairs = {(int(m.ships[0]) - 200_000_000) // 2 for m in met if m.ships[1] == m.ships[0] + 1}
    tell("encounters of Global Fishing Watch, drawn", events=len(chosen), by_themselves=sum(alone),
         of_these_at_sea=sum(a and o for a, o in zip(alone, offshore, strict=True)),
         all_in_one_sea=len(pairs), of_these_at_sea_too=sum(offshore[k] for k in pairs),
         listed_shorter_than_two_hours=sum(row["event_duration_hr"] < 2 for row in chosen))  # fmt: skip


def _drawn(row: dict, mmsi: int, rng: np.random.Generator) -> pa.Table:
    """Two ships that come at eight knots from two hours away, drift beside each other, and leave."""
    start, end = (int(row[name].timestamp()) for name in ("event_start", "event_end"))
    parts = []
    for side in (0, 1):
        at = np.arange(start - 7200, end + 7201, 600) + int(rng.integers(0, 600))
        at = at[rng.random(len(at)) > 0.1]
        beside = (at >= start) & (at <= end)
        way = (
            np.where(at < start, start - at, np.where(at > end, at - end, 0)) * 8 * KNOT
        )  # metres still to go, or gone
        bearing = np.radians(rng.uniform(0, 360))
        drift = row["median_speed_knots"] * KNOT * np.clip(at - start, 0, end - start)
        north = drift * 0.7 + way * np.cos(bearing)
        east = drift * 0.7 + way * np.sin(bearing) + side * row["median_distance_km"] * 1000
        lat = row["mean_latitude"] + north / 111_195
        lon = row["mean_longitude"] + east / 111_195 / np.maximum(0.05, np.cos(np.radians(lat)))
        sog = np.where(beside, row["median_speed_knots"], 8.0)
        lon = (lon + 180) % 360 - 180
        number, course = np.full(len(at), mmsi + side), np.full(len(at), np.nan)
        parts.append(pa.table({"mmsi": number, "at": at, "lat": lat, "lon": lon, "sog": sog, "cog": course}))
    return pa.concat_tables(parts)


def noise(times: int) -> None:
    """What is found of the planted ships, of their twins', and of the ships that only sail through."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from counterflow.testing import TypologyContract
    from findings import typologies

    suites = [
        suite for module in pkgutil.iter_modules(typologies.__path__)
        for suite in vars(importlib.import_module(f"{typologies.__name__}.{module.name}")).values()
        if isinstance(suite, type) and issubclass(suite, TypologyContract) and suite is not TypologyContract
        and suite.typology.kind == "ship"
    ]  # fmt: skip
    for suite in dict.fromkeys(suites):
        case, told = suite(), {}
        for name, tables in (("planted", case.planted()), ("clean", case.clean())):
            before = {f.subjects for f in case._detect(tables)}
            loud, strangers = _with_others(tables, times)
            found = case._detect(loud)
            own = {f.subjects for f in found if not set(f.vessels) & strangers}
            told[name] = {"found": len(own), "still": len(before & own), "of": len(before),
                          "strangers": len(found) - len([f for f in found if f.subjects in own])}  # fmt: skip
        tell("ten times as much noise", typology=suite.typology.name, **told)


def _with_others(tables: Mapping[str, pa.Table], times: int) -> tuple[dict[str, pa.Table], set[str]]:
    """Tables with ships that sail through the same sea at the same time. :return: and their numbers"""
    rows = tables.get("positions")
    if rows is None or not len(rows):
        return dict(tables), set()
    rng = np.random.default_rng(len(rows))
    begin, end = (getattr(pc, name)(rows["timestamp"]).as_py() for name in ("min", "max"))
    lat, lon = (float(np.median(rows[name].to_numpy())) for name in ("lat", "lon"))
    ships, hours = max(10, times * len(rows) // 400), (end - begin).total_seconds() / 3600
    common = {name: rows[name][0].as_py() for name in ("dataset", "source_id", "label_id", "recorded_at")}
    made, strangers = [], set()
    for k in range(ships):
        mmsi, course = str(246_000_000 + k), rng.uniform(0, 360)
        knots, start = rng.uniform(8, 14), rng.uniform(0, max(0.1, hours - 12))
        north, east = np.cos(np.radians(course)), np.sin(np.radians(course)) / np.cos(np.radians(min(80, abs(lat))))
        y, x = lat + rng.uniform(-2, 2), lon + rng.uniform(-2, 2)
        strangers.add(mmsi)
        for n in range(times * len(rows) // ships):
            hour = start + n * 12 / 400
            way = knots * (hour - start - 6) / 60
            lat_, lon_ = max(-89.0, min(89.0, y + way * north)), (x + way * east + 180) % 360 - 180
            when = begin + timedelta(hours=hour)
            made.append({**common, "row_id": f"noise-{k}-{n}", "mmsi": mmsi, "timestamp": when, "lat": lat_,
                         "lon": lon_, "sog": knots, "cog": course, "locator": f"{k} {n}"})  # fmt: skip
    return {**tables, "positions": pa.concat_tables([rows, pa.Table.from_pylist(made, rows.schema)])}, strangers


def association(folder: Path) -> None:
    """Share of messages whose predecessor on the track is the true one, and F1 over pairs of messages of one ship."""
    sets = {n: _association_set(folder / f"set{n}.parquet") for n in (1, 2)}
    gates = (5.0, 10.0, 20.0, 40.0, 100.0, 300.0, 1000.0, 3000.0)
    plain = {n: {gate: _agreement(rows["ship"], _nearest(rows, gate)) for gate in gates} for n, rows in sets.items()}
    for n, rows in sets.items():
        stretch = np.array([0, len(rows["at"])])
        began = time.process_time()
        found = associate(stretch, *(rows[name] for name in ("at", "lat", "lon", "sog", "cog")))
        cpu = time.process_time() - began
        gate = max(gates, key=lambda g, n=n: plain[3 - n][g][0])
        links, pairs = _agreement(rows["ship"], found)
        tell("association", set=n, messages=len(found), ships=len(np.unique(rows["ship"])), links=round(links, 4),
             pairs_f1=round(pairs, 4), cpu_seconds=round(cpu, 3), nearest_gate_of_the_other_set=gate,
             nearest_links=round(plain[n][gate][0], 4), nearest_pairs_f1=round(plain[n][gate][1], 4),
             nearest_links_at_its_best=round(max(a for a, _ in plain[n].values()), 4))  # fmt: skip


def _association_set(file: Path) -> dict[str, np.ndarray]:
    rows = pq.read_table(file).sort_by([("time", "ascending"), ("object_id", "ascending")])
    at = [int(h) * 3600 + int(m) * 60 + int(s) for h, m, s in (t.split(":") for t in rows["time"].to_pylist())]
    return {
        "ship": rows["vessel_id"].to_numpy(), "at": np.array(at), "lat": rows["lat"].to_numpy(),
        "lon": rows["lon"].to_numpy(), "sog": (rows["sog_tenths_kn"].to_numpy() / 10).astype(np.float32),
        "cog": (rows["cog_tenths_deg"].to_numpy() / 10).astype(np.float32),
    }  # fmt: skip


def _nearest(rows: dict[str, np.ndarray], gate: float) -> np.ndarray:
    """Each message to the track whose last message, sailed on, is nearest; farther than `gate` metres: a new one."""
    at, lat, lon = rows["at"].astype(float), rows["lat"], rows["lon"]
    narrow = np.cos(np.radians(lat.mean()))
    y, x = lat * 111_195, lon * 111_195 * narrow
    north = rows["sog"] * KNOT * np.cos(np.radians(rows["cog"]))
    east = rows["sog"] * KNOT * np.sin(np.radians(rows["cog"]))
    last: list[int] = []
    track = np.zeros(len(at), dtype=int)
    for i in range(len(at)):
        b = np.array(last, dtype=int)
        dt = at[i] - at[b]
        off = np.hypot(y[i] - y[b] - north[b] * dt, x[i] - x[b] - east[b] * dt)
        k = int(off.argmin()) if len(b) else -1
        if k < 0 or off[k] > gate:
            k = len(last)
            last.append(i)
        last[k] = i
        track[i] = k
    return track


def _agreement(ship: np.ndarray, track: np.ndarray) -> tuple[float, float]:
    def before(of: np.ndarray) -> np.ndarray:
        seen: dict[int, int] = {}
        found = []
        for i, key in enumerate(of.tolist()):
            found.append(seen.get(key, -1))
            seen[key] = i
        return np.array(found)

    def pairs(of: np.ndarray) -> float:
        _, counts = np.unique(of, return_counts=True)
        return float((counts * (counts - 1) / 2).sum())

    both = pairs(ship.astype(np.int64) * 100_000 + track)
    return float((before(ship) == before(track)).mean()), 2 * both / (pairs(ship) + pairs(track))


def partition(positions: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files, n, seed = [], 0, 0
    while n < positions:
        file = folder / f"part-{seed:03}.parquet"
        if not file.exists():
            rows = generated(5_000_000, seed)
            other = pc.add(rows["mmsi"], seed * 2000)  # a part has fewer ships of each kind
            _write(rows.set_column(0, "mmsi", other), file)
        n += pq.ParquetFile(file).metadata.num_rows
        files.append(file)
        seed += 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    data = _data(files)
    began, wall = time.process_time(), time.perf_counter()
    gaps = sum(len(silences(tracks, 12 * 3600)) for tracks in data.traffic.spans())
    met = sum(m.others < MEET["ships"] for m in meetings(data.traffic, MEET))
    cpu = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    tell("span by span, read twice", positions=n, gaps=gaps, met=met, cpu_seconds=round(cpu, 1),
         positions_a_cpu_second=round(n / cpu), wall=round(time.perf_counter() - wall, 1),
         peak_gib=round(peak, 2), peak_before_gib=round(before, 2))  # fmt: skip


def _write(rows: pa.Table, file: Path) -> None:
    """As a ledger has them: the MMSI as text, the time as a timestamp."""
    when = pc.cast(rows["at"], pa.timestamp("s")).cast(pa.timestamp("us", "UTC"))
    table = pa.table({"mmsi": pc.cast(rows["mmsi"], pa.string()), "timestamp": when,
                      **{name: rows[name] for name in ("lat", "lon", "sog", "cog")}})  # fmt: skip
    pq.write_table(table, file, row_group_size=250_000)


def _data(files: list[Path]) -> ScopeData:
    scope = scope_of({})
    scope.define("positions", scope.connection.read_parquet([str(f) for f in files], table_name="positions_"))
    return ScopeData(scope)


def _ship_days(rows: pa.Table) -> int:
    days = pc.add(pc.multiply(rows["mmsi"], 100_000), pc.divide(rows["at"], 86_400))
    return len(pc.unique(days))


if __name__ == "__main__":
    what, *rest = sys.argv[1:] or ["speed"]
    interpreter = rest.pop(rest.index("--peer") + 1) if "--peer" in rest else None
    rest = [word for word in rest if word != "--peer"]
    if what == "speed":
        speed(int(rest[0]) if rest else 3_000_000, interpreter)
    elif what == "found":
        found([int(s) for s in rest] or [11, 13, 15, 17, 19])
    elif what == "real":
        real(Path(rest[0]))
    elif what == "gfw":
        gfw(Path(rest[0]), int(rest[1]) if rest[1:] else 2000)
    elif what == "noise":
        noise(int(rest[0]) if rest else 10)
    elif what == "association":
        association(Path(rest[0]))
    else:
        partition(int(rest[0]), Path(rest[1]))
