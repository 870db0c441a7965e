"""Ranking: payments, and findings about payments, by how probably they are laundering, learnt from answers.

In: the log of payments, its features, and answers (`truth`). Out: a `Model` (trees, a calibration, a threshold, its
card), probabilities with reasons, and figures of how good they are. Invariant: nothing about a payment is learnt from,
or told by, what came after it; training, choosing and judging are apart in time and in that order.
"""
