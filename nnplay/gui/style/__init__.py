"""The look of the window: theme, icons and layouts."""
