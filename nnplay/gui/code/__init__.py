"""The code of the edited experiment, beside it."""
