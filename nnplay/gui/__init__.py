"""What is seen: the window, its views and panels."""
