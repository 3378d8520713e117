"""One module for each kind of thing that moves, and one for the whole move."""
