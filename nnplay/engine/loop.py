"""A run from its request to its end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import torch

from nnplay.data import DataError
from nnplay.engine.branching import point_at, transplant
from nnplay.engine.measured_threads import with_fastest_threads
from nnplay.engine.model.devices import DeviceError
from nnplay.engine.prepare import RunError, prepare
from nnplay.engine.run import Run, RunEnded
from nnplay.engine.run_request import RunRequest
from nnplay.engine.training.resume import ResumeError
from nnplay.engine.training.warm_up import warm_up
from nnplay.experiment import WeightsError
from nnplay.link import Closed, Failed, Finished, Link
from nnplay.translation import _

_OUT_OF_MEMORY = ("not enough memory", "can't allocate memory", "bad_alloc", "ALLOC_FAILED")
"""Parts of torch's messages where it raises a plain RuntimeError: on the CPU and in cuBLAS."""


def train(run_request: RunRequest, link: Link) -> None:
    """Carry out a run in the calling thread; frames, rows, events and the result go to the link."""
    try:
        link.announce(_run(run_request, link))
    except (RunError, DataError, WeightsError) as error:
        link.announce(Failed(run_request.run_id, str(error), error.hint))
    except DeviceError as error:
        link.announce(Failed(run_request.run_id, str(error), _("Choose automatic or CPU.")))
    except ResumeError:
        message = _("The run cannot be continued: the network or the data have changed.")
        link.announce(Failed(run_request.run_id, message, _("Train it from the start.")))
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
        continuation, start = run_request.continuation, None
        if continuation is not None and continuation.source is not None:
            threads = run_request.threads or 1
            start = point_at(continuation.source, continuation, threads, poll)
            run_request, continuation = replace(run_request, threads=None), None
        setup = prepare(run_request, poll)
        if start is not None:
            note = transplant(start, setup.model)
            setup = replace(setup, pretrained_note=note)
        warm_up(setup.stepper, run_request.run_id, link)
        poll()
        # Here and not in `prepare`, as the first step of a stepper may have to wait for `warm_up`.
        setup = with_fastest_threads(setup, run_request, poll)
        run = Run(run_request.run_id, setup, link, continuation)
        # A run that is stopped has a result all the same; only one that is closed has none.
        with suppress(RunEnded):
            run.train()
        poll()
        return Finished(run_request.run_id, run.result())
    except RunEnded:
        return Closed(run_request.run_id)


def is_out_of_memory(error: Exception) -> bool:
    """Return whether Python or torch ran out of memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in _OUT_OF_MEMORY)
