"""GIF pictures and MP4 videos of the film of a run, as the views show it."""
