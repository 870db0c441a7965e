"""What rows of a case name: findings, entities, claims, charts; and the labels under which they may be named.

An entity is named under the widest label under which its id and caption are known: naming it tells nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.casework.cases.snapshots import Chart
from counterflow.claims.marking import known, widest
from counterflow.claims.passages import passage
from counterflow.errors import NotFound
from counterflow.storage.tables import OBSERVATIONS
from counterflow.views.attempt_network import Reasons, paid

if TYPE_CHECKING:
    from counterflow.casework.cases.slices import Slice
    from counterflow.views.picture import Picture

__all__ = ["cited", "drawn", "thing", "united"]

Row = dict[str, Any]

MOST = 300
"""Characters of what a record or a claim says."""


def thing(picture: Picture, kind: str, id: str) -> tuple[str, str, frozenset[str]]:
    """Id, caption and labels of something that a case may be about. :raises NotFound: it may not be read"""
    if kind == "finding":
        found = _by_id(picture.findings, "finding", id)
        return id, str(found["sentence"]), frozenset(found["label_ids"])
    if kind == "pattern":
        found = _by_id(picture.patterns, "pattern", id)
        return id, str(found["sentence"]), frozenset(found["label_ids"])
    if kind in ("entity", "hit"):
        told = _named(picture, [str(picture.entity(id)["entity"])])
        return next(iter(told.values()))
    if kind == "question":
        from counterflow.views.hypotheses import known

        question, labels = known(picture.line, id)
        return id, question.title, labels
    if kind == "claim":
        (claim, *_) = picture.scope.find("claims", "claim_id", [id]).to_pylist() or _none(kind, id)
        return id, f"{claim['property']} of {claim['subject']}: {claim['value']}"[:MOST], frozenset({claim["label_id"]})
    if kind == "record":
        return _record(picture, id)
    if kind == "page":
        return _page(picture, id)
    rows = picture.scope.table("sources")
    own = rows.filter(rows.source_id == id).order_by("recorded_at", "label_id")
    cited = picture.scope.run(own.select("title", "label_id")).to_pylist()
    if not cited:
        raise NotFound(kind, id)
    return id, str(cited[-1]["title"]), frozenset(row["label_id"] for row in cited)


def _record(picture: Picture, id: str) -> tuple[str, str, frozenset[str]]:
    """A row of a table of observations, in words."""
    from counterflow.views.explain import in_words

    for table in OBSERVATIONS:
        for row in picture.scope.find(table, "row_id", [id]).to_pylist():
            return id, in_words(table, row)[:MOST], frozenset({row["label_id"]})
    raise NotFound("record", id)


def _page(picture: Picture, id: str) -> tuple[str, str, frozenset[str]]:
    """A page of a document: ``DOCUMENT#3``."""
    document, _, number = id.rpartition("#")
    row = passage(picture.scope, document, int(number) if number.isdecimal() and len(number) < 7 else 0)
    id, title, labels = thing(picture, "document", str(row["source_id"]))
    return f"{id}#{row['page']}", f"{title}, page {row['page']}", labels | {row["label_id"]}


def _none(kind: str, id: str) -> Any:
    raise NotFound(kind, id)


def _by_id(rows: Iterable[Row], kind: str, id: str) -> Row:
    found = next((row for row in rows if row["id"] == id), None)
    if found is None:
        raise NotFound(kind, id)
    return found


def cited(picture: Picture, found: Slice, ids: Iterable[str]) -> frozenset[str]:
    """Labels of everything cited: claims, rows, entities, findings, patterns, rows of the case.

    :raises NotFound: one of them may not be read, or is not there
    """
    wanted = dict.fromkeys(ids)
    labels: set[str] = set()

    def take(id: str, some: Iterable[str]) -> None:
        wanted.pop(id)
        labels.update(some)

    for id in [id for id in wanted if id in found.heads]:
        take(id, found.heads[id][-1].labels)
    for id in [id for id in wanted if id in picture.members]:
        take(id, [known(picture.scope, id)[1].id])
    for table, key in (("claims", "claim_id"), *((name, "row_id") for name in OBSERVATIONS)):
        if not wanted:
            break
        rows = picture.scope.table(table)
        for row in picture.scope.run(
            rows.filter(rows[key].isin([*wanted])).select(key, "label_id").distinct()
        ).to_pylist():
            labels.add(row["label_id"])
            wanted.pop(row[key], None)
    for kind in ("findings", "patterns"):
        for row in getattr(picture, kind) if wanted else ():
            if row["id"] in wanted:
                take(row["id"], row["label_ids"])
    if wanted:
        raise NotFound("claim, record or row of the case", next(iter(wanted)))
    return frozenset(labels)


def _named(picture: Picture, entities: Sequence[str]) -> dict[str, tuple[str, str, frozenset[str]]]:
    """Entity → id, caption and label of a claim that says both, the widest there is.

    The id is the subject of that claim: that several subjects are one may be known to fewer.
    """
    wanted = {id: str(picture.entities[id]["caption"]) for id in entities}
    claims = picture.scope.table("claims")
    subjects = [subject for subject, row in picture.members.items() if row["entity"] in wanted]
    rows = claims.filter(claims.subject.isin(subjects)).select("subject", "value", "label_id").distinct()
    labels = picture.scope.labels()
    of: dict[str, list[Row]] = {}
    for row in picture.scope.run(rows).to_pylist():
        of.setdefault(picture.canonical(row["subject"]), []).append(row)
    told = {}
    for id, every in of.items():
        said = [row for row in every if row["value"] == wanted[id]]
        label = widest(labels[row["label_id"]] for row in said or every).id
        first = min((row for row in said or every if row["label_id"] == label), key=lambda row: str(row["subject"]))
        told[id] = first["subject"], wanted[id] if said else first["subject"], frozenset({label})
    return told


def united(charts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Link charts as one; the first wins where two tell of the same node or link. The centre is that of the first."""
    nodes: dict[str, Row] = {}
    edges: dict[str, Row] = {}
    centers = []
    for chart in charts:
        centers.append(chart.get("center"))
        for there, rows in ((nodes, chart["nodes"]), (edges, chart["edges"])):
            for row in rows:
                there.setdefault(row["id"], row)
    return {"center": centers[0], "nodes": [*nodes.values()], "edges": [*edges.values()]}


def drawn(
    picture: Picture, chart: Mapping[str, Any], layout: Mapping[str, Sequence[float]],
    shown: Mapping[str, Any] | None = None, reasons: Reasons | None = None,
) -> Chart:  # fmt: skip
    """A link chart under ids that those who may read the labels know as well.

    :param layout: node → x and y
    :param shown: what the analyst had set, see `model.case.Part`; what is not on the chart is left out of it
    :param reasons: of an attempt
    """
    wanted = {edge["id"] for edge in chart["edges"]}
    own = {str(row["link"]): frozenset(row["label_ids"]) for row in picture.links if row["link"] in wanted}
    whole: dict[str, frozenset[str]] = {}
    named = _named(picture, [n["id"] for n in chart["nodes"] if n["id"] in picture.entities])
    ids, nodes = {}, []
    for node in chart["nodes"]:
        # the end of a link that is no entity is known by its links alone, an account by its payments
        id, caption, labels = named.get(node["id"], (node["id"], node["caption"], frozenset()))
        ids[node["id"]] = id
        own[id] = labels
        whole[id] = frozenset(picture.entities[node["id"]]["label_ids"]) if node["id"] in named else labels
        # where an account is may be known by payments that are not in the attempt
        countries = node["countries"] if node["id"] in named else []
        nodes.append({**node, "id": id, "caption": caption, "countries": countries})
    edges = [{**edge, "source": ids[edge["source"]], "target": ids[edge["target"]]} for edge in chart["edges"]]
    if reasons:
        for edge in (e for e in edges if e["id"] not in own):  # no link of the network: what was paid in the attempt
            edge["id"] = paid(edge["source"], edge["target"])
            own[edge["id"]] = reasons.finding
    places = {ids[id]: place for id, place in layout.items() if id in ids}
    there = {**ids, **{edge["id"]: edge["id"] for edge in edges}}
    given = {ids[id]: labels | own[ids[id]] for id, labels in reasons.of.items()} if reasons else {}
    told = {
        key: [there[id] for id in value if id in there] if key in ("expand", "pins", "path") else value
        for key, value in (shown or {}).items()
    }
    center = ids[chart["center"]]
    if given:  # whoever of the attempt is known to most: else who may not know of its centre had no chart at all
        widest = min(given, key=lambda id: (len(given[id]), id != center))
        told["center"] = center if center != widest else ""
        center = widest
    return Chart(
        center, nodes, edges, own, whole, places, {key: value for key, value in told.items() if value},
        given,
    )  # fmt: skip
