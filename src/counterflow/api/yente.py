"""yente's addresses, at the root as yente has them, so that its clients work here as they are.

Shapes and statuses are those of yente 5; scores and evidence are ours. Every address also takes ``audience``,
``exercise`` and ``known_on``, and answers nothing that the audience may not read.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from counterflow.api.answer import Asked, answer
from counterflow.api.needs import ANYBODY, SIGNED_IN, needs

__all__ = ["ChangedSince", "Dataset", "router"]

router = APIRouter(tags=["yente"])

Dataset = Annotated[str, Path(description="Data set whose entities are asked about; `default` is all of them.")]
ChangedSince = Annotated[
    str | None,
    Query(
        pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}(:\d{2}(:\d{2})?)?)?$",
        description="Only entities of which the ledger has learnt something since.",
    ),
]
Limit = Annotated[int, Query(le=500, description="Results at most.")]
Offset = Annotated[int, Query(le=9499, description="Results to pass over.")]
Sort = Annotated[list[str] | None, Query(description="`field` or `field:desc`, e.g. `first_seen:desc`.")]


class Example(BaseModel):
    """Who is asked about."""

    id: str | None = None
    schema_: str = Field(alias="schema")
    properties: dict[str, Any]


class Examples(BaseModel):
    """A batch of examples to match."""

    queries: dict[str, Example] = Field(description="Name of your own → `{schema, properties, id}`; 100 at most.")
    weights: dict[str, float] = Field(default={}, description="Taken, and without effect: evidence is weighed here.")
    config: dict[str, str | int | float | bool | None] = Field(
        default={}, description="Settings of yente's algorithms: taken, and without effect; unknown ones are refused."
    )


@router.post("/match/{dataset}")
@needs("read")
def match(
    view: Asked,
    dataset: Dataset,
    examples: Examples,
    limit: Annotated[int, Query(le=500, description="Results for each query at most.")] = 5,
    threshold: Annotated[float, Query(description="Score from which a result is a match.")] = 0.7,
    cutoff: Annotated[
        float, Query(description="Results must score above it; the threshold where that is lower.")
    ] = 0.7,
    algorithm: Annotated[str, Query(description="Any of `/algorithms`; all are answered alike.")] = "best",
    include_dataset: Annotated[list[str] | None, Query(description="Only entities of these.")] = None,
    exclude_dataset: Annotated[list[str] | None, Query(description="Without these data sets.")] = None,
    exclude_schema: Annotated[list[str] | None, Query(description="Without entities of these schemata.")] = None,
    topics: Annotated[list[str] | None, Query(description="Only entities with any of these topics.")] = None,
    changed_since: ChangedSince = None,
    exclude_entity_ids: Annotated[
        list[str] | None, Query(max_length=50, description="Without these entities, named by any of their ids.")
    ] = None,
    dispositions: Annotated[
        Literal["all", "open"], Query(description="`open`: without results that were called false positives.")
    ] = "all",
) -> Response:
    """Entities that examples may be: each result with its score, evidence in words, list entries, and probability."""
    queries = {name: e.model_dump(by_alias=True) for name, e in examples.queries.items()}
    found = view.match(
        dataset,
        queries,
        limit=max(0, limit),
        threshold=threshold,
        cutoff=cutoff,
        algorithm=algorithm,
        config=list(examples.config),
        include_dataset=include_dataset or (),
        exclude_dataset=exclude_dataset or (),
        exclude_schema=exclude_schema or (),
        topics=topics or (),
        changed_since=changed_since,
        exclude_entity_ids=exclude_entity_ids or (),
        dispositions=dispositions,
    )
    told = answer(found)
    told.headers["x-batch-size"] = str(len(queries))
    return told


FacetName = Literal["datasets", "schema", "countries", "identifiers", "topics", "genders"]


@router.get("/search/{dataset}")
@needs("read")
def search(
    view: Asked,
    dataset: Dataset,
    q: Annotated[
        str, Query(description='Words, "phrases", `field:value`, AND, OR, NOT, wild* and near~ spellings.')
    ] = "",
    schema: Annotated[str, Query(description="Kind of entity.")] = "Thing",
    include_dataset: Annotated[list[str] | None, Query(description="Only entities of these.")] = None,
    exclude_dataset: Annotated[list[str] | None, Query(description="Without these data sets.")] = None,
    exclude_schema: Annotated[list[str] | None, Query(description="Without entities of these schemata.")] = None,
    changed_since: ChangedSince = None,
    countries: Annotated[list[str] | None, Query(description="Country codes.")] = None,
    topics: Annotated[list[str] | None, Query(description="Topics, e.g. `sanction`.")] = None,
    datasets: Annotated[list[str] | None, Query(description="Data sets.")] = None,
    filter: Annotated[list[str] | None, Query(description="`property:value`, e.g. `birthDate:1985`.")] = None,
    limit: Limit = 10,
    offset: Offset = 0,
    sort: Sort = None,
    target: Annotated[bool | None, Query(description="Only entities of concern, or only others.")] = None,
    fuzzy: Annotated[bool, Query(description="Words may be spelled nearly so.")] = False,
    simple: Annotated[bool, Query(description="`q` comes from a search box: nothing in it is an error.")] = False,
    facets: Annotated[list[FacetName] | None, Query(description="Counts to give.")] = None,
    filter_op: Annotated[Literal["AND", "OR"], Query(description="Whether all values of one filter must hold.")] = "OR",
) -> Response:
    """Free search with filters, facets, order and pages."""
    filters = [("countries", c) for c in countries or ()] + [("topics", t) for t in topics or ()]
    filters += [("datasets", d) for d in datasets or ()]
    for text in filter or ():
        field, colon, value = text.partition(":")
        if not colon:
            raise HTTPException(400, f"Invalid filter: '{text}'. Valid: property:value.")
        filters.append((field, value))
    found = view.lookup(
        dataset,
        q,
        schema=schema,
        filters=filters,
        match_all=filter_op == "AND",
        target=target,
        near=fuzzy,
        simple=simple,
        facets=facets if facets is not None else ("countries", "topics", "datasets"),
        sort=sort or (),
        limit=max(0, limit),
        offset=max(0, offset),
        include_dataset=include_dataset or (),
        exclude_dataset=exclude_dataset or (),
        exclude_schema=exclude_schema or (),
        changed_since=changed_since,
    )
    return answer(found)


EntityId = Annotated[
    str, Path(description="Id of an entity or relationship: ours, a referent, or its publisher's own.")
]


@router.get("/entities/{id:path}/adjacent/{property}")
@needs("read")
def adjacent_by(
    view: Asked,
    id: EntityId,
    property: Annotated[str, Path(description="E.g. `addressEntity`, or towards it `ownershipOwner`.")],
    sort: Sort = None,
    limit: Limit = 10,
    offset: Offset = 0,
) -> Response:
    """What is next to an entity by one property, in pages."""
    return answer(view.adjacent(id, property, sort or (), max(0, limit), max(0, offset)))


@router.get("/entities/{id:path}/adjacent")
@needs("read")
def adjacent(
    view: Asked, request: Request, id: EntityId, sort: Sort = None, limit: Limit = 10, offset: Offset = 0
) -> Response:
    """What is next to an entity, by property, a page of each."""
    found = view.adjacent(id, None, sort or (), max(0, limit), max(0, offset))
    return _moved(request, id, found["entity"]["id"]) or answer(found)


@router.get("/entities/{id:path}")
@needs("read")
def entity(
    view: Asked,
    request: Request,
    id: EntityId,
    nested: Annotated[bool, Query(description="With what is next to it in place of ids.")] = True,
) -> Response:
    """One entity or relationship; a referent leads on to the canonical id (308)."""
    found = view.record(id, nested=nested)
    return _moved(request, id, found["id"]) or answer(found)


def _moved(request: Request, asked: str, id: str) -> Response | None:
    if asked == id:
        return None
    name = request.scope["route"].name
    place = request.app.url_path_for(name, id=id)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{place}{query}", 308)


@router.get("/catalog")
@router.get("/manifest", include_in_schema=False)
@needs("read")
def catalog(view: Asked, request: Request) -> Response:
    """Data sets that may be asked about, with what is indexed of each."""
    told = answer(view.catalog())
    tag = f'"{hashlib.blake2b(bytes(told.body), digest_size=12).hexdigest()}"'
    sent = {part.strip() for part in request.headers.get("if-none-match", "").split(",")}
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if sent & {"*", tag}:
        return Response(status_code=304, headers=headers)
    told.headers.update(headers)
    return told


@router.get("/algorithms")
@needs(SIGNED_IN)
def algorithms() -> Response:
    """Algorithms that may be named in `/match`, with the features of the one that answers."""
    from counterflow.views.matching import algorithms

    return answer(algorithms())


@router.get("/healthz")
@needs(ANYBODY)
def healthz() -> Response:
    """Whether the server runs. Needs no token, and says nothing else."""
    return answer({"status": "ok"})


@router.get("/readyz")
@needs("read")
def readyz(view: Asked) -> Response:
    """Whether an answer needs no waiting; 503 while what the audience may see is being made."""
    if not view.ready():
        raise HTTPException(503, "Index not ready.")
    return answer({"status": "ok"})
