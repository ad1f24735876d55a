"""Pretrained weights: reading the header of their file, and which layers can load them."""
