import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.coast import ashore, over_land, shore
from counterflow.findings.sites import harbours
from counterflow.findings.tracks.geometry import MILE
from counterflow.testing.tables import scope_of, whole


@pytest.mark.parametrize(
    ("place", "lat", "lon", "low", "high"),
    [
        ("off Nampo", 38.6, 124.9, 4, 11),
        ("East China Sea", 29.5, 124.5, 90, 130),
        ("amid the Pacific, half way round from land at 40° east", 0.0, -140.0, 480, 570),
        ("Fiji, on the date line", -17.0, 179.9, -5, 10),
        ("Pyongyang", 39.02, 125.75, -30, -10),
        ("the Norwegian Sea, half way round from an island that the date line cuts", 71.3, 0.0, 100, 250),
        ("Wrangel Island, which the date line cuts", 71.2, 179.9, -40, 0),
        ("Zürich", 47.37, 8.54, -220, -130),
    ],
)
def test_how_far_it_is_to_the_coast(place: str, lat: float, lon: float, low: float, high: float) -> None:
    assert low < shore(lat, lon) / MILE < high, place


@settings(deadline=None, max_examples=200)
@given(st.floats(-60, 75), st.floats(-180, 180), st.floats(0, 300_000))
def test_the_quick_answer_is_that_of_the_distance(lat: float, lon: float, within: float) -> None:
    assert ashore(lat, lon, within) == (shore(lat, lon) <= within)


def test_only_what_lies_well_inland_is_no_place_of_a_ship() -> None:
    assert over_land(55.75, 37.6)
    assert not over_land(38.72, 125.4), "a berth on a river's mouth"


def test_the_nearest_port() -> None:
    from counterflow.findings.run import ScopeData

    away, port = harbours(ScopeData(scope_of(whole({})))).nearest(35.1, 129.05)
    assert (port.caption, port.country) == ("Pusan", "kr")
    assert away < 5 * MILE
