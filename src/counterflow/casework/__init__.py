"""Stage 7, casework: agencies working one case together.

In: all stages, through an audience. Out: audiences, judgements, the audit log, exports. Invariant: nothing leaves
without an audience, and the audit log hears of it.
"""
