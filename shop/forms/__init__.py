"""What shoppers and staff type."""
