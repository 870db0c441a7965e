import importlib
import pkgutil

import pytest

from counterflow.errors import UnknownName
from counterflow.findings import typologies
from counterflow.findings.run import ScopeData, detect, detect_all
from counterflow.findings.signs import GATHERED_BY
from counterflow.findings.typologies.shell_company import TYPOLOGY
from counterflow.testing import TypologyContract, scope_of, whole
from findings.world import World

MODULES = [
    importlib.import_module(m.name) for m in pkgutil.iter_modules(typologies.__path__, f"{typologies.__name__}.")
]
PARTS = tuple(m.TYPOLOGY for m in MODULES if m.TYPOLOGY.part_of == GATHERED_BY)


def world(*, barred: bool = True, listed: bool = False) -> World:
    """A company with a disqualified director, a lost board and a shared telephone."""
    w = World()
    w.entity("d:shell", "Quiet Harbour Ltd", phone="+85221112222", listed=listed)
    w.entity("d:other", "Other Ltd", phone="+85221112222" if barred else "+85221110000")
    w.entity("d:man", "Man", "Person", topics="corp.disqual" if barred else "role.pep")
    w.link("Directorship", "d:man", "d:shell", start="2014-01-01")
    for n in range(5):
        w.entity(f"d:p{n}", f"Director {n}", "Person")
        w.link("Directorship", f"d:p{n}", "d:shell", start="2014-01-01", end=f"2015-0{n + 1}-01")
    return w


class TestShellCompany(TypologyContract):
    typology = TYPOLOGY
    parts = PARTS

    def planted(self):
        return world().tables()

    def clean(self):
        """One kind of sign only."""
        return world(barred=False).tables()

    def test_each_sign_stands_with_its_weight_and_evidence(self) -> None:
        [finding] = [f for f in self._detect(self.planted()) if f.subjects[0] == "d:shell"]
        signs = {s["typology"]: s for s in finding.detail["signs"]}
        assert set(signs) == {"disqualified_director", "officer_churn", "shared_contact"}
        assert sum(len(s["evidence"]) for s in signs.values()) == len(finding.evidence)
        assert [s["weight"] for s in finding.detail["signs"]] == [5.0, 3.0, 2.5]
        # odds of 1 to 9, times 5, 3 and 2.5
        assert finding.probability == pytest.approx(37.5 / 9 / (1 + 37.5 / 9), abs=5e-4)

    def test_a_listed_company_needs_no_suspicion(self) -> None:
        assert [f for f in self._detect(world(listed=True).tables()) if f.subjects[0] == "d:shell"] == []

    def test_a_weak_sign_is_only_told_alone_when_asked_for(self) -> None:
        scope = scope_of(whole(world().tables()))
        told = {f.typology for f in detect_all(scope, {}).findings}
        assert "shell_company" in told
        assert not told & {p.name for p in PARTS if not p.alone}
        assert {f.typology for f in detect_all(scope, {}, only=["officer_churn"]).findings} == {"officer_churn"}
        assert {f.typology for f in detect_all(scope, {}, only=["shell_company"]).findings} == {"shell_company"}

    def test_a_sign_that_is_switched_off_counts_no_more(self) -> None:
        scope = scope_of(whole(world().tables()))
        found = detect_all(scope, {"disqualified_director": {"enabled": False}}, only=["shell_company"]).findings
        assert [s["typology"] for s in found[0].detail["signs"]] == ["shared_contact", "officer_churn"]
        with pytest.raises(UnknownName):
            detect_all(scope, {"no_such": {}})

    def test_every_part_gives_what_is_gathered(self) -> None:
        """Weight, words and companies: else `shell_company` could not tell them."""
        assert len(PARTS) >= 14
        for finding in detect(ScopeData(scope_of(whole(world().tables()))), PARTS):
            assert finding.detail["weight"] > 1
            assert finding.detail["says"]
            assert finding.detail["companies"][0] == finding.subjects[0]
