"""Runs for tests: inline with commands at each pause, in a thread, and as a plain loop."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.catalog import Circle, CrossEntropy, Dense, Digits, Flatten, ReLU, Tanh
from nnplay.data import Parts, load, prepared_parts
from nnplay.engine import RunRequest, train
from nnplay.engine.batches import Batches, to_device
from nnplay.engine.probes.decision import DecisionMap, DecisionProbe
from nnplay.engine.probes.probe import probes
from nnplay.engine.setup import Setup
from nnplay.experiment import Experiment, Split, derive_seed
from nnplay.link import (
    Closed,
    Continuation,
    Evaluating,
    Event,
    Failed,
    Finished,
    Frame,
    Link,
    LiveEdit,
    Mailbox,
    Paused,
    PayloadKind,
    Result,
    Trace,
    WarmingUp,
)

REPO = Path(__file__).parent.parent.parent
PATIENCE_S = 60.0
EVERYTHING: frozenset[PayloadKind] = frozenset(probes())
Command = Callable[[Link], object]
E = TypeVar("E", bound=Event)


def small(**changes: Any) -> Experiment:
    """Return a classification of points that takes 6 steps per epoch, the last one smaller."""
    base = Experiment(
        data=Circle(points=100),
        network=(Dense(6), Tanh(), Dense(2)),
        loss=CrossEntropy(),
        optimizer=changes.pop("optimizer"),
        split=Split(0.2, 0.1),
        batch_size=13,
        epochs=4,
        seed=3,
    )
    return replace(base, **changes)


def digits(**changes: Any) -> Experiment:
    """Return a classification of 8×8 pictures with every part of the data."""
    base = Experiment(
        data=Digits(),
        network=(Flatten(), Dense(16), ReLU(), Dense(10)),
        loss=CrossEntropy(),
        optimizer=changes.pop("optimizer"),
        split=Split(0.2, 0.3),
        batch_size=64,
        epochs=3,
        seed=5,
    )
    return replace(base, **changes)


class Keeper(Mailbox):
    """Takes every frame at once, so that the mailbox is always empty."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Frame] = []

    def put(self, frame: Frame) -> None:
        """Keep the frame outside the mailbox."""
        self.frames.append(frame)


class AtRow(Trace):
    """A trace of steps that gives a command as soon as it has that many rows."""

    def __init__(self, columns: tuple[str, ...], rows: int, order: Callable[[], object]) -> None:
        super().__init__(columns)
        self._order: Callable[[], object] | None = order
        self._at = rows

    def extend_by_column(self, columns: Iterable[npt.NDArray[Any]]) -> None:
        """Append, and give the command once."""
        super().extend_by_column(columns)
        if len(self) >= self._at and self._order is not None:
            order, self._order = self._order, None
            order()


class Run:
    """One run in the calling thread; each pause gets the next command, then run."""

    def __init__(
        self,
        experiment: Experiment,
        *commands: Command,
        first: Command | None = None,
        demand: frozenset[PayloadKind] = frozenset(),
        threads: int | None = 1,
        spare_cores: int = 0,
        mailbox: Mailbox | None = None,
        at_row: tuple[int, Command] | None = None,
        continues: "tuple[Link, int] | None" = None,
        edits: tuple[LiveEdit, ...] = (),
    ) -> None:
        """`continues` names the link of an earlier run and a step with a resume point."""
        self.events: list[Event] = []
        self._commands = deque(commands)
        self.mailbox = Keeper() if mailbox is None else mailbox
        self.mailbox.demand = demand
        self.link = Link(self._hear, self.mailbox)
        if at_row is not None:
            row, order = at_row
            columns = self.link.steps.columns
            steps = AtRow(columns, row, lambda: order(self.link))
            self.link = replace(self.link, steps=steps)
        if first is not None:
            first(self.link)
        continuation = None
        if continues is not None:
            earlier, step = continues
            point = earlier.points.before(step)
            assert point is not None
            continuation = Continuation(point, (*earlier.edits, *edits))
            self.link.begin(earlier, point.step)
        request = RunRequest(7, experiment, threads, spare_cores, continuation=continuation)
        train(request, self.link)

    def _hear(self, event: Event) -> None:
        if isinstance(event, WarmingUp | Evaluating):
            return  # depends on how long the disk takes
        self.events.append(event)
        if isinstance(event, Paused):
            if self._commands:
                self._commands.popleft()(self.link)
            elif event.divergence:
                self.link.control.stop()
            else:
                self.link.control.run()

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def kinds(self) -> list[str]:
        """The names of the events in order."""
        return [type(event).__name__ for event in self.events]

    @property
    def frames(self) -> list[Frame]:
        """Every frame that was made."""
        assert isinstance(self.mailbox, Keeper)
        return self.mailbox.frames

    @property
    def result(self) -> Result:
        """Its result."""
        (finished,) = self.of(Finished)
        return finished.result

    @property
    def failure(self) -> Failed:
        """Why it failed."""
        (failed,) = self.of(Failed)
        return failed

    @property
    def divergences(self) -> list[Paused]:
        """The pauses that it made itself."""
        return [paused for paused in self.of(Paused) if paused.divergence]


class Threaded:
    """One run in a thread of its own, whose events are waited for."""

    def __init__(self, experiment: Experiment, link_changes: Mapping[str, Any]) -> None:
        self._queue: queue.Queue[Event] = queue.Queue()
        self.events: list[Event] = []
        self.link = replace(Link(self._queue.put), **link_changes)
        run_request = RunRequest(1, experiment, threads=1)
        self.thread = threading.Thread(target=train, args=(run_request, self.link))

    def expect(self, kind: type[E]) -> E:
        """Wait for the next event, which must be of that kind."""
        event = self._queue.get(timeout=PATIENCE_S)
        while isinstance(event, WarmingUp | Evaluating) and not isinstance(event, kind):
            event = self._queue.get(timeout=PATIENCE_S)
        self.events.append(event)
        assert isinstance(event, kind), f"expected {kind.__name__}, received {event}"
        return event

    def wait_for_rows(self, rows: int) -> None:
        """Wait until that many steps are written."""
        tick = threading.Event()
        for _ in range(int(PATIENCE_S / 0.002)):
            if len(self.link.steps) >= rows:
                return
            tick.wait(0.002)
        raise AssertionError(f"no {rows} rows after {PATIENCE_S} s")

    def finish(self) -> None:
        """Wait for the thread, and check that no event followed the last one."""
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()
        assert self._queue.empty()
        assert isinstance(self.events[-1], Finished | Closed | Failed)


@contextmanager
def threaded(experiment: Experiment, **link_changes: Any) -> Iterator[Threaded]:
    """Start a run in a thread and end it in any case."""
    run = Threaded(experiment, link_changes)
    run.thread.start()
    try:
        yield run
    finally:
        run.link.control.close()
        run.thread.join(PATIENCE_S)


def constant_at(factor: float) -> Callable[[int, int], npt.NDArray[np.float64]]:
    """Return factors of the learning rate that are the same in every step."""

    def factors(_first: int, steps: int) -> npt.NDArray[np.float64]:
        return np.full(steps, factor)

    return factors


def parts_of(experiment: Experiment) -> Parts:
    """Return the data as in a run."""
    return prepared_parts(load(experiment.data, experiment.seed), experiment)


def batches_of(experiment: Experiment) -> Batches:
    """Return the batches as in a run."""
    parts = parts_of(experiment)
    form, scaling = experiment.loss.target_form, parts.target_scaling
    tensors = to_device(parts.train, form, torch.device("cpu"), scaling)
    policy = experiment.policy
    return Batches(
        tensors, experiment.batch_size, experiment.seed,
        shuffle=policy.shuffle, drop_last=policy.drop_last,
    )  # fmt: skip


def initial_weights(experiment: Experiment, make: Callable[[], nn.Sequential]) -> nn.Sequential:
    """Return a network that `make` builds, with the initial weights of the experiment's seed."""
    torch.set_num_threads(1)
    torch.manual_seed(derive_seed(experiment.seed, "init", experiment.draw))
    model = make()
    torch.manual_seed(derive_seed(experiment.seed, "dropout"))
    return model


def plain_loop(
    model: nn.Sequential,
    loss_function: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    batches: Batches,
    steps: Sequence[int],
    before: Callable[[int], object] = lambda step: None,
) -> list[float]:
    """Train as a tutorial would, calling `before` before each step; return the losses."""
    losses = []
    for step in steps:
        before(step)
        x, y = batches.get(step)
        loss = loss_function(model(x), y)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


def assert_same_weights(
    weights: Mapping[str, npt.NDArray[Any]], model: nn.Module, tolerance: float = 1e-5
) -> None:
    """Compare the weights of a result with a network."""
    expected = model.state_dict()
    assert weights.keys() == expected.keys()
    for name, array in weights.items():
        np.testing.assert_allclose(
            array, expected[name].numpy(), rtol=tolerance, atol=tolerance, err_msg=name
        )


def map_of(setup: Setup) -> DecisionMap:
    """Return the predictions of a network over the plane around its samples."""
    return DecisionProbe(setup).take()
