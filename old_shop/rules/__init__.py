"""What the words and numbers of the old shop mean."""
