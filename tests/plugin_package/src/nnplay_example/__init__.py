"""An example plug-in for nnplay."""
