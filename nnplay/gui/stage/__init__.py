"""The middle of the window: views in tiles, which can be arranged, maximised and moved out."""
