"""Painting points by hand on a plot: the tools, the canvas, and the resulting changes."""
