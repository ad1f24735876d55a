"""bfloat16 on the CPU: every layer computes in it, and all weights stay float32."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnplay.catalog import (
    LSTM,
    SGD,
    Adam,
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2d,
    PictureRows,
    ReLU,
    kinds,
)
from nnplay.engine.model import precision
from nnplay.engine.model.build import resolve
from nnplay.engine.model.precision import forward_in, why_slow, why_unsupported
from nnplay.engine.modules import recurrent
from nnplay.experiment import Experiment, check, dumps, loads
from tests.catalog.test_conformance import in_shape_for
from tests.engine.rig import Run, digits, parts_of, small

CPU = torch.device("cpu")
LAYERS: list[type[Layer]] = [*kinds("layer").values(), *kinds("activation").values()]  # type: ignore[list-item]
PICTURES = digits(
    optimizer=Adam(0.005),
    network=(
        *(Conv2d(6, kernel_size=3), BatchNorm(), ReLU(), MaxPool2d()),
        *(Flatten(), Dropout(0.2), Dense(10)),
    ),
    epochs=2,
    precision="bfloat16",
)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.key)
def test_each_layer_learns_in_bfloat16(kind: type[Layer]) -> None:
    layer = kind()
    shape = in_shape_for(layer)
    call = layer.call(shape)
    torch.manual_seed(1)
    model = nn.Sequential(resolve(call)(**call.args), nn.Flatten(), nn.LazyLinear(3))
    x = torch.randint(0, 2, (5, *shape)).float()
    if not kind.key.startswith("Embedding"):
        x = x + torch.rand(5, *shape)
    model(x)  # determines the size of the last layer
    forward = forward_in("bfloat16", model, CPU)
    state = torch.get_rng_state()
    plain = model(x)
    torch.set_rng_state(state)
    outputs = forward(x)
    assert outputs.dtype == torch.float32
    size = plain.detach().abs().max().item()
    torch.testing.assert_close(outputs, plain, rtol=0, atol=0.05 * max(size, 1.0))
    outputs.square().sum().backward()
    for parameter in model.parameters():
        assert parameter.dtype == torch.float32
        assert parameter.grad is not None and parameter.grad.dtype == torch.float32
        assert bool(torch.isfinite(parameter.grad).all())


def test_other_precisions_leave_the_network_as_it_is() -> None:
    model = nn.Sequential(nn.Linear(2, 2))
    assert forward_in("float32", model, CPU) is model
    assert forward_in("tf32", model, CPU) is model


def test_a_run_computes_in_bfloat16_and_keeps_float32() -> None:
    run, plain = Run(PICTURES), Run(replace(PICTURES, precision="float32"))
    # An output in bfloat16 has 8 bits, so that even the first loss differs.
    losses, exact = (one.link.steps.column("loss") for one in (run, plain))
    assert losses[0] != exact[0]
    np.testing.assert_allclose(losses[0], exact[0], rtol=0.01)
    assert {array.dtype for name, array in run.result.weights.items() if "num_" not in name} == {
        np.dtype(np.float32)
    }
    assert run.result.test.accuracy is not None and plain.result.test.accuracy is not None
    assert run.result.test.accuracy > plain.result.test.accuracy - 0.05
    again = Run(PICTURES, lambda link: link.control.run(), first=lambda link: link.control.step(3))
    assert again.result.weights_sha256 == run.result.weights_sha256
    np.testing.assert_array_equal(again.link.steps.read(), run.link.steps.read())


def test_metrics_are_computed_in_float32() -> None:
    run = Run(PICTURES)
    model = nn.Sequential(
        *(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.2), nn.Linear(54, 10)),
    )
    model.load_state_dict({name: torch.tensor(one) for name, one in run.result.weights.items()})
    model.eval()
    test = parts_of(PICTURES).test
    with torch.no_grad():
        loss = nn.functional.cross_entropy(model(torch.tensor(test.x)), torch.tensor(test.y))
    assert run.result.test.loss == pytest.approx(loss.item(), rel=1e-5)


def test_dense_networks_use_eager_steps_for_it_and_say_so() -> None:
    experiment = small(optimizer=SGD(0.1))
    assert Run(experiment).result.stepper == "compiled"
    result = Run(replace(experiment, precision="bfloat16")).result
    assert result.stepper == "eager"
    assert result.stepper_why.startswith("computes in bfloat16")


@pytest.mark.parametrize(
    ("capabilities", "slow"),
    [({"avx512_bf16": True}, False), ({"avx512_f": True}, True), ({"amx_bf16": True}, False)],
)
def test_a_cpu_without_instructions_for_it_is_reported(
    capabilities: dict[str, bool], slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    precision._has_bfloat16.cache_clear()
    try:
        assert bool(why_slow("bfloat16", CPU)) is slow
        assert not why_slow("float32", CPU)
        why = Run(replace(small(optimizer=SGD(0.1)), precision="bfloat16")).result.stepper_why
        assert ("float32 would be faster" in why) is slow
    finally:
        precision._has_bfloat16.cache_clear()


def test_an_lstm_trains_where_the_cpu_lacks_a_bfloat16_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = (PictureRows(), LSTM(8), Dense(10))
    experiment = digits(optimizer=Adam(0.01), network=rows, epochs=6, precision="bfloat16")
    for has_one in (True, False) if recurrent.has_bfloat16_lstm() else (False,):
        monkeypatch.setattr(recurrent, "has_bfloat16_lstm", lambda has_one=has_one: has_one)
        monkeypatch.setattr(precision, "has_bfloat16_lstm", lambda has_one=has_one: has_one)
        result = Run(experiment).result
        assert ("LSTM layers compute in float32" in result.stepper_why) is not has_one
        assert result.train.loss is not None and result.train.loss < 1.5
    # What is not the LSTM computes in bfloat16 all the same.
    exact = Run(replace(experiment, precision="float32")).result
    assert exact.weights_sha256 != result.weights_sha256
    assert "LSTM" not in exact.stepper_why.replace("has LSTM", "")


def test_asking_for_a_bfloat16_lstm_leaves_the_random_state_alone() -> None:
    recurrent.has_bfloat16_lstm.cache_clear()
    torch.manual_seed(3)
    before = torch.get_rng_state()
    recurrent.has_bfloat16_lstm()
    assert torch.equal(torch.get_rng_state(), before)


def test_tf32_needs_a_gpu() -> None:
    experiment = replace(small(optimizer=SGD(0.1)), precision="tf32", device="cpu")
    (problem,) = check(experiment)
    assert str(problem.where) == "precision" and "GPU" in problem.what
    assert problem.fix is not None
    assert check(problem.fix.experiment) == ()
    assert problem.fix.experiment == replace(experiment, precision="float32")
    assert check(replace(experiment, device="auto")) == ()
    assert why_unsupported("tf32", CPU) and not why_unsupported("bfloat16", CPU)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_run_in_tf32_without_a_gpu_says_what_to_do() -> None:
    failure = Run(replace(small(optimizer=SGD(0.1)), precision="tf32")).failure
    assert "TF32 is for GPUs" in failure.message
    assert "bfloat16" in failure.hint


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device")
@pytest.mark.parametrize("kind", ["tf32", "bfloat16"])
def test_a_gpu_computes_in_either(kind: str) -> None:
    run = Run(replace(PICTURES, precision=kind, device="cuda"))
    assert run.result.test.accuracy is not None and run.result.test.accuracy > 0.5


def test_files_have_the_precision_only_if_not_the_default() -> None:
    plain: Experiment = small(optimizer=SGD(0.1))
    assert '"precision"' not in dumps(plain)
    text = dumps(replace(plain, precision="bfloat16"))
    assert loads(text.encode()).precision == "bfloat16"
    assert [str(p.where) for p in check(replace(plain, precision="float8"))] == ["precision"]


def test_gpus_multiply_in_tf32_only_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    flags: Any = [(torch.backends.cuda.matmul, "allow_tf32"), (torch.backends.cudnn, "allow_tf32")]
    before = [getattr(*flag) for flag in flags]
    try:
        precision.set_tf32("tf32")
        assert [getattr(*flag) for flag in flags] == [True, True]
        Run(small(optimizer=SGD(0.1)))
        assert [getattr(*flag) for flag in flags] == [False, False]
    finally:
        for flag, value in zip(flags, before, strict=True):
            setattr(*flag, value)
