"""The command line: train and inspect without a window."""
