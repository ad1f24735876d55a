"""The list of recorded runs, and the curves of those that are compared."""
