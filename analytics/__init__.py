"""Looks at everything, changes nothing it looks at."""
