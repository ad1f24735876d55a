"""Work beside the window: the training run, loading, and the class for all such work."""
