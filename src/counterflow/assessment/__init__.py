"""Stage 6, assessment: how much flows where, and where pressure cuts most.

In: graded estimates, links and the catalogue of measures, of an audience. Out: a conserved flow with intervals, plans
with their bound, and a report whose every figure opens to its claims. Invariant: no number without an interval and a
basis; nothing that bears EXERCISE unless asked for.
"""
