"""The untrained network before Train: what the first frame of the run will show."""

from dataclasses import is_dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch

from nnplay.catalog import LSTM, MSE, SGD, Adam, Dense, Dropout, Line, Spiral, Tanh, Wave
from nnplay.engine import RunRequest
from nnplay.engine.film_player import FilmPlayer
from nnplay.engine.initial_frame import initial_frame
from nnplay.engine.prepare import RunError, prepare
from nnplay.engine.probes.probe import possible_probes
from nnplay.engine.probes.typed import TypedPrediction
from nnplay.experiment import Experiment
from nnplay.link import Selection
from tests.engine.rig import EVERYTHING, Run, digits, small

EXPERIMENTS = {
    "line": Experiment(Line(points=60), (Dense(3), Tanh(), Dense(1)), MSE(), SGD(0.05), epochs=1),
    "map": small(optimizer=SGD(0.1), data=Spiral(points=100), epochs=1),
    "pictures": digits(optimizer=Adam(0.002), epochs=1),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_it_equals_the_first_frame_of_the_run(name: str) -> None:
    experiment = EXPERIMENTS[name]
    shown = initial_frame(experiment, EVERYTHING, Selection(), lambda: None)
    first = Run(experiment, demand=EVERYTHING).frames[0]
    assert (shown.step, first.step) == (0, 0)
    # Nothing is typed.
    assert set(shown.payloads) == set(possible_probes(experiment)) - {TypedPrediction}
    # The run may show its matrix a little later, as it must not wait for it.
    for kind, payload in first.payloads.items():
        assert_equal(shown.payloads[kind], payload)


def assert_equal(found: Any, expected: Any) -> None:
    """Compare payloads, what they consist of, and numbers up to rounding."""
    if isinstance(expected, np.ndarray):
        np.testing.assert_allclose(found, expected, atol=1e-5)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=1e-5, nan_ok=True)
    elif isinstance(expected, tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_equal(one, other)
    elif is_dataclass(expected):
        for field, value in vars(expected).items():
            assert_equal(getattr(found, field), value)
    else:
        assert found == expected


def test_it_can_be_cancelled() -> None:
    def poll() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        initial_frame(EXPERIMENTS["line"], EVERYTHING, Selection(), poll)


def test_an_experiment_with_a_problem_is_refused() -> None:
    broken = small(optimizer=SGD(0.1), network=(Dense(2), Dense(7)))
    with pytest.raises(RunError):
        initial_frame(broken, EVERYTHING, Selection(), lambda: None)


def test_film_of_another_network_is_refused() -> None:
    experiment = small(optimizer=Adam(0.02))
    film = Run(replace(experiment, network=(Dense(5), Tanh(), Dense(2)))).link.film
    player = FilmPlayer(experiment, lambda: None)
    with pytest.raises(ValueError, match="do not fit"):
        player.frame(film.layout, film.frames[0], EVERYTHING, Selection(), 0.01)


DRAWING = {
    **EXPERIMENTS,
    "rnn": small(
        optimizer=SGD(0.1),
        data=Wave(samples=60, steps=5),
        network=(LSTM(4), Dropout(0.5), Dense(1)),
        loss=MSE(),
    ),
}


@pytest.mark.parametrize("name", DRAWING)
def test_a_training_beside_it_keeps_its_random_numbers(name: str) -> None:
    experiment = DRAWING[name]
    torch.manual_seed(3)
    before = torch.get_rng_state()
    player = FilmPlayer(experiment, lambda: None)
    player.untrained(EVERYTHING, Selection(), 0.01)
    assert torch.equal(torch.get_rng_state(), before)
    # And the network has the initial weights of a run, bit for bit.
    model = prepare(RunRequest(0, experiment)).model
    for found, expected in zip(player._setup.model.parameters(), model.parameters(), strict=True):
        assert torch.equal(found, expected)
