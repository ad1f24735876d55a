"""A run from its ticket to its end: chunks of steps, orders in between, frames on demand."""

from __future__ import annotations

from contextlib import suppress

import torch

from nnplay.data import DataError
from nnplay.engine.measured_threads import with_fastest_threads
from nnplay.engine.model.devices import DeviceError
from nnplay.engine.prepare import RunError, prepare
from nnplay.engine.run import Run, RunEnded
from nnplay.engine.run_request import RunRequest
from nnplay.engine.training.warm_up import warm_up
from nnplay.experiment import WeightsError
from nnplay.link import Closed, Failed, Finished, Link
from nnplay.translation import _

_OUT_OF_MEMORY = ("not enough memory", "can't allocate memory", "bad_alloc", "ALLOC_FAILED")
"""What the messages of torch say where it raises no class of its own: on the CPU, in cuBLAS."""


def train(run_request: RunRequest, link: Link) -> None:
    """Run a ticket to its end in the calling thread; everything comes out through the link."""
    try:
        link.announce(_run(run_request, link))
    except (RunError, DataError, WeightsError) as error:
        link.announce(Failed(run_request.run_id, str(error), error.hint))
    except DeviceError as error:
        link.announce(Failed(run_request.run_id, str(error), _("Choose automatic or CPU.")))
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        hint = _("Use fewer units or layers, a smaller batch, or fewer points.")
        link.announce(Failed(run_request.run_id, _("Not enough memory for this run."), hint))


def _run(run_request: RunRequest, link: Link) -> Finished | Closed:
    def poll() -> None:
        if link.control.is_closed:
            raise RunEnded

    try:
        setup = prepare(run_request, poll)
        warm_up(setup.stepper, run_request.run_id, link)
        poll()
        setup = with_fastest_threads(setup, run_request, poll)
        run = Run(run_request.run_id, setup, link)
        with suppress(RunEnded):
            run.train()
        poll()
        return Finished(run_request.run_id, run.result())
    except RunEnded:
        return Closed(run_request.run_id)


def is_out_of_memory(error: Exception) -> bool:
    """Say whether that is how Python or torch tell that there is no memory left."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in _OUT_OF_MEMORY)
