"""Cases: what several agencies keep on one affair, each seeing its own slice.

In: rows of `storage.writings` that a reader may read. Out: what the case is for that reader. Invariant: everything here
is a function of those rows and of nothing else, so what a reader may not read cannot show.
"""
