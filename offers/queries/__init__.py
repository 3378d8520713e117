"""Submissions as people see them; nothing here writes."""
