"""Comparisons: one experiment on several devices or with several learning rates."""
