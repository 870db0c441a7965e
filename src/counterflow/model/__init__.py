"""The vocabulary: what the words mean.

In: nothing of ours. Out: claim, grade, handling label, schema, entity, likelihood, estimate, finding, source; the words
every stage speaks. Invariant: pure. Nothing here reads a file of the user's, opens a store or knows a stage.
"""
