"""Steppers: what carries out training steps, and how one is selected."""
