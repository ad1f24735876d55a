"""Views: widgets and plot items that draw numbers, and know nothing about runs."""
