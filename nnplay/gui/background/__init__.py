"""Work beside the window: the training thread, loading, and what a long task shows of itself."""
