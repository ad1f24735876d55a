"""Predictions and metrics, while a network trains and at the end."""
