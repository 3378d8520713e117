"""Tests of what a sale does."""
