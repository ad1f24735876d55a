"""Predicting what the user types, draws or drops."""
