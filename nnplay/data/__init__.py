"""Arrays and where they come from."""
