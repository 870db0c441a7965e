"""Stage 3, entities: who is who, across lists and scripts.

In: the claims an audience may read, and human judgements. Out: members (subject to entity), entities, and answers to
screening, each with its reasons. Invariant: a pure function of claims and judgements. Undo is to withdraw a judgement.
"""
