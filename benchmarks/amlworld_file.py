"""The files of AMLworld HI-Small in their exact form, generated: to run and time the protocol without the real ones.

    python benchmarks/amlworld_file.py FOLDER ATTEMPTS [PAYMENTS]

FOLDER gets HI-Small_Trans.csv, HI-Small_Patterns.txt and HI-Small_accounts.csv. ATTEMPTS is the file
``hi_small_attempts.parquet``: the laundering is real, the background is that of `payments_like`. Scores on it are of
generated data, and say nothing about the published file but that the protocol runs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from payments_like import embedded

HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency,"
    "Payment Format,Is Laundering"
)
CURRENCIES = {
    "USD": "US Dollar", "EUR": "Euro", "SAR": "Saudi Riyal", "CHF": "Swiss Franc", "INR": "Rupee", "CNY": "Yuan",
    "JPY": "Yen", "CAD": "Canadian Dollar", "RUB": "Ruble", "GBP": "UK Pound", "AUD": "Australian Dollar",
    "MXN": "Mexican Peso", "ILS": "Shekel", "BRL": "Brazil Real", "BTC": "Bitcoin",
}  # fmt: skip


def write(folder: Path, attempts: Path, n: int, seed: int = 0, name: str = "HI-Small") -> None:
    """Make the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, answers = embedded(n, attempts, seed)
    currency = rows["currency"].combine_chunks().dictionary_encode()
    words = pa.array([CURRENCIES[c] for c in currency.dictionary.to_pylist()]).take(currency.indices)
    amount = pc.cast(pc.round(rows["amount"], 2), pa.string())
    guilty = pc.cast(pc.is_in(rows["payment_id"], answers["payment_id"].combine_chunks()), pa.int8())
    stamp = pc.strftime(rows["timestamp"].cast(pa.timestamp("s", "UTC")), "%Y/%m/%d %H:%M")
    sides = [rows[f"{side}_{what}"] for side in ("from", "to") for what in ("bank", "account")]
    columns = [stamp, *sides, amount, words, amount, words, rows["method"], guilty]
    table = pa.table(columns, names=[f"c{k}" for k in range(len(columns))])
    path = folder / f"{name}_Trans.csv"
    with path.open("wb") as out:
        out.write(HEADER.encode() + b"\n")
        pv.write_csv(table, out, pv.WriteOptions(include_header=False, quoting_style="none"))
    place = pc.index_in(answers["payment_id"], rows["payment_id"].combine_chunks())
    lines = table.take(place).to_pylist()
    numbers, kinds = answers["attempt_id"].to_pylist(), answers["typology"].to_pylist()
    with (folder / f"{name}_Patterns.txt").open("w", encoding="utf-8") as told:
        for attempt in dict.fromkeys(numbers):
            mine = [k for k, number in enumerate(numbers) if number == attempt]
            told.write(f"BEGIN LAUNDERING ATTEMPT - {kinds[mine[0]]}\n")
            for k in sorted(mine, key=lambda k: lines[k]["c0"]):
                told.write(",".join(str(cell) for cell in lines[k].values()) + "\n")
            told.write(f"END LAUNDERING ATTEMPT - {kinds[mine[0]]}\n\n")
    halves = [rows.select([f"{s}_bank", f"{s}_account"]).rename_columns(["bank", "account"]) for s in ("from", "to")]
    accounts = pa.concat_tables(halves).group_by(["bank", "account"]).aggregate([])
    with (folder / f"{name}_accounts.csv").open("wb") as out:
        out.write(b"Bank Name,Bank ID,Account Number,Entity ID,Entity Name\n")
        k = pa.array(np.arange(len(accounts)) // 2).cast(pa.string())
        named = pa.table([
            pc.binary_join_element_wise("Bank of", accounts["bank"], " "), accounts["bank"], accounts["account"],
            pc.binary_join_element_wise("E", k, ""), pc.binary_join_element_wise("Corporation #", k, ""),
        ], names=list("abcde"))  # fmt: skip
        pv.write_csv(named, out, pv.WriteOptions(include_header=False, quoting_style="none"))


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 5_078_345)
