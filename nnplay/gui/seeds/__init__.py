"""Training with several seeds, to see how much the result depends on chance."""
