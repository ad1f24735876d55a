"""The engine's own modules, compared with torch's equivalents."""

import math
from typing import Any

import pytest
import torch
from torch import nn

from nnplay.catalog import (
    GRU,
    Adam,
    CrossEntropy,
    Dense,
    Digits,
    Flatten,
    PictureRows,
    ResidualBlock,
    SelfAttention,
)
from nnplay.engine.modules.along_steps import Conv1d
from nnplay.engine.modules.attention import SelfAttention as Attention
from nnplay.engine.modules.embedding import Embedding
from nnplay.engine.modules.recurrent import Recurrent
from nnplay.engine.modules.reshape import PictureRows as Rows
from nnplay.engine.modules.residual import ResidualBlock as Block
from nnplay.experiment import Experiment, Split
from tests.engine.rig import Run

X = torch.linspace(-1, 1, 2 * 7 * 3).reshape(2, 7, 3)


def test_convolution_inputs_have_the_layout_torch_expects() -> None:
    """A transposed side of 1 makes torch 2.13 crash the whole process."""

    class Spy(Conv1d):
        def _conv_forward(self, x: torch.Tensor, *rest: Any) -> torch.Tensor:
            strides.append((x.stride(), torch.empty(x.shape).stride()))
            return super()._conv_forward(x, *rest)

    strides: list[Any] = []
    for shape in ((4, 2, 1), (4, 1, 3), (1, 5, 2)):
        Spy(shape[2], 2, 1)(torch.randn(shape))
    assert len(strides) == 3
    assert all(seen == usual for seen, usual in strides)


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("both", [False, True])
def test_a_recurrent_layer_ends_with_the_last_state_of_torch(cell: str, both: bool) -> None:
    layer = Recurrent(cell, 3, 4, 2, both, whole=False)
    states, last = layer.rnn(X)
    hidden = last[0] if cell == "LSTM" else last
    # Torch stacks layers and directions: those of the top layer are last.
    expected = torch.cat(tuple(hidden[-2:] if both else hidden[-1:]), 1)
    torch.testing.assert_close(layer(X), expected)
    layer.whole = True
    torch.testing.assert_close(layer(X), states)


def test_a_convolution_along_steps_sees_the_features_of_each_step() -> None:
    layer = Conv1d(3, 5, 2)
    expected = nn.functional.conv1d(X.mT, layer.weight, layer.bias).mT
    torch.testing.assert_close(layer(X), expected)
    one = X[0, 2:4].T.flatten() @ layer.weight[1].flatten() + layer.bias[1]
    assert layer(X)[0, 2, 1].item() == pytest.approx(one.item(), abs=1e-6)


def test_indices_beyond_the_embedding_are_clamped() -> None:
    table = Embedding(4, 2)
    numbers = torch.tensor([[0.0, 3.0, 9.0, -5.0, math.nan]])
    torch.testing.assert_close(table(numbers)[0], table.weight[[0, 3, 3, 0, 0]])


def test_rows_of_an_image_stay_rows() -> None:
    picture = torch.arange(12.0).reshape(1, 2, 3, 2)
    assert Rows()(picture).tolist() == [[[0, 1, 6, 7], [2, 3, 8, 9], [4, 5, 10, 11]]]


def test_positional_encodings_match_the_paper() -> None:
    waves = Attention(9, 6).waves
    assert waves[0].tolist() == [0, 1, 0, 1, 0, 1]
    for step, feature in ((1, 0), (5, 2), (8, 4)):
        angle = step / 10_000 ** (feature / 6)
        assert waves[step, feature].item() == pytest.approx(math.sin(angle), abs=1e-6)
        assert waves[step, feature + 1].item() == pytest.approx(math.cos(angle), abs=1e-6)
    flat = Attention(7, 3, positions=False).eval()
    # Without positions it ignores the order of the steps.
    torch.testing.assert_close(flat(X.flip(1)), flat(X).flip(1))


def test_a_residual_block_that_adds_nothing_passes_the_image() -> None:
    block = Block(3, 3).eval()
    nn.init.zeros_(block.conv2.weight)
    picture = torch.rand(2, 3, 5, 5)
    torch.testing.assert_close(block(picture), picture)


@pytest.mark.parametrize(
    "network",
    [
        (PictureRows(), GRU(24), Dense(10)),
        (PictureRows(), SelfAttention(heads=2), Flatten(), Dense(10)),
        (ResidualBlock(8, stride=2), Flatten(), Dense(10)),
    ],
    ids=["GRU", "attention", "residual"],
)
def test_digits_are_learnt(network: tuple[GRU, ...]) -> None:
    run = Run(
        Experiment(
            Digits(), network, CrossEntropy(), Adam(0.01), split=Split(0.2), epochs=5, seed=1
        )
    )
    assert (run.result.validation.accuracy or 0) > 0.9
