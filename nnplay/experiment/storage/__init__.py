"""Experiments as JSON, presets, and overrides from the command line."""
