"""Files made to do harm, given to every reader there is: a clear error or rows set aside, in bounded memory, soon."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from counterflow import registry
from counterflow.errors import InputError
from counterflow.sources.reader import Observations, Rejected, Statements, read_head

DEEP = 100_000
HEADER = b"payment_id,timestamp,mmsi,imo,lat,lon,from_account,to_account,amount,currency,id,schema,name\n"
HOSTILE: dict[str, bytes] = {
    "a million columns": b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n" + b"1," * 999_999 + b"1\n",
    "a million cells": HEADER + b"1," * 1_000_000 + b"\n",
    "NUL bytes": HEADER + b"\0" * 5000 + b"\n1,\0,2\n",
    "mixed newlines": HEADER + b"1,2\r3,4\n5,6\r\n\r\r\n7\x0b8\x0c9\xc2\x85\n",
    "an open quote": HEADER + b'"' + b"x,\n" * 200_000,
    "nested JSON": b'{"id":"1","schema":"Person","properties":{"name":' + b"[" * DEEP + b"]" * DEEP + b"}}\n",
    "nested JSON, alone": b"[" * DEEP,
    "nested objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "huge numbers": b'{"id":"1","schema":"Person","properties":{"height":[' + b"9" * 1_000_000 + b"]}}\n",
    "an exponent": b'{"id":"1","schema":"Person","properties":{"height":[1e999999999, -1e-999999999, NaN]}}\n',
    "nested XML": b"<sdnList>" + b"<a>" * DEEP + b"</a>" * DEEP + b"</sdnList>",
    "attributes": b"<sdnList " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"><a/></sdnList>",
    "absurd dates": HEADER
    + b"1,99999-99-99T99:99:99Z,1,1,1,1,1,1,1,USD,1,1,1\n1,-0001-01-01,1,1,1,1,1,1,1,USD,1,1,1\n",
    "absurd numbers": HEADER + b"1,2017-01-01,1,1,1e400,-1e400,1,1," + b"9" * 5000 + b",USD,1,1,1\n",
    "formulas": HEADER + b'=cmd|"/C calc"!A0,2017-01-01,@SUM(1),+1,-1,1,=1,=2,5,USD,1,1,"=HYPERLINK(""x"")"\n',
    "surrogates": b'{"id":"\\ud800","schema":"Person","properties":{"name":["\\udfff"]}}\n',
    "half a byte order mark": b"\xff\xfe\x00",
    "a bomb": gzip.compress(bytes(300 << 20), 9),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hostile")
    found = {}
    for n, (name, content) in enumerate(HOSTILE.items()):
        found[name] = folder / f"given-{n}.txt"
        found[name].write_bytes(content)
    return found


@pytest.mark.parametrize("reader", registry.names("readers"))
@pytest.mark.parametrize("name", HOSTILE)
def test_every_reader_withstands(name: str, reader: str, files: dict[str, Path]) -> None:
    chosen = registry.get("readers", reader)
    assert 0 <= chosen.recognises(read_head(files[name])) <= 1
    try:
        told = list(chosen.read(files[name], {}))
    except InputError as error:
        told = [Rejected(error.line, error.field, str(error))]
    assert told
    for record in told:
        if isinstance(record, Statements):
            assert not any("\ufffd" in said.value or "\0" in said.value for said in record.said)
        elif isinstance(record, Observations):
            assert "\ufffd" not in json.dumps(record.rows.to_pylist(), default=str)
        elif isinstance(record, Rejected):
            assert record.reason


LIMITED = """
import resource, sys
from pathlib import Path
import pyarrow.csv, pyarrow.parquet, lxml.etree, ijson, numpy, charset_normalizer
from counterflow import registry
from counterflow.errors import InputError
readers = [registry.get("readers", name) for name in registry.names("readers")]
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + (400 << 20),) * 2)
for path in map(Path, sys.argv[1:]):
    for reader in readers:
        try:
            for record in reader.read(path, {}):
                pass
        except InputError as error:
            assert path.name in str(error), error
print("withstood")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc to know how much is in use")
def test_a_line_of_half_a_gigabyte_takes_less(tmp_path: Path) -> None:
    """400 MiB above what the imports take must do for a line of 512 MiB (sparse: it takes no disk either)."""
    paths = []
    for name, begins in (("nothing", b""), ("head", HEADER), ("json", b'{"id":"'), ("xml", b"<sdnList><a>")):
        paths.append(tmp_path / f"{name}.txt")
        with paths[-1].open("wb") as file:
            file.write(begins)
            if begins:
                file.write(b"x" * (20 << 20))  # no NUL within what is looked at first
            file.truncate(512 << 20)
    command = [sys.executable, "-c", LIMITED, *map(str, paths)]
    plain = os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system"}  # the others reserve addresses that they never use
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=250, env=plain)
    assert done.stdout == "withstood\n", done.stderr[-3000:]
