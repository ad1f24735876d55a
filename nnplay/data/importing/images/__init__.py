"""Folders of images: which files belong to which class, and how one file is read."""
