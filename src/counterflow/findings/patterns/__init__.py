"""The temporal pattern engine: fans, cycles, layers, chains and relays in payments, found by compiled kernels.

In: payments in time order as columns (`log.Log`). Out: of each search `hits.Hits`, the payments of every pattern found,
in order. Invariant: a hit depends only on payments no later than its last and no earlier than its first, and on what
the log's own causal columns say of each; so a search over a part of the log finds what a search over all of it finds
there, and later payments change no hit that was complete before them.
"""
