"""The optimizers that can be picked, with their hyperparameters."""
