"""Checks of an experiment before it is run."""
