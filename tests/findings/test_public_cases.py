"""Ships that C4ADS names as laundered (Unmasked, 2021): names, numbers and the year of the new identity are facts; days
and places are built, for neither the registers' rows nor the tracks are public."""

from __future__ import annotations

import pytest

from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies import imo_without_history, joined_identity
from counterflow.testing.tables import scope_of, whole
from findings.world import World

CASES = {
    "Kingsway": ("9191773", "413000011", "2018-07-10", "8528864", "Shun Fa", "Apex", "511000012", "2019-05-02", 29.95),
    "Subblic": ("8126082", "457000013", "2019-01-15", "8514045", "Hai Zhou 168", "", "457000014", "2019-08-20", 24.45),
}


@pytest.mark.parametrize("case", CASES)
def test_both_rules_find_it_among_ships_with_a_history(case: str) -> None:
    old, mmsi, gone, new, name, earlier, number, came, lat = CASES[case]
    w = World()
    for id, imo, caption in (("d:old", old, case), ("d:new", new, name)):
        w.entity(id, caption, "Vessel", imoNumber=imo)
        w.holds(id, f"imo:{imo}")
    if earlier:
        w.claim("d:new", "Vessel", "previousName", earlier, "name")
    w.stay(mmsi, "2018-03-01 00:00", 5, lat, 122.05, every=30, imo=old)
    w.stay(mmsi, f"{gone} 00:00", 5, lat, 122.05, every=30, imo=old)
    w.stay(number, f"{came} 00:00", 5, lat + 0.002, 122.051, every=30, imo=new)
    w.stay(number, "2020-06-01 00:00", 5, 24.0, 119.9, every=30, imo=new)
    for n, imo in enumerate(("9074729", "9314234")):
        for day in ("2016-06-01", "2018-06-01", "2019-06-01", "2020-09-01"):
            w.stay(f"21100002{n}", f"{day} 00:00", 5, 31.0 + n, 124.0, every=30, imo=imo)
    found = detect(ScopeData(scope_of(whole(w.tables()))), [imo_without_history.TYPOLOGY, joined_identity.TYPOLOGY])
    [late] = [f for f in found if f.typology == "imo_without_history" and f.vessels == (new,)]
    assert late.detail["first_trace"] == came
    [joined] = [f for f in found if f.typology == "joined_identity"]
    assert joined.vessels == (old, new)
    assert (
        f"the new number is of about {late.detail['number_given_about']}, and nothing tells of it before"
        in (joined.detail["factors"])
    )
    assert not [f for f in found if {"9074729", "9314234"} & set(f.vessels)]
