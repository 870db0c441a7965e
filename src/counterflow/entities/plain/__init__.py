"""Plain tables: who is who in any table of persons, companies or products, told only which column means what.

In: tables of text and a `spec.Spec`. Out: a cluster for each row, and the pairs that hold it together, each with what
every column said. Invariant: no labels are needed and none are looked at.

The same ideas as for parties, on columns: keys with caps (`blocking`), additive log-odds learnt from the data
(`weights`), clusters that join only where the whole of them agrees (`clusters`).
"""
