"""The user's own data: tables, series and folders of images."""
