"""Catching what happens, making daily figures of it, and deleting what is old."""
