"""Columns for models: what was known of a payment's accounts and surroundings at the second before it.

In: payments as a table. Out: one row of numbers for each, declared in ``columns.yaml``: what IBM's Graph Feature
Preprocessor is used for, open, and causal. `features` describes a table, `State` a stream. Invariant: a row depends on
earlier seconds alone; how a stream is cut into batches decides nothing.
"""

from counterflow.findings.features.columns import Column, columns, names
from counterflow.findings.features.state import State
from counterflow.findings.features.table import features, matrix
from counterflow.findings.features.windows import SHORT, Windows

__all__ = ["SHORT", "Column", "State", "Windows", "columns", "features", "matrix", "names"]
