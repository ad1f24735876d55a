"""The comparison of several learning rates."""
