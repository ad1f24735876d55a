"""The data sets, with their parameters."""
