"""Stage 3, entities: who is who, across lists and scripts.

In: the claims an audience may read, and human judgements. Out: members (subject to entity), entities, and answers to
screening, each with its reasons. In the order of work: transliterate, korean, chinese and phonetics (scripts), persons
and bodies (how their names are read), names, identifiers, profile (what is known of one subject), candidates (who is
worth comparing), word_likeness and agreement (which words answer to which), rarity, evidence and scoring (what it all
tells), resolve (the clusters), entity (one row each); screening asks the same of one question.

Invariant: a pure function of claims and judgements. Undo is to withdraw a judgement.
"""
