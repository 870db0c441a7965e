"""Stage 2, claims: every statement sourced, graded, dated, labelled.

In: records of a reader. Out: claims and observations in the ledger, and a quarantine of what failed, with reasons.
Invariant: nothing is overwritten. A file is taken in whole or not at all; the same file twice changes nothing; a new
edition adds what is new and retracts what is gone.
"""
