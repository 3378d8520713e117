"""Questions about what we have; nothing here writes."""
