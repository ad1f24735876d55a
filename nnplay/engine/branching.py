"""A run of a changed experiment that begins with the weights of an earlier one."""

from __future__ import annotations

from difflib import SequenceMatcher

import torch
from torch import nn

from nnplay.engine.modules.load_weights import by_layer
from nnplay.engine.prepare import prepare
from nnplay.engine.run import Run, RunEnded
from nnplay.engine.run_request import RunRequest
from nnplay.engine.training.warm_up import Poll
from nnplay.experiment import Experiment
from nnplay.link import Continuation, Control, Event, Link, Paused, ResumePoint
from nnplay.translation import _, ngettext


def point_at(
    experiment: Experiment, continuation: Continuation, threads: int, poll: Poll
) -> ResumePoint:
    """Return the state of a run at `continuation.until`, by training it there from a point.

    Raises what `prepare` raises.
    """
    point, until = continuation.point, continuation.until
    assert until is not None
    if point.step == until:
        return point

    def announce(event: Event) -> None:
        if isinstance(event, Paused):
            link.control.close()
        poll()

    link = Link(announce, control=Control(until - point.step))
    request = RunRequest(0, experiment, threads)
    try:
        Run(0, prepare(request, poll), link, continuation).train()
    except RunEnded:
        poll()
    found = link.points.newest
    assert found is not None
    return found


def transplant(point: ResumePoint, model: nn.Sequential) -> str:
    """Give a network the weights of a point where they fit; return a sentence on which.

    Layers with weights of the same shapes are found in the same order in both networks, so that
    those behind a layer that was inserted or removed keep theirs.
    """
    tensors = {name: torch.from_numpy(array.copy()) for name, array in point.weights.items()}
    theirs = by_layer(tensors)
    mine = {index: layer.state_dict() for index, layer in enumerate(model) if layer.state_dict()}
    old, new = list(theirs), list(mine)
    was, now = (
        [str({name: tuple(one.shape) for name, one in group[index].items()}) for index in group]
        for group in (theirs, mine)
    )
    kept = []
    for block in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            index = new[block.b + offset]
            model[index].load_state_dict(theirs[old[block.a + offset]])
            kept.append(index)
    return _note(point.step, kept, [index for index in new if index not in kept])


def _note(step: int, kept: list[int], made: list[int]) -> str:
    if not kept:
        text = _("No layer fits the weights of step {step:,}: all are initialised.")
        return text.format(step=step)
    text = ngettext(
        "Layer {numbers} has the weights of step {step:,}.",
        "Layers {numbers} have the weights of step {step:,}.",
        len(kept),
    ).format(numbers=_numbers(kept), step=step)
    if made:
        more = ngettext(
            "Layer {numbers} begins with new ones.",
            "Layers {numbers} begin with new ones.",
            len(made),
        )
        text += " " + more.format(numbers=_numbers(made))
    return text


def _numbers(layers: list[int]) -> str:
    return ", ".join(str(index + 1) for index in layers)
