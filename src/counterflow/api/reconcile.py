"""The Reconciliation Service API 0.2, for OpenRefine: ``/reconcile/{dataset}``.

OpenRefine sends queries as a form; JSON, and the query string that its first versions used, are understood too.
"""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from counterflow.api.answer import Asked, answer
from counterflow.api.needs import needs
from counterflow.api.yente import ChangedSince, Dataset
from counterflow.errors import UsageError

router = APIRouter(prefix="/reconcile/{dataset}", tags=["reconciliation"])

# The preview is shown in a frame of OpenRefine, which runs on the same machine; it loads and runs nothing.
_FRAMED = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors http://127.0.0.1:* http://localhost:* http://[::1]:*"
}

Algorithm = Annotated[str, Query(description="Any of `/algorithms`; all are answered alike.")]
Prefix = Annotated[str, Query(description="How it begins.")]


@router.get("")
@needs("read")
def service(
    view: Asked,
    request: Request,
    dataset: Dataset,
    queries: Annotated[str | None, Query(description="Instead: queries, as JSON.")] = None,
    extend: Annotated[str | None, Query(description="Instead: a data extension query, as JSON.")] = None,
) -> Response:
    """What the service can do, with the addresses of suggestions, previews and data extension."""
    if queries is not None or extend is not None:
        return _answered(view, dataset, {"queries": queries, "extend": extend}, "best", None)
    base = str(request.base_url).rstrip("/")
    return answer(view.manifest(dataset, base, request.url.query))


@router.post("")
@needs("read")
async def queries(
    view: Asked, request: Request, dataset: Dataset, algorithm: Algorithm = "best", changed_since: ChangedSince = None
) -> Response:
    """Queries or a data extension query: form fields `queries` or `extend`, each JSON, or a JSON body with either."""
    sent = _sent(await request.body(), request.headers.get("content-type", ""))
    return await run_in_threadpool(_answered, view, dataset, sent, algorithm, changed_since)


def _sent(body: bytes, kind: str) -> dict[str, Any]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise UsageError("The body is not UTF-8 text.") from None
    if "json" not in kind and not text.lstrip().startswith("{"):
        return {name: values[-1] for name, values in parse_qs(text).items()}
    found = _parsed(text)
    return found if "queries" in found or "extend" in found else {"queries": found}


def _parsed(text: Any) -> dict[str, Any]:
    """:raises UsageError: not a JSON object"""
    try:
        found = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError) as e:
        raise UsageError(f"Queries must be JSON: {e}") from e
    if not isinstance(found, dict):
        raise UsageError("Queries must be a JSON object.")
    return found


def _answered(view: Asked, dataset: str, sent: dict[str, Any], algorithm: str, changed_since: str | None) -> Response:
    if sent.get("extend"):
        found = view.extend(dataset, _parsed(sent["extend"]))
        size = len(found["rows"])
    elif sent.get("queries"):
        found = view.reconcile(dataset, _parsed(sent["queries"]), algorithm=algorithm, changed_since=changed_since)
        size = len(found)
    else:
        raise UsageError("No queries or extend request provided.")
    told = answer(found)
    told.headers["x-batch-size"] = str(size)
    return told


@router.get("/suggest/entity")
@needs("read")
def suggest_entity(
    view: Asked,
    dataset: Dataset,
    prefix: Prefix = "",
    limit: Annotated[int, Query(le=500, description="Suggestions at most.")] = 10,
) -> Response:
    """Entities a name of which begins so."""
    return answer(view.suggest("entity", dataset, prefix, max(0, limit)))


@router.get("/suggest/property")
@needs("read")
def suggest_property(view: Asked, dataset: Dataset, prefix: Prefix = "") -> Response:
    """Properties whose name or label begins so."""
    return answer(view.suggest("property", dataset, prefix))


@router.get("/suggest/type")
@needs("read")
def suggest_type(view: Asked, dataset: Dataset, prefix: Prefix = "") -> Response:
    """Kinds of parties whose name begins so."""
    return answer(view.suggest("type", dataset, prefix))


@router.get("/extend/property")
@needs("read")
def proposed(
    view: Asked,
    dataset: Dataset,
    type: Annotated[str, Query(description="Kind of party.")] = "Thing",
    limit: Annotated[int, Query(description="Properties at most; 0: all of them.")] = 0,
) -> Response:
    """Properties that a column may be extended by."""
    return answer(view.proposed(dataset, type, limit))


@router.get("/preview", response_class=Response)
@needs("read")
def preview(view: Asked, dataset: Dataset, id: Annotated[str, Query(description="Id of an entity.")]) -> Response:
    """A small page about one entity, for a frame."""
    return Response(view.preview(dataset, id), media_type="text/html", headers=_FRAMED)
