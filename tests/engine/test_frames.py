"""Frames: on demand, into an empty mailbox, with the requested payloads, read-only."""

from dataclasses import is_dataclass
from typing import Any

import numpy as np
import pytest

from nnplay.catalog import MSE, SGD, Adam, Dense, Flatten, Hills, Line, Spiral, Tanh, Wave
from nnplay.engine import RunRequest
from nnplay.engine.frames import FrameMaker
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitCurve
from nnplay.engine.probes.forecast import Forecast
from nnplay.engine.probes.layer_statistics import LayerStatistics
from nnplay.engine.probes.network_weights import NetworkWeights
from nnplay.engine.probes.probe import probes
from nnplay.engine.probes.sample import SamplePrediction
from nnplay.engine.probes.unit_maps import UnitMaps
from nnplay.engine.training.clock import Clock
from nnplay.experiment import Experiment
from nnplay.link import ClassPredictions, Frame, LabelPredictions, Link, Mailbox, PayloadKind
from tests.engine.rig import EVERYTHING, Keeper, Run, digits, small, threaded

LINE = Experiment(
    Line(points=60), (Dense(3), Tanh(), Dense(1)), MSE(), SGD(0.05), batch_size=20, epochs=3
)
POINTS = small(optimizer=SGD(0.1))
MANY = small(
    optimizer=SGD(0.1), data=Spiral(points=100, arms=3), network=(Dense(6), Tanh(), Dense(3))
)
HEIGHTS = small(
    optimizer=SGD(0.1), data=Hills(points=100), network=(Dense(6), Tanh(), Dense(1)), loss=MSE()
)
PICTURES = digits(optimizer=Adam(0.002), epochs=1)
WAVE = Experiment(
    Wave(samples=60, steps=5), (Flatten(), Dense(1)), MSE(), SGD(0.05), batch_size=20, epochs=3
)
OF_ANY: set[PayloadKind] = {NetworkWeights, LayerStatistics}
POSSIBLE: list[tuple[Experiment, set[PayloadKind]]] = [
    (LINE, {FitCurve, *OF_ANY}),
    (POINTS, {DecisionMap, UnitMaps, ClassPredictions, SamplePrediction, *OF_ANY}),
    (MANY, {DecisionMap, UnitMaps, ClassPredictions, SamplePrediction, *OF_ANY}),
    (HEIGHTS, {DecisionMap, UnitMaps, *OF_ANY}),
    (PICTURES, {ClassPredictions, SamplePrediction, *OF_ANY}),
    (WAVE, {Forecast, *OF_ANY}),
]
NAMES = ["line", "points", "many classes", "heights", "pictures", "wave"]


class Lazy(Mailbox):
    """A mailbox that is never emptied, and records whether it was full at each frame."""

    def __init__(self) -> None:
        super().__init__()
        self.was_empty: list[bool] = []
        self.steps: list[int] = []

    def put(self, frame: Frame) -> None:
        """Note and keep."""
        self.was_empty.append(self.is_empty)
        self.steps.append(frame.step)
        super().put(frame)


@pytest.mark.parametrize(("experiment", "possible"), POSSIBLE, ids=NAMES)
def test_no_frame_is_made_during_training_while_the_mailbox_is_full(
    experiment: Experiment, possible: set[PayloadKind]
) -> None:
    mailbox = Lazy()
    run = Run(experiment, mailbox=mailbox, demand=EVERYTHING)
    assert mailbox.was_empty == [True, False]
    assert mailbox.steps == [0, run.result.steps], "only the first and the last"
    last = mailbox.take()
    assert last is not None
    assert set(last.payloads) == possible


class Enough(Keeper):
    """Ends the run when some frames have come, however long that takes."""

    def begin(self, link: Link) -> None:
        self._link = link
        link.control.run()

    def put(self, frame: Frame) -> None:
        super().put(frame)
        if len(self.frames) == 6:
            self._link.control.stop()


def test_frames_are_made_during_training_while_the_mailbox_is_empty() -> None:
    endless = small(optimizer=SGD(0.1), epochs=10_000_000)
    mailbox = Enough()
    run = Run(endless, first=mailbox.begin, mailbox=mailbox, demand=EVERYTHING)
    steps = [frame.step for frame in run.frames]
    assert len(steps) >= 6
    assert steps == sorted(steps)
    assert steps[-1] == run.result.steps
    assert all(frame.run_id == 7 for frame in run.frames)


@pytest.mark.parametrize("kind", probes())
@pytest.mark.parametrize(("experiment", "possible"), POSSIBLE, ids=NAMES)
def test_payloads_are_those_in_demand_and_the_last_frame_has_all(
    experiment: Experiment, possible: set[PayloadKind], kind: PayloadKind
) -> None:
    run = Run(
        experiment,
        lambda link: link.control.run(),
        first=lambda link: link.control.step(2),
        demand=frozenset({kind}),
    )
    *others, last = run.frames
    assert len(others) >= 2
    for frame in others:
        # Predictions of all samples come when their first round is complete.
        waits = kind is ClassPredictions and not frame.payloads
        assert waits or set(frame.payloads) == {kind} & possible
    assert set(last.payloads) == possible
    assert last.step == run.result.steps
    assert last.progress.epoch == experiment.epochs


def test_without_demand_nothing_is_made_but_the_last() -> None:
    run = Run(POINTS)
    assert all(not frame.payloads for frame in run.frames[:-1])


def arrays(frame: Frame) -> list[Any]:
    return [one for payload in frame.payloads.values() for one in arrays_inside(payload)]


def arrays_inside(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, tuple):
        return [one for part in value for one in arrays_inside(part)]
    if is_dataclass(value):
        return [one for part in vars(value).values() for one in arrays_inside(part)]
    return []


@pytest.mark.parametrize("experiment", [LINE, POINTS, MANY, HEIGHTS, PICTURES, WAVE], ids=NAMES)
def test_nothing_in_frames_and_results_can_be_written_to(experiment: Experiment) -> None:
    run = Run(experiment, demand=EVERYTHING)
    found = [array for frame in run.frames for array in arrays(frame)]
    found += list(run.result.weights.values())
    if run.result.class_predictions is not None:
        found += [
            a for a in vars(run.result.class_predictions).values() if isinstance(a, np.ndarray)
        ]
    assert len(found) > 4
    assert not any(array.flags.writeable for array in found)
    with pytest.raises(TypeError):
        run.frames[0].payloads[FitCurve] = None  # type: ignore[index]


def test_frames_keep_what_they_showed_while_the_run_goes_on() -> None:
    run = Run(
        LINE,
        lambda link: link.control.run(),
        first=lambda link: link.control.step(2),
        demand=EVERYTHING,
    )
    first, last = run.frames[0].payloads[FitCurve], run.frames[-1].payloads[FitCurve]
    assert isinstance(first, FitCurve)
    assert isinstance(last, FitCurve)
    assert not np.array_equal(first.y, last.y)


def test_the_last_frame_shows_the_final_predictions() -> None:
    run = Run(PICTURES, demand=EVERYTHING)
    shown = run.frames[-1].payloads[ClassPredictions]
    assert isinstance(shown, ClassPredictions)
    assert (shown.count, shown.step) == (len(shown.target), run.result.steps)
    assert run.result.class_predictions is not None
    np.testing.assert_array_equal(shown.confusion, run.result.class_predictions.confusion)


def test_the_loss_of_a_frame_is_the_mean_of_the_newest_losses_of_an_epoch_at_most() -> None:
    setup = prepare(RunRequest(1, LINE, threads=1))
    assert setup.batches.per_epoch == 3
    keeper = Keeper()
    maker = FrameMaker(1, setup, Link(lambda event: None, keeper), Clock())

    def shown() -> float:
        maker.make(0.1, force=True)
        return keeper.frames[-1].loss

    assert np.isnan(shown())
    maker.record_losses(np.array([5.0, 7.0]))
    assert shown() == 6.0
    maker.record_losses(np.array([100.0, 50.0, 1.0, 2.0, 6.0]))
    assert shown() == 3.0
    assert shown() == 3.0, "nothing new was seen"
    maker.record_losses(np.array([4.0]))
    assert shown() == 4.0, "of the newest only"
    maker.record_losses(np.empty(0))
    assert shown() == 4.0


def test_the_loss_of_a_full_batch_is_the_last() -> None:
    run = Run(
        Experiment(Line(points=60), (Dense(1),), MSE(), SGD(0.05), batch_size=None, epochs=40),
        demand=EVERYTHING,
    )
    losses = run.link.steps.column("loss")
    assert len(run.frames) >= 2
    for frame in run.frames[1:]:
        assert frame.loss == losses[frame.step - 1]


def test_while_paused_a_new_demand_is_answered_and_the_predictions_become_complete() -> None:
    with threaded(PICTURES) as run:
        run.link.control.step(3)
        run.wait_for_rows(3)
        seen: list[Frame] = []

        def until(good: Any) -> Frame:
            for _ in range(20_000):
                frame = run.link.mailbox.take()
                if frame is not None:
                    seen.append(frame)
                    if frame.step == 3 and good(frame):
                        return frame
                run.thread.join(0.002)
            raise AssertionError("no such frame")

        until(lambda frame: not frame.payloads)
        run.link.mailbox.demand = frozenset({ClassPredictions, LabelPredictions})

        def is_whole(frame: Frame) -> bool:
            predictions = frame.payloads.get(ClassPredictions)
            return isinstance(predictions, ClassPredictions) and (
                predictions.count == len(predictions.target)
            )

        until(is_whole)
        run.link.mailbox.demand = frozenset({DecisionMap})
        last = until(lambda frame: not frame.payloads)
        assert not any(isinstance(p, DecisionMap) for p in last.payloads.values())
