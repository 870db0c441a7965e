"""Free search over the entities of a dataset with filters, facets, order and pages: yente's ``/search``.

Names are found through the search index, in any script; other values by a scan of the claims, whole words only. Every
filter is a mask over the rows of the entities table, so filters, facets and totals are exact whatever the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.casework.followthemoney import seen
from counterflow.entities.names import search_queries
from counterflow.errors import NotFound, UnknownName, UsageError
from counterflow.model import schema as vocabulary
from counterflow.model.values import country_name, topic_label
from counterflow.views import query_string, records
from counterflow.views.picture import Picture
from counterflow.views.query_string import And, Node, Not, Or, Term

if TYPE_CHECKING:
    import ibis
    import numpy.typing as npt

__all__ = ["ALL", "FACETS", "Rows", "in_scope", "lookup", "rows", "suggested"]

ALL = "default"
"""The dataset that holds all others."""

FACETS = {"datasets": "Data sources", "schema": "Entity types", "countries": "Countries", "topics": "Topics",
          "identifiers": "Identifiers", "genders": "Genders"}  # fmt: skip
"""Facets that may be asked for → their label in print."""

_GROUPS = {"names": "name", "identifiers": "identifier", "genders": "gender", "dates": "date", "phones": "phone",
           "emails": "email", "addresses": "address", "urls": "url", "languages": "language"}  # fmt: skip
"""Groups of properties that may be filtered by → the property type of their values."""

_LISTS = ("datasets", "countries", "topics")
_WORDY = ("name", "text", "string", "address", "html")
_MOST_VALUES = 1000

if TYPE_CHECKING:
    Mask = npt.NDArray[np.bool_]
    Scores = npt.NDArray[np.float32]


class Rows:
    """The entities of one picture as columns. :param ids: canonical, sorted"""

    def __init__(self, picture: Picture) -> None:
        table = picture.rows("entities")
        self.picture = picture
        self.ids: list[str] = table.column("entity").to_pylist()
        self.at = {id: n for n, id in enumerate(self.ids)}
        written = {s: vocabulary.get(s).ftm for s in table.column("schema").unique().to_pylist()}
        self.schema = np.asarray([written[s] for s in table.column("schema").to_pylist()], dtype=object)
        self._held = {name: _exploded(table.column(name)) for name in _LISTS}
        listed = np.asarray(table.column("listed").to_pylist(), dtype=bool)
        row, topic = self._held["topics"]
        of_concern = np.asarray([records.concerns(t) for t in topic.tolist()], dtype=bool)
        self.target = listed | self._mask(row[of_concern])
        self.size = np.log1p(np.asarray(table.column("claims").to_pylist(), dtype=np.float32))
        self.first_seen, self.last_change = self._times()

    def __len__(self) -> int:
        return len(self.ids)

    def _mask(self, at: npt.NDArray[np.intp]) -> Mask:
        found = np.zeros(len(self.ids), dtype=bool)
        found[at] = True
        return found

    def of(self, ids: Sequence[str]) -> Mask:
        """Rows of these entities; ids that are none are passed over."""
        return self._mask(np.asarray([self.at[i] for i in ids if i in self.at], dtype=np.intp))

    def holding(self, column: str, values: Sequence[str]) -> Mask:
        """Rows that have one of these values. :param column: one of datasets, countries, topics"""
        row, value = self._held[column]
        return self._mask(row[np.isin(value, list(values))])

    def of_schema(self, name: str) -> Mask:
        """Rows of a schema or one below it; of a matchable one also those that may be it: its matchable parents."""
        wanted = vocabulary.get(name)
        known = {s: vocabulary.get(s) for s in set(self.schema.tolist())}
        kept = [
            s for s, schema in known.items()
            if schema.is_a(wanted) or (wanted.matchable and schema.matchable and wanted.is_a(schema))
        ]  # fmt: skip
        return np.isin(self.schema, kept)

    def counts(self, column: str, mask: Mask) -> list[tuple[str, int]]:
        """Values of a facet and how many of these rows have each, the commonest first."""
        if column == "schema":
            held, times = np.unique(self.schema[mask].astype(str), return_counts=True)
        else:
            row, value = self._held[column] if column in self._held else self._typed(_GROUPS[column])
            held, times = np.unique(value[mask[row]].astype(str), return_counts=True)
        order = np.lexsort((held, -times))[:_MOST_VALUES]
        return [(str(held[n]), int(times[n])) for n in order]

    def told(self, condition: Callable[[ibis.Table], Any]) -> Mask:
        """Rows of which some asserted claim meets a condition."""
        claims, members = self.picture.scope.table("claims"), self.picture.scope.table("members")
        kept = claims.filter((claims.stance == "asserts") & condition(claims)).select("subject")
        found = kept.inner_join(members.select("subject", "entity"), "subject").select("entity").distinct()
        return self.of(self.picture.scope.run(found).column("entity").to_pylist())

    def least(self, property: str) -> list[str | None]:
        """The first value of a property of each row, in alphabetical order; None where it has none."""
        claims, members = self.picture.scope.table("claims"), self.picture.scope.table("members")
        kept = claims.filter((claims.stance == "asserts") & (claims.property == property)).select("subject", "value")
        joined = kept.inner_join(members.select("subject", "entity"), "subject")
        found: list[str | None] = [None] * len(self.ids)
        for row in self.picture.scope.run(joined.group_by("entity").agg(value=joined.value.min())).to_pylist():
            if row["entity"] in self.at:
                found[self.at[row["entity"]]] = row["value"]
        return found

    def _typed(self, prop_type: str) -> tuple[Any, Any]:
        claims, members = self.picture.scope.table("claims"), self.picture.scope.table("members")
        kept = claims.filter((claims.stance == "asserts") & (claims.prop_type == prop_type)).select("subject", "value")
        found = kept.inner_join(members.select("subject", "entity"), "subject").select("entity", "value").distinct()
        table = self.picture.scope.run(found)
        pairs = zip(table.column("entity").to_pylist(), table.column("value").to_pylist(), strict=True)
        known = [(self.at[e], v) for e, v in pairs if e in self.at]
        return np.asarray([n for n, _ in known], dtype=np.intp), np.asarray([v for _, v in known], dtype=object)

    def _times(self) -> tuple[list[str], list[str]]:
        claims, members = self.picture.scope.table("claims"), self.picture.scope.table("members")
        of = claims.filter(claims.stance == "asserts").select("subject", "recorded_at")
        joined = of.inner_join(members.select("subject", "entity"), "subject")
        each = joined.group_by("entity").agg(first=joined.recorded_at.min(), last=joined.recorded_at.max())
        first, last = [""] * len(self.ids), [""] * len(self.ids)
        for row in self.picture.scope.run(each).to_pylist():
            n = self.at.get(row["entity"])
            if n is not None:
                first[n], last[n] = seen(row["first"]), seen(row["last"])
        return first, last


def _exploded(column: pa.ChunkedArray) -> tuple[Any, Any]:
    whole = column.combine_chunks()
    parents = pc.list_parent_indices(whole).to_numpy(zero_copy_only=False).astype(np.intp)
    return parents, np.asarray(pc.list_flatten(whole).to_pylist(), dtype=object)


def rows(picture: Picture) -> Rows:
    """The columns of a picture, made once."""
    found: Rows = picture.once(("rows",), lambda: Rows(picture))
    return found


def in_scope(
    picture: Picture,
    dataset: str,
    *,
    schema: str | None = None,
    include_dataset: Sequence[str] = (),
    exclude_dataset: Sequence[str] = (),
    exclude_schema: Sequence[str] = (),
    topics: Sequence[str] = (),
    changed_since: str | None = None,
    exclude_entity_ids: Sequence[str] = (),
) -> Mask:
    """Rows that a question is about. Datasets of the scope, less those excluded, must speak of an entity.

    :raises NotFound: no such dataset that is readable; UnknownName: no such schema
    """
    held = rows(picture)
    known = _datasets(picture)
    if dataset != ALL and dataset not in known:
        raise NotFound("dataset", dataset)
    wanted = known if dataset == ALL else {dataset}
    if include_dataset:
        wanted = wanted & set(include_dataset)
    mask = held.holding("datasets", sorted(wanted - set(exclude_dataset)))
    if schema is not None:
        mask &= held.of_schema(schema)
    if exclude_schema:
        mask &= ~np.isin(held.schema, list(exclude_schema))
    if topics:
        mask &= held.holding("topics", topics)
    if changed_since is not None:
        mask &= np.asarray([last > changed_since for last in held.last_change], dtype=bool)
    if exclude_entity_ids:
        mask &= ~held.of([found for id in exclude_entity_ids if (found := _known(picture, id))])
    return mask


def _known(picture: Picture, id: str) -> str | None:
    try:
        return records.find_id(picture, id)
    except NotFound:
        return None


def _datasets(picture: Picture) -> set[str]:
    return {*records.datasets(picture), *(batch["dataset"] for batch in picture.line.batches())}


def lookup(
    picture: Picture,
    dataset: str,
    text: str = "",
    *,
    schema: str = "Thing",
    filters: Sequence[tuple[str, str]] = (),
    match_all: bool = False,
    target: bool | None = None,
    near: bool = False,
    simple: bool = False,
    facets: Sequence[str] = ("countries", "topics", "datasets"),
    sort: Sequence[str] = (),
    limit: int = 10,
    offset: int = 0,
    **scope: Any,
) -> dict[str, Any]:
    """``{"limit", "offset", "total", "results", "facets"}``.

    :param filters: (field, value); :param match_all: several values of one field must all hold, not any
    :param near: words may be spelled nearly so; :param simple: nothing in `text`, from a search box, is an error
    :param scope: of `in_scope`
    :raises UsageError: a query, filter or order that cannot be understood; NotFound: no such dataset
    """
    held = rows(picture)
    mask = in_scope(picture, dataset, schema=schema, **scope)
    by: dict[str, list[str]] = {}
    for field, value in filters:
        by.setdefault(field, []).append(value)
    for field, values in by.items():
        each = [_field(held, field, value) for value in values]
        mask &= np.logical_and.reduce(each) if match_all else np.logical_or.reduce(each)
    if target is not None:
        mask &= held.target if target else ~held.target
    asked = query_string.simple(text) if simple else query_string.parse(text, near=near)
    scores = held.size * np.float32(0.05)
    if asked is not None:
        found = _scored(held, asked)
        mask &= found > 0
        scores = scores + found
    elif text.strip():
        mask &= False
    hits = np.flatnonzero(mask)
    page = _ordered(held, hits, scores, sort)[offset : offset + limit]
    told = records.records(picture, [held.ids[n] for n in page])
    return {
        "limit": limit,
        "offset": offset,
        "total": {"value": len(hits), "relation": "eq"},
        "results": [told[held.ids[n]] for n in page if held.ids[n] in told],
        "facets": {name: _facet(picture, held, name, mask) for name in facets},
    }


def suggested(picture: Picture, dataset: str, prefix: str, limit: int) -> list[dict[str, Any]]:
    """Entities a name of which begins so, best first; nothing for nothing."""
    held, mask = rows(picture), in_scope(picture, dataset)
    ways = search_queries(prefix)
    found = picture.find_text(ways, len(held), loosely=False) if prefix.strip() else []
    ids = [id for id, _ in found if id in held.at and mask[held.at[id]]][:limit]
    told = records.records(picture, ids)
    return [told[id] for id in ids if id in told]


# -- what is found ---------------------------------------------------------------------------------------------------


def _scored(held: Rows, node: Node) -> Scores:
    """How well each row answers; 0 where it does not."""
    if isinstance(node, Term):
        return _term(held, node)
    if isinstance(node, Not):
        return (_scored(held, node.part) <= 0).astype(np.float32)
    parts = [_scored(held, part) for part in node.parts]
    if isinstance(node, Or):
        best: Scores = np.maximum.reduce(parts)
        return best
    least = np.minimum.reduce(parts)
    found = np.where(least > 0, np.add.reduce(parts) / len(parts), np.float32(0)).astype(np.float32)
    return np.maximum(found, _together(held, node))


def _together(held: Rows, node: And) -> Scores:
    """Plain words as one name, which is more than each of them somewhere."""
    words = [part.text for part in node.parts if isinstance(part, Term) and part == Term(part.text)]
    none: Scores = np.zeros(len(held), dtype=np.float32)
    return 2 * _by_name(held, " ".join(words)) if len(words) == len(node.parts) else none


def _term(held: Rows, term: Term) -> Scores:
    if term.field not in ("", "text", "names", "name"):
        return _field(held, term.field, term.text).astype(np.float32)
    if term.text == "*":
        return np.ones(len(held), dtype=np.float32)
    if term.wild:
        stem = term.text[:-1]
        found = _by_name(held, stem, begins=True) if term.text[-1] == "*" and stem.isalnum() else None
        of_name = (
            (lambda c: c.prop_type == "name") if term.field in ("names", "name") else (lambda c: c.prop_type != "")
        )
        text = _scanned(held, _pattern(term.text), of_name)
        return text if found is None else np.maximum(found, text)
    found = _by_name(held, term.text)
    if term.near:
        for other in _alike(held.picture, term.text):
            found = np.maximum(found, np.float32(0.5) * _by_name(held, other))
    if term.field in ("names", "name"):
        return found
    return np.maximum(found, _scanned(held, _pattern(term.text), lambda c: c.prop_type != "entity"))


def _by_name(held: Rows, text: str, *, begins: bool = False) -> Scores:
    found = np.zeros(len(held), dtype=np.float32)
    for id, score in held.picture.find_text(search_queries(text), len(held), begins=begins, loosely=False):
        if id in held.at:
            found[held.at[id]] = 1 + score
    return found


def _scanned(held: Rows, pattern: str, of: Callable[[ibis.Table], Any]) -> Scores:
    return held.told(lambda c: of(c) & c.value.lower().re_search(pattern)).astype(np.float32)


def _pattern(text: str) -> str:
    """A regular expression for whole words in lower case; ``*`` and ``?`` for any signs of a word."""
    inner = re.escape(" ".join(text.lower().split())).replace(r"\ ", r"\s+")
    inner = inner.replace(r"\*", r"[\p{L}\p{N}]*").replace(r"\?", r"[\p{L}\p{N}]")
    return rf"(^|[^\p{{L}}\p{{N}}]){inner}([^\p{{L}}\p{{N}}]|$)"


def _alike(picture: Picture, word: str) -> list[str]:
    """Words of names that differ from one by a letter, or two where it is longer than five."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    known: list[str] = picture.once(("tokens",), picture.tokens)
    most = 2 if len(word) > 5 else 1 if len(word) > 2 else 0
    found = extract(word.casefold(), known, scorer=OSA.distance, score_cutoff=most, limit=50)
    return [token for token, distance, _ in found if distance]


def _field(held: Rows, field: str, value: str) -> Mask:
    """Rows with a value in a field. :raises UnknownName: no such field"""
    name = field.removeprefix("properties.")
    if name in _LISTS:
        return held.holding(name, [value.strip().lower() if name == "countries" else value.strip()])
    if name == "schema":
        return np.asarray(held.schema == value, dtype=bool)
    if name == "target":
        return held.target if value.lower() in ("true", "1") else ~held.target
    if name in ("id", "entity_id", "referents", "_id"):
        found = _known(held.picture, value)
        return held.of([found] if found else [])
    if name in _GROUPS:
        kind = _GROUPS[name]
        return held.told(lambda c: (c.prop_type == kind) & _like(c, kind, value))
    types = {p.type for s in vocabulary.all().values() for p in s.properties.values() if p.name == name}
    if not types:
        known = {p for s in vocabulary.all().values() for p in s.properties}
        raise UnknownName("field", field, known | {*_LISTS, *_GROUPS, "schema", "target", "entity_id"})
    kind = "text" if types & set(_WORDY) else min(types)
    return held.told(lambda c: (c.property == name) & _like(c, kind, value))


def _like(claims: ibis.Table, kind: str, value: str) -> Any:
    if kind in _WORDY:
        return claims.value.lower().re_search(_pattern(value))
    if kind == "date":  # a year or month asked for holds every day in it
        return claims.value.startswith(value.strip())
    return claims.value.lower() == value.strip().lower()


# -- what is shown ---------------------------------------------------------------------------------------------------


def _facet(picture: Picture, held: Rows, name: str, mask: Mask) -> dict[str, Any]:
    labels: Mapping[str, Callable[[str], str]] = {
        "countries": country_name,
        "topics": topic_label,
        "schema": lambda s: vocabulary.get(s).label,
        "datasets": lambda d: titles(picture).get(d, d),
    }
    label = labels.get(name, str)
    values = [{"name": value, "label": label(value), "count": n} for value, n in held.counts(name, mask)]
    return {"label": FACETS[name], "values": values}


def titles(picture: Picture) -> dict[str, str]:
    """Dataset → title, of those the audience may read."""
    found: dict[str, str] = {}
    for batch in picture.line.batches():
        found.setdefault(batch["dataset"], batch["descriptor"].get("title") or batch["dataset"])
    return found


def _ordered(held: Rows, hits: npt.NDArray[np.intp], scores: Scores, sort: Sequence[str]) -> list[int]:
    """Rows by the orders asked for, the first counting most, then by score, then by id."""
    found: list[int] = hits[np.lexsort((hits, -scores[hits]))].tolist()
    for text in reversed(sort):
        field, _, order = text.partition(":")
        if field == "_score":
            continue
        values = _sortable(held, field)
        known = sorted((n for n in found if values[n]), key=lambda n: str(values[n]), reverse=order == "desc")
        found = known + [n for n in found if not values[n]]
    return found


def _sortable(held: Rows, field: str) -> Sequence[str | None]:
    name = field.removeprefix("properties.")
    if name in ("id", "entity_id", "_id"):
        return held.ids
    if name == "schema":
        return [str(s) for s in held.schema]
    if name == "caption":
        return [str(c) for c in held.picture.rows("entities").column("caption").to_pylist()]
    if name in ("first_seen", "last_change", "last_seen"):
        return held.first_seen if name == "first_seen" else held.last_change
    known = {p for s in vocabulary.all().values() for p in s.properties}
    if name not in known:
        raise UsageError(f"'{field}' is nothing to sort by. Valid: first_seen, last_change, caption, schema, entity_id "
                         "or a property; with :desc for the greatest first.")  # fmt: skip
    return held.least(name)
