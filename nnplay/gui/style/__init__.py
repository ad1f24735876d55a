"""The looks of the window: theme, icons and layouts."""
