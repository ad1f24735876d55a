"""The parts of an exported web page: what it shows, and the network that it computes with."""
