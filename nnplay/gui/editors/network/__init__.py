"""The editor of the network: the layer stack and the form of the selected layer."""
