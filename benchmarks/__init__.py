"""What the shop does under load, over HTTP against real processes: `make race` and `make bench`."""
