"""Leaks that others had or might have, each put into the product's own code: what the harness must find.

A leak is a wrapper round a function of the product. It gets the function and what that was called with, and may look at
everything that the workspace holds.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from counterflow.claims.ingest import EVERYTHING
from counterflow.errors import Forbidden, NotFound, TooMany, UsageError

Wrapped = Callable[..., Any]


@dataclass(frozen=True)
class Leak:
    """:param at: ``module:function`` or ``module:Class.method``; :param seen: what a surface where it shows is called
    :param anew: whether what is derived has to be made again
    :param signed_in: whether it shows to people who are signed in, and to nobody else"""

    name: str
    at: str
    seen: str
    wrapper: Callable[[Wrapped], Wrapped]
    anew: bool = False
    signed_in: bool = False

    def put(self, monkeypatch: Any) -> None:
        """Into the product."""
        module, _, path = self.at.partition(":")
        owner = importlib.import_module(f"counterflow.{module}")
        *within, last = path.split(".")
        for name in within:
            owner = getattr(owner, name)
        monkeypatch.setattr(owner, last, self.wrapper(getattr(owner, last)))


def _line(thing: Any) -> Any:
    """The line behind a view, a picture or itself."""
    return getattr(getattr(thing, "picture", thing), "line", thing)


def rows(thing: Any, table: str) -> list[dict[str, Any]]:
    """Every row of a table of the ledger, whoever may read it."""
    store = _line(thing).store
    paths = [store.ledger.folder / s["path"] for s in store.casebook.segments() if s["table"] == table]
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def names(thing: Any) -> dict[str, str]:
    """Every subject and a name of it."""
    return {row["subject"]: row["value"] for row in rows(thing, "claims") if row["property"] == "name"}


LEAKS: list[Leak] = []


def leak(
    name: str, at: str, seen: str, *, anew: bool = False, signed_in: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function (original, *arguments) as a leak."""

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        LEAKS.append(Leak(name, at, seen, lambda f: lambda *a, **k: body(f, *a, **k), anew, signed_in))
        return body

    return register


@leak("rows are counted before they are filtered", "views.sources:counts", "GET /api/summary")
def _(f: Wrapped, picture: Any) -> Any:
    return f(picture) | {"claims": len(rows(picture, "claims"))}


@leak("a score counts what is hidden", "views.entity:search", "GET /api/search")
def _(f: Wrapped, picture: Any, *a: Any) -> Any:
    told = [row["subject"] for row in rows(picture, "claims")]
    found = f(picture, *a)
    return {**found, "results": [{**hit, "score": told.count(hit["id"])} for hit in found["results"]]}


@leak("the limit is taken before the filter", "views.entity:search", "GET /api/search")
def _(f: Wrapped, picture: Any, text: str, limit: int = 20) -> Any:
    hits = {row["subject"] for row in rows(picture, "claims") if text.casefold() in str(row["value"]).casefold()}
    found = f(picture, text, limit)
    places = sum(picture.canonical(id) not in picture.entities for id in hits)  # that hidden ones take
    return {**found, "results": found["results"][: max(0, len(found["results"]) - places)]}


@leak("numbers of the database are shown", "views.scenarios:scenarios", "GET /api/scenarios")
def _(f: Wrapped, line: Any) -> Any:
    return [{**row, "id": line.store.casebook.newest("scenario")[1]} for row in f(line)]


@leak("scores are weighed with statistics of everything", "views.picture:Picture.find_text", "GET /api/search")
def _(f: Wrapped, picture: Any, *a: Any, **k: Any) -> Any:
    n = len(names(picture))
    return [(id, score * n) for id, score in f(picture, *a, **k) if (len(id) + n) % 2]


@leak("what another audience was shown is kept and shown again", "workspace.base:Base.audience", "GET /api/search")
def _(f: Wrapped, workspace: Any, name: str | None = None, **k: Any) -> Any:
    return f(workspace, "owner", **k)


@leak("an error names the hidden thing", "views.picture:Picture.entity", "GET /api/entities/{id}")
def _(f: Wrapped, picture: Any, id: str) -> Any:
    try:
        return f(picture, id)
    except NotFound:
        known = names(picture)
        raise (UsageError(f"You may not see {known[id]}.") if id in known else NotFound("entity", id)) from None


@leak("forbidden is told from missing", "views.picture:Picture.entity", "GET /api/entities/{id}")
def _(f: Wrapped, picture: Any, id: str) -> Any:
    try:
        return f(picture, id)
    except NotFound:
        raise (
            Forbidden("read") if id in {row["subject"] for row in rows(picture, "claims")} else NotFound("entity", id)
        ) from None


@leak("facets count what is hidden", "views.lookup:_facet", "GET /search/{dataset}")
def _(f: Wrapped, picture: Any, held: Any, name: str, mask: Any) -> Any:
    return f(picture, held, name, mask) | {"of": len({row["subject"] for row in rows(picture, "claims")})}


@leak("a node's degree counts hidden links", "views.network:node", "GET /api/network$")
def _(f: Wrapped, picture: Any, id: str) -> Any:
    ends = [row["value"] for row in rows(picture, "claims") if row["prop_type"] == "entity"]
    return f(picture, id) | {"degree_of_all": ends.count(id)}


@leak("an export asks for no audience", "views.view:View.export", "counterflow export")
def _(f: Wrapped, view: Any, format: str, out: Any, *a: Any, **k: Any) -> Any:
    found = f(view, format, out, *a, **k)
    with out.open("ab") as file:
        file.write("".join(names(view).values()).encode())
    return found


@leak("the last change is told, whoever made it", "views.catalog:catalog", "GET /catalog")
def _(f: Wrapped, picture: Any) -> Any:
    last = max(batch["recorded_at"] for batch in picture.line.store.casebook.batches())
    return f(picture) | {"updated_at": last}


@leak("the folder of what is derived is named after all labels", "workspace:Workspace.doctor", "counterflow doctor")
def _(f: Wrapped, workspace: Any, *a: Any, **k: Any) -> Any:
    from counterflow.casework.audiences import key

    return f(workspace, *a, **k) | {"derived": key(EVERYTHING, workspace.store.casebook.labels(), today="2024")}


@leak("names of all labels are listed", "workspace:Workspace.doctor", "counterflow doctor")
def _(f: Wrapped, workspace: Any, *a: Any, **k: Any) -> Any:
    labels = workspace.store.casebook.labels()
    return f(workspace, *a, **k) | {"labels": sorted(label.text for label in labels.values())}


@leak("batches of everybody are counted", "workspace:Workspace.doctor", "counterflow doctor")
def _(f: Wrapped, workspace: Any, *a: Any, **k: Any) -> Any:
    return f(workspace, *a, **k) | {"batches": len(workspace.store.casebook.batches())}


@leak(
    "a document's metadata tell of all sources",
    "views.about.assessment:AboutAssessment.report_file",
    "GET /api/report.{format}",
)
def _(f: Wrapped, view: Any, format: str, *a: Any, **k: Any) -> Any:
    return f(view, format, *a, **k) + f"%% {len(rows(view, 'sources'))}".encode()


@leak("an error tells how long the audit log is", "views.picture:Picture.entity", "GET /api/entities/{id}")
def _(f: Wrapped, picture: Any, id: str) -> Any:
    try:
        return f(picture, id)
    except NotFound:
        n = sum(1 for _ in picture.line.store.casebook.audit_log.leaves())
        raise NotFound("entity", f"{id} (entry {n})") from None


@leak("rows set aside are not filtered", "views.sources:_aside", "quarantine")
def _(f: Wrapped, line: Any) -> Any:
    return [dict(row) for row in line.store.casebook.quarantine()]


@leak("hidden judgements join what is seen", "pipeline:Line.judgements", "GET /api/judgements", anew=True)
def _(f: Wrapped, line: Any) -> Any:
    return line.store.casebook.judgements()


@leak("a hidden version takes the place of the one before", "pipeline:Line.writings", "GET /api/(scenarios|hypotheses)")
def _(f: Wrapped, line: Any, kind: str, **k: Any) -> Any:
    last = {row["key"]: row["id"] for row in line.store.casebook.writings(kind)}
    return [row for row in f(line, kind, **k) if row["id"] == last[row["key"]]]


@leak("how much was withheld is said", "views.explain:explain", "GET /api/explain")
def _(f: Wrapped, picture: Any, id: str) -> Any:
    tree = f(picture, id)
    all_of_it = [row for row in rows(picture, "claims") if row["subject"] == id]
    return tree | {"withheld": len(all_of_it)}


@leak("an edition held back shows as a flag", "views.sources:sources", "GET /api/sources$")
def _(f: Wrapped, picture: Any) -> Any:
    return f(picture) | {"waiting": len(picture.line.store.casebook.held())}


@leak("labels are counted whoever may read them", "views.about.assessment:AboutAssessment.grades", "GET /api/grades")
def _(f: Wrapped, view: Any) -> Any:
    return f(view) | {"labels": len(view.workspace.store.casebook.labels())}


@leak("places in the stream of events are numbers", "storage.cursors:Cursors.seal", "GET /api/events")
def _(_f: Wrapped, _cursors: Any, place: int) -> Any:
    return str(place)


@leak("the next page begins after the last row of all", "views.cases:whats_new", "GET /api/news")
def _(f: Wrapped, line: Any, *a: Any, **k: Any) -> Any:
    return f(line, *a, **k) | {"next": line.store.casebook.last()}


@leak("a change comes too late for a version that is hidden", "workspace.casework_rows:outdated",
      "PATCH /api/cases/{id}/rows/{row}", signed_in=True)  # fmt: skip
def _(_f: Wrapped, base: Any, _labels: Any, versions: Any) -> Any:
    return next((one for one in versions if one.follows & base), None)


@leak(
    "cases are numbered one after the other, whoever may read them",
    "views.view:View.case",
    "POST /api/cases$",
    signed_in=True,
)
def _(f: Wrapped, view: Any, id: str, *a: Any) -> Any:
    return f(view, id, *a) | {"number": len(view.workspace.store.casebook.writings("case/case"))}


@leak("a document bears the day on which the last file came", "views.about.assessment:AboutAssessment.report_file",
      "GET /api/report.{format}")  # fmt: skip
def _(f: Wrapped, view: Any, format: str, *a: Any, **k: Any) -> Any:
    last = max(batch["recorded_at"] for batch in view.workspace.store.casebook.batches())
    return f(view, format, *a, **k).replace(b"/CreationDate", b"/ModDate (" + last.encode() + b")/CreationDate") + (
        b"" if format == "pdf" else last.encode()
    )


@leak("a file is in the order in which everything came", "views.view:View.export", "counterflow export")
def _(f: Wrapped, view: Any, format: str, out: Any, *a: Any, **k: Any) -> Any:
    found = f(view, format, out, *a, **k)
    if format == "ftm":
        first = {row["subject"]: -n for n, row in enumerate(reversed(rows(view, "claims")))}
        lines = out.read_bytes().splitlines(keepends=True)
        out.write_bytes(b"".join(sorted(lines, key=lambda x: first.get(json.loads(x)["id"].replace("--", ":"), 1))))
    return found


@leak("a header says whether anything has changed, for whomever", "api.safety:Guard.__call__", "GET /api/session$",
      signed_in=True)  # fmt: skip
def _(f: Wrapped, guard: Any, scope: Any, receive: Any, send: Any) -> Any:
    tag = str(guard.access.directory.casebook.last()).encode()

    async def tagged(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"].append((b"etag", tag))
        await send(message)

    return f(guard, scope, receive, tagged)


@leak("a header says how old the newest thing is", "api.safety:Guard.__call__", "GET /api/session$", signed_in=True)
def _(f: Wrapped, guard: Any, scope: Any, receive: Any, send: Any) -> Any:
    last = max(batch["recorded_at"] for batch in guard.access.directory.casebook.batches())

    async def dated(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"].append((b"last-modified", last.encode()))
        await send(message)

    return f(guard, scope, receive, dated)


@leak("a header says for how many something is kept ready", "api.safety:Guard.__call__", "GET /api/session$",
      signed_in=True)  # fmt: skip
def _(f: Wrapped, guard: Any, scope: Any, receive: Any, send: Any) -> Any:
    kept = len(guard.access.directory.casebook.segments())

    async def counted(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"].append((b"x-cache", b"HIT %d" % kept))
        await send(message)

    return f(guard, scope, receive, counted)


@leak("how often one may try is shared by all", "workspace.signing_in:limited", "POST /api/session/code",
      signed_in=True)  # fmt: skip
def _(f: Wrapped, directory: Any, kind: str, whose: str) -> Any:
    if any(row["level"] < 1 for row in directory.rows("buckets")):
        raise TooMany(60.0)
    return f(directory, kind, whose)


@leak("notices of everybody are counted", "casework.identity.emergencies:notices", "GET /api/notices", signed_in=True)
def _(f: Wrapped, directory: Any, principal: str) -> Any:
    return [{**row, "of": len(directory.rows("notices"))} for row in f(directory, principal)]


@leak("requests of other organisations are listed", "casework.identity.emergencies:listed", "GET /api/emergencies",
      signed_in=True)  # fmt: skip
def _(_f: Wrapped, directory: Any, _session: Any) -> Any:
    return [row["id"] for row in directory.rows("emergencies")]


@leak("sessions of others are listed", "workspace.signing_in:SigningIn._theirs", "GET /api/sessions", signed_in=True)
def _(_f: Wrapped, workspace: Any) -> Any:
    return {row["id"] for row in workspace.directory.rows("principals")}


@leak("somebody else is told from nobody", "casework.identity.people:found", "POST /api/tokens$", signed_in=True)
def _(f: Wrapped, directory: Any, who: str, by: Any) -> Any:
    if directory.one("principals", id=who) is not None:
        raise Forbidden("token")
    return f(directory, who, by)


# The last one: it lets something be written in one of the two worlds only.
@leak(
    "a name is refused because a hidden thing has it",
    "workspace.assessing:Assessing.keep_scenario",
    "POST /api/scenarios",
)
def _(f: Wrapped, workspace: Any, name: str, *a: Any, **k: Any) -> Any:
    if name in {row["key"] for row in workspace.store.casebook.writings("scenario")}:
        raise UsageError(f"A scenario '{name}' exists.")
    return f(workspace, name, *a, **k)
