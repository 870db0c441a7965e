"""What was true on D, as known on E: against a plain model in memory, and through views, commands and addresses."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from claims.toy import Toy, take
from counterflow.api.app import create_app
from counterflow.claims.ingest import EVERYTHING, ingest
from counterflow.cli import main
from counterflow.errors import NotFound, UsageError
from counterflow.model import dates
from counterflow.model.handling import TLP, Label
from counterflow.sources.reader import Said, Statements
from counterflow.workspace import Workspace

# -- against a model ---------------------------------------------------------------------------------------------------

YEAR = st.one_of(st.none(), st.sampled_from(["2001", "2005-06", "2010-06-15"]))
FACT = st.tuples(st.sampled_from("abc"), st.sampled_from(["Kim", "Ri"]), YEAR, YEAR)
LEDGER_STEP = st.one_of(st.lists(FACT, max_size=5, unique=True), st.just("again"))


class Dated(Toy):
    """Toy rows whose claims hold from and to a date."""

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Any]:
        for row in json.loads(path.read_text(encoding="utf-8")):
            subject, name, start, end = row
            said = Said("name", name, valid_from=start, valid_to=end)
            yield Statements(subject, "Person", [said], locator=f"record {subject}")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(LEDGER_STEP, min_size=1, max_size=5), day=st.sampled_from(["2001", "2005", "2010-06-15", "2020"]))
def test_every_past_state_is_what_a_plain_model_says(steps: list[Any], day: str) -> None:
    """Editions add, correct and withdraw; the ledger as of each moment is the edition that was then in force."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "w")
        states: list[tuple[str, set[Any]]] = []  # (recorded at, what was in force from then on)
        now: set[Any] = set()
        for step in steps:
            if step != "again":
                now = set(step)
            path = Path(folder) / "toy.json"
            path.write_text(json.dumps(sorted(now, key=str)), encoding="utf-8")
            ingest(path, Dated(), workspace.store, who="test")
            states.append((workspace.store.casebook.batches()[-1]["recorded_at"], now))
        for at, expected in states:
            scope = workspace.store.ledger.scope(EVERYTHING, known_on=at)
            rows = scope.run(scope.table("claims")).to_pylist()
            found = {(r["subject"][4:], r["value"], r["valid_from"], r["valid_to"]) for r in rows}
            assert found == expected
            held = {f for f in found if dates.holds_on(f[2], f[3], day)}
            assert held == {f for f in expected if dates.holds_on(f[2], f[3], day)}
        before = scope = workspace.store.ledger.scope(EVERYTHING, known_on="2000-01-01T00:00:00+00:00")
        assert before.run(scope.table("claims")).num_rows == 0
        workspace.close()


# -- through the verbs -------------------------------------------------------------------------------------------------

FIRM = {"id": "firm", "schema": "Company", "name": "Zokwang Trading"}
BOSS = {"id": "boss", "schema": "Person", "name": "Pak Ja Pyong"}
OTHER = {"id": "other", "schema": "Person", "name": "Ri Chol Sik"}


def owns(by: str) -> dict[str, Any]:
    return {"id": "own", "schema": "Ownership", "owner": by, "asset": "firm", "percentage": "100"}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """First one man was thought to own the firm; then the edition was corrected; then two records were joined."""
    workspace = Workspace.create(tmp_path / "w")
    take(workspace.store, tmp_path, FIRM, BOSS, OTHER, owns("boss"))
    take(workspace.store, tmp_path, FIRM, BOSS, OTHER, owns("other"))
    workspace.judge("toy:boss", "toy:other", "same", "one passport")
    yield workspace
    workspace.close()


def times(workspace: Workspace) -> list[str]:
    return [b["recorded_at"] for b in workspace.store.casebook.batches()]


def owners(workspace: Workspace, known_on: str | None) -> set[str]:
    page = workspace.view(known_on=known_on).entity("toy:firm")
    return {link["other"]["id"] for link in page["links"]}


def test_a_page_shows_what_was_believed_then(workspace: Workspace) -> None:
    first, second = times(workspace)
    assert owners(workspace, first) == {"toy:boss"}
    assert owners(workspace, second) == {"toy:other"}
    assert owners(workspace, None) == {"toy:boss"}, "since the two are judged to be one"
    assert workspace.view(known_on=second).entity("toy:other")["referents"][0]["subject"] == "toy:other"
    assert len(workspace.view().entity("toy:other")["referents"]) == 2


def test_before_anything_was_known_there_is_nothing(workspace: Workspace) -> None:
    view = workspace.view(known_on="1999")
    assert view.sources()["datasets"] == []
    assert view.search("Zokwang")["results"] == []
    with pytest.raises(NotFound):
        view.entity("toy:firm")
    with pytest.raises(UsageError, match="'soon' is not a date"):
        workspace.view(known_on="soon")


def test_the_past_does_not_change_when_more_is_learnt(workspace: Workspace, tmp_path: Path) -> None:
    first = times(workspace)[0]
    before = json.dumps(workspace.view(known_on=first).entity("toy:firm"))
    folders = {p.name for p in (workspace.path / "derived").glob("*/*")}
    take(workspace.store, tmp_path, FIRM)
    workspace.run()
    assert json.dumps(workspace.view(known_on=first).entity("toy:firm")) == before
    assert folders <= {p.name for p in (workspace.path / "derived").glob("*/*")}, "made once, and kept apart"


def test_a_date_after_all_that_is_known_is_the_present(workspace: Workspace) -> None:
    view = workspace.view(known_on="2999")
    assert view.picture is workspace.view().picture


def test_every_verb_looks_back(workspace: Workspace) -> None:
    first = times(workspace)[0]

    def call(*words: str) -> Any:
        result = CliRunner().invoke(main, ["--workspace", str(workspace.path), *words])
        assert result.exit_code == 0, (words, result.output, result.exception)
        return [json.loads(text) for text in result.stdout.splitlines()]

    links = call("show", "toy:firm", "--known-on", first, "--json")[0]["links"]
    assert [link["other"]["id"] for link in links] == ["toy:boss"]
    assert call("network", "toy:firm", "--known-on", first, "--json")[0]["edges"][0]["source"] == "toy:boss"
    assert len(call("search", "Ri Chol Sik", "--known-on", first, "--json")) == 1
    assert call("explain", "toy:own", "--known-on", first, "--json")[0]["text"].startswith("Pak Ja Pyong")
    assert call("explain", "toy:own", "--json")[0]["text"] != call("explain", "toy:own", "--known-on", first, "--json")
    assert isinstance(call("detect", "--known-on", first, "--as-of", "2010", "--json"), list)
    assert call("report", "--known-on", "1999", "--json")[0]["title"]
    assert call("sources", "--known-on", "1999", "--json") == []
    said = [json.loads(e["detail"]) for e in workspace.store.casebook.audit_entries() if e["action"] == "show"]
    assert said[0]["known_on"] == first


def test_every_address_looks_back(workspace: Workspace) -> None:
    client = TestClient(create_app(workspace), base_url="http://127.0.0.1")
    first = times(workspace)[0]
    page = client.get("/api/entities/toy:firm", params={"known_on": first}).json()
    assert [link["other"]["id"] for link in page["links"]] == ["toy:boss"]
    assert client.get("/api/entities/toy:firm", params={"known_on": "1999"}).status_code == 404
    assert client.get("/api/sources", params={"known_on": "no"}).status_code == 400


def test_looking_back_does_not_widen_what_may_be_read(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace.store, tmp_path, {**OTHER, "id": "spy"}, dataset="tips", label=Label(tlp=TLP.RED))
    public = workspace.view("public", known_on="2999")
    assert "tips" not in json.dumps(public.sources())
    with pytest.raises(NotFound):
        public.entity("tips:spy")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2016", "2016-12-31T23:59:59.999999+00:00"),
        ("2016-02", "2016-02-29T23:59:59.999999+00:00"),
        ("2016-09-29", "2016-09-29T23:59:59.999999+00:00"),
        ("2016-09-29T12:00:00+02:00", "2016-09-29T10:00:00.000000+00:00"),
        ("2016-09-29T12:00", "2016-09-29T12:00:00.000000+00:00"),
        ("2016-13", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_instant_that_a_date_ends(text: str, instant: str | None) -> None:
    assert dates.end_of(text) == instant
