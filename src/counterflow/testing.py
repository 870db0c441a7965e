"""Contract suites that built-ins and plug-ins pass alike, and a scope over tables in memory for testing a stage.

Subclass a suite in a test module, say what is under test, and pytest runs the suite's tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import InputError, UnknownName, UsageError
from counterflow.model import schema as vocabulary
from counterflow.model.claim import Grade
from counterflow.model.handling import PUBLIC, TLP, Audience, Label
from counterflow.model.values import clean
from counterflow.sources.reader import Observations, Reader, Record, Rejected, Statements, read_head
from counterflow.storage.tables import DERIVED, LEDGER, OBSERVATIONS

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.casework.export import Exporter, Tally
    from counterflow.findings.typology import Typology
    from counterflow.model.finding import Finding
    from counterflow.storage.ibis import IbisScope
    from counterflow.storage.ports import Scope

__all__ = ["ExporterContract", "ReaderContract", "ScopeContract", "TypologyContract", "claims_of", "scope_of"]


def scope_of(
    tables: Mapping[str, pa.Table],
    *,
    audience: Audience | None = None,
    labels: Mapping[str, Label] | None = None,
) -> IbisScope:
    """A scope over Arrow tables, on an in-memory engine; ledger tables not given are empty.

    :param labels: label_id → Label; default: `PUBLIC` under its own id
    """
    from counterflow.storage.duckdb import connect
    from counterflow.storage.ibis import IbisScope

    scope = IbisScope(connect(), audience or Audience("test", owner=True), labels or {PUBLIC.id: PUBLIC})
    for name, table in LEDGER.items():
        scope.adopt(name, tables.get(name, table.schema.empty_table()))
    for name, rows in tables.items():
        if name not in LEDGER:
            scope.adopt(name, rows)
    return scope


def claims_of(rows: Iterable[tuple[str, str, str, str] | tuple[str, str, str, str, Mapping[str, Any]]]) -> pa.Table:
    """Claims in short: (subject, schema, property, value[, other columns]) as rows of the claims table.

    Subjects and entity values are written ``dataset:id``; grade B2, public, asserted, verified unless said otherwise.
    """
    import pyarrow as pa

    from counterflow.model.claim import Claim
    from counterflow.storage.tables import CLAIMS

    found = []
    for subject, schema, property, value, *more in rows:
        dataset = subject.partition(":")[0]
        given: dict[str, Any] = {
            "dataset": dataset, "source_id": dataset, "locator": "row 1", "reliability": "B", "credibility": 2,
            "label_id": PUBLIC.id, "prop_type": vocabulary.get(schema).property(property).type,
        } | dict(more[0] if more else {})  # fmt: skip
        recorded_at = given.pop("recorded_at", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        claim = Claim(subject=subject, schema=schema, property=property, value=value, **given)
        columns = {n: getattr(claim, n) for n in CLAIMS.schema.names if n not in ("claim_id", "recorded_at")}
        found.append({"claim_id": claim.id, **columns, "recorded_at": recorded_at})
    return pa.Table.from_pylist(found, CLAIMS.schema)


class ScopeContract:
    """What every reading side must do, whatever the engine behind it. Subclass and implement `scope`."""

    def scope(self, tables: Mapping[str, pa.Table], audience: Audience, labels: Mapping[str, Label]) -> Scope:
        """A scope for `audience` over a ledger that holds these rows, readable or not."""
        raise TypeError("say in your subclass how your backend makes a scope")

    GREEN = Label(tlp=TLP.GREEN)
    PARTNER = Audience("partner", organisation="P", ceiling=TLP.GREEN)
    ANYBODY = Audience("anybody")

    def _ledger(self) -> dict[str, pa.Table]:
        day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        return {
            "claims": claims_of(
                [
                    ("d:1", "Person", "name", "open"),
                    ("d:1", "Person", "alias", "withdrawn"),
                    ("d:1", "Person", "alias", "said again", {"recorded_at": day + dt.timedelta(days=2)}),
                    ("d:2", "Person", "name", "closed", {"label_id": self.GREEN.id}),
                ]
            ),
            "retractions": _retracted(
                claims_of(
                    [("d:1", "Person", "alias", "withdrawn"), ("d:1", "Person", "alias", "said again")],
                ),
                day + dt.timedelta(days=1),
            ),
        }

    def _names(self, audience: Audience) -> list[str]:
        scope = self.scope(self._ledger(), audience, {x.id: x for x in (PUBLIC, self.GREEN)})
        found: list[str] = scope.run(scope.table("claims").order_by("value")).column("value").to_pylist()
        return found

    def test_retracted_claims_are_gone_and_those_said_again_are_back(self) -> None:
        """In force is what was recorded last."""
        assert self._names(self.PARTNER) == ["closed", "open", "said again"]

    def test_an_audience_reaches_only_what_it_may_read(self) -> None:
        """No row whose label is not readable, in any answer."""
        assert self._names(self.ANYBODY) == ["open", "said again"]

    def test_labels_that_are_not_readable_are_not_even_named(self) -> None:
        """A reader cannot learn that a label exists."""
        scope = self.scope(self._ledger(), self.ANYBODY, {x.id: x for x in (PUBLIC, self.GREEN)})
        assert set(scope.labels()) == {PUBLIC.id}

    def test_an_aggregation_counts_only_what_is_readable(self) -> None:
        """Counts are answers too."""
        scope = self.scope(self._ledger(), self.ANYBODY, {x.id: x for x in (PUBLIC, self.GREEN)})
        claims = scope.table("claims")
        rows = scope.run(claims.group_by("subject").agg(n=claims.count()).order_by("subject")).to_pylist()
        assert rows == [{"subject": "d:1", "n": 2}]

    def test_a_table_nobody_knows_is_an_error_with_the_valid_names(self) -> None:
        """Not an empty answer."""
        import pytest

        scope = self.scope({}, self.ANYBODY, {PUBLIC.id: PUBLIC})
        with pytest.raises(UnknownName, match="claims"):
            scope.table("claimz")


def _retracted(claims: pa.Table, at: dt.datetime) -> pa.Table:
    import pyarrow as pa

    from counterflow.storage.tables import RETRACTIONS

    rows = [
        {**row, "reason": "test", "recorded_at": at}
        for row in claims.select(["claim_id", "dataset", "label_id"]).to_pylist()
    ]
    return pa.Table.from_pylist(rows, RETRACTIONS.schema)


class ReaderContract:
    """What every reader must do, built-in or not. Subclass and say what is under test::

    class TestMyRegister(ReaderContract):
        reader = READER
        fixture = Path(__file__).parent / "fixtures" / "my_register.csv"
        strangers = (some_other_file, ...)
        spoilt = Path(__file__).parent / "fixtures" / "my_register_spoilt.csv"
    """

    reader: Reader
    """The reader under test."""
    fixture: Path
    """A small file (or folder) that it reads in full, without a word of complaint."""
    main: str = ""
    """Where the fixture is a folder: the file in it without which nothing can be read."""
    strangers: Sequence[Path] = ()
    """Files of other formats, the more alike the better."""
    spoilt: Path | None = None
    """The same format with at least one row that must be set aside, and at least one good one."""
    options: Mapping[str, Any] = {}
    """Options to read the fixtures with."""

    def _read(self, path: Path) -> list[Record]:
        return list(self.reader.read(path, dict(self.options)))

    def _damaged(self, folder: Path, change: Callable[[bytes], bytes]) -> Path:
        """A copy of the fixture, its main file changed."""
        import shutil

        copy = folder / self.fixture.name
        if self.fixture.is_dir():
            shutil.copytree(self.fixture, copy)
        else:
            shutil.copy(self.fixture, copy)
        main = copy / self.main if self.main else copy
        main.write_bytes(change(main.read_bytes()))
        return copy

    def test_it_is_a_reader_and_says_what_it_reads(self) -> None:
        """Name, publisher, licence, schedule; a grade and a label that can be parsed."""
        assert isinstance(self.reader, Reader)
        descriptor = self.reader.descriptor
        for word in (self.reader.name, descriptor.dataset, descriptor.title, descriptor.publisher, descriptor.licence):
            assert word.strip() == word != ""
        assert descriptor.schedule
        Grade.parse(descriptor.grade)
        Label.from_dict(descriptor.label)
        assert all(rule.reason and rule.minimum > 0 for rule in descriptor.assertions)

    def test_it_recognises_its_own_and_nobody_elses(self, tmp_path: Path) -> None:
        """By content: the name of a file says nothing, whatever bytes come are no reason to fail."""
        own = self.reader.recognises(read_head(self.fixture))
        assert 0.5 < own <= 1
        for stranger in self.strangers:
            assert self.reader.recognises(read_head(stranger)) < own, stranger
        for n, content in enumerate((b"", b"\x00\xff\xfe" * 50, b"<a", b"{", b"\x1f\x8b\x08broken")):
            path = tmp_path / f"noise-{n}"
            path.write_bytes(content)
            assert self.reader.recognises(read_head(path)) == 0

    def test_it_reads_the_same_twice(self) -> None:
        """A pure function of the file."""
        first, second = self._read(self.fixture), self._read(self.fixture)
        assert first
        assert [_shown(r) for r in first] == [_shown(r) for r in second]

    def test_what_it_says_is_in_the_vocabulary(self) -> None:
        """Schemata and properties exist, values are of their type, references lead somewhere, places are given."""
        records = self._read(self.fixture)
        told = [r for r in records if isinstance(r, Statements)]
        subjects = {r.subject for r in told}
        for record in told:
            assert record.locator or all(said.locator for said in record.said), record.subject
            for said in record.said:
                property = vocabulary.get(record.schema).property(said.property)
                if property.type == "entity":
                    assert said.value in subjects or "::" in said.value, said.value
                else:
                    assert clean(property.type, said.value, property.format) is not None, (said.property, said.value)
        for batch in (r for r in records if isinstance(r, Observations)):
            OBSERVATIONS[batch.table].conform(batch.rows)

    def test_compression_changes_nothing(self, tmp_path: Path) -> None:
        """A gzipped file says what the plain one says, but for its name."""
        import gzip

        if self.fixture.is_dir() or self.fixture.suffix == ".gz":
            return
        packed = tmp_path / f"{self.fixture.name}.gz"
        packed.write_bytes(gzip.compress(self.fixture.read_bytes()))
        assert self.reader.recognises(read_head(packed)) == self.reader.recognises(read_head(self.fixture))
        assert [_shown(r) for r in self._read(packed)] == [_shown(r) for r in self._read(self.fixture)]

    def test_an_empty_file_is_a_clear_error(self, tmp_path: Path) -> None:
        """InputError that names the file, before anything is told."""
        import pytest

        with pytest.raises(InputError) as caught:
            self._read(self._damaged(tmp_path, lambda _: b""))
        assert self.fixture.name in str(caught.value)

    def test_a_file_cut_short_invents_nothing(self, tmp_path: Path) -> None:
        """Wherever it is cut, what is told is part of what the whole file tells, or an InputError ends it."""
        whole = {repr(r) for r in self._read(self.fixture) if not isinstance(r, Rejected)}
        subjects = {r.subject for r in self._read(self.fixture) if isinstance(r, Statements)}
        for n, share in enumerate((0.1, 0.35, 0.6, 0.85, 0.99)):
            folder = tmp_path / str(n)
            folder.mkdir()
            path = self._damaged(folder, lambda content, share=share: content[: int(len(content) * share)])  # type: ignore[misc]
            complaint = path.name
            try:
                for record in self.reader.read(path, dict(self.options)):
                    known = repr(record) in whole or isinstance(record, Rejected | Observations)
                    assert known or (isinstance(record, Statements) and record.subject in subjects), record
            except InputError as error:
                complaint = str(error)
            assert path.name in complaint

    def test_noise_is_a_clear_error(self, tmp_path: Path) -> None:
        """Bytes of no format: InputError, and no other."""
        import pytest

        noise = bytes(range(256)) * 20
        with pytest.raises(InputError):
            self._read(self._damaged(tmp_path, lambda _: noise))

    def test_an_unknown_option_is_refused(self) -> None:
        """A misspelt option must not be passed over in silence."""
        import pytest

        with pytest.raises(UsageError, match="no-such-option"):
            list(self.reader.read(self.fixture, {"no-such-option": 1}))

    def test_a_bad_row_is_set_aside_and_the_others_are_read(self) -> None:
        """Each is named by line or field, with its reason; the good ones go on."""
        if self.spoilt is None:
            return
        records = self._read(self.spoilt)
        aside = [r for r in records if isinstance(r, Rejected)]
        assert aside
        assert len(aside) < len(records)
        for record in aside:
            assert record.reason
            assert record.line is not None or record.field is not None


def _shown(record: Record) -> str:
    """A record in full, for comparison."""
    return repr((record.table, record.rows.to_pylist()) if isinstance(record, Observations) else record)


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

    def planted(self) -> Mapping[str, pa.Table]:
        """Tables in which the pattern is."""
        raise TypeError("say in your subclass in which tables the pattern is")

    def clean(self) -> Mapping[str, pa.Table]:
        """Tables in which it almost is."""
        raise TypeError("say in your subclass in which tables the pattern almost is")

    def _detect(self, tables: Mapping[str, pa.Table], labels: Mapping[str, Label] | None = None) -> list[Finding]:
        from counterflow.findings.run import ScopeData, detect

        whole = {name: table.schema.empty_table() for name, table in DERIVED.items()} | dict(tables)
        scope = scope_of(whole, labels=labels)
        return detect(ScopeData(scope), [self.typology], {self.typology.name: self.parameters})

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
        findings = self._detect(self.planted())
        assert findings
        for finding in findings:
            assert finding.typology == self.typology.name
            assert finding.sentence.endswith(".")
            assert 0 < finding.probability < 1
            assert finding.subjects
            assert finding.benign == self.typology.benign
            assert finding.refutes

    def test_it_is_silent_on_the_clean_twin(self) -> None:
        """No finding where only the wrong itself is missing."""
        assert [f.sentence for f in self._detect(self.clean())] == []

    def test_the_evidence_is_complete_and_can_be_unfolded(self) -> None:
        """Each id is a record; the payments, accounts and ships it names are among these records."""
        tables = self.planted()
        for finding in self._detect(tables):
            rows = {e.id: _row(tables, e.kind, e.id) for e in finding.evidence}
            assert len(rows) == len(finding.evidence), "the same record twice"
            paid = {row["payment_id"] for row in rows.values() if "payment_id" in row}
            assert paid == set(finding.payments)
            accounts = {row.get(side) for row in rows.values() for side in ("from_account", "to_account")}
            assert set(finding.accounts) <= accounts
            assert set(finding.vessels) <= {row.get(key) for row in rows.values() for key in ("imo", "mmsi")}
            times = [row["timestamp"] for row in rows.values() if "timestamp" in row]
            if finding.payments:
                assert [_day(finding.start), _day(finding.end)] == [_day(min(times)), _day(max(times))]

    def test_the_handling_is_that_of_the_evidence(self) -> None:
        """A label of any record it rests on is a label of the finding; and no other is."""
        drill = PUBLIC.with_caveat("EXERCISE")
        tables = {name: _relabelled(table, drill.id) for name, table in self.planted().items()}
        findings = self._detect(tables, {drill.id: drill})
        assert findings
        assert {f.label_ids for f in findings} == {(drill.id,)}
        assert {f.label_ids for f in self._detect(self.planted())} == {(PUBLIC.id,)}

    def test_the_order_of_rows_changes_nothing(self) -> None:
        """The same rows, the same findings, to the last digit."""
        import random

        tables = self.planted()
        told = [f.to_dict() for f in self._detect(tables)]
        for seed in (1, 2):
            rng = random.Random(seed)
            shuffled = {name: table.take(rng.sample(range(len(table)), len(table))) for name, table in tables.items()}
            assert [f.to_dict() for f in self._detect(shuffled)] == told

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


class ExporterContract:
    """What every exporter must do, built-in or not. Subclass, say which, and how its files are read back::

    class TestMyFormat(ExporterContract):
        exporter = EXPORTER

        def handlings(self, content: bytes) -> list[str]: ...   # of each record in the file, which must be valid
    """

    exporter: Exporter
    """The exporter under test."""

    SECRET = Label(tlp=TLP.AMBER, originator="US")
    DRILL = PUBLIC.with_caveat("EXERCISE")
    TOLD: Sequence[tuple[str, str, str, str]] = (
        ("c:firm", "Company", "name", "Firm"),
        ("c:firm", "Company", "alias", '=HYPERLINK("http://example.org")'),
        ("c:firm", "Company", "alias", "A <b> & ]]> \u0001\uffff firm"),
        ("c:owner", "Person", "name", 'Owner, "the" first'),
        ("d:owner", "Person", "name", "The owner"),
        ("c:own", "Ownership", "owner", "d:owner"),
        ("c:own", "Ownership", "asset", "c:firm"),
        ("c:own", "Ownership", "startDate", "2016-09"),
        ("c:own", "Ownership", "conflictGroup", "C01"),
        ("c:listing", "Sanction", "entity", "c:owner"),
        ("c:apart", "Estimate", "name", "Apart"),
        ("c:apart", "Estimate", "low", "5"),
    )
    HIDDEN: Sequence[tuple[str, str, str, str]] = (
        ("c:canary", "Company", "name", "Canary"),
        ("c:owner", "Person", "alias", "Canary's friend"),
        ("c:canaries", "Ownership", "owner", "c:owner"),
        ("c:canaries", "Ownership", "asset", "c:canary"),
    )

    def handlings(self, content: bytes) -> list[str]:
        """The marking of each record in a file of this format; an error where the file is not valid."""
        raise TypeError("say in your subclass how a file of your format is read")

    def world(
        self,
        told: Sequence[tuple[str, str, str, str]] = TOLD,
        *,
        hidden: Sequence[tuple[str, str, str, str]] = (),
        denied: Sequence[str] = (),
        label: Label = PUBLIC,
        audience: Audience | None = None,
        seed: int | None = None,
    ) -> IbisScope:
        """A scope with its derived tables over these claims, `hidden` ones being `SECRET`. Made once: do not change it.

        Its labels are those that the audience may read; its tables hold everything, as if a wall before had failed.

        :param denied: subjects of which everything is denied; :param seed: of the order of the rows, None: as given
        """
        who = audience or Audience("test", owner=True)
        shut = tuple((row, self.SECRET) for row in hidden)
        return _world((*((row, label) for row in told), *shut), tuple(denied), who, seed)

    def _content(self, scope: Scope, ids: Sequence[str] | None = None) -> tuple[bytes, Tally]:
        from io import BytesIO

        from counterflow.casework.export import Tally
        from counterflow.casework.selection import Selection

        out, tally = BytesIO(), Tally()
        self.exporter.write(Selection(scope, ids), out, tally)
        return out.getvalue(), tally

    def test_it_says_what_it_is_and_what_it_loses(self) -> None:
        """Name, title, media type, extension; no format carries everything, so some loss, each with its reason."""
        e = self.exporter
        assert e.name.isidentifier()
        assert e.title.strip() == e.title != ""
        assert "/" in e.media_type
        assert e.extension.startswith(".")
        assert e.losses
        assert all(loss.field.strip() and loss.reason.strip() for loss in e.losses)
        assert len({loss.field for loss in e.losses}) == len(e.losses)

    def test_a_file_is_valid_and_each_record_bears_its_handling(self) -> None:
        """Names that are markup or formulas included; EXERCISE is never lost."""
        content, tally = self._content(self.world())
        assert self.handlings(content) == [PUBLIC.text] * tally.records
        assert tally.records > 1
        content, tally = self._content(self.world(label=self.DRILL))
        assert self.handlings(content) == [self.DRILL.text] * tally.records
        assert tally.label_ids == {self.DRILL.id}

    def test_the_same_selection_gives_the_same_bytes(self) -> None:
        """Whatever the order of the rows behind it."""
        first, _ = self._content(self.world())
        assert [self._content(self.world(seed=seed))[0] for seed in (1, 2)] == [first, first]

    def test_nothing_is_a_valid_file_too(self) -> None:
        """An empty scope is no error."""
        content, tally = self._content(self.world(()))
        assert self.handlings(content) == []
        assert tally.records == 0

    def test_nothing_above_the_ceiling_is_in_any_byte(self) -> None:
        """Not even where the scope's own tables hold it; who may read it finds it."""
        public = self.world(hidden=self.HIDDEN, audience=Audience("public"))
        assert b"canary" not in self._content(public)[0].lower()
        whole, tally = self._content(self.world(hidden=self.HIDDEN))
        assert b"canary" in whole.lower()
        assert self.SECRET.id in tally.label_ids
        assert any(text.startswith("TLP:AMBER") for text in self.handlings(whole))

    def test_what_is_left_out_is_named_among_the_losses(self) -> None:
        """Every value left out is counted under a loss that is declared."""
        declared = {loss.field for loss in self.exporter.losses}
        for world in (self.world(), self.world(denied=[row[0] for row in self.TOLD])):
            assert set(self._content(world)[1].left_out) <= declared

    def test_named_entities_go_alone_or_with_what_touches_them(self) -> None:
        """An id or a referent is enough; one that is not readable looks like one that is not there."""
        import pytest

        from counterflow.errors import NotFound

        own, _ = self._content(self.world(), ["d:owner"])
        assert self.handlings(own)
        assert b"apart" not in own.lower()
        public = self.world(hidden=self.HIDDEN, audience=Audience("public"))
        for id in ("c:canary", "c:absent"):
            with pytest.raises(NotFound, match=id):
                self._content(public, [id])

    def test_no_cell_is_a_formula(self) -> None:
        """In a CSV file."""
        import csv

        if self.exporter.media_type == "text/csv":
            content, _ = self._content(self.world())
            cells = [cell for row in csv.reader(content.decode().splitlines()) for cell in row]
            assert cells
            assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))] == []


@cache
def _world(
    told: tuple[tuple[tuple[str, str, str, str], Label], ...], denied: tuple[str, ...], who: Audience, seed: int | None
) -> IbisScope:
    """Members by hand (``d:owner`` is ``c:owner``), entities and links by their stages."""
    import random

    import pyarrow as pa

    from counterflow.entities.entity import entities
    from counterflow.model.handling import readable
    from counterflow.network.links import links

    rows = [
        (*row, {"label_id": label.id, "stance": "denies" if row[0] in denied else "asserts"}) for row, label in told
    ]
    if seed is not None:
        random.Random(seed).shuffle(rows)
    merged = {"entity": "c:owner", "score": 0.9, "basis": "match", "reasons": ["+ same name"]}
    things = sorted({row[0] for row, _ in told if vocabulary.get(row[1]).is_a("Thing")})
    members = pa.Table.from_pylist(
        [
            {"subject": s, "entity": s, "score": 1.0, "basis": "first", "reasons": []}
            | (merged if s == "d:owner" else {})
            for s in things
        ],
        DERIVED["members"].schema,
    )
    labels = {label.id: label for _, label in told if readable(label, who)}
    scope = scope_of({"claims": claims_of(rows), "members": members}, audience=who, labels=labels)
    scope.adopt("entities", entities(scope, members))
    scope.adopt("links", links(scope))
    return scope
