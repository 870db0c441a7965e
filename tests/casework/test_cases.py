"""Cases as one reader sees them: nothing that they may not read leaves a trace, whatever it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.casework.cases import four_eyes, snapshots
from counterflow.casework.cases.labels import of_case
from counterflow.casework.cases.names import KEEPER, UNKNOWN, Names, Person
from counterflow.casework.cases.slices import Reader
from counterflow.casework.cases.versions import Version, in_force, outdated
from counterflow.errors import UnknownName, UsageError
from counterflow.model.case import KINDS, changed, checked, new_id
from counterflow.model.handling import TLP, Audience, Label, readable
from counterflow.views import case_lists as lists
from counterflow.views import cases as views

HOME = Label(tlp=TLP.AMBER, originator="FIU-A", releasable_to=frozenset({"CUSTOMS-B"}))
OURS = Label(tlp=TLP.AMBER_STRICT, originator="FIU-A")
ANN = Label(tlp=TLP.RED, originator="FIU-A", readers=frozenset({"Ann"}))
LABELS = {label.id: label for label in (HOME, OURS, ANN)}
READERS = {
    name: Audience(name, organisation, frozenset({name}), TLP.RED)
    for name, organisation in (("Ann", "FIU-A"), ("Bob", "FIU-A"), ("Kim", "CUSTOMS-B"), ("Lee", "ELSEWHERE"))
}


class Rows:
    """Stands for a line of the workspace: rows in memory, read under labels."""

    def __init__(self, rows: list[dict[str, Any]], who: str) -> None:
        self.rows, self.audience = rows, READERS[who]

    def labels(self) -> dict[str, Label]:
        return {id: label for id, label in LABELS.items() if readable(label, self.audience)}

    def unless_written(self, kinds: Any, who: Any, read: Callable[[], Any]) -> Any:
        return read()

    def writings(self, kind: str, under: str | list[str] = "", after: int = 0) -> list[dict[str, Any]]:
        return [
            row
            for row in self.rows
            if (row["kind"].startswith(kind) if kind.endswith("/") else row["kind"] == kind)
            and row["key"].startswith(under if isinstance(under, str) else tuple(under))
            and row["id"] > after
            and self.may(row)
        ]

    def written(self, kind: str, make: Callable[[dict[str, Any]], Any], **where: Any) -> list[Any]:
        return [make(row) for row in self.writings(kind, **where)]

    def may(self, row: dict[str, Any]) -> bool:
        return set(row["labels"]) <= self.labels().keys()


FIELDS: dict[str, Callable[[int], dict[str, Any]]] = {
    "case": lambda n: {"title": f"Case {n}", "purpose": "aml", "status": "closed" if n % 3 == 0 else "open",
                       "outcome": "referred" if n % 3 == 0 else ""},
    "member": lambda n: {"organisation": ("FIU-A", "CUSTOMS-B")[n % 2], "role": ("member", "lead", "left")[n % 3],
                         "person": ("", "", "Ann", "Kim")[n % 4]},
    "task": lambda n: {"title": f"Task {n}", "state": ("open", "done")[n % 2], "due": ("", "2026", "2026-11")[n % 3],
                       "assignee": ("CUSTOMS-B", "FIU-A/Ann", "")[n % 3]},
    "request": lambda n: {"question": f"Who {n}?", "purpose": "aml", "to": ("CUSTOMS-B", "FIU-A")[n % 2]},
    "thing": lambda n: {"thing": ("case", "entity")[n % 2], "id": ("c-1", "e-1")[n % 2], "caption": f"{n}"},
    "decision": lambda n: {"what": f"D {n}", "proposed_by": ("Ann", "Kim")[n % 2], "approved_by": "Bob"},
    "note": lambda n: {"text": f"Note {n}"},
    "snapshot": lambda n: {"title": f"Chart {n}", "center": "e-1", "known_on": "2026-11-30"},
    "proposal": lambda n: {"act": "close", "state": ("waiting", "agreed")[n % 2]},
}  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of two cases, many of them changed several times, each under labels of its own."""
    rows: list[dict[str, Any]] = []
    known: dict[str, list[dict[str, Any]]] = {}
    picks = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([*FIELDS, "part"]), st.integers(0, 2),
                               st.sampled_from([(HOME,), (HOME, OURS), (HOME, ANN), (OURS,)]), st.integers(0, 9)),
                     min_size=4, max_size=24)  # fmt: skip
    for n, (case, kind, which, labels, like) in enumerate(
        [*((c, "case", 0, (HOME,), 1) for c in (0, 1)), *draw(picks)]
    ):
        row = "case" if kind == "case" else f"snapshot-{which}/part" if kind == "part" else f"{kind}-{which}"
        key = f"c-{case}/{row}"
        before = known.setdefault(key, [])
        follows = [] if kind == "part" or not before else [before[like % len(before)]["content"]["version"]]
        fields = checked(kind, FIELDS[kind](n)) if kind != "part" else checked("part", {
            "nodes": ({"id": f"e-{n}", "caption": f"E {n}"},), "places": {f"e-{n}": (1, n)}, "sha256": f"{n}",
        })  # fmt: skip
        made = {
            "id": n + 1, "kind": f"case/{kind}", "key": key, "labels": sorted(x.id for x in labels),
            "by": ("Ann", "Bob", "Kim")[like % 3], "at": f"2026-11-30T12:{n:02}",
            "content": {"version": f"v-{n}", "follows": follows, "fields": fields},
        }  # fmt: skip
        before.append(made)
        rows.append(made)
    return rows


PEOPLE = {"Ann": Person("Ann", "FIU-A"), "Bob": Person("Bob", "FIU-A"), "Kim": Person("Kim", "CUSTOMS-B")}


def look(ids: Collection[str]) -> dict[str, Person]:
    return {id: PEOPLE[id] for id in ids if id in PEOPLE}


def everything(rows: list[dict[str, Any]], who: str) -> list[Any]:
    """All that a reader can ask of cases, errors included."""
    line: Any = Rows(rows, who)
    told: list[Any] = []
    asked: list[Callable[[], Any]] = [
        lambda: lists.cases(line, None), lambda: lists.cases(line, None, status="closed"),
        lambda: lists.cases(line, None, q="e 1"), lambda: lists.cases(line, None, assignee="me", due="2027"),
        lambda: lists.work(line, None),
        lambda: views.whats_new(line, None, who), lambda: views.events(line, None, 3, who),
        lambda: views.proposed(line, None, who, look),
    ]  # fmt: skip
    for case in ("c-0", "c-1"):
        asked += [
            lambda case=case: views.case(line, None, case, None, look),
            lambda case=case: views.history(line, None, case, None, look),
            lambda case=case: lists.related(line, None, case),
            lambda case=case: views.compared(line, None, case, "snapshot-0", "snapshot-1"),
            lambda case=case: of_case(views.one(line, None, case).rows["case"]),
        ]  # type: ignore[misc]  # fmt: skip
        for row in ("task-0", "member-1", "snapshot-2"):
            asked += [lambda case=case, row=row: views.row(line, None, case, row),
                      lambda case=case, row=row: views.snapshot(line, None, case, row)]  # type: ignore[misc]  # fmt: skip
    for ask in asked:
        try:
            told.append(ask())
        except UsageError as e:
            told.append(str(e))
    return told


@settings(max_examples=60, deadline=None)
@given(worlds(), st.sampled_from(sorted(READERS)))
def test_nothing_changes_when_what_a_reader_may_not_read_is_deleted(rows: list[dict[str, Any]], who: str) -> None:
    line = Rows(rows, who)
    assert everything(rows, who) == everything([row for row in rows if line.may(row)], who)


def test_the_proof_sees_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"id": n, "kind": f"case/{kind}", "key": f"c-0/{row}", "labels": sorted(x.id for x in labels), "by": "Ann",
         "at": f"2026-11-30T12:{n:02}",
         "content": {"version": f"v-{n}", "follows": [], "fields": checked(kind, fields)}}
        for n, kind, row, labels, fields in (
            (1, "case", "case", (HOME,), FIELDS["case"](1)), (2, "member", "m", (HOME,), FIELDS["member"](1)),
            (3, "note", "n", (HOME, ANN), FIELDS["note"](1)),
        )
    ]  # fmt: skip
    kims = [row for row in rows if Rows(rows, "Kim").may(row)]
    assert len(kims) == 2
    monkeypatch.setattr(Rows, "labels", lambda self: LABELS)  # a scope that forgets whom it is for
    assert everything(rows, "Kim") != everything(kims, "Kim")


def test_a_node_stands_under_the_labels_of_the_way_to_it() -> None:
    edges = [
        {"id": id, "source": a, "target": b} for id, a, b in (("e", "hub", "x"), ("f", "x", "y"), ("g", "hub", "y"))
    ]
    own = {"hub": frozenset("h"), "x": frozenset("h"), "y": frozenset("h"), "e": frozenset("h"), "f": frozenset("hr"),
           "g": frozenset("hs")}  # fmt: skip
    ways = snapshots.under("hub", edges, own)
    assert (ways["x"], ways["y"]) == (frozenset("h"), frozenset("hs"))
    nodes = [{"id": id, "caption": id, "schema": "Company", "topics": ["crime"]} for id in ("hub", "x", "y")]
    every = snapshots.parts(snapshots.Chart("hub", nodes, edges, own, own, {"x": (1, 2)}))
    head = {"center": "hub"}
    less = snapshots.together(head, [part for labels, part in every if labels <= frozenset("h")])
    assert [n["id"] for n in less["nodes"]] == ["hub", "x"]
    assert less["nodes"][1]["x"] is None  # where it was drawn follows from what may not be read
    whole = snapshots.together(head, [part for _, part in every])
    assert [(n["id"], n["hops"], n["x"]) for n in whole["nodes"]] == [("hub", 0, None), ("x", 1, 1.0), ("y", 1, None)]
    assert less["intact"]
    assert whole["intact"]
    forged = [{**part, "nodes": [{**n, "caption": "?"} for n in part["nodes"]]} for _, part in every]
    assert not snapshots.together(head, forged)["intact"]
    assert [n["id"] for n in snapshots.compared(less, whole)["nodes"]["came"]] == ["y"]


def _version(n: int, follows: Collection[int], *labels: str) -> Version:
    return Version(n, "c", "t", "task", f"v{n}", frozenset(f"v{i}" for i in follows), frozenset(labels), "a", "t", {})


def _member(organisation: str, person: str = "") -> Version:
    fields = checked("member", {"organisation": organisation, "person": person})
    return Version(1, "c", "m", "member", "v", frozenset(), frozenset(), "Kim", "t", fields)


def test_people_are_named_as_far_as_the_reader_may_know_them() -> None:
    def called(who: str, *members: Version, organisation: str = "FIU-A", owner: bool = False) -> str:
        row = Version(2, "c", "n", "note", "v", frozenset(), frozenset(), who, "t", {"text": "x"})
        return Names([*members, row], Reader(organisation, owner=owner), look, local=owner).of(who)

    assert called("Bob") == "Bob"  # of one's own organisation
    assert called("Kim") == UNKNOWN
    assert called("Kim", _member("CUSTOMS-B")) == "CUSTOMS-B"
    assert called("Kim", _member("CUSTOMS-B", "Kim")) == "Kim (CUSTOMS-B)"
    assert called("Kim", _member("CUSTOMS-B", "Lee")) == "CUSTOMS-B"
    assert called("Kim", owner=True, organisation="") == "Kim (CUSTOMS-B)"
    assert (called("root"), called("root", owner=True)) == (KEEPER, "root")


def test_versions_of_a_row_are_a_tree_and_a_refusal_tells_of_nothing_hidden() -> None:
    first, hidden, late = _version(1, (), "w"), _version(2, (1,), "w", "red"), _version(3, (1,), "w")
    every = [first, hidden, late]
    assert [v.id for v in in_force(every)] == ["v2", "v3"]  # who reads both sees both, the last one leads
    assert [v.id for v in in_force([first, late])] == ["v3"]
    base = frozenset({"v1"})
    assert outdated(base, frozenset({"w"}), [first, hidden]) is None  # for those who cannot see it, nobody was there
    assert outdated(base, frozenset({"w"}), every) is late
    assert outdated(base, frozenset({"w", "red"}), [first, hidden]) is hidden
    joined = _version(4, (2, 3), "w", "red")
    assert [v.id for v in in_force([*every, joined])] == ["v4"]


def test_a_case_is_known_under_its_first_labels_until_it_is_let_out() -> None:
    first, stricter, wider = _version(1, (), "a"), _version(2, (1,), "a", "red"), _version(3, (1,), "b")
    assert of_case([first, stricter]) == {"a"}
    assert of_case([first, stricter, wider]) == {"b"}
    assert of_case([wider]) == {"b"}


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("case", {"purpose": "aml"}, "needs 'title'"),
        ("case", {"title": " ", "purpose": "aml"}, "needs 'title'"),
        ("case", {"title": "t", "purpose": "p", "basis": "reasonable_suspicion"}, "28 CFR"),
        ("case", {"title": "t", "purpose": "p", "status": "closed"}, "has an outcome"),
        ("case", {"title": "t", "purpose": "p", "basis": "hunch"}, "No basis of a case 'hunch'"),
        ("task", {"title": "t", "due": "31.12."}, "is not a date"),
        ("task", {"title": "t", "dew": "2027"}, "Did you mean 'due'"),
        ("task", {"title": "x" * 301}, "300 characters"),
        ("task", {"title": ["t"]}, "is a text"),
        ("note", {"text": "t", "cites": "claim"}, "is a list"),
        ("note", {"text": "t", "grade": "G9"}, "G9"),
        ("request", {"question": "q", "purpose": "p", "to": "o", "score": 5}, "score must be"),
        ("request", {"question": "q", "purpose": "p", "to": "o", "state": "answered"}, "has an answer"),
        ("referral", {"to": "o", "what": "w", "why": "y", "predicate": "p", "state": "declined"}, "with a reason"),
        ("member", {"organisation": "FIU/A"}, "no / in its name"),
        ("thing", {"thing": "x", "id": "1"}, "No kind of thing 'x'"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(kind: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        checked(kind, given)


def test_decisions_and_snapshots_are_never_changed_and_ids_are_no_counters() -> None:
    for kind in ("decision", "snapshot", "part"):
        with pytest.raises(UsageError, match="never changed"):
            changed(kind, {}, {})
    ids = [new_id(kind) for kind, _ in itertools.product(KINDS, range(3))]
    assert len(set(ids)) == len(ids)
    assert all(len(id) == 18 for id in ids)


def test_rules_of_four_eyes_are_data() -> None:
    assert four_eyes.wanted("dismiss", None, 0.8)
    assert not four_eyes.wanted("dismiss", None, 0.79)
    assert not four_eyes.wanted("close", "refer: {title: Referring}")
    with pytest.raises(UnknownName):
        four_eyes.rules("clothes: {}")
    with pytest.raises(UsageError, match="at_least"):
        four_eyes.rules("dismiss: {at_least: 8}")
