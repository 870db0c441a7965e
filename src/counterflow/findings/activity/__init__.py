"""Patterns of activity: which findings of one run are traces of one and the same activity, and what is missing.

In: the findings of a run, and the tables of their audience. Out: patterns, each with its timeline, a probability, the
innocent explanation of it all, and the record to ask for next. Invariant: what everybody has to do with ties nothing
together, and nothing is told to an audience that its own findings and links do not tell.
"""
