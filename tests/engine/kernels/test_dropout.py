"""Dropout in compiled steps uses the same masks as PyTorch's own layers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from nnplay.catalog import (
    SGD,
    Adam,
    Circle,
    Dense,
    Digits,
    Dropout,
    Flatten,
    Layer,
    ReLU,
    Sigmoid,
    Tanh,
)
from nnplay.engine import RunRequest
from nnplay.engine.kernels.dropout_masks import DropoutMasks
from nnplay.engine.prepare import prepare
from nnplay.experiment import Experiment, Split
from tests.engine.kernels.test_compiled import CLASSES, assert_matches_eager_steps, stepper_of
from tests.engine.rig import Run

DEEP = (Dense(7), Tanh(), Dropout(0.5), Dense(5), Dropout(0.1), Sigmoid(), Dense(2))
WIDE = (Dropout(0.3), Dense(70), ReLU(), Dropout(0.2), Dense(80), Tanh(), Dropout(0.5), Dense(2))
NEVER = (Dense(7), Dropout(0.0), Tanh(), Dropout(0.5), Dense(2))


@pytest.mark.parametrize("batch_size", [1, 11, 37, None])
@pytest.mark.parametrize("network", [DEEP, WIDE, NEVER])
def test_it_matches_eager_steps(network: tuple[Layer, ...], batch_size: int | None) -> None:
    assert_matches_eager_steps(
        replace(CLASSES, network=network, optimizer=SGD(0.02), batch_size=batch_size)
    )


def test_a_batch_of_several_blocks_matches_eager_steps() -> None:
    # More samples than fit into one block.
    data = Circle(points=5000)
    assert_matches_eager_steps(replace(CLASSES, data=data, network=DEEP, batch_size=None), steps=20)


def test_byte_images_have_dropout_too() -> None:
    network = (Dropout(0.2), Flatten(), Dense(30), ReLU(), Dropout(0.4), Dense(10))
    assert_matches_eager_steps(
        replace(CLASSES, data=Digits(), network=network, optimizer=Adam(0.002))
    )


def test_masks_match_those_of_torchs_layers() -> None:
    layers, sizes = ((6, 0.5), (40, 0.1), (3, 0.9)), (11, 11, 4)
    torch.manual_seed(5)
    masks = DropoutMasks(layers).draw(np.array(sizes))
    torch.manual_seed(5)
    torchs = [
        (nn.Dropout(p)(torch.ones(size, units)) != 0).ravel()
        for size in sizes
        for units, p in layers
    ]
    assert torch.equal(masks, torch.cat(torchs).to(torch.uint8))


def test_validation_does_not_drop() -> None:
    experiment: Experiment = replace(
        CLASSES, network=DEEP, split=Split(validation=0.3), epochs=3, batch_size=20
    )
    run = Run(experiment)
    row = run.link.epochs.read()[-1]
    last = dict(zip(run.link.epochs.columns, row, strict=True))
    # At the end of the run PyTorch evaluates them, with the final network.
    assert last["val_loss"] == pytest.approx(run.result.validation.loss, rel=1e-5)
    assert last["val_accuracy"] == pytest.approx(run.result.validation.accuracy)


def test_repeated_steps_drop_the_same_units() -> None:
    stepper = stepper_of(replace(CLASSES, network=DEEP), "compiled")
    stepper.advance(7)
    place = stepper.save()
    first = stepper.advance(30).losses
    stepper.restore(place)
    again = np.concatenate([stepper.advance(steps).losses for steps in (1, 12, 17)])
    np.testing.assert_array_equal(again, first)


def test_a_run_repeats_to_the_byte_however_its_steps_are_grouped() -> None:
    experiment = replace(CLASSES, network=DEEP)
    logs = []
    for cuts in ((60,), (1, 29, 30), (13, 47)):
        stepper = prepare(RunRequest(1, experiment, threads=1)).stepper
        logs.append(np.concatenate([stepper.advance(steps).losses for steps in cuts]))
    np.testing.assert_array_equal(logs[0], logs[1])
    np.testing.assert_array_equal(logs[0], logs[2])


def test_predictions_do_not_drop() -> None:
    stepper = stepper_of(replace(CLASSES, network=DEEP), "compiled")
    stepper.advance(5)
    x = stepper.next_inputs()
    with torch.no_grad():
        expected = stepper.model.eval()(x)
    torch.testing.assert_close(stepper.predictions(x), expected)
