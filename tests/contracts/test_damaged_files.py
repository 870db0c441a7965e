"""Damaged messages and packs end in an `InputError` or in rows set aside: never in another error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from counterflow.errors import InputError
from counterflow.sources.crypto import addresses, tagpack, transfers
from counterflow.sources.reader import read_head
from counterflow.sources.transactions import accounts, amlworld_patterns, iso20022, labels, payments, swift

FIXTURES = Path(__file__).parents[1] / "fixtures"
FILES: list[tuple[Any, str]] = [
    (iso20022.READER, "iso20022/pacs008.xml"), (iso20022.READER, "iso20022/camt053.xml"),
    (iso20022.READER, "iso20022/pacs004.xml"), (swift.READER, "swift/orders.fin"),
    (swift.READER, "swift/statement.sta"), (accounts.READER, "accounts/amlsim.csv"),
    (tagpack.READER, "tagpack/pack.yaml"), (tagpack.READER, "tagpack/actors.yaml"),
    (addresses.READER, "addresses/list.csv"), (transfers.READER, "transfers/etherscan.csv"),
    (payments.READER, "amlworld/transactions.csv"), (amlworld_patterns.READER, "amlworld/patterns.txt"),
    (labels.READER, "labels/alerts.csv"),
]  # fmt: skip
CHANGES = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from([b"", b"<", b">", b"\x00", b"\xff", b"9", b"-", b":", b"{", b"\n", b'"', b"*a"]),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


@pytest.mark.parametrize(("reader", "name"), FILES, ids=[name for _, name in FILES])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
@example([(0.03125, b"9", 0)])  # AMLworld's heading without the payer's bank
def test_damage_is_never_another_error(
    tmp_path: Path, reader: Any, name: str, changes: list[tuple[float, bytes, int]]
) -> None:
    content = (FIXTURES / name).read_bytes()
    for at, put, cut in changes:
        start = int(at * len(content))
        content = content[:start] + put + content[start + cut :]
    path = tmp_path / Path(name).name
    path.write_bytes(content)
    assert 0 <= reader.recognises(read_head(path)) <= 1
    try:
        list(reader.read(path, {}))
        complaint = path.name
    except InputError as error:
        complaint = str(error)
    assert path.name in complaint
