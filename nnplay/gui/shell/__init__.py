"""The window and the system it runs on: settings, files, errors, required libraries."""
