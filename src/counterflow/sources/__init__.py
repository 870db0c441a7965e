"""Stage 1, sources: files as received, to records.

In: a file. Out: sources, statements, observations, and what was rejected, in file order. One reader for each format
family, one descriptor for each dataset. Invariant: a reader is a pure function of a file; it never resolves, never
guesses, and a bad row never stops it.
"""
