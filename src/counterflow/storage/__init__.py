"""Where state lives: ports and adapters.

In: records to append, expressions to run. Out: rows, only those whose label the audience may read. The ledger is
immutable Parquet segments, each of one label; the casebook holds decisions; derived results can be thrown away.
Invariant: only this package speaks to an engine, and no row leaves it without an audience.
"""
