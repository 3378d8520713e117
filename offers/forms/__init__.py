"""What sellers type."""
