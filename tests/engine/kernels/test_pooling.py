"""Fused max-pooling and ReLU give the same numbers as PyTorch, forwards and backwards."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import nnplay.engine.kernels.pooling
from nnplay.catalog import Adam, Conv2d, CrossEntropy, Dense, Digits, Flatten, MaxPool2d, ReLU
from nnplay.engine.kernels.context import LANES
from nnplay.engine.model import fused_pooling as pooling
from nnplay.engine.model.fused import fused_forward, pools_first, with_fused_pools
from nnplay.engine.model.fused_pooling import LEAST_CHANNELS, PooledReLU
from nnplay.experiment import Experiment
from tests.engine.rig import Run

POOL, RELU = nn.MaxPool2d(2), nn.ReLU()
TYPES = [torch.float32, torch.bfloat16]
FILTERS = 19
PICTURES = Experiment(
    data=Digits(), network=(Conv2d(FILTERS), ReLU(), MaxPool2d(), Flatten(), Dense(10)),
    loss=CrossEntropy(), optimizer=Adam(), batch_size=64, epochs=1,
)  # fmt: skip


@pytest.fixture
def however_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooling, "LEAST_NUMBERS", 0)


def pictures(shape: tuple[int, ...], dtype: torch.dtype, seed: int) -> Tensor:
    """Return numbers with ties, zeros of both signs, infinities and NaN."""
    torch.manual_seed(seed)
    x = torch.randn(shape)
    whole, odd = x.mul(2).round(), torch.randint(0, 40, shape)
    x = torch.where(torch.rand(shape) < 0.5, whole, x)
    for chance, value in enumerate((float("nan"), float("inf"), -float("inf"), 0.0, -0.0)):
        x = torch.where(odd == chance, torch.full(shape, value), x)
    return x.to(dtype).contiguous(memory_format=torch.channels_last)


def same(a: Tensor, b: Tensor) -> bool:
    """Return whether two tensors are equal to the bit, except for the bits of NaN."""
    return a.dtype == b.dtype and torch.equal(a.isnan(), b.isnan()) and torch.equal(
        a.nan_to_num(7.0), b.nan_to_num(7.0)
    )  # fmt: skip


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.mark.usefixtures("threads", "however_few")
@pytest.mark.parametrize("dtype", TYPES, ids=str)
@settings(max_examples=60)
@given(
    samples=st.integers(0, 3), channels=st.integers(1, 50), height=st.integers(2, 7),
    width=st.integers(2, 7), seed=st.integers(0, 999), is_last=st.booleans(),
)  # fmt: skip
@example(samples=2, channels=LANES, height=5, width=5, seed=0, is_last=True)
@example(samples=1, channels=1, height=2, width=3, seed=0, is_last=True)
def test_the_numbers_match_pytorch(
    dtype: torch.dtype, samples: int, channels: int, height: int, width: int, seed: int,
    is_last: bool,
) -> None:  # fmt: skip
    shape = samples, channels, height, width
    x = pictures(shape, dtype, seed)
    x = x if is_last else x.contiguous()
    found = []
    for forward in (lambda x: RELU(POOL(x)), PooledReLU(POOL, RELU)):
        one = x.detach().requires_grad_()
        y = forward(one)
        # A gradient may have any memory layout, and be NaN itself.
        y.backward(pictures(tuple(y.shape), dtype, seed + 1).contiguous())
        assert one.grad is not None
        found.append((y.detach(), one.grad))
    assert all(same(*pair) for pair in zip(*found, strict=True))


@pytest.mark.usefixtures("however_few")
def test_every_window_of_five_kinds_of_numbers() -> None:
    """All of 5**4 windows of numbers of every kind, one a sample."""
    kinds = torch.tensor([-1.0, 0.0, 1.0, 2.0, float("nan")])
    x = torch.cartesian_prod(kinds, kinds, kinds, kinds).reshape(-1, 1, 2, 2)
    x = x.repeat(1, LANES, 1, 1).contiguous(memory_format=torch.channels_last)
    gradients = []
    for forward in (lambda x: RELU(POOL(x)), PooledReLU(POOL, RELU)):
        one = x.clone().requires_grad_()
        forward(one).sum().backward()
        gradients.append(one.grad)
    assert torch.equal(*gradients)


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_it_is_used_for_supported_inputs(dtype: torch.dtype) -> None:
    x = pictures((64, 16, 5, 5), dtype, 0).requires_grad_()
    assert "_PoolAndReLU" in type(PooledReLU(POOL, RELU)(x).grad_fn).__name__
    unsupported = (x.contiguous(), x.double(), x[:, :15], x[:, :, ::2], x[:40])
    for other in unsupported:
        assert "Relu" in type(PooledReLU(POOL, RELU)(other).grad_fn).__name__


def test_without_openmp_it_runs_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    x = pictures((64, 20, 7, 7), torch.float32, 1)
    with monkeypatch.context() as patch:
        patch.setattr(nnplay.engine.kernels.pooling, "sharers", lambda: (0, 0, 0))
        one = x.clone().requires_grad_()
        y = PooledReLU(POOL, RELU)(one)
        y.backward(torch.ones_like(y))
    two = x.clone().requires_grad_()
    expected = RELU(POOL(two))
    expected.backward(torch.ones_like(expected))
    assert same(y, expected)
    assert one.grad is not None and two.grad is not None and same(one.grad, two.grad)


def test_the_channels_fill_a_vector() -> None:
    assert LEAST_CHANNELS == LANES


@pytest.mark.parametrize(
    "pool", [nn.MaxPool2d(3), nn.MaxPool2d(2, 1), nn.MaxPool2d(2, 2, 1), nn.MaxPool2d(2, 2, 0, 2)]
)
def test_other_windows_are_left_to_pytorch(pool: nn.MaxPool2d) -> None:
    assert with_fused_pools([pool, RELU]) == [pool, RELU]


def test_pooling_and_relu_are_fused() -> None:
    conv, flat = nn.Conv2d(1, 16, 3), nn.Flatten()
    steps = with_fused_pools(pools_first([conv, RELU, POOL, conv, POOL, RELU, flat, RELU]))
    kinds = [nn.Conv2d, PooledReLU, nn.Conv2d, PooledReLU, nn.Flatten, nn.ReLU]
    assert [type(step) for step in steps] == kinds


def test_a_pair_in_the_other_order_is_fused_too() -> None:
    x = pictures((64, 16, 5, 5), torch.float32, 0).requires_grad_()
    outputs = fused_forward(nn.Sequential(POOL, RELU))(x)
    assert "_PoolAndReLU" in type(outputs.grad_fn).__name__


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_run_has_the_same_result_without_it(
    precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = replace(PICTURES, precision=precision)
    ours = Run(experiment)
    calls: list[Tensor] = []

    def leave(x: Tensor) -> bool:
        calls.append(x)
        return False

    monkeypatch.setattr(pooling, "_supports", leave)
    plain = Run(experiment)
    assert calls
    assert ours.result.weights_sha256 == plain.result.weights_sha256
    assert ours.result.weights.keys() == plain.result.weights.keys()
