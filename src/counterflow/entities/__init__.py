"""Stage 3, entities: who is who, across lists and scripts.

In: the claims an audience may read, and human judgements. Out: members (subject to entity), entities, and answers to
screening, each with its reasons. In the order of work: transliterate, korean, chinese and phonetics (scripts), persons
and bodies (how their names are read), names, identifiers, profile and parties (what is known of one subject, of all),
candidates (who is worth comparing) and capture (how many of them are found), word_likeness and agreement (which words
answer to which), rarity, evidence, scoring and comparing (what it all tells), clusters and resolve, entity (one row
each); remembered is what is left for the next run; screening asks the same of one question.

Invariant: a pure function of claims and judgements. Undo is to withdraw a judgement.
"""
