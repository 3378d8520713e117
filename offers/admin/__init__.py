"""Buying in as staff see it: the queue and its review, sellers, what we buy."""

from offers.admin import bids, documents, payouts, pieces, sellers, settings, submissions

__all__ = ["bids", "documents", "payouts", "pieces", "sellers", "settings", "submissions"]
