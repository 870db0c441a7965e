"""Who repeats whom: found in the data, with reasons; held against what the analysts of the real case say themselves."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.claims.origins import Repeat, Statement, repeats, roots
from counterflow.views.view import View
from counterflow.workspace import Workspace

CASE = Path(__file__).parents[2] / "examples" / "office39"


def source(id: str, title: str, date: str = "", publisher: str = "", **more: str) -> dict[str, Any]:
    blank = dict.fromkeys(("author", "kind", "url", "note"), "")
    return {"source_id": id, "title": title, "date_published": date, "publisher": publisher, **blank, **more}


def found(*sources: dict[str, Any], told: list[Statement] | None = None, **texts: str) -> dict[str, str]:
    return {r.of: r.origin for r in repeats(sources, told or [], texts)}


REPORT = source("report", "Report on counterfeit cigarettes", "2005-06-29", "Tobacco Industry Coalition")
PANEL = source("panel", "Panel of Experts report S/2018/171", "2018-03-05", "UN 1874 Panel of Experts")


def test_a_citation_by_number_by_day_by_maker() -> None:
    assert found(PANEL, source("a", "UN: ships", "2018-03-06", note="relays S/2018/171")) == {"a": "panel"}
    assert found(PANEL, source("a", "Panel of Experts, S/2018/171, corrected", "2018-04")) == {}, (
        "editions of one report"
    )
    quoting = source("a", "Fakes", "2005-07-01", "Blog quoting Tobacco Industry Coalition")
    for citing in (
        quoting,
        source("a", "The tobacco industry report of 29 June 2005", "2006"),
        source("a", "Fakes (the counterfeit cigarettes report of 2005-06-29)", "2006"),
    ):
        assert found(REPORT, citing) == {"a": "report"}


def test_a_figure_says_on_what_it_is_based() -> None:
    def told(basis: str) -> dict[str, str]:
        article = source("article", "Cigarettes", "2006-01")
        return found(REPORT, PANEL, article, told=[Statement("e", "article", ("x",), (), basis)])

    assert told("TIC report 2005") == {"e": "report"}
    assert told("tobacco industry coalition, 2005") == {"e": "report"}
    assert told("TIC report 2004") == {}, "another year, another report"
    assert told("UN PoE 2018") == {}, "that was published later"
    assert told("press estimates") == {}


def test_what_fits_two_sources_equally_names_neither() -> None:
    twins = [source(f"s{n}", "Yearly report", "2010-05-02", "Central Office of Statistics") for n in (1, 2)]
    article = source("a", "Exports", "2010-06")
    assert found(*twins, article, told=[Statement("e", "a", ("x",), (), "COS report 2010")]) == {}
    assert found(*twins[:1], article, told=[Statement("e", "a", ("x",), (), "COS report 2010")]) == {"e": "s1"}


def figures(first: tuple[float, ...], later: tuple[float, ...], basis: str = "", about: str = "x") -> dict[str, str]:
    one, other = source("s1", "A", "2005-01"), source("s2", "B", "2006-01")
    told = [Statement("e1", "s1", ("x",), first), Statement("e2", "s2", (about,), later, basis)]
    return found(one, other, told=told)


def test_rare_figures_and_rounded_ones_that_say_so() -> None:
    assert figures((635.24,), (635.24,)) == {"e2": "s1"}
    assert figures((520, 720), (520, 720)) == {"e2": "s1"}
    assert figures((520, 720), (500, 700)) == {}, "near is not the same"
    assert figures((520, 720), (500, 700), "repeats of the above") == {"e2": "s1"}
    assert figures((520, 720), (900, 950), "repeats of the above") == {}
    assert figures((1000, 1000), (1000, 1000)) == {}, "a round number is nobody's own"
    assert figures((500, 1000), (500, 1000)) == {}
    assert figures((635.24,), (635.24,), about="y") == {}, "on another matter"


def test_one_witness_is_one_origin() -> None:
    talks = [source(f"t{n}", "Talk", f"201{n}", author="Kim Kwang-jin", kind="interview") for n in (7, 2, 5)]
    assert found(*talks) == {"t7": "t2", "t5": "t2"}
    assert found(*[{**t, "kind": "article"} for t in talks]) == {}, "an author may write two things"


def test_a_shared_passage_makes_the_later_text_a_copy() -> None:
    said = "the bureau keeps its accounts under the names of cousins in three countries"
    texts = {"old": f"As heard: {said}.", "new": f"He wrote that {said}!", "else": "the bureau keeps its accounts"}
    sources = [source("new", "B", "2011"), source("old", "A", "2009"), source("else", "C", "2010")]
    assert found(*sources, **texts) == {"new": "old"}
    undated = [source("new", "B"), source("old", "A")]
    assert found(*undated, **texts) == {}, "without an order nobody is the copy"


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=8))
def test_every_step_leads_to_one_end(steps: list[tuple[str, str]]) -> None:
    stated = dict(steps[: len(steps) // 2])
    ends = roots(stated, [Repeat(of, to, ()) for of, to in steps[len(steps) // 2 :]])
    for of, end in ends.items():
        assert of != end
        assert ends.get(end, end) == end, "an end repeats nothing further"


# -- the real case -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unstated(tmp_path_factory: pytest.TempPathFactory) -> View:
    """The Office 39 case with every origin that its analysts state taken out."""
    folder = Path(shutil.copytree(CASE, tmp_path_factory.mktemp("case") / "office39"))
    for path in folder.glob("*.csv"):
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(keepends=True)))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows([{**row, "origin_id": ""} if "origin_id" in row else row for row in rows])
    workspace = Workspace.create(folder.parent / "w", case="office39:office-39")
    workspace.ingest(folder)
    return workspace.view()


def table(name: str) -> dict[str, dict[str, str]]:
    with (CASE / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return {f"office39:{next(iter(row.values()))}": row for row in csv.DictReader(stream)}


def test_both_circular_stories_are_recognised_and_nothing_else_is_wrong(unstated: View) -> None:
    sources, estimates = table("sources"), table("estimates")

    def stated(id: str) -> str:
        """Where the analysts say that it goes back to."""
        row = estimates.get(id)
        at = f"office39:{row['origin_id'] or row['source_id']}" if row else id
        while sources[at]["origin_id"]:
            at = f"office39:{sources[at]['origin_id']}"
        return at

    rows = {r["of"].removeprefix("office39:"): r for r in unstated.picture.rows("origins").to_pylist()}
    assert rows["E034"]["repeats"] == "office39:s-o-inhl2012"
    assert rows["s-cig-time"]["repeats"] == "office39:s-o-tobacco2005"
    assert rows["E018"]["repeats"] == "office39:s-o-tobacco2005"
    assert rows["E021"]["repeats"] == "office39:s-o-tobacco2005"
    assert rows["E021"]["record"] == "office39:E018"
    assert "520 to 720 rounded" in rows["E021"]["reasons"][0]
    assert all(r["basis"] == "found" and r["reasons"] for r in rows.values())
    assert len(rows) >= 20
    false = {of: r["repeats"] for of, r in rows.items() if stated(r["of"]) != stated(r["repeats"])}
    assert false == {}, "links between what the analysts hold to be independent"


def test_a_circular_story_counts_once_and_the_page_says_what_repeats(unstated: View) -> None:
    excluded = [e["text"] for e in unstated.flow()["excluded"] if "repeats Counterfeit cigarettes" in e["text"]]
    assert len(excluded) == 1 and "500 to 700" in excluded[0]
    claims = unstated.claims_by_id(
        row["claim_id"]
        for row in unstated.picture.scope.run(unstated.picture.scope.table("claims")).to_pylist()
        if row["subject"] == "office39:E034"
    )["claims"]
    assert {c["repeats"]["id"] for c in claims} == {"office39:s-o-inhl2012"}
    tree = unstated.explain(claims[0]["id"])
    assert "[repeats [Report on North Korean workers abroad]: names INHL" in tree["text"]


# -- a copy changes nothing --------------------------------------------------------------------------------------------


def numbers(view: View) -> dict[str, Any]:
    """What origins are counted in, and what is concluded from them."""
    picture = view.picture
    flow = view.flow()
    return {
        "entities": {id: row["origins"] for id, row in picture.entities.items()},
        "links": {row["link"]: (row["origins"], row["reliability"], row["credibility"]) for row in picture.links},
        "flow": [{k: a[k] for k in ("source", "target", "low", "central", "high")} for a in flow["arcs"]],
        "balance": flow["balance"],
        "judgements": [{k: j[k] for k in ("text", "likelihood", "confidence", "because")}
                       for j in view.report()["key_judgements"]],
    }  # fmt: skip


@pytest.mark.slow
def test_a_copy_changes_no_count_of_origins_and_no_conclusion(tmp_path: Path) -> None:
    """A newspaper prints three figures of the case once more, and says from whom it has them."""
    folder = Path(shutil.copytree(CASE, tmp_path / "office39"))
    workspace = Workspace.create(tmp_path / "w", case="office39:office-39")
    workspace.ingest(folder)
    before = numbers(workspace.view())
    paper = {"title": "What they earn", "publisher": "Daily Echo", "date": "2025-12-30", "kind": "article"}
    _append(folder / "sources.csv", source_id="s-copy", **paper, reliability="A", url="https://echo.example")
    estimates = table("estimates")
    told = {"E018": "repeats the tobacco industry coalition", "E016": "CRS RL33324", "E032": "FNF 2024"}
    for n, (id, basis) in enumerate(told.items()):
        row = {k: v for k, v in estimates[f"office39:{id}"].items() if k not in ("origin_id", "conflict_group", "note")}
        _append(folder / "estimates.csv", **{**row, "estimate_id": f"E90{n}", "source_id": "s-copy", "basis": basis,
                                             "credibility": "1"})  # fmt: skip
    report = workspace.ingest(folder)
    assert not report.quarantined and report.added > 30
    copies = workspace.view().picture.repeated
    assert {"office39:E900", "office39:E901", "office39:E902"} <= copies.keys()
    after = numbers(workspace.view())
    assert after["entities"].items() >= before["entities"].items()
    assert after["links"].items() >= before["links"].items()
    for key in ("flow", "balance", "judgements"):
        assert json.dumps(after[key]) == json.dumps(before[key]), key
    workspace.close()


def _append(path: Path, **cells: str) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        columns = next(csv.reader(stream))
    with path.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, columns, restval="").writerow(cells)
