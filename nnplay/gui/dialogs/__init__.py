"""What the dialogs with work in the background have in common."""
