import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import UsageError
from counterflow.sources import columns
from counterflow.sources.columns import Typed, joined, numbers, texts, times

UTC = dt.UTC


def at(*when: int) -> dt.datetime:
    return dt.datetime(*when, tzinfo=UTC)  # type: ignore[arg-type]


def read(text: str, format: str | None = None, timezone: str = "UTC") -> dt.datetime | None:
    typed = times(pa.array([text.encode(), b""]), format, timezone)
    assert not typed.wrong[1]
    assert typed.values[1].as_py() is None
    value = typed.values[0].as_py()
    assert typed.wrong[0] == (value is None)
    return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017-09-01", at(2017, 9, 1)),
        ("2022/09/01 00:20", at(2022, 9, 1, 0, 20)),
        ("2017-09-01T12:30:15.25Z", at(2017, 9, 1, 12, 30, 15, 250000)),
        ("2017-09-01 12:30:00+09:00", at(2017, 9, 1, 3, 30)),
        ("2017-09-01 00:30:00 -0130", at(2017, 9, 1, 2, 0)),
        ("1504267800", at(2017, 9, 1, 12, 10)),
        ("1504267800123", at(2017, 9, 1, 12, 10, 0, 123000)),
        ("2016-02-29", at(2016, 2, 29)),
        ("2017-02-29", None),
        ("2017-13-01", None),
        ("2017-09-31", None),
        ("2017-09-01T24:00:00", None),
        ("0000-01-01", None),
        ("soon", None),
        ("01.09.2017", None),
    ],
)
def test_iso(text: str, expected: dt.datetime | None) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "format", "expected"),
    [
        ("01/11/2025 23:59:07", "%d/%m/%Y %H:%M:%S", at(2025, 11, 1, 23, 59, 7)),
        ("1 Sep 17 12:05 am", "%d %b %y %I:%M %p", at(2017, 9, 1, 0, 5)),
        ("31 Foo 17 12:05 am", "%d %b %y %I:%M %p", None),
        ("1504267800.5", "epoch", at(2017, 9, 1, 12, 10, 0, 500000)),
        ("1504267800500", "epoch_ms", at(2017, 9, 1, 12, 10, 0, 500000)),
        ("99999999999999", "epoch", None),
    ],
)
def test_other_formats(text: str, format: str, expected: dt.datetime | None) -> None:
    assert read(text, format) == expected


def test_a_time_without_zone_is_local() -> None:
    assert read("2017-07-01 12:00", None, "Europe/Vienna") == at(2017, 7, 1, 10)
    assert read("2017-07-01 12:00Z", None, "Europe/Vienna") == at(2017, 7, 1, 12)
    with pytest.raises(UsageError, match="IANA"):
        read("2017-07-01", None, "Vienna")
    with pytest.raises(UsageError, match="%Q"):
        read("2017-07-01", "%Q")


SINCE, UNTIL = (dt.datetime(y, 1, 1) for y in (1900, 2100))  # noqa: DTZ001 - hypothesis wants bounds without zone


@given(st.datetimes(min_value=SINCE, max_value=UNTIL, timezones=st.just(UTC)))
def test_every_time_comes_back(when: dt.datetime) -> None:
    assert read(when.isoformat()) == when
    second = when.replace(microsecond=0)
    format = "%d.%m.%Y %H:%M:%S"
    assert read(second.strftime("%d.%m.") + f"{second.year:04}" + second.strftime(" %H:%M:%S"), format) == second


@given(st.lists(st.text(max_size=12), max_size=20))
def test_whatever_the_text_the_row_is_a_time_or_wrong_or_empty(values: list[str]) -> None:
    raw = pa.array([v.encode("utf-8", "surrogatepass") for v in values], pa.binary())
    for typed in (times(raw), numbers(raw)):
        for value, wrong, found in zip(values, typed.wrong, typed.values.to_pylist(), strict=True):
            assert wrong == (found is None and bool(value.strip()))


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_every_number_comes_back(value: float) -> None:
    assert numbers(pa.array([f"{value:.6f}"])).values[0].as_py() == pytest.approx(value, abs=1e-6)


def test_numbers_of_other_places() -> None:
    typed = numbers(
        pa.array([b"1.234.567,50", b"+7", b"12 000", b"NaN", b"1e400", b"0x10"]), decimal=",", thousands="."
    )
    assert typed.values.to_pylist() == [1234567.5, 7.0, None, None, None, None]
    assert typed.wrong.tolist() == [False, False, True, True, True, True]
    assert numbers(pa.array([1.5, float("inf"), float("nan")])).wrong.tolist() == [False, True, False]


def test_text_keeps_what_is_not_utf8_apart() -> None:
    typed = texts(pa.array([b" a ", b"\xff\xfe", b"", "호".encode()]))
    assert typed.values.to_pylist() == ["a", None, None, "호"]
    assert typed.wrong.tolist() == [False, True, False, False]
    assert texts(pa.array([9322451.0, None, 1.5])).values.to_pylist() == ["9322451", None, "1.5"]


def test_texts_are_joined_row_by_row_though_all_are_null() -> None:
    whole = joined([pa.array([None, "a", None, "c"]), pa.array([None, "b", "d", None])], " ")
    assert whole.to_pylist() == [None, "a b", "d", "c"]


blanks = st.sampled_from(["", " ", "\t", "\u00a0", "\u3000", "\u200b"])
words = st.one_of(st.sampled_from(["a", "\ud638", "", "0", "x y", "\u0141"]), st.text(max_size=4))
padded = st.tuples(blanks, words, blanks).map("".join)
digits = st.text("0123456789.-+eE ", max_size=8)
whole = st.integers(1, 12).map(lambda n: f"{n:02}")
dates = st.tuples(
    st.sampled_from(["2017", "0000", "9999", "201x", "1900"]), st.sampled_from("-/."), whole, st.sampled_from("-/"),
    st.integers(0, 32).map(lambda n: f"{n:02}"), st.sampled_from(["T", " ", "", "t"]),
    st.sampled_from(["", "12:30", "12:30:15", "24:00:00", "12:30:15.250", "12:30:15,250125", "12:60:00", "1:30"]),
    st.sampled_from(["", "Z", "+09:00", " UTC", "z"]),
).map("".join)  # fmt: skip
small = st.integers(0, 62).map(lambda n: f"{n:02}")
european = st.tuples(small, st.just("/"), small, st.just("/"), st.sampled_from(["2017", "2020", "17"]), st.just(" "),
                     small, st.just(":"), small, st.just(":"), small).map("".join)  # fmt: skip


def column(values: list[str | None], start: int) -> pa.Array:
    return pa.array(values, pa.string())[start:]


def alike(fast: Typed, careful: Typed) -> bool:
    return fast.values.equals(careful.values) and fast.wrong.tolist() == careful.wrong.tolist()


@given(st.lists(st.one_of(st.none(), padded), max_size=12), st.integers(0, 2))
def test_text_that_is_not_copied_is_the_text_that_is(values: list[str | None], start: int) -> None:
    raw = column(values, start)
    assert texts(raw).values.equals(columns._trimmed_copy(raw))
    packed = pa.array([None if v is None else v.encode("utf-8", "surrogatepass") for v in values], pa.binary())
    assert texts(packed).values.to_pylist() == [columns._trimmed_copy(raw)[i].as_py() for i in range(len(raw))] or start


@given(st.lists(st.one_of(st.none(), digits, st.just("1.5"), st.just("-12")), max_size=8), st.integers(0, 2))
def test_plain_numbers_are_the_numbers_of_the_careful_way(values: list[str | None], start: int) -> None:
    raw = column(values, start)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_plain_numbers", lambda _: None)
        careful = numbers(raw)
    assert alike(numbers(raw), careful)


@given(
    st.one_of(
        st.tuples(st.none(), st.lists(st.one_of(st.none(), dates, st.just("2017-09-01T12:30:15Z"), padded))),
        st.tuples(st.just("%d/%m/%Y %H:%M:%S"), st.lists(st.one_of(st.none(), european, padded))),
        st.tuples(st.just("%Y%m%d"), st.lists(st.one_of(st.sampled_from(["20170901", "20170231", "2017091"]), padded))),
    ),
    st.integers(0, 2),
    st.sampled_from(["UTC", "Europe/Vienna"]),
)
def test_times_written_alike_are_the_times_of_the_careful_way(
    written: tuple[str | None, list[str | None]], start: int, timezone: str
) -> None:
    format, values = written
    raw = column(values, start)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "aligned", lambda *_: None)
        careful = times(raw, format, timezone)
    assert alike(times(raw, format, timezone), careful)


def test_a_million_times_of_one_length_take_no_regular_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_carefully", lambda *_: pytest.fail("the careful way was taken"))
    assert times(pa.array([b"2017-09-01T12:30:15Z", b"2016-02-29 00:00:00Z"])).values.to_pylist() == [
        at(2017, 9, 1, 12, 30, 15),
        at(2016, 2, 29),
    ]
