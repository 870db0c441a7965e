"""What was received is opened by content, whatever it is packed in and written in; never more than it may be."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources import packed
from counterflow.sources.stream import (
    Lines,
    encoding_note,
    open_binary,
    open_text,
    open_utf8,
    read_head,
    text_encoding,
    unpacked_name,
)


def zipped(content: bytes, name: str = "list.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda content: pa.compress(content, "zstd", asbytes=True),
    ".zip": zipped,
}
TEXT = "name,country\n" + "".join(f"조선 {n},kp\r\n" for n in range(20_000))


def write(folder: Path, content: bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("ending", PACKINGS)
def test_any_packing_gives_the_same_bytes(ending: str, tmp_path: Path) -> None:
    path = write(tmp_path, PACKINGS[ending](TEXT.encode()), "named-otherwise.bin")
    with open_binary(path) as file:
        assert file.read() == TEXT.encode()
    with open_text(path) as file:
        assert file.read() == TEXT
    assert read_head(path).text == TEXT.encode()[:65536].decode(errors="replace")


@pytest.mark.parametrize("ending", PACKINGS)
def test_the_name_is_the_one_without_its_ending(ending: str, tmp_path: Path) -> None:
    assert unpacked_name(write(tmp_path, PACKINGS[ending](b"a,b\n"), "list.csv" + ending)) == "list.csv"


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_several_packed_pieces_are_one_file(ending: str, tmp_path: Path) -> None:
    path = write(tmp_path, PACKINGS[ending](b"first\n") + PACKINGS[ending](b"second\n"))
    with open_binary(path) as file:
        assert file.read() == b"first\nsecond\n"


@pytest.mark.parametrize("ending", [e for e in PACKINGS if e])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_what_is_cut_short_ends_in_an_error(ending: str, share: float, tmp_path: Path) -> None:
    whole = PACKINGS[ending](bytes(n * n % 251 for n in range(300_000)))
    path = write(tmp_path, whole[: int(len(whole) * share)])
    with pytest.raises((OSError, EOFError, InputError)), open_binary(path) as file:
        file.read()
    read_head(path)


@pytest.mark.parametrize("ending", [e for e in PACKINGS if e])
@given(at=st.floats(0.02, 0.98), byte=st.integers(0, 255))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_is_an_error_or_nothing(ending: str, at: float, byte: int, tmp_path: Path) -> None:
    """Never another exception than those that readers and ingest know."""
    packed = bytearray(PACKINGS[ending](TEXT.encode()[:50_000]))
    packed[int(at * len(packed))] = byte
    path = write(tmp_path, bytes(packed))
    read_head(path)
    try:
        with open_utf8(path) as file:
            while file.read(1 << 16):
                pass
    except (OSError, EOFError, InputError):
        pass


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst", ".zip"])
def test_a_bomb_is_refused_before_it_has_unpacked(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "HARMLESS", 1 << 20)
    path = write(tmp_path, PACKINGS[ending](bytes(16 << 20)), "bomb.csv")
    sizes: list[int] = []

    def read() -> None:
        with open_binary(path) as file:
            while block := file.read(1 << 16):
                sizes.append(len(block))

    with pytest.raises(InputError, match=r"bomb\.csv: unpacks to more than"):
        read()
    assert sum(sizes) <= max(1 << 20, packed.RATIO * path.stat().st_size)


def test_a_packed_file_in_a_zip(tmp_path: Path) -> None:
    path = write(tmp_path, zipped(gzip.compress(b"a,b\n1,2\n"), "list.csv.gz"))
    with open_binary(path) as file:
        assert file.read() == b"a,b\n1,2\n"


def test_a_document_that_is_a_zip_stays_as_it_is(tmp_path: Path) -> None:
    content = zipped(b"<Types/>", "[Content_Types].xml")
    with open_binary(write(tmp_path, content)) as file:
        assert file.read() == content


# -- text ------------------------------------------------------------------------------------------------------------

SAMPLES = {
    "gb18030": "公司名称,地址\n丹东鸿祥实业发展有限公司,辽宁省丹东市振兴区\n大连国际贸易公司,大连市\n",
    "cp949": "회사명,주소\n조선광업개발무역회사,평양시 중구역\n조선대성은행,평양시\n",
    "euc-kr": "회사명,주소\n조선광업개발무역회사,평양시 중구역\n조선대성은행,평양시\n",
    "cp932": "会社名,住所\n株式会社ミラエ商事,東京都千代田区\nキム・ジョンウン,ピョンヤン\n",
    "cp1252": "Nom,Adresse\nSociété Générale,Île-de-France\nFrançois Lévêque,Besançon\n",
    "cp1251": "имя,адрес\nООО «Внешторг»,Москва\nКим Чен Ын,Пхеньян\n",
}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("repeated", [1, 2000])
def test_what_is_not_utf8_is_told_by_its_bytes(name: str, repeated: int, tmp_path: Path) -> None:
    text = SAMPLES[name] * repeated
    path = write(tmp_path, text.encode(name))
    with open_text(path) as file:
        assert file.read() == text
    assert "told by its bytes" in encoding_note(path)[0]


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("ARMÉE, 14 rue de la Réunion\n".encode("cp1252"), ["text in cp1252, in which its publisher writes"]),
        ("ARMÉE, 14 rue de la Réunion\n".encode(), []),
        ("ARMÉE\n".encode("utf-16"), ["text in utf-16, told by its byte order mark"]),
    ],
)
def test_what_the_publisher_writes_in_is_known_better(content: bytes, note: list[str], tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert encoding_note(path, "cp1252") == note


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [SAMPLES["cp949"], TEXT])
def test_a_byte_order_mark_decides(name: str, text: str, tmp_path: Path) -> None:
    with open_text(write(tmp_path, text.encode(name))) as file:
        assert file.read() == text


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_zero_bytes_tell_utf16_without_a_mark(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, "name,country\nKim,kp\n".encode(name))
    assert text_encoding(path).name == name
    with open_text(path) as file:
        assert file.read() == "name,country\nKim,kp\n"


def test_an_apostrophe_typed_as_an_acute_accent_makes_no_cyrillic(tmp_path: Path) -> None:
    """As in the consolidated list of the United Kingdom, where cp1251 made ``Renй`` of a name."""
    text = "name,remark\n" + "René ANDRÉ,People´s Republic – “front”\nAbdérrahim,Iran’s Corps\n" * 20
    path = write(tmp_path, text.encode("cp1252"))
    assert text_encoding(path).name == "cp1252"
    with open_text(path) as file:
        assert file.read() == text


def test_what_could_be_several_is_not_guessed_at(tmp_path: Path) -> None:
    path = write(tmp_path, bytes(range(0x80, 0x100)) * 3)
    with pytest.raises(UnreadableFile, match=r"list\.csv: is not UTF-8 text"):
        open_text(path)


def test_damage_in_utf8_stays_damage(tmp_path: Path) -> None:
    """One broken row among good ones is no reason to read all of them otherwise."""
    good = ("조선," * 50 + "\n").encode()
    path = write(tmp_path, good + "Soci\xe9t\xe9,\n".encode("latin-1") + good)
    assert text_encoding(path).name == "utf-8"
    with open_text(path, errors="replace") as file:
        lines = file.read().splitlines()
    assert [("\ufffd" in line) for line in lines] == [False, True, False]


@pytest.mark.parametrize("name", ["gb18030", "cp949", "cp932", "utf-16"])
def test_broken_bytes_in_another_encoding_are_no_characters(name: str, tmp_path: Path) -> None:
    text = SAMPLES.get(name, SAMPLES["gb18030"]) * 3
    broken = text.encode(name) + (b"\x00\xd8\x0a\x00" if name == "utf-16" else b"\xff\x0a") + text.encode(name)[2:]
    with open_utf8(write(tmp_path, broken), name) as file:
        lines = file.read().split(b"\n")
    bad = []
    for n, line in enumerate(lines):
        try:
            line.decode()
        except UnicodeDecodeError:
            bad.append(n)
    assert bad == [text.count("\n")]


@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00")
@example(b"\x00" * 9)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_come(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    assert isinstance(read_head(path).text, str)
    encoding_note(path)
    try:
        with open_text(path, errors="replace") as file:
            file.read()
    except (InputError, OSError, EOFError):
        pass


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_utf8_is_never_taken_for_anything_else(tmp_path: Path, text: str) -> None:
    if text.startswith("\ufeff") or "\0" in text:
        return
    with open_text(write(tmp_path, text.encode())) as file:
        assert file.read() == text


def test_a_line_beyond_all_measure_is_an_error_with_its_number(tmp_path: Path) -> None:
    path = write(tmp_path, b"short\n" + b"x" * 5000)
    with open_text(path) as file, pytest.raises(InputError, match="line 2: a line of more than 1,000 characters"):
        list(Lines(file, path, 1000))
