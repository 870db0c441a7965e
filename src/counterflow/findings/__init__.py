"""Stage 5, findings: typologies that fire on data.

In: entities, links and observations of an audience. Out: findings, each with one sentence, its evidence, what would
refute it and its benign explanations. Invariant: a finding without evidence cannot be built.
"""
