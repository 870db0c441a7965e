from typing import Any

import pytest

from counterflow.findings.typologies.seizure_chain import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, imo: str = "8730546", day: str = "2003-04-16", **said: Any) -> World:
    """A ship that belongs to a firm which a listed bureau runs; heroin found on her."""
    w = World()
    w.entity("d:ship", "Pong Su", "Vessel", imoNumber="8730546")
    w.entity("d:firm", "Pong Su Shipping Co., Ltd.")
    w.entity("d:bureau", "Bureau 39", "PublicBody", listed=True, country="kp")
    w.link("Ownership", "d:firm", "d:ship")
    w.link("Control", "d:bureau", "d:firm")
    w.holds("d:ship", "imo:8730546")
    w.seize(day, "au", "drugs", "heroin", place="Lorne", lat=-38.5, lon=143.9, quantity=125.0, unit="kg",
            **({"carrier": "M/V Pong Su", "imo": imo, "source_id": "police"} | said))  # fmt: skip
    return w


class TestSeizureChain(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same goods on another ship."""
        return world(imo="9074729", carrier="M/V Pong Hua").tables()

    def test_the_way_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Pong Su, named with the seizure of heroin (125 kg) at Lorne, Australia on 2003-04-16, is 2 links from "
            "Bureau 39, a listed party, over Pong Su Shipping Co., Ltd., on 2 independent origins."
        )
        assert finding.subjects == ("d:ship", "d:firm", "d:bureau")
        assert finding.vessels == ("8730546",)
        assert (finding.lat, finding.lon, finding.start) == (-38.5, 143.9, "2003-04-16")
        assert finding.detail["known_by"] == ["IMO number", "name"]

    @pytest.mark.parametrize(
        "said",
        [
            {"imo": None},
            {"imo": None, "carrier": None, "companies": "Harbour Trading; PONG SU SHIPPING COMPANY LIMITED"},
            {"imo": None, "carrier": "car", "persons": "Pak, Yong Chol; unknown driver"},
        ],
    )
    def test_by_names_as_printed(self, said: dict[str, Any]) -> None:
        w = world(**said)
        w.entity("d:agent", "Yong-chol PAK", "Person")
        w.link("Employment", "d:agent", "d:firm")
        [finding] = self._detect(w.tables())
        assert "known by name alone" in finding.detail["factors"]
        assert finding.detail["hops"] <= 2

    def test_a_name_that_two_bear_is_nobody_s(self) -> None:
        w = world(imo=None)
        w.entity("d:other", "Pong Su", "Vessel")
        assert self._detect(w.tables()) == []

    def test_one_source_alone_is_a_story(self) -> None:
        assert self._detect(world(source_id="d").tables()) == []

    def test_three_links_are_too_far(self) -> None:
        w = world()
        w.rows["links"][-1]["source"] = "d:fund"
        w.entity("d:fund", "Fund")
        w.link("Control", "d:bureau", "d:fund")
        assert self._detect(w.tables()) == []

    def test_a_port_that_serves_everybody_ties_nobody(self) -> None:
        w = world()
        for n in range(300):
            w.link("Representation", "d:firm", f"d:client-{n}")
        assert self._detect(w.tables()) == []

    def test_what_is_probably_false_is_no_basis(self) -> None:
        assert self._detect(world(credibility=5).tables()) == []

    def test_an_unlisted_ministry_of_a_state_with_listed_bodies_is_an_end(self) -> None:
        w = world()
        w.entity("d:ministry", "Ministry of Railways", "PublicBody", country="kp")
        w.entity("d:post", "Post Office", "PublicBody", country="nz")
        w.seize("2004-01-02", "ru", "tobacco", "cigarettes", companies="Ministry of Railways", source_id="customs")
        w.seize("2004-01-02", "ru", "tobacco", "cigarettes", companies="Post Office", source_id="customs")
        found = self._detect(w.tables())
        assert {f.subjects[0] for f in found} == {"d:ship", "d:ministry"}

    def test_a_seizure_that_claims_tell_of(self) -> None:
        w = world(imo="9074729", carrier=None)
        w.entity("d:event", "100 kg of gold", "Seizure", date="2015-03-05")
        w.link("Seizure", "d:event", "d:firm")
        w.rows["claims"][-1]["source_id"] = "newspaper"
        [finding] = self._detect(w.tables())
        assert finding.sentence.startswith(
            "Pong Su Shipping Co., Ltd., named with the seizure of 100 kg of gold on 2015-03-05, "
        )
