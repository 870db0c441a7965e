import numpy as np
import pyarrow as pa
import pytest

from counterflow.findings.tracks.columns import from_rows
from counterflow.findings.tracks.geometry import METRES_PER_DEGREE
from counterflow.findings.tracks.reception import Reception, learn


@pytest.fixture(scope="module")
def heard() -> Reception:
    """Forty ships cross a sea of half a degree each way, which ends in the north at 57.6°."""
    rng = np.random.default_rng(0)
    n = 4000
    return learn(
        [from_rows(pa.table({
            "mmsi": 211_000_000 + rng.integers(0, 40, n), "at": 1_500_000_000 + np.arange(n) * 60,
            "lat": rng.uniform(57.1, 57.6, n), "lon": rng.uniform(11.0, 12.0, n), "sog": np.full(n, 9.0),
            "cog": np.full(n, 0.0),
        }))],
        0.25 * METRES_PER_DEGREE,
    )  # fmt: skip


@pytest.mark.parametrize(("lat", "course", "left"), [(57.58, 0.0, True), (57.58, 180.0, False), (57.35, 0.0, False)])
def test_a_ship_leaves_where_nobody_was_ever_heard_ahead(
    heard: Reception, lat: float, course: float, left: bool
) -> None:
    assert heard.rim(lat, 11.5, course) is left


def test_in_an_empty_sea_nothing_is_known_of_a_rim(heard: Reception) -> None:
    assert not heard.rim(50.0, 11.5, 0.0)
