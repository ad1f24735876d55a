"""Views of what happens in each layer: gradients, updates, weights and activations."""
