"""Building a network: modules, initial weights, device, precision."""
