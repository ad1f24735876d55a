"""Published data sets: those of scikit-learn, and those that are downloaded."""
