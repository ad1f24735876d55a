"""The optimizers, with their hyperparameters."""
