"""What the user is doing: document, undo, runs, verbs."""
