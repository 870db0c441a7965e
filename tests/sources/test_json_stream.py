"""JSON record by record: every layout, whatever the size of its pieces; a broken line is named, a broken array ends."""

from __future__ import annotations

import contextlib
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources import json_stream
from counterflow.sources.json_stream import first, items
from counterflow.sources.reader import read_head

RECORDS = [{"id": n, "name": "항구\n“ " + "x" * n, "inner": {"list": [1, {"a": "]}"}]}} for n in range(40)]


def _values(path: Path, under: tuple[str, ...] = ()) -> list[Any]:
    found = list(items(path, under))
    assert not [item.problem for item in found if item.problem]
    return [item.value for item in found]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("chunk", [7, 100, 1 << 18])
def test_every_layout_gives_the_same_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | None, chunk: int
) -> None:
    monkeypatch.setattr(json_stream, "_CHUNK", chunk)
    path = tmp_path / "x.json"
    wrapped = {"header": {"count": 3, "of": "things"}, "records": RECORDS, "more": 1}
    texts = [
        json.dumps(RECORDS, indent=indent),
        json.dumps(wrapped, indent=indent),
        "\n".join(json.dumps(r, indent=indent) for r in RECORDS),
        "\ufeff" + "\r\n".join(json.dumps(r, ensure_ascii=False, indent=indent) for r in RECORDS) + "\n\n",
    ]
    if chunk < 100:
        texts.pop(1)  # what stands before an inner array must fit into one piece
    for text in texts:
        path.write_text(text, encoding="utf-8", newline="")
        assert _values(path, ("records",)) == RECORDS
        assert first(read_head(path), ("records",)) == RECORDS[0]
    path.write_bytes(gzip.compress(texts[0].encode()))
    assert _values(path) == RECORDS


def test_lines_are_told(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[\n" + ",\n".join(json.dumps(r, indent=1) for r in RECORDS[:3]) + "\n]")
    lines = [item.line for item in items(path)]
    text = path.read_text().splitlines()
    assert [text[n - 1] for n in lines] == ["{"] * 3


def test_a_broken_line_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'{"a": 1}\n{"a": \n{"a": "\xff"}\n\n{"a": "\\ud800"}\n{"a": 2}\n')
    found = list(items(path))
    assert [(item.line, item.problem is not None) for item in found] == [
        (1, False), (2, True), (3, True), (5, True), (6, False),
    ]  # fmt: skip


def test_what_is_no_text_inside_an_array_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'[{"a": 1},\n{"a": "\xff"},\n{"a": "\\ud800"}, {"a": "\\u00e9"}]')
    found = list(items(path))
    assert [item.problem for item in found] == [None, "not text in UTF-8", "not text in UTF-8", None]
    assert found[3].value == {"a": "é"}


@pytest.mark.parametrize("end", ["", ",", ', {"a": ', ', {"a": 1} {"b" 2}]', ", ]"])
def test_an_array_that_does_not_end_is_an_error_after_what_could_be_read(tmp_path: Path, end: str) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"a": 1}' + end)
    found = []
    if end == ", ]":
        assert len(list(items(path))) == 1
        return
    with pytest.raises(InputError, match=r"x\.json"):
        found.extend(items(path))


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for content in (b"", b"\x00\x01", b"<a/>", b"text"):
        path.write_bytes(content)
        assert first(read_head(path)) is None
        with pytest.raises(UnreadableFile):
            list(items(path))


def test_a_line_beyond_all_measure_and_deep_nesting_cost_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a": 1}\n{"a": "' + "x" * (17 << 20) + '"}\n' + "[" * 50_000 + '\n{"a": 2}\n')
    found = list(items(path))
    assert [item.line for item in found if item.problem] == [2, 3]
    path.write_text("[" + "[" * 50_000)
    with pytest.raises(InputError):
        list(items(path))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("json") / "x.json"
    path.write_bytes(content)
    first(read_head(path), ("records",))
    with contextlib.suppress(InputError):
        assert all(item.line > 0 for item in items(path, ("records",)))
