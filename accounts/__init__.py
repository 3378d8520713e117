"""Who people are: User and Address."""
