"""Every screen of the workbench, opened in a real browser over the real demonstration, and read as a user reads it."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CENTRE = "office39:office-39"
SCREENS = {
    "search": "/",
    "entity": f"/entity/{CENTRE}",
    "network": f"/network?center={CENTRE}",
    "map": "/map",
    "flow": "/flow",
    "findings": "/findings",
    "patterns": "/patterns",
    "measures": "/measures",
    "report": "/report",
    "sources": "/sources",
}
Look = Callable[[str], None]


def by(page: Any, name: str) -> Any:
    return page.get_by_test_id(name)


def opened(page: Any, address: str, screen: str) -> Any:
    """A screen whose answers have all arrived."""
    page.goto(address)
    main = by(page, f"screen-{screen}")
    main.wait_for()
    settled(page)
    return main


def api(origin: str, path: str, **parameters: str) -> Any:
    query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
    with urllib.request.urlopen(f"{origin}/api{path}{query}", timeout=60) as answer:
        return json.load(answer)


@pytest.mark.parametrize(("screen", "address"), SCREENS.items(), ids=SCREENS)
def test_a_screen_shows_real_data_and_fits(page: Any, look: Look, screen: str, address: str) -> None:
    main = opened(page, address, screen)
    look(screen)
    assert by(page, "failure").count() == 0
    assert by(page, "empty").locator("visible=true").count() == 0
    assert len(main.inner_text()) > 200
    assert page.title().endswith(" · Counterflow")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], "the page scrolls sideways"
    # the marking of the screen is shown, and no marking anywhere is cut off
    assert by(page, "screen-marking").inner_text().startswith("TLP:")
    cut = page.evaluate(
        "[...document.querySelectorAll('[data-testid=handling]')].filter(e => e.offsetParent &&"
        " (e.scrollWidth > e.clientWidth + 1 || getComputedStyle(e).textOverflow === 'ellipsis')).map(e => e.innerText)"
    )
    assert cut == []


@pytest.mark.parametrize("name", ["39호실", "Bureau 39", "Office #39"])
def test_office_39_is_found_by_its_names(page: Any, name: str) -> None:
    opened(page, "/", "search")
    by(page, "search-input").fill(name)
    first = by(page, "result").first
    first.wait_for()
    page.wait_for_url(re.compile(r"[?&]q="))
    settled(page)
    first.get_by_role("link").first.click()
    by(page, "screen-entity").wait_for()
    assert urllib.parse.unquote(page.url).partition("?")[0].endswith(f"/entity/{CENTRE}")


def test_ctrl_k_finds_from_anywhere(page: Any) -> None:
    opened(page, "/sources", "sources")
    page.keyboard.press("Control+k")
    by(page, "spotlight-input").fill("39호실")
    by(page, "spotlight-hit").first.wait_for()
    by(page, "spotlight-hit").first.click()
    by(page, "screen-entity").wait_for()


def test_a_value_opens_its_claims_with_source_grade_and_place(page: Any, look: Look) -> None:
    opened(page, SCREENS["entity"], "entity")
    by(page, "value-door").first.click()
    claim = by(page, "claim").first
    claim.wait_for()
    look("entity-claims")
    assert re.search(r"\b[A-F][1-6]\b", claim.inner_text())
    assert claim.get_by_test_id("claim-source").inner_text().strip()
    assert claim.get_by_test_id("locator").inner_text().strip()


def test_rival_accounts_of_the_merger_stand_side_by_side(page: Any, origin: str) -> None:
    conflicts = api(origin, f"/entities/{CENTRE}")["conflicts"]
    assert conflicts
    opened(page, SCREENS["entity"], "entity")
    assert by(page, "conflicts").is_visible()
    assert by(page, "account").count() >= 2


def test_the_chart_holds_what_the_server_answers_and_time_changes_it(page: Any, origin: str, look: Look) -> None:
    answer = api(origin, "/network", center=CENTRE, hops="1")
    opened(page, SCREENS["network"], "network")
    counts = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", by(page, "network-counts").inner_text())]
    assert len(answer["nodes"]) in counts
    assert by(page, "picture-link-chart").locator("canvas").count() > 0
    opened(page, f"{SCREENS['network']}&as_of=1990", "network")
    look("network-1990")
    earlier = api(origin, "/network", center=CENTRE, hops="1", as_of="1990")
    assert len(earlier["edges"]) < len(answer["edges"])


def test_a_path_is_found_by_name_and_drawn_link_by_link(page: Any, origin: str, look: Look) -> None:
    target = "office39:v-wise"
    answer = api(origin, "/path", source=CENTRE, target=target)
    assert answer["hops"] > 1
    opened(page, SCREENS["network"], "network")
    drawn = by(page, "network-counts").inner_text()
    by(page, "path-to").fill("Wise Honest")
    page.get_by_role("option", name="Wise Honest Vessel").click()
    by(page, "path-card").wait_for()
    look("network-path")
    assert urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query)["path"] == [target]
    assert by(page, "path-step").count() == answer["hops"]
    assert answer["weakest"] in by(page, "path-card").inner_text()
    assert by(page, "network-counts").inner_text() != drawn, "the chain leads out of what was drawn"
    by(page, "path-close").click()
    by(page, "path-card").wait_for(state="detached")


def test_the_nearest_listed_party_is_one_press_away(page: Any, origin: str, look: Look) -> None:
    center = "office39:office-38"
    answer = api(origin, "/nearest", entity=center)
    opened(page, f"/network?center={center}", "network")
    by(page, "nearest").click()
    by(page, "path-card").wait_for()
    look("network-nearest")
    assert by(page, "path-step").count() == answer["hops"]
    assert "nearest=1" in page.url
    by(page, "path-close").click()
    by(page, "path-card").wait_for(state="detached")


def test_two_dates_are_compared_link_by_link(page: Any, origin: str, look: Look) -> None:
    answer = api(origin, "/network/difference", center=CENTRE, **{"from": "2008", "to": "2012"})
    opened(page, f"{SCREENS['network']}&as_of=2012", "network")
    by(page, "compare-with").fill("2008")
    page.keyboard.press("Enter")
    by(page, "difference-card").wait_for()
    look("network-difference")
    assert by(page, "difference-link").count() == len(answer["began"]) + len(answer["ended"]) > 0
    assert "compare=2008" in page.url
    by(page, "difference-close").click()
    by(page, "difference-card").wait_for(state="detached")


def test_the_exercise_switch_takes_the_exercise_away_everywhere(page: Any, origin: str) -> None:
    assert any(f["exercise"] for f in api(origin, "/findings")["findings"])
    opened(page, "/findings", "findings")
    assert by(page, "exercise-badge").count() > 0
    for screen, address in SCREENS.items():
        opened(page, address + ("&" if "?" in address else "?") + "exercise=0", screen)
        assert by(page, "exercise-badge").count() == 0, screen
        assert "EXERCISE" not in by(page, "screen-marking").inner_text(), screen


def test_a_finding_leads_with_its_sentence_and_unfolds(page: Any, origin: str, look: Look) -> None:
    rows = api(origin, "/findings", limit="1000")["findings"]
    main = opened(page, "/findings", "findings")
    assert 0 < by(page, "finding").count() < len(rows)  # of a long list what is in sight is drawn
    findings = [api(origin, f"/findings/{urllib.parse.quote(row['id'])}") for row in rows[:40]]
    opened(page, f"/findings?finding={urllib.parse.quote(findings[0]['id'])}", "findings")
    look("finding")
    text = main.inner_text()
    assert findings[0]["sentence"] in text
    assert findings[0]["refutes"] in text
    assert all(benign in text for benign in findings[0]["benign"])
    weighed = next(f for f in findings if f["detail"].get("factors"))
    opened(page, f"/findings?finding={urllib.parse.quote(weighed['id'])}", "findings")
    rows = by(page, "factors").locator("tbody tr")
    assert rows.count() == len(weighed["detail"]["factors"])


def test_the_map_draws_places_and_tracks(page: Any, origin: str) -> None:
    answer = api(origin, "/map")
    assert answer["events"]
    assert answer["tracks"]
    opened(page, "/map", "map")
    drawn = page.evaluate(
        "(() => { const c = document.querySelector('[data-testid=screen-map] canvas'); const d = c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data; const seen = new Set(); for (let i = 0; i < d.length; i += 4)"
        " seen.add((d[i] << 16) | (d[i + 1] << 8) | d[i + 2]); return seen.size; })()"
    )
    assert drawn > 8, "one flat colour is no map"


PIXELS = "document.querySelector('[data-testid=screen-map] canvas').toDataURL()"


def test_what_a_ship_did_is_on_her_track_on_the_map_and_on_the_time_bar(page: Any, origin: str, look: Look) -> None:
    tracks = api(origin, "/map")["tracks"]
    [track] = [one for one in tracks if one["vessel"]["caption"] == "Sam Ma 2"]
    [gap] = [event for event in track["events"] if event["kind"] == "ais_gap"]
    assert gap["to"]
    assert gap["uncertainty_metres"]
    opened(page, "/map", "map")
    page.locator(".cf-map-item").filter(has_text="Sam Ma 2").get_by_test_id("follow-ship").click()
    settled(page)
    assert f"ship={track['vessel']['mmsi']}" in page.url
    shown = by(page, "ship-event")
    assert shown.count() == len(track["events"])
    marks = by(page, "time-bar").locator("[data-mark]")
    assert sorted(m.get_attribute("data-mark") for m in marks.all()) == sorted(e["id"] for e in track["events"])
    marks.and_(page.locator(f"[data-mark='{gap['id']}']")).click()  # on the bar: chosen beside the map as well
    settled(page)
    assert by(page, "ship-panel").locator("[data-chosen]").inner_text().startswith("Ship silent")
    look("map-ship")
    before = page.evaluate(PIXELS)
    shown.last.locator("button").first.click()  # in the list: chosen on the bar and on the map as well
    settled(page)
    assert marks.and_(page.locator("[aria-pressed=true]")).get_attribute("data-mark") == track["events"][-1]["id"]
    assert page.evaluate(PIXELS) != before
    shown.first.get_by_test_id("ship-event-finding").click()
    settled(page)
    assert by(page, "finding-sentence").inner_text() == next(
        f["sentence"] for f in api(origin, "/map")["findings"] if f["id"] == track["events"][0]["finding"]
    )


def test_payments_between_countries_are_a_layer_of_the_map(page: Any, origin: str, look: Look) -> None:
    answer = api(origin, "/corridors")
    opened(page, "/map", "map")
    assert by(page, "corridor").count() == 0
    by(page, "corridor-mode").get_by_text("All").click()
    by(page, "corridor").first.wait_for()
    settled(page)
    assert by(page, "corridor").count() == sum(min(12, len(answer[kind])) for kind in ("corridors", "within"))
    unknown = answer["unknown"]["payments"]
    assert unknown > 0
    assert f"{unknown:,} of {answer['payments']:,}" in by(page, "corridor-unknown").inner_text()
    by(page, "corridor").first.click()
    page.wait_for_url("**corridor=*")
    look("map-corridors")
    by(page, "corridor-mode").get_by_text("Off").click()
    by(page, "corridor").first.wait_for(state="detached")


def test_the_flow_names_every_node_with_its_own_interval(page: Any, origin: str) -> None:
    nodes = api(origin, "/flow")["nodes"]
    opened(page, "/flow", "flow")
    picture = by(page, "picture-money-flow")
    titles = picture.locator("g > title").all_text_contents()
    for node in nodes:
        [title] = [t for t in titles if t.startswith(f"{node['caption']}: ")]
        central, low, high = (float(n) for n in re.findall(r"\d+(?:\.\d+)?", title.removeprefix(node["caption"])))
        assert [low, central, high] == pytest.approx([node["low"], node["central"], node["high"]], rel=0.006)
    # names keep off each other, and none is cut by the edge of the drawing
    boxes = picture.locator("svg > text").evaluate_all(
        "all => all.filter(e => e.querySelector('tspan')).map(e => e.getBBox())"
        ".map(b => [b.x, b.y, b.x + b.width, b.y + b.height])"
    )
    assert len(boxes) == len(nodes)
    width = picture.bounding_box()["width"]
    assert max(b[2] for b in boxes) <= width
    overlapping = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 2
    ]
    assert overlapping == []


def test_an_arc_of_the_flow_unfolds_to_its_claims(page: Any, origin: str, look: Look) -> None:
    arcs = api(origin, "/flow")["arcs"]
    opened(page, "/flow", "flow")
    assert by(page, "arc").count() == len(arcs)
    by(page, "arc-door").first.click()
    drawer = by(page, "explain-drawer").get_by_role("dialog")
    drawer.wait_for()
    settled(page)
    look("flow-explained")
    assert len(drawer.inner_text()) > 60


def test_a_budget_buys_a_plan_with_its_proof(page: Any, origin: str, look: Look) -> None:
    opened(page, "/measures?budget=12", "measures")
    by(page, "consequences").wait_for()
    look("whatif")
    with urllib.request.urlopen(
        urllib.request.Request(
            f"{origin}/api/whatif", data=b'{"budget": 12}', headers={"Content-Type": "application/json"}, method="POST"
        ),
        timeout=60,
    ) as answer:
        plan = json.load(answer)
    assert by(page, "plan-row").count() == len(plan["plan"])
    assert plan["cost"] <= 12
    assert by(page, "certificate").inner_text().strip()
    page.get_by_label("Collateral of each measure").or_(by(page, "limits").locator("summary")).first.click()
    page.get_by_label("Collateral of each measure").fill("0")
    page.keyboard.press("Enter")
    page.wait_for_url("**each=0**")
    settled(page)
    rows = by(page, "plan-row").all()
    assert rows and all(row.locator("td").nth(3).inner_text() == "0" for row in rows)


def test_scenarios_are_kept_compared_and_opened_again(page: Any, origin: str, look: Look) -> None:
    """Purses and musts are in the address; a kept question brings them back; two plans stand side by side."""
    agency = sorted({m["agency"] for m in api(origin, "/measures")["measures"] if not m["historic"]})[0]
    opened(page, f"/measures?budget=12&purse={urllib.parse.quote('0@' + agency)}", "measures")
    by(page, "consequences").wait_for()
    assert by(page, "purse").count() >= 2
    assert not any(agency in row.inner_text() for row in by(page, "plan-row").all())
    page.get_by_label("Name of this scenario").fill("without one")
    page.get_by_role("button", name="Save", exact=True).click()
    by(page, "scenario").first.wait_for()
    assert "1 agency limited" in by(page, "scenario").first.inner_text()
    opened(page, "/measures?budget=30", "measures")
    page.get_by_role("button", name="Compare", exact=True).first.click()
    by(page, "versus").wait_for()
    by(page, "versus-column").first.wait_for()
    look("whatif-compared")
    assert "versus=without" in page.url
    left, both, _ = (int(c.inner_text().split("(")[1].split(")")[0]) for c in by(page, "versus-column").all())
    assert left + both == by(page, "plan-row").count()
    page.get_by_role("button", name="without one", exact=True).click()
    page.wait_for_url("**budget=12**")
    assert urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query)["purse"] == [f"0@{agency}"]
    page.get_by_role("button", name="Delete without one").click()
    by(page, "scenario").first.wait_for(state="detached")


def test_every_citation_of_the_report_leads_to_an_endnote_and_to_claims(page: Any, origin: str) -> None:
    report = api(origin, "/report")
    opened(page, "/report", "report")
    assert by(page, "endnote").count() == len(report["endnotes"])
    cited = {int(c.inner_text()) for c in by(page, "citation").all()}
    assert cited == {note["n"] for note in report["endnotes"]}
    by(page, "endnote-claims").first.click()
    by(page, "explain-drawer").get_by_role("dialog").wait_for()


def test_a_link_is_a_citation(page: Any) -> None:
    """The address alone brings back the screen, the audience and the date."""
    opened(page, f"/network?center={CENTRE}&audience=public&exercise=0&as_of=2016-08", "network")
    page.keyboard.press("1")  # another screen keeps for whom and when
    by(page, "screen-search").wait_for()
    query = urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query)
    assert query["audience"] == ["public"]
    assert query["exercise"] == ["0"]
    assert query["as_of"] == ["2016-08"]


def test_an_address_that_leads_nowhere_says_so(page: Any, wrong: list[str]) -> None:
    page.goto("/entity/nobody:nothing")
    failure = by(page, "failure")
    failure.wait_for()
    assert "nobody:nothing" in failure.inner_text()
    assert [w for w in wrong if "404" not in w] == []
    wrong.clear()


def test_dark_and_light(page: Any, look: Look) -> None:
    opened(page, SCREENS["entity"], "entity")

    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    before = background()
    by(page, "scheme-switch").click()
    page.wait_for_function("was => getComputedStyle(document.body).backgroundColor !== was", arg=before)
    look("entity-other-scheme")
    chosen = background()
    page.reload()
    by(page, "entity-caption").wait_for()
    assert background() == chosen, "what was chosen is remembered"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_is_the_systems_until_another_is_chosen(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    opened(page, "/sources", "sources")
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == scheme


def test_a_pattern_is_gone_through_in_time_by_keyboard(page: Any, look: Look) -> None:
    """Swim lanes by activity and by party; arrow keys go from step to step, Enter opens the evidence."""
    opened(page, "/patterns?across=1", "patterns")
    by(page, "next-record").wait_for()
    drawing = by(page, "picture-pattern-timeline")
    lanes = drawing.locator("[data-lane]").count()
    by(page, "lanes").get_by_text("By party").click()
    settled(page)
    assert drawing.locator("[data-lane]").count() > lanes
    look("pattern-by-party")
    steps = drawing.locator("[data-step]")
    steps.first.focus()
    said = by(page, "timeline-words").inner_text()
    page.keyboard.press("ArrowRight")
    assert by(page, "timeline-words").inner_text() != said
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="What it rests on").wait_for()


def test_a_finding_leads_to_its_pattern(page: Any, origin: str) -> None:
    [pattern, *_] = api(origin, "/patterns")["patterns"]
    first = api(origin, f"/patterns/{pattern['id']}")["findings"][0]
    opened(page, f"/findings?standing=all&finding={first}", "findings")
    by(page, "part-of").get_by_role("link").click()
    by(page, "pattern-sentence").wait_for()
    assert by(page, "pattern-sentence").inner_text() == pattern["sentence"]
