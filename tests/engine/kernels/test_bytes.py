"""Images kept as bytes are trained on and evaluated exactly like their floats."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from nnplay.catalog import SGD, CrossEntropy, Dense, Digits, Flatten, Layer, ReLU
from nnplay.data import Samples
from nnplay.data.arrays import Bytes, Floats, floats_of
from nnplay.engine import build_loss, build_network
from nnplay.engine.batches import Batches, to_device
from nnplay.engine.evaluation.evaluate import evaluate
from nnplay.engine.model.regularisation import Regulariser
from nnplay.engine.steppers.select import choose_stepper
from nnplay.experiment import Experiment
from tests.engine.rig import REPO

CPU = torch.device("cpu")
PIXELS: Bytes = np.random.default_rng(4).integers(0, 256, (90, 1, 8, 8), np.uint8)
CLASSES = np.arange(90) % 10
WIDE, NARROW = (Flatten(), Dense(80), ReLU(), Dense(10)), (Flatten(), Dense(6), Dense(10))


def test_a_byte_is_the_nearest_float_to_its_share_of_255() -> None:
    every = np.arange(256, dtype=np.uint8)
    expected = (np.arange(256) / 255).astype(np.float32)
    assert np.array_equal(floats_of(every), expected)
    samples = Samples(every[:, np.newaxis], every.astype(np.int64))
    assert np.array_equal(to_device(samples, "classes", CPU).inputs(slice(256))[:, 0], expected)
    assert floats_of(expected) is expected


def test_tensors_are_the_bytes_themselves() -> None:
    samples = Samples(PIXELS, CLASSES).read_only()
    tensors = to_device(samples, "classes", CPU)
    assert tensors.x.data_ptr() == PIXELS.ctypes.data
    which = torch.tensor([5, 3, 3])
    assert np.array_equal(tensors.inputs(which), samples.x[[5, 3, 3]])


def trained(
    kept: Bytes | Floats, network: tuple[Layer, ...], stepper: str, size: int | None
) -> tuple[str, list[bytes], list[float], list[list[float]], float | None]:
    experiment = Experiment(
        Digits(), network, CrossEntropy(), SGD(0.1), batch_size=size, stepper=stepper
    )
    torch.manual_seed(1)
    model = build_network(network, (1, 8, 8))
    loss = build_loss(experiment.loss)
    tensors, validation = (
        to_device(Samples(kept[part], CLASSES[part]), "classes", CPU)
        for part in (slice(20, None), slice(20))
    )
    regularisation = Regulariser(model, experiment.regularisation, network)
    made = choose_stepper(
        experiment, model, loss, Batches(tensors, size, 5), validation, regularisation
    )
    made.tune(experiment.optimizer)
    log = made.advance(12)
    weights = [one.detach().numpy().tobytes() for one in model.parameters()]
    scores, _logits = evaluate(model, loss, tensors, "classes", lambda: None)
    return made.name, weights, log.losses.tolist(), log.validation.tolist(), scores.loss


@pytest.mark.parametrize("network", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("size", [16, None])
@pytest.mark.parametrize(("stepper", "name"), [("auto", "compiled"), ("eager", "eager")])
def test_bytes_train_exactly_like_floats(
    network: tuple[Layer, ...], stepper: str, name: str, size: int | None
) -> None:
    bytes_way = trained(PIXELS, network, stepper, size)
    assert bytes_way[0] == name
    assert bytes_way == trained(floats_of(PIXELS), network, stepper, size)
    assert len(bytes_way[3]) == (2 if size == 16 else 12) * (name == "compiled"), (
        "validation samples were evaluated"
    )


STAND_IN = """
import sys, torch
from nnplay.catalog import Adam
from nnplay.engine import build_optimizer
layer = torch.nn.Linear(2, 1)
optimizer = build_optimizer(Adam(), layer.parameters(), torch.device("cpu"))
for _ in range(2):
    optimizer.zero_grad()
    layer(torch.ones(3, 2)).sum().backward()
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())
assert "torch._dynamo.eval_frame" not in sys.modules and "sympy" not in sys.modules
assert torch.compile(lambda x: 2 * x + 1, backend="eager")(torch.ones(2)).tolist() == [3.0, 3.0]
import torch._dynamo.eval_frame
assert sys.modules["torch._dynamo"] is torch._dynamo and torch._dynamo.__file__
layer(torch.ones(3, 2)).sum().backward()
optimizer.step()
"""


@pytest.mark.slow
def test_optimizers_do_not_load_torchs_compiler_unless_used() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STAND_IN], cwd=REPO, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
