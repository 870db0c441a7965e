"""Errors as problem documents (RFC 9457), from the one error tree.

An id that does not exist and one that this reader may not see give the same document, byte for byte.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from counterflow import errors
from counterflow.api.needs import allowed

__all__ = ["STATUS", "install", "problem"]

STATUS: dict[type[errors.CounterflowError], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.NotSignedIn: 401,
    errors.TooMany: 429,
    errors.Conflict: 409,
    errors.UsageError: 400,
    errors.InputError: 422,
    errors.MissingExtra: 501,
    errors.NoRoom: 507,
    errors.Busy: 503,
    errors.Purged: 503,
    errors.CounterflowError: 500,
}
"""HTTP status of an error: that of its own class or the nearest one above it."""

_log = logging.getLogger(__name__)


def problem(
    status: int, detail: str, *, error: str | None = None, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """A problem document. :param error: name of the error class, for programs; :param more: members of its own"""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    if error is not None:
        body["error"] = error
    text = json.dumps(body, ensure_ascii=False).encode()
    return Response(text, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Have the application answer every error with a problem document."""
    app.add_exception_handler(errors.CounterflowError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def _ours(request: Request, error: Exception) -> Response:
    kind = type(error)
    # for the audit log: the answer says none of it
    told = {"error": kind.__name__, "verb": getattr(error, "verb", ""), "account": getattr(error, "principal", "")}
    request.scope.get("refused", {}).update({key: value for key, value in told.items() if value})
    status = next(STATUS[c] for c in kind.__mro__ if c in STATUS)
    if status in (500, 507):
        _log.error("%s: %s", kind.__name__, error)
    retry = errors.TooMany, errors.Busy, errors.Purged
    wait = {"Retry-After": str(getattr(error, "wait", 1))} if isinstance(error, retry) else None
    both = {"yours": error.yours, "theirs": error.theirs} if isinstance(error, errors.Conflict) else {}
    return problem(status, str(error), error=kind.__name__, headers=wait, **both)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    try:
        allowed(request)  # a body is read before that: whoever may not do it is told so, whatever was sent
    except errors.Forbidden as e:
        return _ours(request, e)
    said = (f"{'.'.join(map(str, e['loc'][1:])) or e['loc'][0]}: {e['msg']}" for e in error.errors())
    return problem(422, "; ".join(said), error="UsageError")


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, error.detail, headers=dict(error.headers or {}))


def _unforeseen(request: Request, error: Exception) -> Response:
    if errors.NoRoom.told_by(error):  # of a file of ours: what is derived, a segment, an original
        return _ours(request, errors.NoRoom())
    _log.error("unforeseen error in %s", request.url.path, exc_info=error)
    return problem(500, "Something of ours failed; the server's log says what.", error=None)
