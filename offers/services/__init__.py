"""What sellers, staff and shoppers do. Locks: submission, offer, pieces, payout, then inventory's lots.

Reads under a lock are lists, since a queryset that nobody reads locks nothing.
"""
