"""The stages of a drawing: one for each layer with units, with what follows it."""

import pytest

from nnplay.catalog import (
    LSTM,
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    MaxPool2d,
    PictureRows,
    ReLU,
    ShapeError,
    Tanh,
)  # fmt: skip
from nnplay.experiment.stages import network_stages


def test_what_follows_a_layer_belongs_to_its_stage() -> None:
    network = (Dense(8), BatchNorm(), Tanh(), Dropout(), Dense(1, frozen=True))
    inputs, hidden, output = network_stages((2,), network)
    assert (inputs.layer, inputs.units, inputs.last) == (None, 2, None)
    assert (hidden.layer, hidden.following, hidden.units) == (0, (1, 2, 3), 8)
    assert hidden.functions == ("BatchNorm", "Tanh")  # dropout changes nothing outside training
    assert (output.kind, output.layer, output.frozen, output.last) == ("Dense", 4, True, 4)


def test_the_channels_of_a_flattened_image_stay_its_units() -> None:
    network = (Conv2d(5, 3), ReLU(), MaxPool2d(), Flatten(), Dense(7))
    inputs, conv, dense = network_stages((1, 10, 10), network)
    assert (inputs.shape, inputs.units) == ((1, 10, 10), 1)
    assert (conv.shape, conv.units, conv.following) == ((5, 4, 4), 5, (1, 2, 3))
    assert (dense.shape, dense.units) == ((7,), 7)


def test_the_inputs_stay_as_they_are_before_any_weights() -> None:
    inputs, state, _output = network_stages((1, 6, 4), (PictureRows(), LSTM(3), Dense(2)))
    assert (inputs.shape, inputs.following) == ((1, 6, 4), (0,))
    assert (state.layer, state.units) == (1, 3)


def test_layers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError):
        network_stages((1, 6, 4), (Dense(2),))
