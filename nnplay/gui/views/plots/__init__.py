"""Plots and what they are made of: axes, lines, points, legends."""
