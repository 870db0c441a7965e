"""What the workbench believes an answer to be (web/src/api/types/) is what the server sends, on the demonstration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.workspace import Workspace

TYPES = Path(__file__).parents[2] / "web" / "src" / "api" / "types"

# -- the part of TypeScript that the types are written in -------------------------------------------------------------

Type = tuple[Any, ...]
_WORD = re.compile(r"\s*(?:(\w+)|(\"[^\"]*\")|(.))")


class Parser:
    """Types as tuples (name, …): string, number, boolean, null, unknown, literal, array, tuple, record, union, all,
    fields, ref, field."""

    def __init__(self, text: str) -> None:
        bare = re.sub(
            r"/\*.*?\*/|//[^\n]*|^import [^;]*;|^export type \*[^;]*;", "", text, flags=re.DOTALL | re.MULTILINE
        )
        self.words = [next(g for g in m.groups() if g) for m in _WORD.finditer(bare) if m[0].strip()]
        self.types: dict[str, Type] = {}
        while self.words:
            self.declaration()

    def take(self, expected: str | None = None) -> str:
        word = self.words.pop(0)
        assert expected in (None, word), f"expected {expected}, found {word} before {self.words[:8]}"
        return word

    def at(self, word: str) -> bool:
        return bool(self.words) and self.words[0] == word

    def declaration(self) -> None:
        word = self.take()
        if word == "export":
            word = self.take()
        if word == "type":
            name = self.take()
            self.take("=")
            self.types[name] = self.union()
            self.take(";")
            return
        name = self.take()
        parents = []
        if self.at("extends"):
            self.take()
            parents.append(("ref", self.take()))
            while self.at(","):
                self.take()
                parents.append(("ref", self.take()))
        self.types[name] = ("all", [*parents, self.fields()])

    def fields(self) -> Type:
        found: dict[str, tuple[bool, Type]] = {}
        self.take("{")
        while not self.at("}"):
            name = self.take()
            optional = self.at("?") and bool(self.take())
            self.take(":")
            found[name] = (optional, self.union())
            if self.at(";"):
                self.take()
        self.take("}")
        return ("fields", found)

    def union(self) -> Type:
        members = [self.meet()]
        while self.at("|"):
            self.take()
            members.append(self.meet())
        return members[0] if len(members) == 1 else ("union", members)

    def meet(self) -> Type:
        members = [self.postfix()]
        while self.at("&"):
            self.take()
            members.append(self.postfix())
        return members[0] if len(members) == 1 else ("all", members)

    def postfix(self) -> Type:
        found = self.atom()
        while self.at("["):
            self.take()
            if self.at("]"):
                self.take()
                found = ("array", found)
            else:  # Entity["links"]: the type of that field
                found = ("field", found, self.take().strip('"'))
                self.take("]")
        return found

    def atom(self) -> Type:
        if self.at("{"):
            return self.fields()
        word = self.take()
        if word == "(":
            inside = self.union()
            self.take(")")
            return inside
        if word == "[":
            members = [self.union()]
            while self.at(","):
                self.take()
                members.append(self.union())
            self.take("]")
            return ("tuple", members)
        if word.startswith('"'):
            return ("literal", word.strip('"'))
        if word == "Record":
            for expected in ("<", "string", ","):
                self.take(expected)
            value = self.union()
            self.take(">")
            return ("record", value)
        if word in ("string", "number", "boolean", "null", "unknown", "undefined"):
            return (word,)
        return ("ref", word)

    def flat(self, kind: Type) -> dict[str, tuple[bool, Type]] | None:
        """The fields of an object type, its parents' included; None for another kind."""
        if kind[0] == "ref":
            return self.flat(self.types[kind[1]])
        if kind[0] == "fields":
            found: dict[str, tuple[bool, Type]] = kind[1]
            return found
        if kind[0] == "all":
            return {name: field for member in kind[1] for name, field in (self.flat(member) or {}).items()}
        return None

    def wrong(self, value: Any, kind: Type, place: str) -> Iterator[str]:
        """What of a value is not of a type, each with its place."""
        head = kind[0]
        if head == "ref":
            yield from self.wrong(value, self.types[kind[1]], place)
        elif head == "field":
            yield from self.wrong(value, (self.flat(kind[1]) or {})[kind[2]][1], place)
        elif head == "union":
            each = [list(self.wrong(value, member, place)) for member in kind[1]]
            if all(each):
                yield from min(each, key=len)
        elif head in ("fields", "all"):
            if not isinstance(value, dict):
                yield f"{place}: {value!r} is no object"
                return
            for name, (optional, inner) in (self.flat(kind) or {}).items():
                if name in value:
                    yield from self.wrong(value[name], inner, f"{place}.{name}")
                elif not optional:
                    yield f"{place}.{name} is missing"
        elif head == "array":
            if not isinstance(value, list):
                yield f"{place}: {value!r} is no list"
                return
            for item in value:
                yield from self.wrong(item, kind[1], f"{place}[]")
        elif head == "tuple":
            if not isinstance(value, list) or len(value) != len(kind[1]):
                yield f"{place}: {value!r} has not {len(kind[1])} members"
                return
            for n, (item, inner) in enumerate(zip(value, kind[1], strict=True)):
                yield from self.wrong(item, inner, f"{place}[{n}]")
        elif head == "record":
            if not isinstance(value, dict):
                yield f"{place}: {value!r} is no record"
                return
            for name, item in value.items():
                yield from self.wrong(item, kind[1], f"{place}.{name}")
        elif not _is(value, kind):
            yield f"{place}: {value!r} is not {kind[-1]}"


def _is(value: Any, kind: Type) -> bool:
    return {
        "string": isinstance(value, str),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "null": value is None,
        "undefined": False,
        "unknown": True,
        "literal": value == kind[-1],
    }[str(kind[0])]


def test_the_parser_sees_what_is_wrong() -> None:
    p = Parser("""
        export interface A { x: string; y?: number | null; }   // a comment
        export interface B extends A { z: ("u" | "v")[]; t: [number, string | null]; more: Record<string, A["x"]>; }
        export type C = B & { w: { v: boolean }[] };
    """)
    good = {"x": "", "z": ["u"], "t": [1, None], "more": {"k": "s"}, "w": [{"v": True}], "unknown": 1}
    assert list(p.wrong(good, ("ref", "C"), "C")) == []
    bad = {"x": 1, "y": "", "z": ["w"], "t": [1], "more": {"k": 2}, "w": [{}]}
    places = sorted(text.split(":")[0].split(" ")[0] for text in p.wrong(bad, ("ref", "C"), "C"))
    assert places == ["C.more.k", "C.t", "C.w[].v", "C.x", "C.y", "C.z[]"]


# -- the answers ------------------------------------------------------------------------------------------------------


def declared() -> Parser:
    """The types of the workbench."""
    return Parser("\n".join(path.read_text(encoding="utf-8") for path in sorted(TYPES.glob("*.ts"))))


@pytest.fixture(scope="module")
def parser() -> Parser:
    return declared()


@pytest.fixture(scope="module")
def client(demo: Path) -> Iterator[TestClient]:
    workspace = Workspace.open(demo)
    yield TestClient(create_app(workspace), base_url="http://127.0.0.1")
    workspace.close()


CENTRE = "office39:office-39"
ANSWERS = [
    ("/api/summary", "Summary"),
    ("/api/audiences", "Audiences"),
    ("/api/search?q=Bureau%2039", "SearchAnswer"),
    (f"/api/entities/{CENTRE}", "Entity"),
    (f"/api/network?center={CENTRE}&hops=2", "Network"),
    (f"/api/network/difference?from=2008&to=2017&center={CENTRE}", "Difference"),
    (f"/api/path?source={CENTRE}&target=office39:v-wise&count=3", "PathAnswer"),
    ("/api/nearest?entity=office39:office-38", "PathAnswer"),
    ("/api/review?limit=20", "ReviewQueue"),
    ("/api/judgements", "JudgementList"),
    ("/api/dispositions", "DispositionList"),
    ("/api/findings?limit=1000", "QueueAnswer"),
    ("/api/patterns", "PatternsAnswer"),
    ("/api/triage", "TriageAnswer"),
    ("/api/map", "MapData"),
    ("/api/corridors", "Corridors"),
    ("/api/flow", "Flow"),
    ("/api/measures", "Measures"),
    ("/api/report", "Report"),
    ("/api/hypotheses", "Questions"),
    ("/api/grades", "GradesAnswer"),
    ("/api/hypotheses/office-38?without=kyodo-2012", "Matrix"),
    ("/api/sources", "SourcesAnswer"),
    ("/api/conflicts", "ConflictsAnswer"),
    (f"/api/explain/{CENTRE}", "Explanation"),
    ("/api/dissemination", "Dissemination"),
    ("/api/release-terms", "ReleaseTerms"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("address", "name"), ANSWERS)
def test_an_answer_is_of_the_type_that_the_workbench_expects(
    client: TestClient, parser: Parser, address: str, name: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert sorted(set(parser.wrong(answer.json(), ("ref", name), name))) == []


@pytest.mark.slow
def test_lists_are_of_the_types_that_the_workbench_expects(client: TestClient, parser: Parser) -> None:
    claims = client.get(f"/api/entities/{CENTRE}/claims").json()["claims"]
    findings = client.get("/api/findings").json()["findings"]
    assert claims
    assert findings
    wrong = [text for claim in claims for text in parser.wrong(claim, ("ref", "Claim"), "Claim")]
    for finding in findings[:5]:
        detail = client.get(f"/api/findings/{finding['id']}").json()
        wrong += parser.wrong(detail, ("ref", "FindingDetail"), "FindingDetail")
    for pattern in client.get("/api/patterns").json()["patterns"]:
        detail = client.get(f"/api/patterns/{pattern['id']}").json()
        wrong += parser.wrong(detail, ("ref", "PatternDetail"), "PatternDetail")
    paid = next(finding["id"] for finding in findings if finding["payments"])
    drawn = client.get("/api/network/attempt", params={"finding": paid}).json()
    wrong += parser.wrong(drawn, ("ref", "AttemptNetwork"), "AttemptNetwork")
    assert sorted(set(wrong)) == []


@pytest.mark.slow
def test_a_trial_of_grades_is_of_the_type_that_the_workbench_expects(client: TestClient, parser: Parser) -> None:
    answer = client.post("/api/grades/trial", json={"grades": {"B2": 0.5}})
    assert answer.status_code == 200, answer.text
    assert answer.json()["questions"]
    assert sorted(set(parser.wrong(answer.json(), ("ref", "GradesTrial"), "GradesTrial"))) == []


@pytest.mark.slow
def test_a_plan_is_of_the_type_that_the_workbench_expects(client: TestClient, parser: Parser) -> None:
    answer = client.post("/api/whatif", json={"budget": 20})
    assert answer.status_code == 200, answer.text
    assert sorted(set(parser.wrong(answer.json(), ("ref", "WhatIf"), "WhatIf"))) == []


@pytest.mark.slow
def test_a_batch_is_of_the_type_that_the_workbench_expects(client: TestClient, parser: Parser) -> None:
    text = "id,name,country\nc-1,Korea Daesong Bank,kp\nc-2,,kp\n,39호실,\n"
    answer = client.post("/api/screen", json={"text": text, "table": True, "before": 7, "threshold": 0.1})
    assert answer.status_code == 200, answer.text
    batch = answer.json()
    assert sorted(set(parser.wrong(batch, ("ref", "ScreenBatch"), "ScreenBatch"))) == []
    assert [(a["id"], bool(a["results"]), "error" in a) for a in batch["answers"]] == [
        ("c-1", True, False), ("c-2", False, True), ("line 11", True, False),
    ]  # fmt: skip
