"""The pieces of the demo shop, one module per rail."""
