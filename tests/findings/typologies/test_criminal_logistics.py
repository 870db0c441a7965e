from counterflow.findings.typologies.criminal_logistics import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, origins: int = 2, schema: str = "PublicBody") -> World:
    w = World()
    w.entity("d:gang", "Gang", "Organization", topics="crime.traffick")
    w.entity("d:forwarder", "Forwarder Ltd")
    w.entity("d:bureau", "Bureau", schema, listed=True)
    w.link("Representation", "d:forwarder", "d:gang")
    w.link("Representation", "d:forwarder", "d:bureau")
    if origins > 1:
        claim = w.rows["links"][-1]["claim_ids"][0]
        [row] = [row for row in w.rows["claims"] if row["claim_id"] == claim]
        row["source_id"] = "another"
    return w


class TestCriminalLogistics(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same on the word of one source."""
        return world(origins=1).tables()

    def test_the_way_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:gang", "d:bureau", "d:forwarder")
        assert finding.sentence == "Gang is tied to Bureau over Forwarder Ltd, as 2 independent origins say."

    def test_a_company_is_no_state_body(self) -> None:
        assert self._detect(world(schema="Company").tables()) == []

    def test_two_who_say_that_they_deal_outright(self) -> None:
        w = World()
        w.entity("d:gang", "Gang", "Organization", topics="crime")
        w.entity("d:bureau", "Bureau", "PublicBody", listed=True)
        for _ in range(2):
            w.link("Associate", "d:gang", "d:bureau")
            w.rows["claims"][-1]["source_id"] = f"source {len(w.rows['links'])}"
        [finding] = self._detect(w.tables())
        assert finding.sentence == "Gang is tied to Bureau, as 2 independent origins say."

    def test_a_repetition_is_no_second_origin(self) -> None:
        w = world()
        for row in w.rows["claims"]:
            if row["source_id"] == "another":
                row["origin"] = "d"
        assert self._detect(w.tables()) == []

    def test_a_shared_telephone_is_a_hop(self) -> None:
        w = World()
        w.entity("d:gang", "Gang", "Organization", topics="crime")
        w.entity("d:agent", "Agent Ltd", phone="+85221112222")
        w.entity("d:bureau", "Bureau", "PublicBody", listed=True, phone="+85221112222")
        w.link("Associate", "d:gang", "d:agent")
        self.parameters = {"origins": 1}
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("d:gang", "d:bureau", "d:agent")

    def test_an_account_that_both_pay_is_a_hop(self) -> None:
        w = World()
        w.entity("d:gang", "Gang", "Organization", topics="crime.traffick")
        w.entity("d:bureau", "Bureau", "PublicBody", listed=True)
        w.holds("d:gang", "account:GANG")
        w.holds("d:bureau", "account:BUREAU")
        w.pay("2017-03-01 10:00", "GANG", "BROKER", 50_000.0)
        w.pay("2017-03-05 10:00", "BROKER", "BUREAU", 48_000.0)
        assert self._detect(w.tables()) == []
        w.rows["payments"][1]["source_id"] = "another bank"
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("d:gang", "d:bureau", "account:BANK/BROKER")
        assert finding.sentence == ("Gang is tied to Bureau over account BANK/BROKER, as 2 independent origins say.")
        assert finding.payments == ("P1", "P2")
        for n in range(60):  # an exchange, where everybody pays
            w.pay("2017-03-02 10:00", f"CUSTOMER{n}", "BROKER", 10.0)
        assert self._detect(w.tables()) == []

    def test_a_forwarder_who_clears_for_both_is_a_hop(self) -> None:
        w = World()
        w.entity("d:gang", "Gang Holdings", "Organization", topics="crime")
        w.entity("d:bureau", "Bureau", "PublicBody", listed=True)
        w.holds("d:gang", "name:gang holdings")
        w.holds("d:bureau", "name:bureau")
        w.ship("Gang Holdings", "A", "240220", "cigarettes", declarant_name="Quick Forwarding Ltd")
        w.ship("B", "Bureau", "550210", "acetate tow", carrier_name="QUICK FORWARDING")
        assert self._detect(w.tables()) == []
        w.rows["shipments"][1]["source_id"] = "another customs"
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("d:gang", "d:bureau", "name:quick forwarding")
        assert {e.id for e in finding.evidence if e.kind == "shipments"} == {"row-g00001", "row-g00002"}
