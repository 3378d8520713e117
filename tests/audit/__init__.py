"""Every page in every state, in a real browser: slow, so `make audit` runs it and `make test` a selection."""
