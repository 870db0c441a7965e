import datetime as dt
import random
from itertools import pairwise

import ibis
import pyarrow as pa
import pytest

from counterflow.findings.commodities import KINDS, Rule, covered, rules, under


def levels(code: str, day: str, side: str, edition: str = "") -> list[str]:
    return sorted({rule.level for rule in covered(code, day, edition, "embargo") if rule.side == side})


def names(code: str, edition: str = "", kind: str = "") -> set[str]:
    return {rule.name for rule in covered(code, edition=edition, kind=kind)}


@pytest.mark.parametrize(
    ("code", "day", "side", "expected"),
    [
        ("270112", "2016-03-01", "export", []),
        ("270112", "2016-03-02", "export", ["restricted"]),
        ("270112", "2016-12-01", "export", ["quota"]),
        ("270112", "2017-08-04", "export", ["quota"]),
        ("270112", "2017-08-05", "export", ["banned"]),
        ("2701", "2017-08", "export", ["quota"]),  # a month that began before the ban
        ("2701", "2017-09", "export", ["banned"]),
        ("2710", "2018", "import", ["quota"]),  # a year that began with the step
        ("270112", "2018-01-01", "import", []),
        ("030617", "2017-08-05", "export", ["banned"]),
        ("620342", "2017-09-10", "export", []),
        ("620342", "2017-09-11", "export", ["banned"]),
        ("251910", "2017-12-22", "export", ["banned"]),
        ("847989", "2017-12-22", "import", ["banned"]),
        ("710812", "2016-06-01", "export", ["banned"]),
        ("780110", "2017-08-05", "export", ["banned"]),
        ("271019", "2017-12-31", "import", ["quota"]),
        ("930690", "2010-01-01", "import", ["restricted"]),
        ("930690", "2016-03-02", "import", ["banned"]),
        ("100630", "2020-01-01", "import", []),  # rice
        ("300490", "2020-01-01", "import", []),  # medicine
    ],
)
def test_what_the_resolutions_say(code: str, day: str, side: str, expected: list[str]) -> None:
    assert levels(code, day, side) == expected


def test_contracts_signed_before_had_time() -> None:
    [coal] = covered("2701", "2017-08-20")
    assert coal.contracts == "2017-09-04"
    [cloth] = [r for r in covered("6203", "2017-10-01") if r.name == "kp_textiles"]
    assert cloth.contracts == "2017-12-10"


def test_goods_are_found_where_they_stood_in_an_older_edition() -> None:
    assert "aircraft" in names("880330", "HS2017")
    assert "aircraft" in names("880730", "HS2022")
    assert names("880330", "HS2022", "arms") == set()
    assert names("880730", "HS2012", "arms") == set()
    assert "tobacco_inputs" in names("550200", "HS2012")
    assert "tobacco_inputs" not in names("550290", "HS2017")
    assert "precursors_table_1" in names("293940", "HS1992")
    assert "other artificial filament tow" in covered("550200", edition="HS2012", kind="tobacco")[0].unless
    assert "aircraft" in names("880330")  # edition unknown: whichever has it


def test_every_rule_is_whole() -> None:
    for rule in rules():
        assert rule.kind in KINDS
        assert rule.level in ("banned", "quota", "restricted", "listed")
        assert rule.cite
        assert rule.code.isdigit()
        assert len(rule.code) in (2, 4, 6)
        assert rule.side in ("", "export", "import")
        assert bool(rule.country) == bool(rule.side)
        assert (rule.kind in ("embargo", "luxury")) == (rule.country == "kp")
        for day in filter(None, (rule.first, rule.last, rule.contracts)):
            dt.date.fromisoformat(day)
        assert not rule.last or rule.first < rule.last


def test_steps_of_a_list_follow_each_other_without_a_gap() -> None:
    steps: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules():
        steps.setdefault((rule.name, rule.goods, rule.code, rule.side), []).append(rule)
    for several in steps.values():
        for one, next_one in pairwise(several):
            assert dt.date.fromisoformat(one.last) + dt.timedelta(days=1) == dt.date.fromisoformat(next_one.first)


def test_the_join_says_what_the_function_says() -> None:
    rng = random.Random(1)
    written = sorted({rule.code for rule in rules()})
    editions = [None, "HS1992", "HS1996", "HS2002", "HS2007", "HS2012", "HS2017", "HS2022", "SITC3"]
    rows = [
        (
            rng.choice(written) + rng.choice(["", "10", "9000"]) if rng.random() < 0.8 else str(rng.randrange(10**8)),
            str(dt.date(2006, 1, 1) + dt.timedelta(days=rng.randrange(5000)))[: rng.choice([4, 7, 10])],
            rng.choice(editions),
        )
        for _ in range(2000)
    ]
    columns = zip(("hs_code", "date", "hs_edition"), zip(*rows, strict=True), strict=True)
    texts = {name: pa.array(values, pa.string()) for name, values in columns}
    table = ibis.memtable(pa.table(texts | {"n": pa.array(range(len(rows)))}))
    found = under(table).to_pyarrow().to_pylist()
    columns = ("n", "rule_name", "rule_code", "rule_side", "rule_first", "rule_goods")
    assert sorted(tuple(row[name] for name in columns) for row in found) == sorted(
        (n, r.name, r.code, r.side, r.first, r.goods)
        for n, (code, day, edition) in enumerate(rows)
        for r in covered(code, day, edition or "")
    )
