"""What we have: products, stock, reservations and the moves that prove them."""
