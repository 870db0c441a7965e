"""Every reader of a list that is a plain table keeps the contract, each by a fixture under its own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.sources.reader import Rejected
from counterflow.sources.sanctions import layout, plain_lists
from counterflow.sources.sanctions.tables import Row, rows
from counterflow.testing import ReaderContract

FIXTURES = Path(__file__).parents[1] / "fixtures"


def fixture(name: str, stem: str = "list") -> Path:
    """The fixture of a layout, whatever its ending."""
    (found,) = (path for path in (FIXTURES / name).iterdir() if path.stem == stem)
    return found


ALL = {name: fixture(name) for name in layout.names()}

for _name, _path in ALL.items():
    globals()[f"Test_{_name}"] = type(
        f"Test_{_name}",
        (ReaderContract,),
        {
            "__doc__": f"The layout {_name}.",
            "reader": getattr(plain_lists, _name),
            "fixture": _path,
            "strangers": tuple(path for name, path in ALL.items() if name != _name),
            "spoilt": fixture(_name, "spoilt"),
        },
    )


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_good_file_is_read_without_complaint(name: str) -> None:
    records = list(getattr(plain_lists, name).read(ALL[name], {}))
    assert [r for r in records if isinstance(r, Rejected)] == []


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_column_of_the_fixture_arrives(name: str) -> None:
    """The fixtures fill each column that a layout knows, but for those of a form that is not shown."""
    reader = getattr(plain_lists, name)
    filled = {column for row in rows(ALL[name], reader.layout) if isinstance(row, Row) for column in row.cells}
    assert filled <= reader.fields.keys()
    assert reader.layout.needed <= filled | set(reader.layout.columns)
