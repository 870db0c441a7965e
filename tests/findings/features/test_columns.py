"""The declaration, the kernels that write by it, and the page that prints it say the same."""

from __future__ import annotations

from pathlib import Path

from counterflow.findings.features import SHORT, Windows, closing, columns, names, statistics
from counterflow.findings.features.columns import COUNTS, declared, layout
from counterflow.findings.features.windows import DAY, HOUR

PAGE = Path(__file__).parents[3] / "docs" / "features.md"


def test_the_kernels_write_as_many_columns_as_are_declared():
    sections = {name: len(found) for name, found in declared().items()}
    assert sections["account"] == statistics.LIFE
    assert sections["stats"] == statistics.RICH
    assert sections["against"] == statistics.AGAINST
    assert statistics.COUNTS == COUNTS
    assert sections["patterns"] == closing.CAPPED + 1
    for windows in (
        Windows(),
        SHORT,
        Windows(stats=(HOUR, DAY, 9 * DAY), fans=(2 * HOUR, 3 * HOUR)),
        Windows(stats=()),
    ):
        assert layout(windows).width == len(names(windows)) == len(set(names(windows)))


def test_sections_begin_where_the_layout_says():
    windows = Windows(fans=(HOUR,))
    head, place = names(windows), layout(windows)
    assert head[place.pair] == "pair_count"
    assert (head[place.payer], head[place.payee]) == ("payer_age", "payee_age")
    assert head[place.patterns] == "cycles_2"
    assert "payer_out_new_1h" in head
    assert "payer_out_sum_1h" not in head


def test_no_column_is_a_time_of_day_or_a_payment_format():
    assert not {"timestamp", "at", "hour", "weekday", "format", "method"} & set(names(Windows()))
    assert all(column.says.endswith(".") for column in columns(Windows()))


def test_the_page_states_the_bounds_of_the_searches():
    text = PAGE.read_text("utf-8")
    for bound in (closing.CAP, closing.BUDGET, closing.RELAYED):
        assert f"{bound:,}" in text
