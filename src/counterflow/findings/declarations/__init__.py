"""Customs declarations ranked by what inspections of earlier ones found.

In: declarations in time order, and which of those inspected were fraud. Out: columns of each, a model, its figures.
Invariant: a column of a declaration rests on declarations of earlier days alone, and on findings known by then; later
rows change nothing.
"""
