"""Painting points by hand over a plot: the tools, the canvas, and what becomes of both."""
