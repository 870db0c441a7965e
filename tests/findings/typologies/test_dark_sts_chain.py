import pytest

from counterflow.findings.typologies import ais_gap, dark_meeting, encounter, loitering, terminal_visit
from counterflow.findings.typologies.dark_sts_chain import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.typologies import test_encounter
from findings.world import World

A, B = "445000001", "374000002"


def world(*, owner_listed: bool = True, gap: str = "2017-10-17 02:00", listed: bool = False) -> World:
    """Told by another service only: a tanker is silent for two days, and meets another three hours later."""
    w = World()
    w.entity("d:ship", "Tanker of Nobody", "Vessel", listed=listed)
    w.holds("d:ship", f"mmsi:{A}")
    w.entity("d:owner", "Shell Holder", "Company", country="hk")
    w.entity("d:top", "Korea Shipping", "Company", listed=owner_listed, country="kp")
    w.link("Ownership", "d:owner", "d:ship", role="registered owner")
    w.link("Ownership", "d:top", "d:owner", share_low=60.0, share_high=60.0, low_open=False, high_open=False)
    w.ship_event("gap", A, "2017-10-15 02:00", gap, 33.0, 125.0)
    w.ship_event("encounter", A, "2017-10-17 05:00", "2017-10-17 11:00", 33.1, 125.1, other=B)
    w.ship_event("loitering", B, "2017-10-17 12:00", "2017-10-17 20:00", 33.1, 125.2)
    return w


class TestDarkStsChain(TypologyContract):
    typology = TYPOLOGY
    parts = tuple(part.TYPOLOGY for part in (ais_gap, dark_meeting, encounter, loitering, terminal_visit))

    def planted(self):
        return world().tables()

    def clean(self):
        """The same voyage, of a ship whose owner's owner no list names."""
        return world(owner_listed=False).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == (f"mmsi:{B}", "d:ship", "d:owner")
        assert finding.vessels == (B, A)
        assert finding.detail["kinds"] == ["meeting", "silence", "stay"]
        assert finding.detail["hands"] == ["Shell Holder (registered owner), owned by listed parties"]
        assert [s["step"] for s in finding.detail["steps"]] == ["silence", "meeting", "stay"]
        assert (finding.start, finding.end) == ("2017-10-15T02:00:00Z", "2017-10-17T20:00:00Z")
        assert (finding.lat, finding.lon) == (33.1, 125.1)

    @pytest.mark.parametrize(("gap_ends", "found"), [("2017-10-15 20:00", 1), ("2017-10-15 14:00", 0)])
    def test_a_silence_long_before_does_not_belong_to_it(self, gap_ends: str, found: int) -> None:
        assert len(self._detect(world(gap=gap_ends).tables())) == found

    def test_a_listed_ship_needs_no_owner(self) -> None:
        [finding] = self._detect(world(owner_listed=False, listed=True).tables())
        assert "named by a sanctions list: Tanker of Nobody" in finding.detail["factors"]

    def test_an_own_meeting_and_a_silence_that_others_tell_of(self) -> None:
        w = test_encounter.meeting(200)
        assert self._detect(w.tables()) == []
        w.ship_event("gap", test_encounter.B, "2017-08-31 04:00", "2017-09-01 02:00", 32.9, 125.0)
        [finding] = self._detect(w.tables())
        assert finding.detail["told_by"] == ["d", "us"]
        assert set(finding.vessels) == {test_encounter.A, test_encounter.B}
        assert {e.kind for e in finding.evidence} == {"positions", "ship_events", "claim"}
