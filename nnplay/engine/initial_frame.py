"""What an untrained network predicts, for the views before Train is pressed."""

from __future__ import annotations

from dataclasses import replace

from nnplay.engine.frames import FrameMaker
from nnplay.engine.prepare import prepare
from nnplay.engine.run_request import RunRequest
from nnplay.engine.training.clock import Clock
from nnplay.engine.training.warm_up import Poll
from nnplay.experiment import Experiment
from nnplay.link import Frame, Link, PayloadKind, Selection

ADVANCE_SECONDS = 0.5
"""For payloads that are computed in parts; a slow network then shows a subset."""


def initial_frame(
    experiment: Experiment, demand: frozenset[PayloadKind], selection: Selection, poll: Poll
) -> Frame:
    """Return the frame of step 0, with the payloads in demand; its run id is 0.

    Computed on the CPU by one thread, as it must not slow anything down. Raises what `prepare`
    raises; `poll` is called at intervals and may raise to cancel.
    """
    # Eager steps leave the parameters where they are, and nothing has to be compiled.
    plain = replace(experiment, device="cpu", stepper="eager", precision="float32")
    setup = prepare(RunRequest(0, plain, threads=1), poll)
    link = Link(announce=lambda event: None)
    link.mailbox.demand, link.mailbox.selection = demand, selection
    maker = FrameMaker(0, setup, link, Clock())
    maker.make(experiment.optimizer.lr, force=True, seconds=ADVANCE_SECONDS)
    frame = link.mailbox.take()
    assert frame is not None
    return frame
