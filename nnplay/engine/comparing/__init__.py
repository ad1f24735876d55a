"""Several runs beside each other: on several devices or with several learning rates."""
