"""Serves the built workbench: files as they are, any other address as its front page (the page routes by itself)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["BUILT", "Workbench"]

BUILT = Path(__file__).parents[1] / "web" / "dist"
"""Where the package's build puts the workbench."""

_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Counterflow</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem}code{background:#8882;
padding:.1em .3em}</style>
<h1>The workbench is not built</h1>
<p>This installation of Counterflow came without it (<code>COUNTERFLOW_WEB=skip</code>, or a checkout that was not
installed). In a checkout, <code>make install</code> builds it; a release has it.</p>
<p>The command line and the HTTP interface work: see <a href="/api/summary">/api/summary</a> and
<a href="/api/openapi.json">/api/openapi.json</a>.</p></html>"""


_PROGRAMS = frozenset({"api", "match", "reconcile"})
"""What stands first in addresses that only programs ask for: no page is there."""


class Workbench(StaticFiles):
    """ASGI application over the folder of built files; it may be built, or built anew, while this runs.

    Files under ``assets/`` bear a hash of their content in their name and may be kept for ever; all others are asked
    for again each time (and answered 304 where nothing changed).
    """

    def __init__(self, folder: Path = BUILT) -> None:
        super().__init__(directory=folder, check_dir=False)
        self.folder = folder

    async def check_config(self) -> None:
        """No folder is no error: the page says what to do."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at a path, or the front page."""
        parts = Path(path).parts
        if {scope["path"].lstrip("/").partition("/")[0], *parts[:1]} & _PROGRAMS:
            raise HTTPException(404, "There is no such address in the HTTP interface; /api/openapi.json lists them.")
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        if not (self.folder / "index.html").is_file():
            return HTMLResponse(NOT_BUILT, 503)
        named = bool(parts) and "." in parts[-1]
        if any(part.startswith(".") for part in parts if part != "."):
            raise HTTPException(404, "Not Found")
        try:
            found = await super().get_response(path if named else "index.html", scope)
        except HTTPException as e:
            # An entity's address may hold a dot (ofac:12.3): what is not a file of ours is the page's own address.
            if e.status_code != 404 or parts[:1] == ("assets",):
                raise
            found = await super().get_response("index.html", scope)
            named = False
        found.headers["Cache-Control"] = _FOREVER if named and parts[0] == "assets" else _ASK_AGAIN
        return found
