"""Answers: what one audience sees, shaped as the plain data that the command line and the HTTP interface print.

In: a `Picture`, all derived tables of one audience. Out: dictionaries ready for JSON, each object with its handling in
print. Invariant: an answer is a function of the picture alone, so it cannot tell what the audience may not read.
"""
