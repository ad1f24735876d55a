"""A weight that is set by hand counts from the next step on, is recorded, and is repeated."""

from collections.abc import Callable

import numpy as np
import pytest

from nnplay.catalog import Adam
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.network_weights import NetworkWeights
from nnplay.link import Frame, Link, LiveEdit, parsed_weight_path, weight_path
from tests.engine.rig import Run, small, threaded

PATH = weight_path("0.weight", (4, 1))
steppers = pytest.mark.parametrize("stepper", ["auto", "eager"])


def edited(*paths: str, ending: Callable[[Link], object]) -> Callable[[Link], None]:
    def command(link: Link) -> None:
        for path in paths:
            link.control.edit(path, 0.5)
        ending(link)

    return command


def stopped(experiment: object, *paths: str) -> Run:
    """Take 8 steps, set these weights to 0.5 and end."""
    end = edited(*paths, ending=lambda link: link.control.stop())
    return Run(experiment, end, first=lambda link: link.control.step(8))  # type: ignore[arg-type]


@steppers
def test_one_weight_changes_and_no_other(stepper: str) -> None:
    experiment = small(optimizer=Adam(0.02), stepper=stepper)
    plain = stopped(experiment).result.weights
    run = stopped(experiment, PATH, weight_path("2.bias", (1,)))
    found = run.result.weights
    expected = {name: array.copy() for name, array in plain.items()}
    expected["0.weight"][4, 1] = expected["2.bias"][1] = 0.5
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)
    assert run.link.edits[0] == LiveEdit(8, PATH, 0.5)
    assert run.result.train.loss != stopped(experiment).result.train.loss


@steppers
def test_a_continued_run_repeats_it_once(stepper: str) -> None:
    experiment = small(optimizer=Adam(0.02), stepper=stepper)
    whole = Run(
        experiment,
        edited(PATH, ending=lambda link: link.control.step(4)),
        lambda link: link.control.run(),
        first=lambda link: link.control.step(8),
    )
    # From a point before the edit, and from one with it in its weights.
    for step in (0, 12):
        again = Run(experiment, continues=(whole.link, step))
        assert again.link.edits == [LiveEdit(8, PATH, 0.5)]
        for name, array in whole.result.weights.items():
            np.testing.assert_array_equal(again.result.weights[name], array, err_msg=name)


@pytest.mark.parametrize(
    "path",
    [
        weight_path("0.weight", (6, 0)), weight_path("0.weight", (1,)),
        weight_path("9.weight", (0, 0)), "weight.0.weight[-1,0]", "weight.0.weight", "nothing",
    ],
)  # fmt: skip
def test_a_weight_that_does_not_exist_changes_nothing(path: str) -> None:
    experiment = small(optimizer=Adam(0.02))
    run = stopped(experiment, path)
    assert run.link.edits == []
    for name, array in stopped(experiment).result.weights.items():
        np.testing.assert_array_equal(run.result.weights[name], array)


def test_views_show_it_while_the_run_is_paused() -> None:
    with threaded(small(optimizer=Adam(0.02))) as run:
        mailbox = run.link.mailbox
        mailbox.demand = frozenset({NetworkWeights, DecisionMap})
        run.link.control.step(3)
        run.wait_for_rows(3)
        run.link.control.edit(PATH, 0.5)
        run.link.control.edit(weight_path("2.bias", (1,)), 50.0)  # class 1 everywhere

        def is_shown(frame: Frame | None) -> bool:
            if frame is None or frame.step != 3:
                return False
            shown, predicted = frame.get(NetworkWeights), frame.get(DecisionMap)
            assert shown is not None and predicted is not None
            weights = shown.stages[1].weights
            assert weights is not None
            return bool(weights[4, 1] == 0.5 and predicted.values.min() > 0.99)

        for _ in range(20_000):
            if is_shown(mailbox.take()):
                break
            run.thread.join(0.002)
        else:
            raise AssertionError("no such frame")
        run.link.control.close()


def test_the_path_names_the_parameter_and_the_index() -> None:
    assert PATH == "weight.0.weight[4,1]"
    assert parsed_weight_path(PATH) == ("0.weight", (4, 1))
    assert parsed_weight_path("optimizer.lr") is None
