"""Looking back at a run: the bar with the slider, its playback, and the frames it shows."""
