"""Questions about what is sold; nothing here writes."""
