"""What is said of files that no reader takes: what they are, where they belong, what to type next."""

import gzip
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from counterflow import registry
from counterflow.errors import UnreadableFile
from counterflow.sources.recognise import chosen, recognise
from counterflow.sources.unrecognised import nearest
from counterflow.workspace import Workspace

ALIASES = b'36,12,"aka","AERO-CARIBBEAN",-0- \r\n173,57,"fka","AVIA IMPORT",-0- \r\n'
ADDRESSES = (
    b'36,25,-0- ,"Havana","Cuba",-0- \r\n173,129,"Ibex House, The Minories","London EC3N 1DY","United Kingdom",-0- \r\n'
)
COMMENTS = b'6366,"r. National ID No. 12; continued"\r\n'
CASE = b"entity_id,schema,name,source_id\ne,Person,A,s\n"
MAIN = b'36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'
EDGES = (
    b"node_id_start,node_id_end,rel_type,link,status,start_date,end_date,sourceID\n"
    b"1,2,officer_of,director of,,,,Panama Papers\n"
)
NODES = b"node_id,name,jurisdiction,company_type,service_provider,sourceID\n2,Ltd,PMA,,MF,Panama Papers\n"


def refused(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        chosen(path)
    return caught.value.reason


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_table_that_can_be_mapped_says_how(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    rows = {
        "ship": ["A", "B"],
        "latitude": [57.123, 56.9],
        "longitude": [10.551, 11.2],
        "speed over ground": [1.0, 2.0],
    }
    pq.write_table(pa.table({**rows, "when seen": ["x", "y"]}), path)
    said = refused(path)
    assert "ship, latitude, longitude, speed over ground, when seen" in said
    assert "As positions it has" in said
    assert "latitude → lat" in said and "lacks timestamp" in said
    assert "counterflow mapping suggest FILE" in said and "ingest --reader ais --mapping FILE" in said
    assert "NUL" not in said


def test_any_other_table_names_its_columns(tmp_path: Path) -> None:
    said = refused(written(tmp_path / "t.csv", b"colour,shape\nred,round\nblue,square\n"))
    assert "a table whose columns no reader knows: colour, shape" in said and "mapping suggest" in said
    for name in registry.names("readers"):
        assert f"{name}," not in said


def test_rows_without_a_header(tmp_path: Path) -> None:
    assert "without column names" in refused(written(tmp_path / "t.csv", b"1,2,3\n4,5,6\n7,8,9\n"))


def test_cells_with_sentences_are_no_document(tmp_path: Path) -> None:
    row = b'%d,"It was sold. Then it was moved to Dalian, and renamed.",open\n'
    path = written(tmp_path / "notes.csv", b"number,remark,state\n" + b"".join(row % n for n in range(9)))
    assert "a table whose columns" in refused(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<catalog><book><isbn>1</isbn></book></catalog>", "XML (root element catalog)"),
        (json.dumps({"colour": {"r": 1}, "shape": [1]}).encode(), "JSON (colour, r, shape)"),
        (b"SQLite format 3\0" + bytes(90), "export its tables"),
        (b"\x00\x01\x02" * 50, "no format that is known"),
        (b"zzz\nqqq\n", "neither sentences, nor a table"),
    ],
)
def test_anything_else_says_what_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refused(written(tmp_path / "f.dat", content))


def test_a_list_under_another_root_is_nearest_to_its_reader(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "fixtures" / "un_xml").glob("*.xml")
    source = next(p for p in sorted(text) if "spoilt" not in p.name).read_text(encoding="utf-8")
    said = refused(written(tmp_path / "f.xml", source.replace("CONSOLIDATED_LIST", "MY_LIST").encode()))
    assert "nearest by its names: un_xml" in said


def test_readers_are_near_by_rare_names() -> None:
    assert nearest(["FIRST_NAME", "SECOND_NAME", "UN_LIST_TYPE", "REFERENCE_NUMBER", "DATAID"])[0] == "un_xml"
    assert nearest(["colour", "shape", "size"]) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("alt.csv", ALIASES, "the aliases of OFAC's list"),
        ("add.csv", ADDRESSES, "the addresses of OFAC's list"),
        ("renamed.csv", ALIASES, "the aliases of OFAC's list"),
        ("sdn_comments.csv", COMMENTS, "the comments of OFAC's list"),
        ("entities.csv", CASE, "of a case: ingest the folder with its sources and entities.csv"),
    ],
)
def test_a_part_of_a_list_says_where_it_belongs(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    assert words in refused(written(tmp_path / name, content))
    packed = written(tmp_path / "packed" / f"{name}.gz", gzip.compress(content))
    assert words in refused(packed)
    assert f"{packed.name} in it is" in refused(packed.parent)


def test_the_main_file_alone_says_what_is_not_beside_it(tmp_path: Path) -> None:
    alone = written(tmp_path / "a" / "sdn.csv", MAIN)
    beside = written(tmp_path / "b" / "sdn.csv", MAIN)
    for name, content in (("alt.csv", ALIASES), ("add.csv", ADDRESSES), ("sdn_comments.csv", COMMENTS)):
        written(beside.parent / name, content)
    workspace = Workspace.create(tmp_path / "w")
    try:
        told = [workspace.ingest(path, accept=True).notes for path in (alone, beside)]
    finally:
        workspace.close()
    assert any("alt.csv, add.csv, sdn_comments.csv not beside sdn.csv" in note for note in told[0])
    assert not any("not beside" in note for note in told[1])


@pytest.mark.parametrize(("content", "words"), [(EDGES, "relationships alone"), (NODES, "nodes alone")])
def test_half_of_a_leak_is_read_and_says_so(tmp_path: Path, content: bytes, words: str) -> None:
    workspace = Workspace.create(tmp_path / "w")
    try:
        report = workspace.ingest(written(tmp_path / "t.csv", content))
    finally:
        workspace.close()
    assert report.reader == "icij" and any(words in note for note in report.notes)


def test_a_note_is_not_read_instead_of_what_it_is_about(tmp_path: Path) -> None:
    prose = b"# Data\n\nThis is a note. It says where the data came from. Nothing more is in it.\n"
    written(tmp_path / "d" / "README.md", prose)
    assert chosen(tmp_path / "d")[0].name == "document"
    written(tmp_path / "d" / "t.csv", b"colour,shape\nred,round\nblue,square\n")
    assert "recognises what is in it (t.csv); only notes" in refused(tmp_path / "d")


def test_a_folder_of_several_lists_says_to_name_them(tmp_path: Path) -> None:
    for name in ("one", "two"):
        written(tmp_path / "d" / name / "sdn.csv", MAIN)
    assert "2 files in it can be read" in refused(tmp_path / "d")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as out:
        out.writestr("one/sdn.csv", MAIN)
    assert recognise(tmp_path / "d.zip").name == "ofac_csv"


def test_an_empty_folder(tmp_path: Path) -> None:
    assert refused(tmp_path) == "the folder is empty"
