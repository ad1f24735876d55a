"""Data sets that come with scikit-learn, and well-known images."""
