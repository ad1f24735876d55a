"""What an untrained network predicts, for the views before Train is pressed."""

from __future__ import annotations

from nnplay.engine.film_player import STILL_SECONDS, FilmPlayer
from nnplay.engine.training.warm_up import Poll
from nnplay.experiment import Experiment
from nnplay.link import Frame, PayloadKind, Selection


def initial_frame(
    experiment: Experiment, demand: frozenset[PayloadKind], selection: Selection, poll: Poll
) -> Frame:
    """Return the frame of step 0, with the payloads in demand; its run id is 0.

    Raises what `FilmPlayer` raises.
    """
    return FilmPlayer(experiment, poll).untrained(demand, selection, STILL_SECONDS)
