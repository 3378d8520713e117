"""What the daily figures are made of, and what is read from them."""
