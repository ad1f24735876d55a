"""Reordered layers and unwrapped optimizers give exactly the same numbers."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nnplay.catalog import kinds
from nnplay.engine.model.build import build_optimizer
from nnplay.engine.model.fused import UnwrappedOptimizer, fused_forward, pools_first


@settings(max_examples=40)
@given(
    seed=st.integers(0, 1000),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    rounded=st.booleans(),
)
def test_max_pooling_before_relu_changes_no_bit(
    seed: int, kernel: int, stride: int, rounded: bool
) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(kernel, stride), nn.Flatten(), nn.LazyLinear(2)
    )
    x = torch.randn(4, 1, 9, 9)
    # Equal numbers in a window, below 0 and above, must not be ordered differently.
    x = x.round() if rounded else x
    model(x)
    with torch.no_grad():
        model[0].weight.copy_(model[0].weight.sign() if rounded else model[0].weight)
    gradients, predictions = [], []
    for forward in (model, fused_forward(model)):
        model.zero_grad()
        outputs = forward(x)
        outputs.square().sum().backward()
        predictions.append(outputs.detach())
        gradients.append([p.grad.clone() for p in model.parameters() if p.grad is not None])
    assert torch.equal(*predictions)
    assert len(gradients[0]) == 4
    assert all(torch.equal(*pair) for pair in zip(*gradients, strict=True))


def test_only_a_relu_right_before_a_max_pool_is_swapped() -> None:
    relu, pool, tanh, flat = nn.ReLU(), nn.MaxPool2d(2), nn.Tanh(), nn.Flatten()
    average = nn.AvgPool2d(2)
    assert pools_first([tanh, pool, flat]) == [tanh, pool, flat]
    assert pools_first([relu, average, relu]) == [relu, average, relu]
    assert pools_first([tanh, relu, pool, flat]) == [tanh, pool, relu, flat]
    model = nn.Sequential(tanh, flat)
    assert fused_forward(model) is model


@pytest.mark.parametrize("key", kinds("optimizer"))
def test_an_optimizer_without_its_bookkeeping_takes_the_same_steps(key: str) -> None:
    weights = []
    for is_lean in (False, True):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        x = torch.randn(8, 3)
        kind = kinds("optimizer")[key]()
        made = build_optimizer(kind, model.parameters(), x.device)  # type: ignore[arg-type]
        optimizer = UnwrappedOptimizer(made) if is_lean else made
        for _step in range(3):
            optimizer.zero_grad()
            assert all(parameter.grad is None for parameter in model.parameters())
            model(x).square().sum().backward()
            optimizer.step()
        weights.append([parameter.detach() for parameter in model.parameters()])
    assert all(torch.equal(*pair) for pair in zip(*weights, strict=True))
