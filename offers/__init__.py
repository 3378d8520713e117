"""Buying in and bargaining: goods come in through here."""
