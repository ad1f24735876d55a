"""Building, stepping and probing networks."""
