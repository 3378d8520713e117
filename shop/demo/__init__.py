"""The demo shop: sixty invented pieces and the pictures drawn of them."""
