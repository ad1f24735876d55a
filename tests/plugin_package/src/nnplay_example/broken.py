"""A module that cannot be imported, as after an incompatible update."""

raise ImportError("nnplay_example.broken needs a newer nnplay")
