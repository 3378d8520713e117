"""Everything a sale does."""
