"""Funds on blockchains: where what was stolen or is listed went, over addresses, swaps and bridges, in order of time.

In: transfers that an audience may read, and what its claims say of addresses. Out: per transfer the tainted amount by a
stated method, peel chains, matched bridge crossings. Invariant: a transfer carries no taint that had not arrived before
it; what a search left out, or could not decide, is counted and said.
"""
