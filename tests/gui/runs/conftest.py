"""Runs that were really trained."""

from dataclasses import replace

import pytest

from nnplay.catalog import MSE, SGD, Dense, Line
from nnplay.experiment import Experiment, Split
from nnplay.record.recorded_run import RecordedRun
from tests.session.test_controller import EXPERIMENT, inline

LINE = Experiment(
    Line(points=40), (Dense(1),), MSE(), SGD(0.01), split=Split(0.25), epochs=5, device="cpu"
)


@pytest.fixture(scope="session")
def runs() -> tuple[RecordedRun, ...]:
    """Return runs of a classification, with another rate, continued, and of a regression."""
    user = inline(replace(EXPERIMENT, name="Circle"))
    user.controller.train()
    user.controller.use_learning_rate(0.5)
    user.controller.train_again()
    user.controller.continue_as_new(user.shelf.runs[0])
    user.edit(**{name: getattr(LINE, name) for name in ("data", "network", "loss", "split")})
    user.edit(optimizer=SGD(0.01), epochs=1, batch_size=4)
    user.controller.train_again()
    assert len(user.shelf.runs) == 4
    return user.shelf.runs
