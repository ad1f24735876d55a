"""The drawing of a network: where everything is, which edges there are, and the widget."""
