from counterflow.findings.typologies.stolen_vehicle import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

VIN = "1M8GDM9AXKP042788"


def world(*, day: str = "2017-03-01", written: str = "1M8GDM9AXKPO42788", found: str | None = None) -> World:
    """A number with the letter O for a nought, as clerks write it."""
    w = World()
    w.vehicle(VIN, "stolen", "2017-01-20", "de", make="MCI", model="Coach", end=found)
    w.vehicle(VIN, "registered", "2015-01-20", "de")
    w.vehicle("WDD2221761A000123", "stolen", "2017-01-20", "de")
    w.ship("Car Export Ltd", "Broker Ltd", "870323", "used vehicle", day, serials=f"{written}; other 12",
           departure_country="de", dest_country="ae")  # fmt: skip
    w.ship("Car Export Ltd", "Broker Ltd", "870323", "used vehicle", day, serials="WDD2221761A999999")
    return w


class TestStolenVehicle(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """Shipped before the theft."""
        return world(day="2017-01-19").tables()

    def test_it_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "The MCI Coach 1M8GDM9AXKP042788 was shipped 40 days after it was reported stolen in DE, by Car Export Ltd "
            "to Broker Ltd (DE to AE)."
        )
        assert {e.id for e in finding.evidence} == {"row-g00001", "row-v00001"}
        assert finding.probability > 0.9

    def test_a_later_consignment_tells_less(self) -> None:
        [late] = self._detect(world(day="2018-03-01").tables())
        [soon] = self._detect(self.planted())
        assert late.detail["days_after_theft"] == 405
        assert late.probability < soon.probability

    def test_a_vehicle_that_was_found_may_be_sold(self) -> None:
        assert self._detect(world(found="2017-02-01").tables()) == []
        assert len(self._detect(world(found="2017-04-01").tables())) == 1

    def test_the_number_may_stand_among_the_goods(self) -> None:
        w = world(written="none")
        w.ship("A", "B", "8703", f"ONE USED COACH, CHASSIS:{VIN}.", "2017-02")
        [finding] = self._detect(w.tables())
        assert finding.evidence[0].id == "row-g00003"

    def test_blanks_may_stand_within_a_number_or_between_two(self) -> None:
        assert len(self._detect(world(written="1M8 GDM9AX-KP042788").tables())) == 1
        assert len(self._detect(world(written=f"JZX100-0012345 {VIN}").tables())) == 1
