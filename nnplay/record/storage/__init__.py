"""Documents on disk: an experiment with its recorded runs, in one file or one folder."""
