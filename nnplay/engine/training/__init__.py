"""What goes on between steps: schedule, early stopping, divergence, history."""
