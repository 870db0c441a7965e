"""The document reader does what every reader must do."""

from __future__ import annotations

from pathlib import Path

from counterflow.sources.documents.document import READER
from counterflow.testing import ReaderContract

FIXTURES = Path(__file__).parents[1] / "fixtures"


class TestDocument(ReaderContract):
    reader = READER
    fixture = FIXTURES / "document" / "letter.eml"
    spoilt = FIXTURES / "document" / "spoilt.eml"
    strangers = (
        FIXTURES / "un_xml" / "list.xml",
        FIXTURES / "ofac_csv" / "sdn.csv",
        FIXTURES / "ofac_csv",
        FIXTURES / "ftm" / "entities.ftm.json",
    )

    def test_a_file_cut_short_invents_nothing(self, tmp_path: Path) -> None:
        """A text cut short is a text, and another document: its passages are told, and nothing else."""
        from counterflow.model.source import Source
        from counterflow.sources.reader import Observations, Rejected

        whole = self.fixture.read_text(encoding="utf-8")
        for share in (0.35, 0.6, 0.85):
            path = tmp_path / "cut.eml"
            path.write_text(whole[: int(len(whole) * share)], encoding="utf-8")
            told = list(READER.read(path, {}))
            assert all(isinstance(record, Source | Observations | Rejected) for record in told)
