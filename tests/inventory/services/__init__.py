"""Tests of what changes stock."""
