"""Bad input, from the command line: one clear line that names the place, the exit code, nothing half-written.

Every case ends with `verify` finding all as committed, and with as many claims as before.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from counterflow.cli import main
from counterflow.workspace import Workspace

CASE = Path(__file__).parents[2] / "examples" / "office39"
PAYMENTS = (
    "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
    "p1,2017-01-01T00:00:00Z,X,A,Y,B,100,USD\n"
    "p2,2017-31-01,X,A,Y,B,100,USD\n"
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><CONSOLIDATED_LIST>&d;</CONSOLIDATED_LIST>'
)
THIEF = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><sdnList>&e;</sdnList>'


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "w"
    Workspace.create(path).close()
    return path


def call(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--workspace", str(workspace), *arguments])


def refused(result: Result, code: int, *words: str) -> None:
    """It ended with that exit code and one line that holds all of these words; stdout stayed empty."""
    assert result.exit_code == code, (result.output, result.exception)
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("counterflow: "), result.stderr
    for word in words:
        assert word in lines[0], lines[0]
    assert result.stdout == ""


def untouched(workspace: Path) -> None:
    """Nothing counts that was not committed, and what was committed is whole."""
    assert json.loads(call(workspace, "verify", "--json").stdout) == {"ok": True, "problems": []}
    assert call(workspace, "sources").stdout.strip() == "Nothing has been ingested."


def write(content: bytes | str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "given.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def case(table: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = Path(shutil.copytree(CASE, folder / "given"))
        file = path / table
        file.write_bytes(change(file.read_bytes()))
        return path

    return make


def folder(path: Path) -> Path:
    found = path / "given"
    found.mkdir()
    return found


FILES: dict[str, tuple[Callable[[Path], Path], list[str], list[str]]] = {
    "missing": (lambda p: p / "given.csv", [], ["given.csv", "no such file"]),
    "empty file": (write(b""), [], ["given.csv", "the file is empty"]),
    "empty folder": (folder, [], ["given", "the folder is empty"]),
    "no case": (folder, ["--reader", "case"], ["given", "sources.csv"]),
    "a device": (lambda p: Path("/dev/zero"), [], ["/dev/zero", "neither a file nor a folder"]),
    "not text": (write(bytes(range(256)) * 9), [], ["given.csv", "NUL bytes"]),
    "gzip cut short": (write(b"\x1f\x8b\x08\0\0\0"), [], ["given.csv", "compressed file is broken"]),
    **{
        f"gzip cut short, {r}": (write(b"\x1f\x8b\x08\0\0\0"), ["--reader", r], ["given.csv"])
        for r in ("ofac_xml", "ofac_advanced", "ofac_enhanced", "ofac_csv", "un_xml", "payments", "ais", "ftm")
    },
    **{
        f"folder, {r}": (folder, ["--reader", r], ["given"])
        for r in ("ofac_xml", "ofac_advanced", "ofac_enhanced", "ofac_csv", "un_xml", "payments", "ais", "ftm")
    },
    **{
        f"entity bomb, {r}": (write(BOMB), ["--reader", r], ["given.csv", "DOCTYPE"])
        for r in ("un_xml", "ofac_xml", "ofac_enhanced")
    },
    "external entity": (write(THIEF), [], ["given.csv", "DOCTYPE"]),
    "cut short xml": (write("<CONSOLIDATED_LIST><INDIVIDUALS>\n<IND"), [], ["given.csv, line 2", "cut short"]),
    "endless header": (write("a," * 60_000), ["--reader", "payments"], ["given.csv, line 1", "longer than"]),
    "other columns": (write("a,b\n1,2\n"), ["--reader", "payments"], ["given.csv, line 1, field 'timestamp'"]),
    "unknown reader": (write(PAYMENTS), ["--reader", "payment"], ["'payment'", "Did you mean 'payments'"]),
    "grade": (write(PAYMENTS), ["--grade", "Z9"], ["'Z9'", "Valid"]),
    "label": (write(PAYMENTS), ["--label", "TLP:PINK"], ["TLP:PINK", "Valid"]),
    "dataset": (write(PAYMENTS), ["--dataset", "../x"], ["'../x'", "Valid"]),
    "caveat": (write(PAYMENTS), ["--caveat", " "], ["is no caveat"]),
    "case: column": (
        case("entities.csv", lambda t: t.replace(b"entity_id", b"entityid", 1)),
        [],
        ["given/entities.csv, line 1, field 'entity_id'", "entityid"],
    ),
    "case: empty table": (case("entities.csv", lambda t: b""), [], ["given/entities.csv, line 1", "is empty"]),
    "case: NUL": (case("entities.csv", lambda t: t + b"\0"), [], ["given/entities.csv", "NUL"]),
    "case: yaml": (case("case.yaml", lambda t: b"dataset: [a\n b: c"), [], ["given/case.yaml, line 2", "no YAML"]),
}
USAGE = {"unknown reader", "grade", "label", "dataset", "caveat"}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file(name: str, workspace: Path, tmp_path: Path) -> None:
    make, options, words = FILES[name]
    refused(call(workspace, "ingest", str(make(tmp_path)), *options), 2 if name in USAGE else 3, *words)
    untouched(workspace)


MAPPINGS = {
    "no file": (None, 3, ["m.yaml", "cannot be opened"]),
    "no yaml": ("columns: [a\n", 3, ["m.yaml, line 2", "no YAML"]),
    "an object": ("!!python/object/apply:os.system ['true']", 3, ["m.yaml, line 1", "no YAML"]),
    "a list": ("- 1", 2, ["m.yaml", "columns"]),
    "a key": ("colums: {}", 2, ["m.yaml", "colums", "Valid"]),
    "a column": ("columns: {amont: x}", 2, ["m.yaml", "columns.amont", "Valid"]),
    "no such column": ("columns: {amount: x}", 3, ["given.csv, line 1, field 'x'"]),
    "a number": ("columns: 3", 2, ["m.yaml", "columns must be a table", "3"]),
    "a truth value": ("values: {currency: {NO: NOK}}", 2, ["m.yaml", "values", "quotes"]),
    "a delimiter": ("delimiter: ';;'", 2, ["m.yaml", "delimiter", "one character"]),
    "a decimal": ("decimal: 5", 2, ["m.yaml", "decimal"]),
    "an encoding": ("encoding: klingon", 2, ["m.yaml", "encoding", "klingon"]),
    "no text encoding": ("encoding: hex", 2, ["m.yaml", "encoding", "hex"]),
    "a default": ("defaults: {amount: abc}", 2, ["defaults.amount", "abc"]),
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_bad_mapping(name: str, workspace: Path, tmp_path: Path) -> None:
    text, code, words = MAPPINGS[name]
    file = write(PAYMENTS)(tmp_path)
    mapping = tmp_path / "m.yaml"
    if text is not None:
        mapping.write_text(text, encoding="utf-8")
    refused(call(workspace, "ingest", str(file), "--reader", "payments", "--mapping", str(mapping)), code, *words)
    untouched(workspace)


def test_the_content_of_a_mapping_counts_not_its_name(workspace: Path, tmp_path: Path) -> None:
    file, mapping = write(PAYMENTS)(tmp_path), tmp_path / "m.yaml"
    seen = []
    for text in ("defaults: {purpose: a}", "defaults: {purpose: a}", "defaults: {purpose: b}"):
        mapping.write_text(text, encoding="utf-8")
        result = call(workspace, "ingest", str(file), "--mapping", str(mapping), "--json")
        seen.append(json.loads(result.stdout)["unchanged"])
    assert seen == [False, True, False]


def test_one_row_that_is_no_utf8_keeps_no_other_out(workspace: Path, tmp_path: Path) -> None:
    file = write(PAYMENTS.encode() + b"p3,2017-01-02,X\xe9,A,Y,B,5,USD\np4,2017-01-02,X,A,Y,B,5,USD\n")(tmp_path)
    report = json.loads(call(workspace, "ingest", str(file), "--json").stdout)
    assert report["observations"] == 2
    assert [(q["line"], q["field"]) for q in report["quarantined"]] == [(3, "timestamp"), (4, "from_bank")]


def test_what_has_no_field_names_none(workspace: Path, tmp_path: Path) -> None:
    file = write(PAYMENTS + "p3,short\n")(tmp_path)
    result = call(workspace, "ingest", str(file))
    assert "given.csv, line 4: 2 columns where the header has 8" in result.stderr and "None" not in result.stderr


TOML = {
    "no toml": ("title = [[\n]x", 3, ["counterflow.toml", "line 2"]),
    "a key": ("titel = 'x'", 3, ["counterflow.toml, field 'titel'", "Did you mean 'title'"]),
    "a kind": ("title = 3", 3, ["counterflow.toml, field 'title'"]),
    "no audience": ("audience = 'nobody'", 2, ["'nobody'", "Known: owner, public"]),
    "a key of an audience": ("audience='a'\n[audiences.a]\nceilng='TLP:RED'", 2, ["ceilng", "Did you mean 'ceiling'"]),
    "a ceiling": ("audience='a'\n[audiences.a]\nceiling='TLP:PINK'", 2, ["TLP:PINK"]),
    "letters for a list": ("audience='a'\n[audiences.a]\nreaders='bob'", 2, ["audiences.a.readers", "list"]),
    "a text for a truth value": (
        "audience='a'\n[audiences.a]\nowner='false'",
        2,
        ["audiences.a.owner", "true or false"],
    ),
    "a casebook": ("casebook = 'nodb://x'", 4, ["casebook"]),
}


@pytest.mark.parametrize("name", TOML)
def test_bad_settings(name: str, workspace: Path) -> None:
    text, code, words = TOML[name]
    (workspace / "counterflow.toml").write_text(text, encoding="utf-8")
    refused(call(workspace, "search", "x"), code, *words)


@pytest.mark.parametrize("date", ["", "abc", "2016-13", "2016-02-30", "16", "\u0662\u0660\u0661\u0666"])
@pytest.mark.parametrize("verb", [["show", "x"], ["network", "x"], ["report"], ["assess"], ["detect"], ["whatif"]])
def test_a_bad_date(verb: list[str], date: str, workspace: Path) -> None:
    refused(call(workspace, *verb, "--as-of", date), 2, "is not a date")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ingest"], ["Missing argument"]),
        (["nonsense"], ["No such command"]),
        (["whatif", "--budget", "many"], ["--budget"]),
        (["whatif", "--budget", "inf"], ["budget"]),
        (["--audience", "nobody", "search", "x"], ["'nobody'", "Known"]),
        (["detect", "--typology", "nonsense"], ["'nonsense'", "Known"]),
        (["export", "--format", "nonsense", "--out", "x"], ["'nonsense'", "Known"]),
        (["judge", "a", "a", "same", "--reason", "x"], ["two subjects"]),
    ],
)
def test_a_bad_request(arguments: list[str], words: list[str], workspace: Path) -> None:
    refused(call(workspace, *arguments), 2, *words)


def test_no_workspace_and_nowhere_to_write(workspace: Path, tmp_path: Path) -> None:
    refused(call(tmp_path / "none", "search", "x"), 4, "no workspace", "init")
    refused(call(workspace, "report", "--out", str(tmp_path / "none" / "x")), 4, "none/x", "No such file")
    (tmp_path / "file").write_text("")
    refused(call(tmp_path / "file" / "w", "init"), 4, "Not a directory")


def test_a_stranger_s_file_cannot_speak_to_the_terminal(workspace: Path, tmp_path: Path) -> None:
    result = call(workspace, "ingest", str(write("a\x1b[2Jb,c\n")(tmp_path)), "--reader", "payments")
    assert result.exit_code == 3 and "\x1b" not in result.stderr


def test_ctrl_c_is_130_and_no_traceback(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Workspace, "view", interrupted)
    refused(call(workspace, "search", "x"), 130, "interrupted")


@pytest.mark.parametrize("spoil", ["missing", "altered"])
def test_a_segment_or_original_that_is_not_as_committed(spoil: str, workspace: Path, tmp_path: Path) -> None:
    assert call(workspace, "ingest", str(write(PAYMENTS)(tmp_path))).exit_code == 0
    segment = next((workspace / "ledger").glob("payments/*.parquet"))
    original = next(p for p in (workspace / "blobs").rglob("*") if p.is_file())
    for file in (segment, original):
        file.unlink()
        if spoil == "altered":
            file.write_bytes(b"x")
    result = call(workspace, "verify", "--json")
    assert result.exit_code == 6
    assert [p.split()[0] + " " + p.split()[-1] for p in json.loads(result.stdout)["problems"]] == [
        f"segment {spoil}",
        f"original {spoil}",
    ]
    refused(call(workspace, "search", "x"), 6, segment.name, spoil)


def test_judge_answers_in_json_too(workspace: Path, tmp_path: Path) -> None:
    lines = [{"id": i, "schema": "Company", "properties": {"name": [i * 9]}} for i in "ab"]
    file = tmp_path / "firms.json"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert call(workspace, "ingest", str(file)).exit_code == 0
    result = call(workspace, "judge", "ftm:a", "ftm:b", "same", "--reason", "one phone", "--json")
    assert json.loads(result.stdout) == {"left": "ftm:a", "right": "ftm:b", "verdict": "same", "reason": "one phone"}
