"""Selling: the shop window, baskets, checkout and orders."""
