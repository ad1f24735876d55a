"""The same network on every device for a moment: which of them is the fastest for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter

import torch

from nnplay.engine.loop import is_out_of_memory
from nnplay.engine.measured_threads import with_fastest_threads
from nnplay.engine.model.devices import DeviceChoice, DeviceError, devices
from nnplay.engine.prepare import RunError, prepare
from nnplay.engine.run_request import RunRequest
from nnplay.engine.setup import Setup
from nnplay.engine.step import Stepper
from nnplay.experiment import Experiment
from nnplay.translation import _

SECONDS = 1.0
"""How long each device is measured."""
WARM_UP_SHARE = 0.25
"""How much longer it steps before that: caches fill, and a GPU raises its clock."""
_CHUNK_SECONDS = 0.02
_EVEN = 1.1
"""Below this ratio two devices count as equally fast: another moment might turn them round."""


@dataclass(frozen=True)
class Timing:
    """How fast a network trains on one device."""

    key: str
    """As it stands in an experiment."""
    label: str
    samples_per_second: float
    """0 where it cannot train there."""
    stepper: str
    why: str
    """Why this stepper, or what keeps the network from training there."""


class Cancelled(Exception):
    """The comparison was told to stop."""


def comparable() -> tuple[DeviceChoice, ...]:
    """Return the devices of this machine that can be measured against each other."""
    return tuple(one for one in devices() if one.key != "auto")


def compare_devices(
    experiment: Experiment,
    choices: Sequence[DeviceChoice],
    *,
    seconds: float = SECONDS,
    spare_cores: int = 0,
    threads: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[DeviceChoice], object] = lambda choice: None,
) -> tuple[Timing, ...]:
    """Train an experiment from its first weights on each device for so many seconds.

    `tell` hears of each device before its turn. Nothing of what is learnt is kept. No run may train
    beside it in this process: they would slow each other, and draw from the same chance. DataError,
    WeightsError where the data or weights cannot be had; Cancelled as soon as `stop` says so.
    """
    timings: list[Timing] = []
    with torch_state_restored():
        for choice in choices:
            tell(choice)
            raise_if_cancelled(stop)
            run_request = RunRequest(
                0, replace(experiment, device=choice.key), threads, spare_cores
            )
            timings.append(_timing(run_request, choice, seconds, stop))
    return tuple(timings)


@contextmanager
def torch_state_restored() -> Iterator[None]:
    """Put torch's chance and its number of threads back to what they were."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng():
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def _timing(
    run_request: RunRequest, choice: DeviceChoice, seconds: float, stop: Callable[[], bool]
) -> Timing:
    try:
        setup = prepare_cancellable(run_request, stop)
        stepper = setup.stepper
        stepper.get_ready()
        _spent, chunk = _step_for(stepper, seconds * WARM_UP_SHARE, 1, stop)
        first = stepper.step
        spent, _chunk = _step_for(stepper, seconds, chunk, stop)
    except (RunError, DeviceError) as error:
        return Timing(choice.key, choice.label, 0.0, "", str(error))
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        why = _("The memory does not suffice for this run.")
        return Timing(choice.key, choice.label, 0.0, "", why)
    samples = int(setup.batches.sizes(first, stepper.step - first).sum())
    return Timing(choice.key, choice.label, samples / spent, stepper.name, stepper.why)


def _step_for(
    stepper: Stepper, seconds: float, chunk: int, stop: Callable[[], bool]
) -> tuple[float, int]:
    """Step for so long; return the seconds that it took and a fitting length of a chunk."""
    spent = 0.0
    while spent < seconds:
        raise_if_cancelled(stop)
        start = perf_counter()
        stepper.advance(chunk)  # comes back when the device has done them all
        took = perf_counter() - start
        spent += took
        chunk = max(1, min(2 * chunk, int(chunk * _CHUNK_SECONDS / took)))
    return spent, chunk


def prepare_cancellable(run_request: RunRequest, stop: Callable[[], bool]) -> Setup:
    """Prepare a ticket, its steps with it; Cancelled as soon as `stop` says so."""

    def poll() -> None:
        raise_if_cancelled(stop)

    setup = prepare(run_request, poll)
    poll()
    return with_fastest_threads(setup, run_request, poll)


def raise_if_cancelled(stop: Callable[[], bool]) -> None:
    """Raise Cancelled where `stop` says so."""
    if stop():
        raise Cancelled


def verdict(timings: Sequence[Timing]) -> str:
    """Say in a sentence which device is the fastest for the network that was measured."""
    ranked = sorted(timings, key=_speed, reverse=True)
    able = [one for one in ranked if one.samples_per_second]
    if not able:
        return _("This network trains on none of these devices.")
    best = able[0]
    if len(ranked) == 1:
        return _("torch finds no GPU on this machine to compare your {device} with.").format(
            device=best.label
        )
    if len(able) == 1:
        return _("Of these devices, this network trains only on your {device}.").format(
            device=best.label
        )
    second = able[1]
    ratio = best.samples_per_second / second.samples_per_second
    if ratio < _EVEN:
        what = _("For this network your {device} and your {second} are about equally fast.")
    elif len(able) == 2:
        what = _("For this network your {device} is faster, {ratio}.")
    else:
        what = _("For this network your {device} is the fastest, {ratio} to your {second}.")
    return what.format(device=best.label, second=second.label, ratio=ratio_text(ratio))


def ratio_text(ratio: float) -> str:
    """Return how many times as fast, such as 3:1 or 1.4:1."""
    number = f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}".removesuffix(".0")
    return f"{number}:1"


def timing_text(timing: Timing) -> str:
    """Say how fast one device is and how it does it, or why it does not."""
    if not timing.samples_per_second:
        return f"{timing.label}: {timing.why}"
    return _("{device}: {speed} samples per second, {stepper} steps ({why})").format(
        device=timing.label,
        speed=f"{timing.samples_per_second:,.0f}",
        stepper=_(timing.stepper),
        why=timing.why,
    )


def _speed(timing: Timing) -> float:
    return timing.samples_per_second
