"""Views: pictures of numbers, each a widget or an item that knows nothing of a run."""
