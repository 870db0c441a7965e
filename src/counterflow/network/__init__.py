"""Stage 4, network: ownership, control, payment and shipment, as of any date.

In: entities and claims of an audience. Out: links with dates, stance and evidence; holders of accounts and ships;
flows; paths. Invariant: no link without a claim, and time is never dropped.
"""
