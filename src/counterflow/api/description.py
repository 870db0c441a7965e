"""What the interface says of itself (OpenAPI 3.1): what each address answers, with which errors, and what follows.

FastAPI describes what is sent; what comes back is described here. Errors follow from how a request is let in and what
its address needs; the members of answers, and which of them other addresses take, are data: `answers.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from counterflow.api.needs import ANYBODY, SIGNED_IN

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["described"]

PROBLEMS: Mapping[str, str] = {
    "400": "What was asked cannot be answered; `detail` says why.",
    "401": "Nobody is signed in, or what was shown proves nothing.",
    "403": "The roles do not allow it, or it wants a fresh proof of identity (`error` is ProofNeeded).",
    "404": "It is not there, or may not be read: the same answer.",
    "409": "Somebody else has changed it since; `yours` and `theirs` say what.",
    "411": "The length of the body was not sent.",
    "413": "The body is too long.",
    "414": "The address is too long.",
    "421": "This server does not answer under that host name.",
    "422": "What was sent is not as described; `detail` names each field.",
    "429": "Tried too often; `Retry-After` says when again.",
    "501": "Something that is not installed would be needed; `detail` says what to install.",
    "503": "The server cannot answer now, or not as it was started; `detail` says what to do, `Retry-After` when.",
    "507": "The disk is full: nothing of it was written.",
}
"""Status of a problem document → what it means."""

_SAFE = ("get", "head", "options")


def described(app: FastAPI) -> dict[str, Any]:
    """The description of an application, made once."""
    made: bool = app.openapi_schema is not None
    told = type(app).openapi(app)
    return told if made else _completed(told, app.state.needs)


def _completed(told: dict[str, Any], needed: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    components = told.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):  # a problem document says it here
        schemas.pop(name, None)
    schemas["Problem"] = {
        "title": "Problem",
        "description": "RFC 9457. `error` is a name of the error tree.",
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "detail": {"type": "string"}, "error": {"type": "string"},
        },
    }  # fmt: skip
    shape = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        f"Problem{status}": {"description": text, "content": shape} for status, text in PROBLEMS.items()
    }
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "counterflow"},
    }
    verbs = {(method.lower(), path.replace(":path}", "}")): verb for (method, path), verb in needed.items()}
    for path, item in told["paths"].items():
        for method, operation in item.items():
            verb = verbs[method, path]
            operation["security"] = [{}] if verb == ANYBODY else [{"session": []}, {"token": []}]
            if verb not in (ANYBODY, SIGNED_IN):
                operation["x-needs"] = verb
            operation["responses"] = {
                **{s: {"$ref": f"#/components/responses/Problem{s}"} for s in _statuses(method, operation, verb)},
                **_answers(f"{method.upper()} {path}", operation["responses"]["200"]),
            }
    _linked(told["paths"])
    return told


def _statuses(method: str, operation: Mapping[str, Any], verb: str) -> Iterator[str]:
    """Problems that an operation may answer with."""
    yield from ("400", "401")
    if method not in _SAFE or verb != ANYBODY:
        yield "403"
    yield "404"
    if method not in _SAFE:
        yield "409"
    if "requestBody" in operation or method not in (*_SAFE, "delete"):
        yield from ("411", "413")
    yield from ("414", "421")
    if "parameters" in operation or "requestBody" in operation:
        yield "422"
    yield from ("429", "501", "503", "507")


@cache
def _data() -> Mapping[str, Any]:
    text = (files("counterflow.api") / "answers.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def _answers(name: str, success: Mapping[str, Any]) -> dict[str, Any]:
    """What an operation answers where all is well. :param name: ``GET /api/cases``"""
    data = _data()
    content = dict(success.get("content") or {})
    if name in data["media"]:
        content = {kind: {} for kind in data["media"][name]}
    members = data["members"].get(name)
    if members is not None:
        properties = {key: _schema(kind) for key, kind in members.items()}
        content["application/json"] = {"schema": {"type": "object", "required": [*members], "properties": properties}}
    asked = {"description": "As asked.", **({"content": content} if content else {})}
    return {"200": asked, **{str(status): told for status, told in data["more"].get(name, {}).items()}}


def _schema(kind: str) -> dict[str, Any]:
    """``string``, ``maybe array`` (or null), ``any`` → a schema."""
    if kind == "any":
        return {}
    plain = kind.removeprefix("maybe ")
    return {"type": plain if plain == kind else [plain, "null"]}


def _linked(paths: Mapping[str, Any]) -> None:
    """Links (OpenAPI): which addresses take an id that an answer has brought."""
    for link in _data()["links"]:
        method, _, path = link["after"].partition(" ")
        given: Mapping[str, str] = link["gives"]
        answers = paths[path][method.lower()]["responses"]["200"]
        for opened, item in paths.items():
            if not opened.startswith(link["opens"]) or set(re.findall(r"\{(\w+)\}", opened)) != set(given):
                continue
            for verb, operation in item.items():
                told = {"operationId": operation["operationId"], "parameters": dict(given)}
                if verb == "patch" and "base" in link:
                    told["requestBody"] = {"base": link["base"]}
                answers.setdefault("links", {})[f"{verb} {opened}"] = told
