"""What every panel is built on, and how the window finds and places them."""
