"""One unsurprising factory a model."""
