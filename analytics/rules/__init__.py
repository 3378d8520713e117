"""What is counted, who counts, and what a day is."""
