"""Hostile and broken XML: refused with a clear error, never obeyed, in bounded memory."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.xml_stream import Mended, elements, root_name, text

BOMB = """<?xml version="1.0"?>
<!DOCTYPE list [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<list><party>&c;</party></list>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE list [<!ENTITY x SYSTEM "{url}">]><list><party>&x;</party></list>"""


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "list.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        list(elements(write(tmp_path, BOMB), ["party"]))


def test_an_external_entity_is_refused_and_its_file_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    path = write(tmp_path, OUTSIDE.format(url=secret.as_uri()))
    with pytest.raises(UnreadableFile, match="DOCTYPE") as caught:
        list(elements(path, ["party"]))
    assert "the secret" not in str(caught.value)


def test_a_doctype_alone_is_refused(tmp_path: Path) -> None:
    content = '<?xml version="1.0"?><!DOCTYPE list SYSTEM "http://127.0.0.1:9/x.dtd"><list><party/></list>'
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        list(elements(write(tmp_path, content), ["party"]))


def test_an_undeclared_reference_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="not well-formed"):
        list(elements(write(tmp_path, "<list><party>&nbsp;</party></list>"), ["party"]))


def test_a_file_cut_short_gives_what_is_whole_and_then_an_error_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "<list>\n<party>1</party>\n<party>2</party>\n<par")
    found: list[str | None] = []
    with pytest.raises(InputError, match="cut short") as caught:
        found += [text(element) for element, _ in elements(path, ["party"])]
    assert caught.value.line == 4


def test_a_broken_compression_is_an_error(tmp_path: Path) -> None:
    packed = gzip.compress(b"<list>" + b"<party>x</party>" * 10_000 + b"</list>")
    with pytest.raises(InputError, match=r"list\.xml"):
        list(elements(write(tmp_path, packed[: len(packed) // 2]), ["party"]))


def test_nothing_of_that_name_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no element party"):
        list(elements(write(tmp_path, "<list><other/></list>"), ["party"]))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, b"<list>" + b"<party><name>abcdefgh</name></party>\n" * 50_000 + b"</list>")
    tracemalloc.start()
    count = sum(1 for _ in elements(path, ["party"], mend=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 50_000
    assert peak < 3_000_000


def test_namespaces_do_not_matter(tmp_path: Path) -> None:
    content = '<x:list xmlns:x="urn:x"><x:party>1</x:party></x:list>'
    assert [text(element) for element, _ in elements(write(tmp_path, content), ["party"])] == ["1"]
    assert root_name(content) == ("list", ' xmlns:x="urn:x"')
    assert root_name("<?xml version='1.0'?><!-- a --> <list/>") == ("list", "/")
    assert root_name("no xml") == ("", "")


def test_a_bare_ampersand_is_mended_and_its_line_is_told(tmp_path: Path) -> None:
    path = write(
        tmp_path, "<list>\n<party>a &amp; b</party>\n<party>c & d &#38; e</party>\n<party>f&Co;</party></list>"
    )
    found = [(text(element), list(mended)) for element, mended in elements(path, ["party"], mend=True)]
    assert [name for name, _ in found] == ["a & b", "c & d & e", "f&Co;"]
    assert found[-1][1] == [3, 4]


@given(
    st.lists(st.sampled_from(["&", "&amp;", "&#38;", "&#x26;", "x", "\n", "é", "&amp"]), max_size=60),
    st.integers(min_value=1, max_value=9),
)
def test_mended_text_is_well_formed_and_means_the_same(parts: list[str], size: int) -> None:
    content = "".join(parts)
    stream = Mended(io.BytesIO(f"<a>{content}</a>".encode()))
    out = b""
    while block := stream.read(size):
        assert len(block) <= size
        out += block
    expected = content.replace("&amp;", "&").replace("&#38;", "&").replace("&#x26;", "&")
    assert (etree.fromstring(out).text or "") == expected
    assert stream.lines == sorted(set(stream.lines))
