"""Moving in: the database of the old shop (Unity v3) read into ours. Delete this app when everybody has moved."""
