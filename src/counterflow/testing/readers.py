"""What every reader must do with good, bad and foreign files."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UsageError
from counterflow.model import schema as vocabulary
from counterflow.model.claim import Grade
from counterflow.model.handling import Label
from counterflow.model.values import clean
from counterflow.sources.reader import Observations, Reader, Record, Rejected, Statements, read_head
from counterflow.storage.tables import OBSERVATIONS

__all__ = ["ReaderContract"]


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
        assert all(rule.reason and (rule.minimum > 0 or rule.maximum < math.inf) for rule in descriptor.assertions)
        for pattern in descriptor.dated_by:
            assert {"year", "month", "day"} <= re.compile(pattern).groupindex.keys()

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

    def test_it_says_where_each_field_arrives(self) -> None:
        """`fields` names what the vocabulary has, and misses nothing that the fixture tells."""
        promised = {name for target in self.reader.fields.values() for name in _TARGET.findall(target)}
        for name in promised:
            kind, _, column = name.partition(".")
            if kind in OBSERVATIONS:
                assert column in OBSERVATIONS[kind].schema.names, name
            else:
                vocabulary.get(kind).property(column)
        told: set[str] = set()
        for record in self._read(self.fixture):
            if isinstance(record, Statements):
                told |= {f"{record.schema}.{said.property}" for said in record.said}
            elif isinstance(record, Observations):
                filled = (c for c in record.rows.column_names if record.rows.column(c).null_count < len(record.rows))
                told |= {f"{record.table}.{column}" for column in filled}
        told -= {name for name in told if name.endswith((".locator", ".source_id"))}
        missed = {name for name in told if not _promised(name, promised)}
        assert not missed, f"told, but in no target of `fields`: {', '.join(sorted(missed))}"

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


_TARGET = re.compile(r"\b([A-Z]\w+\.[a-z]\w*|[a-z]\w+\.[a-z]\w+)\b")


def _promised(name: str, promised: set[str]) -> bool:
    """Whether a property is promised, be it of a schema further up: ``Thing.name`` promises ``Company.name``."""
    kind, _, column = name.partition(".")
    if name in promised or kind in OBSERVATIONS:
        return name in promised
    own = vocabulary.get(kind)
    return any(other.partition(".")[2] == column and own.is_a(other.partition(".")[0]) for other in promised
               if other.partition(".")[0] not in OBSERVATIONS)  # fmt: skip


def _shown(record: Record) -> str:
    """A record in full, for comparison."""
    return repr((record.table, record.rows.to_pylist()) if isinstance(record, Observations) else record)
