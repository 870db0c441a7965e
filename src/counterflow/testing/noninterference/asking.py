"""Requests of every address that an application has, made up from its own description (OpenAPI), and their answers.

Nothing is listed here by hand but what parameters of a name are about: an address that is added is asked from that
moment on. Ids are drawn from what the reader may see, from what it may not, and from what is not there at all.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["Answer", "Caller", "Operation", "Request", "harvested", "made", "operations", "pool"]

HOST = "127.0.0.1"

READY = b"event: ready\n"
"""In a stream of events: from here on it waits for what is new."""

_ABOUT: Mapping[str, str] = {
    "entity": "entity", "center": "entity", "source": "entity", "target": "entity", "subject": "entity",
    "left": "entity", "right": "entity", "exclude_entity_ids": "entity", "claim": "claim", "claim_ids": "claim",
    "finding": "finding", "around": "finding", "dataset": "dataset", "include_dataset": "dataset",
    "exclude_dataset": "dataset", "party": "party", "address": "address", "document": "document",
    "as_of": "date", "known_on": "date", "from": "date", "to": "date", "before": "date", "after": "date",
    "until": "date", "changed_since": "date", "q": "text", "text": "text", "prefix": "text", "value": "text",
    "query": "text", "item": "item", "saved": "report", "label": "label", "origin": "source", "since": "snapshot",
    "base": "version", "basis": "basis", "purpose": "purpose", "thing": "thing", "person": "person", "owner": "person",
    "recipient": "organisation",
}  # fmt: skip
"""Parameter or field → pool that its value is drawn from."""

_AT: Mapping[str, str] = {
    "documents": "document", "entities": "entity", "findings": "finding", "patterns": "pattern",
    "hypotheses": "hypothesis", "marks": "claim",
    "cases": "case", "rows": "case row", "sources": "dataset", "statements": "claim", "snapshots": "snapshot",
    "dissemination": "release", "custody": "digest",
    "proposals": "proposal", "emergencies": "emergency", "notices": "notice",
    "passkeys": "passkey", "sessions": "session", "tokens": "token", "people": "person",
}  # fmt: skip
"""Part of an address before its parameter → pool, where the parameter's name does not tell."""

_FIXED: Mapping[str, Sequence[str]] = {
    "date": ("2024", "2024-01-02", "2024-02", "2023-12-31", "2024-01-02T11:00Z", "2030", "yesterday"),
    "text": ("Office 39", "office", "39호실", "Vanishing", "kim", "kp", "ocean*", "name:star", "of"),
    "name": ("Office 39", "Ocean Star"),
    "report": ("first", "first@1", "second"),
    "pattern": ("p-0",),
    "finding": ("f-1", "f-2"),
    "dataset": ("default",),
    "entity": tuple(f"alpha:{n}" for n in range(1, 10)),
    "hypothesis": ("q1", "q2", "q3"),
    "scenario": ("scenario 1",),
    "case": ("case-0", "case-0", "case-1", "case-2"),
    "basis": ("mandate",),
    "purpose": ("tax",),
    "thing": ("entity",),
    "organisation": ("A", "B", "C", "D"),
}
_NOWHERE = "nowhere:1"


class Request(NamedTuple):
    """:param what: the operation; :param target: path with its query"""

    what: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.method} {self.target} {self.body.decode(errors='replace')}".strip()


class Answer(NamedTuple):
    """What came back: all of it, headers in their order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class Operation:
    """One method of one address. :param body: schema of the body, with its media type"""

    method: str
    path: str
    parameters: list[Mapping[str, Any]] = field(default_factory=list)
    body: tuple[str, Mapping[str, Any]] | None = None

    @property
    def name(self) -> str:
        """As reports name it."""
        return f"{self.method} {self.path}"


def operations(app: FastAPI) -> tuple[list[Operation], Mapping[str, Any]]:
    """Every operation of an application, and the schemata that they name."""
    told = app.openapi()
    found = []
    for path, item in told["paths"].items():
        for method, operation in item.items():
            sent = operation.get("requestBody", {})
            kinds = [(kind, content["schema"]) for kind, content in sent.get("content", {}).items()]
            named = operation.get("parameters", [])
            found.append(Operation(method.upper(), path, named, kinds[0] if kinds else None))
    for method, path in undescribed(app, set(told["paths"])):
        found.append(Operation(method, path))
    return found, told.get("components", {}).get("schemas", {})


def undescribed(app: FastAPI, told: Collection[str]) -> Iterator[tuple[str, str]]:
    """Method and path of what has no description: files of the workbench, the description itself, and others.

    :param told: paths that have one
    """
    for included in app.routes:
        prefix = getattr(getattr(included, "include_context", None), "prefix", "")
        inside = getattr(getattr(included, "original_router", None), "routes", [included])
        for route in inside:
            path = prefix + str(getattr(route, "path", "")).replace(":path}", "}") or "/"
            for method in sorted(getattr(route, "methods", None) or {"GET"}):
                if path not in told and method != "HEAD":
                    yield method, path


def made(
    operation: Operation, schemata: Mapping[str, Any], pools: Mapping[str, Sequence[str]], r: random.Random,
    pinned: Mapping[str, str] | None = None,
) -> Request:  # fmt: skip
    """A request of an operation, mostly one that it understands. :param pinned: values that parameters have, if any"""
    maker = _Maker(schemata, pools, r)
    path, query = operation.path, []
    for parameter in operation.parameters:
        name, schema = parameter["name"], parameter.get("schema", {})
        if parameter["in"] == "path":
            before = operation.path.split("{" + name)[0].rstrip("/").rpartition("/")[2]
            if name == "number":  # of a page: most documents have one
                schema = {**schema, "minimum": 1, "maximum": 2}
            value = maker.text(name, before, schema) if schema.get("type") == "string" else maker.value(schema, name)
            path = re.sub(r"\{" + name + r"(:path)?\}", quote(str(value), safe=""), path)
        elif parameter["in"] == "query" and (parameter.get("required") or r.random() < 0.3):
            value = (pinned or {}).get(name) or maker.value(schema, name)
            if name == "audience" or value is None:
                continue
            query += [(name, str(v)) for v in (value if isinstance(value, list) else [value])]
    body, headers = b"", [("host", HOST)]
    if operation.body is not None:
        kind, schema = operation.body
        filled = maker.value(schema, "body")
        body = urlencode(filled).encode() if "form" in kind else json.dumps(filled, ensure_ascii=False).encode()
        headers.append(("content-type", kind))
    elif operation.method == "POST" and operation.path.startswith("/reconcile/"):  # whose description is its standard
        asked = {"q0": {"query": maker.text("q", "", {})}}
        body = urlencode({"queries": json.dumps(asked)}).encode()
        headers.append(("content-type", "application/x-www-form-urlencoded"))
    if operation.method not in ("GET", "HEAD"):
        headers.append(("content-length", str(len(body))))
    target = path + ("?" + urlencode(query) if query else "")
    return Request(operation.name, operation.method, target, tuple(headers), body)


class _Maker:
    """Values of a schema (JSON Schema as FastAPI writes it)."""

    def __init__(self, schemata: Mapping[str, Any], pools: Mapping[str, Sequence[str]], r: random.Random) -> None:
        self.schemata, self.pools, self.random = schemata, pools, r

    def value(self, schema: Mapping[str, Any], name: str, depth: int = 0) -> Any:
        """A value; `name` of the parameter or field that it is for."""
        r = self.random
        if "$ref" in schema:
            return self.value(self.schemata[schema["$ref"].rpartition("/")[2]], name, depth + 1)
        if "enum" in schema:
            return r.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        if "anyOf" in schema:
            return self.value(r.choice(schema["anyOf"]), name, depth)
        kind = schema.get("type")
        if kind == "null":
            return None
        if kind == "boolean":
            return r.random() < 0.5
        if kind in ("integer", "number"):
            least, most = schema.get("minimum", 0), schema.get("maximum", 20)
            found = r.randint(int(least), int(min(most, least + 20)))
            return found if kind == "integer" else found + r.choice((0, 0.5)) if found + 0.5 <= most else float(found)
        if kind == "array":
            return [
                self.value(schema.get("items", {}), name, depth + 1) for _ in range(max(schema.get("minItems", 0), 1))
            ]
        if kind == "object" or "properties" in schema:
            return self._object(schema, name, depth)
        return self.text(name, "", schema)

    def _object(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        if "properties" not in schema:
            return self._free(schema, name, depth)
        wanted = schema.get("required", ())
        return {
            key: value
            for key, inner in schema["properties"].items()
            if key in wanted or self.random.random() < 0.3
            if (value := self.value(inner, "recipient" if key == "to" else key, depth + 1)) is not None
        }

    def _free(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        """An object whose fields are not described."""
        inner = schema.get("additionalProperties")
        if name == "properties":
            return {"name": [self.text("q", "", {})], "country": ["kp"]}
        if name in ("query", "queries"):
            party = {"id": "c-1", "schema": "Company", "properties": {"name": [self.text("q", "", {})]}}
            return {"q0": party} if isinstance(inner, dict) else party
        if name == "hypotheses":
            return {"a": "it is", "b": "it is not"}
        if name in ("changes", "fields"):
            return {self.random.choice(("title", "text", "what")): self.text("q", "", {})}
        if name == "grades":
            return {"B2": 0.7}
        if name in ("evidence",):
            return {
                "id": "e1",
                "text": self.text("q", "", {}),
                "cites": [self.text("claim", "", {})],
                "ratings": {"a": "C"},
            }
        return {"a": self.value(inner, name, depth + 1)} if isinstance(inner, dict) and depth < 4 else {}

    def text(self, name: str, before: str, schema: Mapping[str, Any]) -> str:
        """A text; `before`: the part of the address that stands before it."""
        r = self.random
        if name == "format":
            return r.choice(("json", "md", "html", "pdf", "docx"))
        if name == "schema":
            return r.choice(("Company", "Person", "Thing", "LegalEntity"))
        if name in ("reason", "note", "title", "name") and not before:
            return r.choice(("known", "because", "first", f"scenario {r.randint(1, 9)}", f"scenario {r.randint(1, 9)}"))
        if name == "tlp":
            return r.choice(("TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"))
        if name == "base" and r.random() < 0.6:
            return ","  # that in force
        if name == "rating":
            return r.choice(("C", "I", "N"))
        if name == "hypothesis":
            return r.choice(("a", "b"))
        if name == "label":
            return r.choice(("TLP:CLEAR", "TLP:AMBER", "TLP:RED", "nonsense"))
        if name in ("property", "property_"):
            return r.choice(("name", "country", "owner", "ownershipAsset"))
        kind = _AT.get(before) or _ABOUT.get(name) or ""
        text = _NOWHERE if r.random() < 0.08 else r.choice(pool(kind, self.pools))
        if kind == "text" and r.random() < 0.2:
            text = text[: r.randint(1, len(text))]
        return text[: schema.get("maxLength", 2000)]


def pool(kind: str, pools: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Texts of a kind, of all kinds where it is empty."""
    some = [kind] if kind else sorted(pools)
    return [text for k in some for text in (*_FIXED.get(k, ()), *pools.get(k, ()))] or [_NOWHERE]


class Caller:
    """Asks an application in this process, without a network and without a client that tidies what comes back."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._thread = ThreadPoolExecutor(1)  # of its own: the one that asks may be in a loop already

    def close(self) -> None:
        """End its loop."""
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def ask(self, app: FastAPI, request: Request, patience: float = 600.0) -> Answer:
        """The answer to a request. A stream is read until it says that it has told all there was (`READY`)."""
        return self._thread.submit(lambda: self._runner.run(_asked(app, request, patience))).result()


async def _asked(app: FastAPI, request: Request, patience: float) -> Answer:
    path, _, query = request.target.partition("?")
    from urllib.parse import unquote

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method,
        "scheme": "http", "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(),
        "root_path": "", "headers": [(k.encode(), v.encode()) for k, v in request.headers],
        "client": (HOST, 50_000), "server": (HOST, 8039),
    }  # fmt: skip
    sent = iter([{"type": "http.request", "body": request.body, "more_body": False}])
    gone = asyncio.Event()
    head: list[Any] = [500, ()]
    pieces: list[bytes] = []
    heard = asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        for message in sent:
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            head[:] = message["status"], tuple((k.decode(), v.decode()) for k, v in message["headers"])
        elif message["type"] == "http.response.body":
            pieces.append(bytes(message.get("body", b"")))
        heard.set()

    task = asyncio.ensure_future(app(scope, receive, send))
    task.add_done_callback(lambda _: heard.set())
    started = asyncio.get_running_loop().time()
    while not task.done() and asyncio.get_running_loop().time() - started < patience:
        heard.clear()
        if any(READY in piece for piece in pieces):
            break
        try:
            await asyncio.wait_for(heard.wait(), patience)
        except TimeoutError:
            break
    gone.set()
    if not task.done():
        task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    except Exception as e:  # noqa: BLE001 - the server would have closed the connection: an answer as well
        pieces.append(f"{type(e).__name__}: {e}".encode())
    return Answer(head[0], head[1], b"".join(pieces))


def harvested(answers: Iterable[bytes]) -> dict[str, list[str]]:
    """Ids that answers tell of findings and patterns: what cannot be known before it is asked."""
    found: dict[str, set[str]] = {"finding": set(), "pattern": set()}
    for answer in answers:
        for kind, sign in (("finding", b"f-"), ("pattern", b"p-")):
            found[kind].update(m.decode() for m in re.findall(rb'"(' + sign + rb'[0-9a-z-]+)"', answer))
    return {kind: sorted(ids) for kind, ids in found.items()}
