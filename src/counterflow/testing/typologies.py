"""What every typology must do with a planted case and its clean twin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from counterflow.model.handling import PUBLIC, Label
from counterflow.storage.tables import DERIVED, LEDGER
from counterflow.testing.noise import noisy
from counterflow.testing.tables import scope_of

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.declarations.model import Inspections
    from counterflow.findings.ranking.model import Model
    from counterflow.findings.typology import Typology
    from counterflow.model.finding import Finding

__all__ = ["TypologyContract"]

DRILL = PUBLIC.with_caveat("EXERCISE")
"""The label of what is asked twice, the second time under another."""


class TypologyContract:
    """What every typology must do, built-in or not. Subclass, say which, and give two worlds::

    class TestMyTypology(TypologyContract):
        typology = TYPOLOGY

        def planted(self) -> Mapping[str, pa.Table]: ...   # tables in which it must fire
        def clean(self) -> Mapping[str, pa.Table]: ...     # the near miss: as alike as can be, and innocent

    Tables are those of `storage.tables`, by name; ledger tables not given are empty.
    """

    typology: Typology
    """The typology under test."""
    parameters: Mapping[str, float] = {}
    """Dials other than the defaults."""
    parts: Sequence[Typology] = ()
    """Where it gathers the findings of others: these."""

    def model(self) -> Model | None:
        """A ranking of payments, for a typology that needs one."""
        return None

    def inspections(self) -> Inspections | None:
        """A ranking of declarations, likewise."""
        return None

    def planted(self) -> Mapping[str, pa.Table]:
        """Tables in which the pattern is."""
        raise TypeError("say in your subclass in which tables the pattern is")

    def clean(self) -> Mapping[str, pa.Table]:
        """Tables in which it almost is."""
        raise TypeError("say in your subclass in which tables the pattern almost is")

    def _detect(self, tables: Mapping[str, pa.Table], labels: Mapping[str, Label] | None = None) -> list[Finding]:
        from counterflow.findings.run import ScopeData, detect

        scope = scope_of(tables, derived=True, labels=labels)
        found = detect(
            ScopeData(scope, model=self.model(), inspections=self.inspections()),
            [self.typology, *self.parts],
            {self.typology.name: self.parameters},
        )
        return [finding for finding in found if finding.typology == self.typology.name]

    def _once(self, name: str, find: Callable[[], list[Finding]]) -> list[Finding]:
        """What is found, found once for all tests of a suite."""
        known = vars(type(self)).get("_known")
        if known is None:
            known = type(self)._known = {}
        if name not in known:
            known[name] = find()
        return known[name]

    _known: dict[str, list[Finding]]

    def _told(self) -> list[Finding]:
        """What is found in the planted case."""
        return self._once("told", lambda: self._detect(self.planted()))

    def _drilled(self) -> list[Finding]:
        """What is found in it under another label, and with its rows in another order."""
        import random

        def find() -> list[Finding]:
            rng = random.Random(1)
            tables = {name: _relabelled(table, DRILL.id) for name, table in self.planted().items()}
            shuffled = {name: table.take(rng.sample(range(len(table)), len(table))) for name, table in tables.items()}
            return self._detect(shuffled, {DRILL.id: DRILL})

        return self._once("drilled", find)

    def test_it_says_what_it_is(self) -> None:
        """What, why, by which standard, what else it may be, what would refute it; dials with units."""
        t = self.typology
        for text in (t.name, t.title, t.what, t.why, t.standard, t.refutes, *t.benign):
            assert text.strip() == text != ""
        assert t.benign
        assert set(t.needs) <= set(LEDGER | DERIVED)
        for name, dial in t.parameters.items():
            assert name.isidentifier()
            assert dial.unit
            assert dial.doc

    def test_it_fires_on_the_planted_case(self) -> None:
        """At least one finding, told in one sentence that names its main subject."""
        findings = self._told()
        assert findings
        for finding in findings:
            assert finding.typology == self.typology.name
            assert finding.sentence.endswith(".")
            assert 0 < finding.probability < 1
            assert finding.subjects
            assert finding.benign
            assert self.parts or finding.benign == self.typology.benign
            assert finding.refutes

    def test_it_is_silent_on_the_clean_twin(self) -> None:
        """No finding where only the wrong itself is missing."""
        assert [f.sentence for f in self._detect(self.clean())] == []

    def test_the_evidence_is_complete_and_can_be_unfolded(self) -> None:
        """Each id is a record; the payments, accounts and ships it names are among these records."""
        tables = self.planted()
        for finding in self._told():
            rows = {e.id: _row(tables, e.kind, e.id) for e in finding.evidence}
            assert len(rows) == len(finding.evidence), "the same record twice"
            paid = {row["payment_id"] for row in rows.values() if "payment_id" in row}
            assert paid == set(finding.payments)
            moved = {row["tx"] for e in finding.evidence if e.kind == "transfers" for row in [rows[e.id]] if row["tx"]}
            assert moved == set(finding.transfers)
            sides = ("from_account", "to_account", "from_address", "to_address")
            accounts = {row.get(side) for row in rows.values() for side in sides}
            assert set(finding.accounts) <= accounts
            ships = ("imo", "mmsi", "other_imo", "other_mmsi")
            assert set(finding.vessels) <= {row.get(key) for row in rows.values() for key in ships}
            times = [row["timestamp"] for row in rows.values() if "timestamp" in row]
            if finding.payments or finding.transfers:
                assert [_day(finding.start), _day(finding.end)] == [_day(min(times)), _day(max(times))]

    def test_the_handling_is_that_of_the_evidence(self) -> None:
        """A label of any record it rests on is a label of the finding; and no other is."""
        assert self._drilled()
        assert {f.label_ids for f in self._drilled()} == {(DRILL.id,)}
        assert {f.label_ids for f in self._told()} == {(PUBLIC.id,)}

    def test_the_order_of_rows_changes_nothing(self) -> None:
        """The same rows, the same findings, to the last digit."""
        ours, theirs = (
            [replace(f, label_ids=()).to_dict() for f in found] for found in (self._drilled(), self._told())
        )
        assert ours == theirs

    def test_ten_times_the_noise_hides_nothing_and_adds_nothing(self) -> None:
        """The planted case is told of the same parties, the clean twin stays silent, and nobody else is named."""
        told = {f.subjects[0] for f in self._told()}
        assert {f.subjects[0] for f in self._detect(noisy(self.planted()))} == told
        assert [f.sentence for f in self._detect(noisy(self.clean()))] == []

    def test_nothing_is_found_in_nothing(self) -> None:
        """Empty tables are no error."""
        assert self._detect({}) == []


def _row(tables: Mapping[str, pa.Table], kind: str, id: str) -> dict[str, Any]:
    name, key = ("claims", "claim_id") if kind == "claim" else (kind, "row_id")
    [row] = [row for row in tables[name].to_pylist() if row[key] == id]
    return dict(row)


def _day(when: Any) -> str:
    return str(when)[:10]


def _relabelled(table: pa.Table, label: str) -> pa.Table:
    import pyarrow as pa

    if "label_id" not in table.column_names:
        return table
    at = table.schema.get_field_index("label_id")
    return table.set_column(at, "label_id", pa.array([label] * len(table), pa.string()))
