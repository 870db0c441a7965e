"""Archives of strangers: unpacked into a private folder, whole and bounded, or refused."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources import archive
from counterflow.sources.archive import is_archive, unpacked
from counterflow.sources.stream import open_binary, read_head


def make(folder: Path, members: dict[str, bytes], **changes: int) -> Path:
    path = folder / "lists.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in changes.items():
                setattr(info, key, value)
            zipped.writestr(info, content)
    return path


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_several_files_are_a_folder_for_as_long_as_it_is_read(tmp_path: Path) -> None:
    path = make(tmp_path, {"sdn.csv": b"1", "more/alt.csv": b"2", "__MACOSX/._sdn.csv": b"x", ".DS_Store": b"x"})
    with unpacked(path) as folder:
        assert folder.name == "lists"
        assert names(folder) == ["more/alt.csv", "sdn.csv"]
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert not folder.parent.exists()


def test_one_file_needs_no_folder(tmp_path: Path) -> None:
    path = make(tmp_path, {"data/list.csv": b"a,b\n", ".DS_Store": b"x"})
    with unpacked(path) as place:
        assert place == path
    assert read_head(path).name == "list.csv"
    assert read_head(path).start == b"a,b\n"


def test_a_document_is_no_archive(tmp_path: Path) -> None:
    path = make(tmp_path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    assert not is_archive(path)
    with unpacked(path) as place:
        assert place == path


def test_several_files_are_not_one(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="an archive of 2 files"):
        open_binary(make(tmp_path, {"a.csv": b"", "b.csv": b""}))


OUTSIDE = ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:/evil.csv", "..\\evil.csv", "a//b.csv", "x/./y.csv"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leads_outside_is_refused_whole(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "here"
    inside.mkdir()
    path = make(inside, {"good.csv": b"1", name: b"2"})
    with pytest.raises(UnreadableFile, match="leads outside"), unpacked(path):
        raise AssertionError("unpacked")
    assert names(tmp_path) == ["here/lists.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind: int, tmp_path: Path) -> None:
    path = make(tmp_path, {"a.csv": b"/etc/passwd", "b.csv": b"1"}, external_attr=(kind | 0o777) << 16, create_system=3)
    with pytest.raises(UnreadableFile, match="a link or a device"), unpacked(path):
        raise AssertionError("unpacked")


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = make(tmp_path, {"a.csv": b"1", "A.CSV": b"2"})
    with pytest.raises(UnreadableFile, match="twice"), unpacked(path):
        raise AssertionError("unpacked")


def test_a_file_that_is_a_folder_too_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path, {"a": b"1", "a/b.csv": b"2"})
    with pytest.raises(UnreadableFile, match="a file and a folder"), unpacked(path):
        raise AssertionError("unpacked")


def test_what_is_encrypted_is_refused(tmp_path: Path) -> None:
    content = bytearray(make(tmp_path, {"a.csv": b"1", "b.csv": b"2"}).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + offset] |= 1
    path = tmp_path / "locked.zip"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="encrypted"), unpacked(path):
        raise AssertionError("unpacked")


def test_a_bomb_is_refused_by_what_it_states_and_by_what_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "HARMLESS", 1 << 20)
    path = make(tmp_path, {"a.csv": bytes(8 << 20), "b.csv": b"1"})
    with pytest.raises(UnreadableFile, match="unpacks to more than"), unpacked(path):
        raise AssertionError("unpacked")
    content = bytearray(path.read_bytes())  # and now it lies about its size
    at = content.find(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 100)
    path.write_bytes(content)
    with pytest.raises(UnreadableFile), unpacked(path):
        raise AssertionError("unpacked")


def test_a_full_disk_is_said_before_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_SPARE", 1 << 62)
    with pytest.raises(InputError, match="not enough room"), unpacked(make(tmp_path, {"a": b"1", "b": b"2"})):
        raise AssertionError("unpacked")


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path, {f"{n}.csv": b"" for n in range(50)})
    monkeypatch.setattr(archive, "MOST_FILES", 49)
    with pytest.raises(UnreadableFile, match="more than 49 files"):
        is_archive(path)
    monkeypatch.setattr(archive, "_DIRECTORY", 100)
    with pytest.raises(UnreadableFile, match="refused unread"):
        is_archive(path)


@pytest.mark.parametrize("cut", [4, 30, 60, -1])
def test_a_broken_archive_is_a_clear_error(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(make(tmp_path, {"a.csv": b"1" * 99, "b.csv": b"2"}).read_bytes()[:cut])
    with pytest.raises(UnreadableFile, match=r"cut\.zip"), unpacked(path):
        raise AssertionError("unpacked")


def test_an_error_inside_names_the_archive(tmp_path: Path) -> None:
    path = make(tmp_path, {"a.csv": b"1", "b.csv": b"2"})
    with pytest.raises(UnreadableFile) as caught, unpacked(path) as folder:
        raise UnreadableFile("is odd", file=str(folder / "a.csv"), line=3)
    assert str(caught.value) == f"{path}/a.csv, line 3: is odd"
