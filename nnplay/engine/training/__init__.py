"""What happens between steps: schedule, early stopping, divergence, history."""
