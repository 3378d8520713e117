"""The process dies in the middle of its work."""
