"""Tags of bargaining for pages of other apps."""
