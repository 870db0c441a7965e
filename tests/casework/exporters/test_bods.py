"""What is written as BODS is what our reader of BODS takes in."""

from pathlib import Path

from counterflow.casework.export import export
from counterflow.casework.exporters.bods import EXPORTER
from counterflow.sources.ownership.bods import READER
from counterflow.sources.reader import Rejected, Statements
from counterflow.testing import ExporterContract


def test_owner_and_holding_come_back(tmp_path: Path) -> None:
    file = tmp_path / "owners.json"
    export(EXPORTER, ExporterContract().world(), file)
    records = list(READER.read(file, {}))
    assert [r for r in records if isinstance(r, Rejected)] == []
    told = {r.subject: r for r in records if isinstance(r, Statements)}
    names = {subject: {value.value for value in r.said if value.property == "name"} for subject, r in told.items()}
    assert names["c:firm"] == {"Firm"}
    assert 'Owner, "the" first' in names["c:owner"]
    [holding] = [r for r in told.values() if r.schema == "Ownership"]
    said = {value.property: value.value for value in holding.said}
    assert (said["owner"], said["asset"], said["startDate"]) == ("c:owner", "c:firm", "2016-09-01")
