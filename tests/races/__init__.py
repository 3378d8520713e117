"""Everybody at once, on real threads and in real processes."""
