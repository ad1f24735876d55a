"""Data sets that are downloaded, or taken from files that were."""
