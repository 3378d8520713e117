"""Everything that changes what we have."""
