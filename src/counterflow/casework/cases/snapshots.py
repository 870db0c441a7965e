"""Snapshots of the link chart: kept in parts by label, put together again from those that a reader may read, compared.

A node stands under the labels of a way that leads to it, not only its own: that it is on the chart says that there is a
way. On the chart of an attempt it stands under those of what puts it there, whatever else leads to it. What else is
known of it (topics, countries) and where everything was drawn stand apart, under all that they follow from, with what
the analyst had expanded, hidden and pinned: who may not read all of it gets a chart without these, laid out anew.

Invariant: nothing of a snapshot tells how many parts there are that a reader may not read, its hash included: that is
of what the reader sees.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Chart", "compared", "digest", "parts", "together", "under"]

Drawn = Mapping[str, Any]
Labels = frozenset[str]
_MORE = ("topics", "countries", "listed", "exercise")
_EDGE = (
    "id", "source", "target", "schema", "label", "role", "start", "end", "share_low", "share_high", "amount",
    "currency", "stance", "verified", "grade", "origins", "conflict", "claim_ids", "exercise",
)  # fmt: skip
_MOVED = ("x", "y")
_APART = frozenset({*_MOVED, *_MORE, "hops"})
"""What may differ because a reader sees less of one chart than of the other."""


def digest(data: object) -> str:
    """SHA-256 of plain data as canonical JSON."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def under(
    center: str, edges: Iterable[Drawn], own: Mapping[str, Labels], given: Mapping[str, Labels] | None = None
) -> dict[str, Labels]:
    """Node → labels of the way to it that needs the fewest, its own and those of all on it.

    :param own: node or edge → labels of what is told of it
    :param given: node → labels, of those from which ways begin; by default the centre, under its own
    """
    given = given or {center: own[center]}
    beside: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for edge in edges:
        beside[edge["source"]].append((edge["target"], edge["id"]))
        beside[edge["target"]].append((edge["source"], edge["id"]))
    found: dict[str, Labels] = {}
    waiting = [(len(labels), 0, sorted(labels), node) for node, labels in given.items()]
    heapq.heapify(waiting)
    while waiting:
        _, far, labels, node = heapq.heappop(waiting)
        if node in found:
            continue
        found[node] = frozenset(labels)
        for other, link in beside[node]:
            if other not in found and other not in given:
                all_ = found[node] | own[link] | own[other]
                heapq.heappush(waiting, (len(all_), far + 1, sorted(all_), other))
    return found


@dataclass(frozen=True)
class Chart:
    """A link chart to be kept.

    :param own: node or edge → labels under which id, caption and schema are known, or the link is
    :param whole: node → labels of all that is known of it
    :param layout: node → x and y, where it was drawn
    :param shown: what the analyst had set, see `model.case.Part`
    :param given: of an attempt: node → labels of what puts it on the chart
    """

    center: str
    nodes: Sequence[Drawn]
    edges: Sequence[Drawn]
    own: Mapping[str, Labels]
    whole: Mapping[str, Labels]
    layout: Mapping[str, Sequence[float]]
    shown: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Labels] = field(default_factory=dict)

    @property
    def head(self) -> Labels:
        """Labels under which it may be known that there is such a chart."""
        return self.given.get(self.center, self.own[self.center])


def parts(chart: Chart) -> list[tuple[Labels, dict[str, Any]]]:
    """(labels, {nodes, edges, more, places, shown, sha256}) of a chart."""
    ways = under(chart.center, chart.edges, chart.own, chart.given)
    of: dict[Labels, dict[str, Any]] = {}

    def part(labels: Labels) -> dict[str, Any]:
        return of.setdefault(labels, {"nodes": [], "edges": [], "more": {}, "places": {}, "shown": {}})

    for node in (n for n in chart.nodes if n["id"] in ways):
        part(ways[node["id"]])["nodes"].append({k: node[k] for k in ("id", "caption", "schema")})
        more = {k: node[k] for k in _MORE if node.get(k)}
        if more:
            part(ways[node["id"]] | chart.whole[node["id"]])["more"][node["id"]] = more
    edges = [edge for edge in chart.edges if {edge["source"], edge["target"]} <= ways.keys()]
    for edge in edges:
        labels = chart.own[edge["id"]] | ways[edge["source"]] | ways[edge["target"]]
        part(labels)["edges"].append({k: edge.get(k) for k in _EDGE})
    seen = frozenset[str]().union(*ways.values(), *(chart.own[edge["id"]] for edge in edges))
    drawn = {id: [round(float(v), 2) for v in chart.layout[id]] for id in sorted(chart.layout.keys() & ways.keys())}
    if drawn:
        part(seen)["places"] = drawn
    if chart.shown:
        part(seen)["shown"] = dict(chart.shown)
    return [(labels, {**one, "sha256": digest(one)}) for labels, one in sorted(of.items(), key=lambda p: sorted(p[0]))]


def together(head: Mapping[str, Any], readable: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The chart that a reader sees: {nodes, edges, shown, sha256, intact}.

    :param head: fields of the snapshot; :param readable: fields of the parts that may be read
    """
    some = sorted(readable, key=lambda part: str(part["sha256"]))
    more = {id: told for part in some for id, told in part["more"].items()}
    places = {id: place for part in some for id, place in part["places"].items()}
    shown = {key: told for part in some for key, told in part.get("shown", {}).items()}  # older ones have none
    edges = sorted(
        ({**e, "exercise": e.get("exercise") or False} for part in some for e in part["edges"]),
        key=lambda e: str(e["id"]),
    )
    far = _hops(str(head["center"]), edges)
    nodes = []
    for node in (n for part in some for n in part["nodes"]):
        id = node["id"]
        x, y = places.get(id, (None, None))
        told = {"topics": [], "countries": [], "listed": False, "exercise": False, **more.get(id, {})}
        nodes.append({**node, **told, "hops": far.get(id, 0), "x": x, "y": y})
    nodes.sort(key=lambda n: (n["hops"], n["id"]))
    bare = [{k: v for k, v in part.items() if k != "sha256"} for part in some]
    intact = all(digest(one) == part["sha256"] for one, part in zip(bare, some, strict=True))
    seen = digest({"head": dict(head), "parts": [part["sha256"] for part in some]})
    return {"nodes": nodes, "edges": edges, "shown": shown, "sha256": seen, "intact": intact}


def _hops(center: str, edges: Iterable[Drawn]) -> dict[str, int]:
    """Node → links away from the centre, by those that the reader sees."""
    beside: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        beside[edge["source"]].add(edge["target"])
        beside[edge["target"]].add(edge["source"])
    far, edge_of = {center: 0}, [center]
    while edge_of:
        edge_of = sorted({o for n in edge_of for o in beside[n]} - far.keys())
        far.update(dict.fromkeys(edge_of, max(far.values()) + 1))
    return far


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What came, went, changed and moved between two charts, as one reader sees both."""
    told: dict[str, Any] = {}
    for what in ("nodes", "edges"):
        a, b = ({one["id"]: one for one in chart[what]} for chart in (before, after))
        both = [(a[id], b[id]) for id in sorted(a.keys() & b.keys())]
        told[what] = {
            "came": [b[id] for id in sorted(b.keys() - a.keys())],
            "went": [a[id] for id in sorted(a.keys() - b.keys())],
            "changed": [
                {"id": x["id"], "fields": {k: [x[k], y[k]] for k in fields}}
                for x, y in both
                if (fields := [k for k in x if k not in _APART and x[k] != y[k]])
            ],
        }
        if what == "nodes":
            told[what]["moved"] = [x["id"] for x, y in both if None not in (x["x"], y["x"]) and any(
                x[k] != y[k] for k in _MOVED)]  # fmt: skip
    return told
