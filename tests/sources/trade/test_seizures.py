import json
from pathlib import Path

from counterflow.sources.reader import read_head
from counterflow.sources.trade.seizures import READER
from sources.observed import Observed

FIXTURES = Path(__file__).parents[2] / "fixtures" / "seizures"


def test_a_general_table_keeps_what_is_odd_with_its_reason() -> None:
    path = FIXTURES / "spoilt.csv"
    assert READER.recognises(read_head(path)) == 0.9
    assert READER.describe(path).dataset == "seizures"
    found = Observed(READER, path)
    rows = {row["seizure_id"]: row for row in found["seizures"]}
    assert [(r.line, r.field) for r in found.rejected] == [(3, "date"), (6, "quantity")]
    assert rows.keys() == {"K-1", "K-3", "K-4", "K-6"}
    smoke, notes, car, bags = rows.values()
    assert (smoke["quantity"], smoke["unit"], smoke["quantity_given"]) == (
        500.0,
        "master cases",
        "about 500 master cases",
    )
    assert smoke["note"] == "the unit is not known: the quantity is as written; the quantity is approximate"
    assert (smoke["brand"], smoke["carrier"], smoke["authority"], smoke["date"]) == (
        "Gold Leaf", "Ever Bloom", "Customs", "2013-07")  # fmt: skip
    assert notes["serials"] == "CB 00; plate B2"
    assert notes["note"].startswith("country: 'Utopia' is no country that is known by that name; lat: '95' is beyond")
    assert (notes["country"], notes["lat"], notes["lon"]) == (None, None, -74.2)
    assert (car["serials"], car["unit"]) == ("WDD 1", "pcs")
    assert (bags["quantity"], bags["quantity_given"]) == (None, "several bags")


def test_north_korea_in_unodc_rows_is_not_taken_at_face_value() -> None:
    path = FIXTURES / "unodc.csv"
    assert READER.describe(path).dataset == "unodc-seizures"
    rows = Observed(READER, path)["seizures"]
    assert [(r["credibility"], r["departure_country"], r["dest_country"]) for r in rows] == [
        (5, "kp", None), (4, "pk", "kp"), (None, "ec", "es"), (None, "ec", "es")]  # fmt: skip
    assert "South Korea was almost surely meant" in rows[0]["note"]
    assert [r["repeat"] for r in rows] == [1, 1, 1, 2]
    assert json.loads(rows[1]["details"]) == {
        "region": "Asia", "subregion": "South Asia", "administrative_division": "Punjab"}  # fmt: skip


def test_unodc_in_full(shared_data: Path) -> None:
    import duckdb

    path = shared_data / "unodc-seizures" / "seizures.parquet"
    found = Observed(READER, path)
    assert found.rejected == []
    rows = found.table("seizures")
    raw = duckdb.read_parquet(str(path))
    assert len(rows) == 208_172 == len(raw)
    [expected] = duckdb.sql("select sum(case drug_unit when 'Kilogram' then amount when 'Gram' then amount / 1e3 when "
                            "'Milligram' then amount / 1e6 when 'Microgram' then amount / 1e9 when 'Ton' then "
                            "amount * 1e3 when '100 gram' then amount / 10 when 'Block (350gr)' then amount * .35 when "
                            "'Viss' then amount * 1.63293 end) from raw").fetchall()  # fmt: skip
    [(mass, zero, unitless, odd)] = duckdb.sql(
        "select sum(mass), count(*) filter (quantity = 0), count(*) filter (note like 'no unit%'),"
        " count(*) filter (note like '%no country%') from rows"
    ).fetchall()
    assert abs(mass - expected[0]) < 1e-3
    assert (zero, unitless, odd) == (22, 12, 13)  # 13 say: Multiple Countries
    # rows that are equal in all are numbered, so none is taken for another
    kept = ", ".join(
        name for name in rows.column_names if name != "locator" and rows.column(name).null_count < len(rows)
    )
    assert duckdb.sql(f"select count(distinct hash({kept})) from rows").fetchall() == [(208_172,)]
    # this part of the set holds 44 of the 53 rows of the README's trap, all but one of them New Zealand's
    doubted = duckdb.sql(
        "select credibility, country, count(*) from rows where credibility is not null group by all order by 1"
    )
    assert doubted.fetchall() == [(4, "pk", 1), (5, "nz", 43)]
    kp = "'kp' in (origin_country, departure_country, dest_country)"
    assert duckdb.sql(f"select count(*) from rows where {kp} and credibility is null").fetchall() == [(0,)]
