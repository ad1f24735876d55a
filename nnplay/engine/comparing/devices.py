"""Times the training of one network on every device, to find the fastest."""

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
"""How long each device is timed."""
WARM_UP_SHARE = 0.25
"""Share of it that each device trains before, untimed: caches fill, and a GPU raises its clock."""
_CHUNK_SECONDS = 0.02
_EVEN = 1.1
"""Below this ratio two devices count as equally fast: another measurement might reverse them."""


@dataclass(frozen=True)
class Timing:
    """How fast a network trains on one device."""

    key: str
    """Its key in an experiment."""
    label: str
    samples_per_second: float
    """0 if the network cannot train there."""
    stepper: str
    why: str
    """Why this stepper was selected, or why the network cannot train there."""


class Cancelled(Exception):
    """The comparison was stopped."""


def comparable() -> tuple[DeviceChoice, ...]:
    """Return the devices of this machine that can be compared."""
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
    """Train an experiment from its initial weights on each device for that many seconds.

    `tell` is called with each device before its turn. The trained weights are discarded. No run may
    train at the same time in this process: they would slow each other down and share torch's random
    numbers. Raises DataError or WeightsError if the data or weights cannot be loaded, Cancelled as
    soon as `stop` returns true.
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
    """Restore the states of torch's random number generators and its number of threads."""
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
        why = _("Not enough memory for this run.")
        return Timing(choice.key, choice.label, 0.0, "", why)
    samples = int(setup.batches.sizes(first, stepper.step - first).sum())
    return Timing(choice.key, choice.label, samples / spent, stepper.name, stepper.why)


def _step_for(
    stepper: Stepper, seconds: float, chunk: int, stop: Callable[[], bool]
) -> tuple[float, int]:
    """Step for that long; return the seconds it took and a suitable number of steps per call."""
    spent = 0.0
    while spent < seconds:
        raise_if_cancelled(stop)
        start = perf_counter()
        stepper.advance(chunk)  # returns when the device has finished them
        took = perf_counter() - start
        spent += took
        chunk = max(1, min(2 * chunk, int(chunk * _CHUNK_SECONDS / took)))
    return spent, chunk


def prepare_cancellable(run_request: RunRequest, stop: Callable[[], bool]) -> Setup:
    """Prepare a run and its stepper; Cancelled as soon as `stop` returns true."""

    def poll() -> None:
        raise_if_cancelled(stop)

    setup = prepare(run_request, poll)
    poll()
    return with_fastest_threads(setup, run_request, poll)


def raise_if_cancelled(stop: Callable[[], bool]) -> None:
    """Raise Cancelled if `stop` returns true."""
    if stop():
        raise Cancelled


def verdict(timings: Sequence[Timing]) -> str:
    """Say in a sentence which device trains the network fastest."""
    ranked = sorted(timings, key=_speed, reverse=True)
    able = [one for one in ranked if one.samples_per_second]
    if not able:
        return _("This network trains on none of these devices.")
    best = able[0]
    if len(ranked) == 1:
        return _("No GPU found, so there is nothing to compare your {device} with.").format(
            device=best.label
        )
    if len(able) == 1:
        return _("Of these devices, this network trains only on your {device}.").format(
            device=best.label
        )
    second = able[1]
    ratio = best.samples_per_second / second.samples_per_second
    if ratio < _EVEN:
        what = _("Your {device} and your {second} train this network about equally fast.")
    elif len(able) == 2:
        what = _("Your {device} trains this network faster, {ratio}.")
    else:
        what = _("Your {device} trains this network fastest, {ratio} to your {second}.")
    return what.format(device=best.label, second=second.label, ratio=ratio_text(ratio))


def ratio_text(ratio: float) -> str:
    """Return a ratio of speeds as text, such as 3:1 or 1.4:1."""
    number = f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}".removesuffix(".0")
    return f"{number}:1"


def timing_text(timing: Timing) -> str:
    """Describe the speed and the stepper of one device, or why it cannot train."""
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
