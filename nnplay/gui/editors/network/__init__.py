"""The network editor: the layer list and the form of the selected layer."""
