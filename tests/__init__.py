"""The suite, in the shape of the code it tests."""
