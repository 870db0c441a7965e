"""Every reading side keeps the same contract: DuckDB over segments, and Spark over the same rows."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from counterflow.model.handling import Audience, Label, readable
from counterflow.network.flows import corridors
from counterflow.storage.blobs import FolderBlobs
from counterflow.storage.duckdb import ParquetLedger
from counterflow.storage.ibis import IbisScope, in_force
from counterflow.storage.sql import Casebook
from counterflow.storage.tables import DERIVED, LEDGER
from counterflow.testing import ScopeContract, scope_of, whole
from counterflow.testing.tables import OfferedScope


class TestParquetLedger(ScopeContract):
    """The default ledger."""

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def scope(self, tables: Mapping[str, pa.Table], audience: Audience, labels: Mapping[str, Label]) -> IbisScope:
        casebook = Casebook(f"sqlite:///{self.folder / 'casebook.sqlite'}", self.folder)
        casebook.create()
        ledger = ParquetLedger(self.folder / "ledger", casebook)
        parts = [
            (name, label, rows.filter(pa.compute.equal(rows.column("label_id"), label)))
            for name, rows in tables.items()
            for label in sorted(set(rows.column("label_id").to_pylist()))
        ]
        batch = {
            "dataset": "d", "reader": "test", "files": [], "fingerprint": "", "counts": {}, "descriptor": {},
            "label_id": "", "recorded_at": "2026-01-01T00:00:00+00:00",
        }  # fmt: skip
        casebook.commit_batch(batch, ledger.append(parts), list(labels.values()), [], "test")
        assert FolderBlobs(self.folder / "blobs").verify() == []
        return ledger.scope(audience)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """An Ibis connection to Spark in local mode."""
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not installed")
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed (make spark)")
    import ibis
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        # What is asked here are many questions over few rows, each asked once. Compiling costs more than running: plans
        # are interpreted, and the JVM's second compiler and its parallel collector are switched off.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.execution.arrow.pyspark.enabled": "true",  # rows come and go in columns, without a Python worker
    }
    builder = SparkSession.builder.master("local[1]").appName("counterflow")
    for key, value in settings.items():
        builder = builder.config(key, value)
    before = signal.getsignal(signal.SIGINT)
    session = builder.getOrCreate()
    signal.signal(signal.SIGINT, before)  # Ctrl-C is not Spark's to catch
    assert pyspark
    yield ibis.pyspark.connect(session)
    session.stop()


def on_spark(spark: Any, tables: Mapping[str, pa.Table], audience: Audience, labels: Mapping[str, Label]) -> IbisScope:
    """A scope on Spark over what the audience may read of these rows; ties are made on DuckDB."""
    open_labels = {i: label for i, label in labels.items() if readable(label, audience)}
    scope = OfferedScope(spark, audience, open_labels)

    def read(name: str) -> pa.Table:
        rows = (
            whole(tables)[name] if name == "ties" else tables.get(name, (LEDGER | DERIVED)[name].schema.empty_table())
        )
        if "label_id" in rows.column_names:
            rows = rows.filter(pa.compute.is_in(rows.column("label_id"), pa.array(sorted(open_labels), pa.string())))
        return rows

    for name in LEDGER | DERIVED:
        scope.offer(name, partial(read, name))
    scope.define("claims", in_force(scope.table("claims"), scope.table("retractions")))
    return scope


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # pyspark's own
class TestSpark(ScopeContract):
    """The same rows behind Spark."""

    @pytest.fixture(autouse=True)
    def _connection(self, spark: Any) -> None:
        self.spark = spark

    def scope(self, tables: Mapping[str, pa.Table], audience: Audience, labels: Mapping[str, Label]) -> IbisScope:
        return on_spark(self.spark, tables, audience, labels)

    def test_an_aggregation_is_the_same_on_both_engines(self) -> None:
        """Corridors: payments added up by pair and month."""
        import datetime as dt

        n = 60
        payments = LEDGER["payments"].conform(
            pa.table(
                {
                    "row_id": [str(i) for i in range(n)],
                    "timestamp": [dt.datetime(2016, 1 + i % 3, 1, tzinfo=dt.UTC) for i in range(n)],
                    "from_account": [f"A{i % 4}" for i in range(n)],
                    "to_account": [f"A{i % 5}" for i in range(n)],
                    "amount": [i + 0.1 for i in range(n)],
                    "currency": ["USD" if i % 7 else "EUR" for i in range(n)],
                    "label_id": ["l"] * n,
                }
            )
        )
        holders = DERIVED["holders"].conform(pa.table({"key": ["account:A1"], "entity": ["c:firm"]}))
        tables = {"payments": payments, "holders": holders}
        who = Audience("owner", owner=True)
        answers = []
        for scope in (scope_of(tables), on_spark(self.spark, tables, who, {"l": Label()})):
            rows = scope.run(corridors(scope.table("payments"), scope.table("holders"))).to_pylist()
            keys = ("month", "source", "target")
            answers.append(sorted([*(r[k] for k in keys), r["payments"], round(r["amount_usd"] or 0, 2)] for r in rows))
        assert answers[0] == answers[1] and len(answers[0]) > 10
