"""Gets pieces of the kernel before a run asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nnplay.catalog import Dense, Dropout
from nnplay.engine.compiled.bends import BENDS
from nnplay.engine.compiled.chunk import answer, ask_block, ask_held, take_block, take_steps
from nnplay.engine.compiled.costs import COSTS
from nnplay.engine.compiled.dense import backward_narrow, forward_narrow
from nnplay.engine.compiled.dropping import drop
from nnplay.engine.compiled.order import draw
from nnplay.engine.compiled.samples import of_form, of_inputs
from nnplay.engine.compiled.updates import UPDATES
from nnplay.engine.jit import Piece
from nnplay.experiment import Experiment


def fetch(experiment: Experiment, may_go_on: Callable[[], bool]) -> None:
    """Get, from disk or compiled anew, what nearly every run of an experiment is made of.

    `may_go_on` is asked between pieces, each of which takes a tenth of a second or less.
    """
    for piece in likely_pieces(experiment):
        if not may_go_on():
            return
        _address = piece.address


def likely_pieces(experiment: Experiment) -> Iterator[Piece]:
    """Return what most runs are made of; some come twice, others never need all of them."""
    yield from (take_steps, take_block, ask_block, ask_held, answer, draw)
    yield of_inputs(experiment.data.spec().input_bytes == 1)
    yield UPDATES[experiment.optimizer.key]
    yield COSTS[experiment.loss.key]
    yield from filter(None, of_form(experiment.loss.target_form))
    for layer in experiment.network:
        if isinstance(layer, Dense):
            yield from (forward_narrow, backward_narrow)
        elif isinstance(layer, Dropout):
            yield drop
        elif layer.key in BENDS:
            yield BENDS[layer.key]
