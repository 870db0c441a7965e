"""What tests of yente and OpenRefine check, over two small data sets of our own; the cases stand in ``yente.yaml``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.workspace import Workspace

FIXTURES = Path(__file__).parents[1] / "fixtures" / "yente"
CASES = yaml.safe_load((Path(__file__).parent / "yente.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = Workspace.create(tmp_path_factory.mktemp("yente") / "counterflow.d")
    for name in ("quay", "gifts"):
        report = made.ingest(FIXTURES / f"{name}.ftm.json", reader="ftm", dataset=name)
        assert not report.quarantined
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> TestClient:
    return TestClient(create_app(workspace), base_url="http://127.0.0.1:8039", raise_server_exceptions=False)


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{area}: {c['name']}") for area in CASES for c in CASES[area]])
def test_it_answers_as_yente_does(client: TestClient, case: dict[str, Any]) -> None:
    answer = _asked(client, case)
    assert answer.status_code == case.get("status", 200), answer.text[:500]
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert isinstance(answer.json()["detail"], str)
        assert answer.json()["status"] == answer.status_code
    for path, wanted in case.get("expect", {}).items():
        _check(path, _at(answer.json(), path), wanted)
    for name, value in case.get("headers", {}).items():
        assert answer.headers[name] == value


def _asked(client: TestClient, case: dict[str, Any]) -> Any:
    if "get" in case:
        return client.get(case["get"] + "a" * case.get("pad", 0), follow_redirects=case.get("follow", True))
    if "text" in case:
        kind = case.get("type", "application/x-www-form-urlencoded")
        return client.post(case["post"], content=case["text"], headers={"content-type": kind} if kind else {})
    if "form" in case:
        return client.post(case["post"], data={key: json.dumps(value) for key, value in case["form"].items()})
    return client.post(case["post"], json=case["json"])


ABSENT = object()


def _at(data: Any, path: str) -> Any:
    """The value at ``a.b.0``; `ABSENT` where there is none."""
    for key in path.split("."):
        if isinstance(data, list):
            data = data[int(key)] if int(key) < len(data) else ABSENT
        else:
            data = data.get(key, ABSENT) if isinstance(data, dict) else ABSENT
    return data


def _check(path: str, found: Any, wanted: Any) -> None:
    if not isinstance(wanted, dict):
        assert found == wanted, path
        return
    for op, value in wanted.items():
        if op == "absent":
            assert found is ABSENT, path
        elif op == "length":
            assert len(found) == value, (path, found)
        elif op == "at_least":
            assert len(found) >= value, (path, found)
        elif op == "above":
            assert found > value, path
        elif op == "below":
            assert found < value, path
        elif op == "begins":
            assert str(found).startswith(value), (path, found)
        elif op == "each_has":
            assert set(value) <= set(found), (path, sorted(found))
        else:
            assert op in ("has", "lacks"), op
            held = any(value.items() <= f.items() if isinstance(value, dict) else f == value for f in found)
            assert held == (op == "has"), (path, found)


def test_every_record_has_the_shape_that_clients_rely_on(client: TestClient) -> None:
    for found in client.get("/search/default?limit=100").json()["results"]:
        whole = client.get(f"/entities/{found['id']}").json()
        _shaped(whole)


def _shaped(record: dict[str, Any]) -> None:
    assert record["id"]
    assert record["caption"]
    assert isinstance(record["target"], bool)
    for values in record["properties"].values():
        assert values
        for value in values:
            if isinstance(value, dict):
                _shaped(value)
            else:
                assert isinstance(value, str)
    for key in ("first_seen", "last_seen", "last_change"):  # seconds, and no zone: clients parse it so
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", record[key])


@pytest.mark.parametrize("field", ["first_seen", "last_change", "caption", "id"])
def test_results_come_in_the_order_asked_for(client: TestClient, field: str) -> None:
    up, down = (
        [r[field] for r in client.get(f"/search/default?limit=100&sort={field}:{order}").json()["results"]]
        for order in ("asc", "desc")
    )
    assert len(up) == len(down) > 10
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


def test_more_queries_than_a_batch_holds_are_refused(client: TestClient) -> None:
    one = {"schema": "Person", "properties": {"name": ["Ann Lee"]}}
    answer = client.post("/match/quay", json={"queries": {str(n): one for n in range(101)}})
    assert answer.status_code == 400
    queries = json.dumps({str(n): {"query": "Ann Lee"} for n in range(101)})
    assert client.post("/reconcile/quay", data={"queries": queries}).status_code == 400


def test_the_catalogue_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/catalog").headers["etag"]
    again = client.get("/catalog", headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")


def test_openrefine_on_this_machine_may_read_the_reconciliation_service_and_nothing_else(client: TestClient) -> None:
    refine, stranger = {"origin": "http://127.0.0.1:3333"}, {"origin": "http://evil.example"}
    assert client.get("/reconcile/quay", headers=refine).headers["access-control-allow-origin"] == refine["origin"]
    assert "access-control-allow-origin" not in client.get("/reconcile/quay", headers=stranger).headers
    assert "access-control-allow-origin" not in client.get("/search/quay", headers=refine).headers
    page = client.get("/reconcile/quay/preview?id=quay:sev-1")
    assert "SEVERIN" in page.text
    assert "frame-ancestors http://127.0.0.1:*" in page.headers["content-security-policy"]
    assert client.get("/reconcile/quay/preview?id=quay:nobody").status_code == 404


def test_a_name_in_a_preview_runs_nothing(client: TestClient) -> None:
    page = client.get("/reconcile/quay/preview?id=quay:oth-3").text
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page


def test_what_an_audience_may_not_read_is_not_there(workspace: Workspace) -> None:
    public = TestClient(create_app(workspace, audiences=["public"]), base_url="http://127.0.0.1:8039")
    absent = public.get("/search/banana").json()["detail"]
    assert public.get("/search/quay").status_code == 404  # the data sets are TLP:GREEN
    assert public.get("/search/quay").json()["detail"] == absent.replace("banana", "quay")
    assert public.get("/entities/quay:sev-1").status_code == public.get("/entities/sev-1").status_code == 404
    assert public.get("/search/default").json()["total"]["value"] == 0
    assert [d["name"] for d in public.get("/catalog").json()["datasets"]] == ["default"]
    example = {"schema": "Person", "properties": {"name": ["Grigory Antonovich Severin"]}}
    found = public.post("/match/default?threshold=0.1", json={"queries": {"q": example}}).json()
    assert found["responses"]["q"]["results"] == []
    extended = {"ids": ["quay:sev-1"], "properties": [{"id": "name"}]}
    assert public.post("/reconcile/default", data={"extend": json.dumps(extended)}).json()["rows"] == {"quay:sev-1": {}}


def test_only_the_pulse_needs_no_token(workspace: Workspace) -> None:
    guarded = TestClient(create_app(workspace, token="s3cret"), base_url="http://127.0.0.1:8039")
    assert guarded.get("/healthz").json() == {"status": "ok"}
    for path in ("/readyz", "/catalog", "/algorithms", "/search/quay", "/entities/quay:sev-1", "/reconcile/quay"):
        assert guarded.get(path).status_code == 401, path
        assert guarded.get(path, headers={"authorization": "Bearer s3cret"}).status_code == 200, path
