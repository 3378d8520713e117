"""Pages of sellers, and of shoppers who bargain."""
