"""An experiment as PyTorch source code."""
