"""The application: routers, errors, safety and the workbench put together."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from counterflow import __version__
from counterflow.api import (
    administration,
    asking,
    assessment,
    cases,
    catalogue,
    documents,
    emergencies,
    entities,
    events,
    findings,
    grades,
    hypotheses,
    identity,
    keeping,
    mapping,
    network,
    patterns,
    problems,
    reconcile,
    review,
    screening,
    sharing,
    yente,
)
from counterflow.api.access import Access
from counterflow.api.description import described
from counterflow.api.needs import ANYBODY, allowed, declared
from counterflow.api.safety import LOOPBACK, Guard
from counterflow.api.workbench import Workbench

if TYPE_CHECKING:
    from counterflow.workspace import Workspace

__all__ = ["AREAS", "ROOT", "create_app"]

AREAS = (
    catalogue, documents, entities, network, findings, patterns, assessment, asking, grades, hypotheses, mapping,
    review, screening, cases, sharing, keeping, identity, administration, emergencies, events,
)  # fmt: skip
"""Routers under ``/api``."""

ROOT = (yente.router, reconcile.router, identity.root)
"""Routers at the root: addresses that others have laid down, and the one that lets a browser in."""


def create_app(
    workspace: Workspace,
    *,
    token: str | None = None,
    audiences: Collection[str] | None = None,
    hosts: Collection[str] = LOOPBACK,
    access: Access | None = None,
) -> FastAPI:
    """An application over one open workspace.

    :param token: every request must bear it (``Authorization: Bearer …``, or as the password of HTTP Basic, which is
        what a browser asks for); None: whoever reaches the port may read
    :param audiences: the only audiences that may be asked for, the first being the default; None: all of the workspace
    :param access: who may come in and how; None: by the token, or whoever reaches the port
    :param hosts: host names under which it answers; any other is refused, which is what stops DNS rebinding
    """
    app = FastAPI(
        title="Counterflow",
        version=__version__,
        openapi_url="/api/openapi.json",
        dependencies=[Depends(allowed)],
        strict_content_type=False,  # yente's clients may send JSON without saying so
        docs_url=None,  # both load their page from elsewhere
        redoc_url=None,
        # What is asked here is sensitive: no span, metric or log record of it goes to whatever this process is told of
        # by its environment.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    needed = {
        **{(method, f"/api{path}"): verb for (method, path), verb in declared(area.router for area in AREAS).items()},
        **declared(ROOT),
    }
    app.state.needs = needed
    app.openapi = partial(described, app)  # type: ignore[method-assign]
    app.state.access = access = access or Access(None, token=token, free=token is None)
    app.state.workspace = workspace
    app.state.audiences = None if audiences is None else tuple(audiences)
    problems.install(app)
    for area in AREAS:
        app.include_router(area.router, prefix="/api")
    for router in ROOT:
        app.include_router(router)
    workbench = Workbench()
    app.mount("/", workbench, name="workbench")
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(  # the last one added is the first one asked
        Guard,
        access=access,
        hosts=hosts,
        opened={address for address, verb in needed.items() if verb == ANYBODY},
        outside=workbench if access.users else None,
    )
    return app
