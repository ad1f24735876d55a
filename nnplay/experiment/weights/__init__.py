"""Files of pretrained weights: their header, and the layers that they fit."""
