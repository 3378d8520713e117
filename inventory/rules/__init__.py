"""Tables of the trade: sizes, and the words things are found by."""
