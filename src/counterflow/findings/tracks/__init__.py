"""Tracks of ships: silences, stays, meetings, jumps and doubled identities in positions, found by compiled kernels.

In: positions as columns, those of a ship together and in time order (`columns.Tracks`), a span of time at a time
(`traffic.Traffic`). Out: pieces (a silence, a ship at rest at an instant, two ships beside each other at an instant)
that belong to exactly one span each, so that what is found span by span is what is found in the whole.
"""
