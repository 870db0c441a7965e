from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from counterflow.api.workbench import Workbench


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>front page</title>")
    (folder / "assets" / "index-a1b2.js").write_text("let a")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / ".stamp").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    return folder


def _serving(folder: Path) -> TestClient:
    app = Starlette()
    app.mount("/", Workbench(folder))
    return TestClient(app)


@pytest.mark.parametrize(
    "path", ["/", "/findings", "/entities/office39:bureau-39", "/entities/ofac:12.3", "/a/b/c?d=e"]
)
def test_the_page_routes_by_itself(built: Path, path: str) -> None:
    answer = _serving(built).get(path)
    assert (answer.status_code, answer.text) == (200, "<title>front page</title>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_a_file_named_by_its_content_is_kept_for_ever(built: Path) -> None:
    answer = _serving(built).get("/assets/index-a1b2.js")
    assert (answer.status_code, answer.text) == (200, "let a")
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in _serving(built).get("/icon.svg").headers["cache-control"]


def test_an_asset_that_is_gone_is_not_the_front_page(built: Path) -> None:
    assert _serving(built).get("/assets/index-old.js").status_code == 404


def test_the_front_page_is_asked_for_again_and_answered_briefly(built: Path) -> None:
    client = _serving(built)
    tag = client.get("/").headers["etag"]
    assert client.get("/", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/.stamp", "/assets/../.stamp", "/..%2foutside.txt", "/%2e%2e/outside.txt", "//etc/passwd"]
)
def test_nothing_outside_or_hidden_is_served(built: Path, path: str) -> None:
    assert "secret" not in _serving(built).get(path).text
    assert "root:" not in _serving(built).get(path).text


def test_without_a_build_the_page_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    client = _serving(folder)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "make install" in answer.text
    folder.mkdir()
    (folder / "index.html").write_text("built meanwhile")
    assert client.get("/").text == "built meanwhile"


def test_the_workbench_that_is_built_here_loads_nothing_from_elsewhere() -> None:
    import re

    from counterflow.api.workbench import BUILT

    if not (BUILT / "index.html").is_file():
        pytest.skip("the workbench is not built (COUNTERFLOW_WEB=skip, or no install)")
    loading = re.compile(
        r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import\s+["']http|importScripts\("""
    )
    found: dict[str, Any] = {}
    for path in sorted(BUILT.rglob("*")):
        if path.suffix in (".html", ".js", ".css", ".svg"):
            hits = loading.findall(path.read_text(encoding="utf-8"))
            if hits:
                found[path.name] = hits
    assert not found
