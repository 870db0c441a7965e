"""The application: routers, errors, safety and the workbench put together."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from counterflow import __version__
from counterflow.api import (
    asking,
    assessment,
    catalogue,
    documents,
    entities,
    findings,
    grades,
    hypotheses,
    mapping,
    network,
    patterns,
    problems,
    reconcile,
    review,
    screening,
    yente,
)
from counterflow.api.safety import LOOPBACK, Guard
from counterflow.api.workbench import Workbench

if TYPE_CHECKING:
    from counterflow.workspace import Workspace

__all__ = ["create_app"]


def create_app(
    workspace: Workspace,
    *,
    token: str | None = None,
    audiences: Collection[str] | None = None,
    hosts: Collection[str] = LOOPBACK,
) -> FastAPI:
    """An application over one open workspace.

    :param token: every request must bear it (``Authorization: Bearer …``, or as the password of HTTP Basic, which is
        what a browser asks for); None: whoever reaches the port may read
    :param audiences: the only audiences that may be asked for, the first being the default; None: all of the workspace
    :param hosts: host names under which it answers; any other is refused, which is what stops DNS rebinding
    """
    app = FastAPI(
        title="Counterflow",
        version=__version__,
        openapi_url="/api/openapi.json",
        strict_content_type=False,  # yente's clients may send JSON without saying so
        docs_url=None,  # both load their page from elsewhere
        redoc_url=None,
        # What is asked here is sensitive: no span, metric or log record of it goes to whatever this process is told of
        # by its environment.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.workspace = workspace
    app.state.audiences = None if audiences is None else tuple(audiences)
    problems.install(app)
    for area in (
        catalogue, documents, entities, network, findings, patterns, assessment, asking, grades, hypotheses, mapping,
        review, screening,
    ):  # fmt: skip
        app.include_router(area.router, prefix="/api")
    for area in (yente, reconcile):
        app.include_router(area.router)
    app.mount("/", Workbench(), name="workbench")
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(Guard, token=token, hosts=hosts)  # the last one added is the first one asked
    return app
