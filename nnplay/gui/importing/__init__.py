"""Dialogs that import or download data."""
