"""The data sets that can be picked, with their parameters."""
