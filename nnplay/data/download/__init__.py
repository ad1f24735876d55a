"""Data sets that are downloaded, or imported from files that the user has."""
