"""A run that is continued gives the same bytes as one that never stopped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnplay.catalog import (
    SGD,
    Adam,
    BatchNorm,
    Conv2d,
    Cosine,
    Dense,
    Dropout,
    Flatten,
    Layer,
    OneCycle,
    ReduceOnPlateau,
    ReLU,
    Tanh,
    kinds,
)
from nnplay.experiment import Augmentation, Experiment, Policy, Regularisation, chapters
from nnplay.link import Finished, LiveEdit, rounded
from tests.engine.rig import Run, digits, small

NOISY = small(optimizer=Adam(0.02), network=(Dense(8), BatchNorm(), Tanh(), Dropout(0.3), Dense(2)))
CASES = {
    "dropout and batch statistics": NOISY,
    "reduce on plateau": replace(
        NOISY, schedule=ReduceOnPlateau(patience=1, drop=0.5, threshold=0.2), epochs=12
    ),
    "a rate for each step": replace(NOISY, schedule=OneCycle(by="step")),
    "warm-up": replace(NOISY, schedule=Cosine(warmup=2)),
    "the best weights": replace(
        NOISY, policy=Policy(keep_best=True, watch="validation loss"), epochs=9
    ),
    "a penalty": small(optimizer=SGD(0.1), regularisation=Regularisation(l2=0.01)),
    "augmented pictures": digits(
        optimizer=Adam(0.002),
        network=(Conv2d(4, 3), ReLU(), Flatten(), Dropout(0.2), Dense(10)),
        augmentation=Augmentation(shift=0.1, noise=0.1),
    ),
}


def stopped(experiment: Experiment, step: int) -> Run:
    """Train up to a step and end."""
    return Run(
        experiment,
        lambda link: link.control.stop(),
        first=lambda link: link.control.step(step),
    )


def assert_same(one: Run, other: Run) -> None:
    """Compare weights, every row and the scores, byte by byte."""
    for name, array in one.result.weights.items():
        np.testing.assert_array_equal(array, other.result.weights[name], err_msg=name)
    np.testing.assert_array_equal(one.link.steps.read(), other.link.steps.read())
    np.testing.assert_array_equal(one.link.epochs.read(), other.link.epochs.read())
    assert one.result.train == other.result.train
    assert one.result.validation == other.result.validation


@pytest.mark.parametrize("stepper", ["auto", "eager"])
@pytest.mark.parametrize("step", [0, 1, 6, 9])
@pytest.mark.parametrize("name", CASES)
def test_continued_run_is_the_same(name: str, step: int, stepper: str) -> None:
    experiment = replace(CASES[name], stepper=stepper)
    whole = Run(experiment)
    first = stopped(experiment, step) if step else whole
    assert_same(Run(experiment, continues=(first.link, step)), whole)


@pytest.mark.parametrize("stepper", ["auto", "eager"])
@pytest.mark.parametrize("key", kinds("optimizer"))
def test_every_optimizer_keeps_its_state(key: str, stepper: str) -> None:
    experiment = small(optimizer=kinds("optimizer")[key](), stepper=stepper)
    whole = Run(experiment)
    assert_same(Run(experiment, continues=(stopped(experiment, 10).link, 10)), whole)


def test_more_epochs_after_the_end_are_the_same_as_from_the_start() -> None:
    short = Run(NOISY)
    last = short.result.steps
    edit = LiveEdit(last, "epochs", 2 * NOISY.epochs)
    longer = Run(NOISY, continues=(short.link, last), edits=(edit,))
    assert_same(longer, Run(replace(NOISY, epochs=2 * NOISY.epochs)))
    assert longer.link.edits == [edit]
    assert not longer.result.stopped


def test_changes_of_the_learning_rate_are_repeated_at_their_steps() -> None:
    def tuned(link: object) -> None:
        link.control.edit("optimizer.lr", 0.3)  # type: ignore[attr-defined]
        link.control.run()  # type: ignore[attr-defined]

    whole = Run(NOISY, tuned, first=lambda link: link.control.step(8))
    assert whole.link.edits == [LiveEdit(8, "optimizer.lr", 0.3)]
    # From a point before the change and from one after it.
    early = Run(NOISY, continues=(whole.link, 0))
    assert_same(early, whole)
    assert_same(Run(NOISY, continues=(whole.link, 8)), whole)
    assert early.link.edits == whole.link.edits


def test_early_stopping_can_be_trained_past() -> None:
    policy = Policy(early_stopping=True, patience=2, min_delta=1.0)
    experiment = replace(NOISY, epochs=30, policy=policy)
    first = Run(experiment)
    assert "Early stopping" in first.result.ending
    last = first.result.steps
    second = Run(experiment, continues=(first.link, last))
    # The patience of two epochs begins again.
    assert second.result.steps == last + 2 * 6


def test_target_that_was_reached_ends_the_run_once() -> None:
    policy = Policy(stop_at_target=True, target=10.0, watch="training loss")
    experiment = replace(NOISY, policy=policy)
    first = Run(experiment)
    assert first.result.steps == 6
    assert Run(experiment, continues=(first.link, 6)).result.steps == 6 * experiment.epochs


def test_film_shows_the_start_the_end_and_more_of_the_beginning() -> None:
    experiment = replace(NOISY, epochs=200)
    run = Run(experiment)
    steps = [frame.step for frame in run.link.film.frames]
    assert steps[0] == 0
    assert steps[-1] == run.result.steps == 1200
    assert 200 <= len(steps) <= 242
    assert np.median(steps) < 450
    layout = run.link.film.layout
    for name, array in layout.weights(run.link.film.frames[-1]).items():
        np.testing.assert_allclose(array, run.result.weights[name], rtol=1e-3, err_msg=name)


def test_points_after_a_divergence_are_those_of_the_new_way() -> None:
    def smaller(link: object) -> None:
        link.control.edit("optimizer.lr", 0.001)  # type: ignore[attr-defined]
        link.control.run()  # type: ignore[attr-defined]

    wild = small(optimizer=SGD(1e9), network=(Dense(6), ReLU(), Dense(6), Dense(2)), epochs=3)
    run = Run(wild, smaller)
    assert len(run.divergences) == 1
    steps = [point.step for point in run.link.points.all]
    assert steps == sorted(set(steps))
    last = run.link.points.newest
    assert last is not None
    for name, array in run.result.weights.items():
        np.testing.assert_array_equal(last.weights[name], array)
    assert run.of(Finished)


@pytest.mark.parametrize("stepper", ["auto", "eager"])
@pytest.mark.parametrize(
    "network",
    [
        (Dense(6), Tanh(), Dense(2)),
        (Dense(6), BatchNorm(), ReLU(), Dense(2)),
        (Dense(6, frozen=True), Tanh(), Dense(5, bias=False), ReLU(), Dense(2)),
    ],
)
def test_film_has_the_weights_of_its_steps(network: tuple[Layer, ...], stepper: str) -> None:
    experiment = small(optimizer=Adam(0.02), network=network, stepper=stepper, epochs=9)
    film = Run(experiment).link.film
    for frame in film.frames[3::11]:
        point = stopped(experiment, frame.step).link.points.newest
        assert point is not None
        np.testing.assert_array_equal(frame.numbers, rounded(film.layout.row(point.weights)))
        assert frame.lr == 0.02


def quick(experiment: Experiment) -> Experiment:
    """Return an experiment on fewer samples and epochs."""
    data = experiment.data
    if "samples" in data.values():
        data = data.changed(samples=1500)
    return replace(experiment, data=data, epochs=min(experiment.epochs, 4), start="")


QUICK = {
    one.key: quick(one.experiment)
    for chapter in chapters()
    for one in chapter.presets
    # A GRU takes minutes even for so few samples.
    if one.experiment.data.archive in ("", "mnist") and one.key != "gru-rows"
}


@pytest.mark.slow
@pytest.mark.parametrize("stepper", ["auto", "eager"])
@pytest.mark.parametrize("key", QUICK)
def test_every_preset_continues_exactly(
    key: str, stepper: str, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    experiment = replace(QUICK[key], stepper=stepper)
    whole = Run(experiment)
    step = max(1, whole.result.steps * 2 // 5)
    assert_same(Run(experiment, continues=(stopped(experiment, step).link, step)), whole)
