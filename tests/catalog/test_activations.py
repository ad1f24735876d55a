"""Every activation matches its formula."""

from collections.abc import Callable
from importlib import import_module
from math import erf, exp, log1p, sqrt, tanh
from typing import Any

import pytest
import torch

from nnplay.catalog import CELU, ELU, PReLU, Softplus, Threshold, kinds

POINTS = (-7.0, -3.5, -2.0, -0.7, -0.3, 0.0, 0.2, 0.6, 1.0, 2.5, 6.5)


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def shrunk(x: float) -> float:
    return x - 0.5 if x > 0.5 else x + 0.5 if x < -0.5 else 0.0


FORMULAS: dict[str, Callable[[float], float]] = {
    "ReLU": lambda x: max(0.0, x),
    "LeakyReLU": lambda x: x if x > 0 else 0.01 * x,
    "PReLU": lambda x: x if x > 0 else 0.25 * x,
    "RReLU": lambda x: x if x > 0 else (1 / 8 + 1 / 3) / 2 * x,
    "ReLU6": lambda x: min(max(0.0, x), 6.0),
    "ELU": lambda x: x if x > 0 else exp(x) - 1,
    "CELU": lambda x: x if x > 0 else exp(x) - 1,
    "SELU": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (exp(x) - 1)),
    "GELU": lambda x: x * (1 + erf(x / sqrt(2))) / 2,
    "SiLU": lambda x: x * sigmoid(x),
    "Mish": lambda x: x * tanh(log1p(exp(x))),
    "Hardswish": lambda x: x * min(max(0.0, x + 3), 6.0) / 6,
    "Softplus": lambda x: log1p(exp(x)),
    "Threshold": lambda x: x if x > 0.1 else 0.0,
    "Sigmoid": sigmoid,
    "Hardsigmoid": lambda x: min(max(0.0, x / 6 + 0.5), 1.0),
    "LogSigmoid": lambda x: -log1p(exp(-x)),
    "Tanh": tanh,
    "Hardtanh": lambda x: min(max(-1.0, x), 1.0),
    "Softsign": lambda x: x / (1 + abs(x)),
    "Softmax": lambda x: exp(x) / sum(exp(one) for one in POINTS),
    "Tanhshrink": lambda x: x - tanh(x),
    "Softshrink": shrunk,
    "Hardshrink": lambda x: x if abs(x) > 0.5 else 0.0,
    "Identity": lambda x: x,
}


def outputs(activation: Any) -> list[float]:
    call = activation.call((len(POINTS),))
    module = getattr(import_module(call.target.split(":")[0]), call.target.split(":")[1])
    found: list[float] = module(**call.args).eval()(torch.tensor([POINTS]))[0].tolist()
    return found


def test_every_activation_is_tested_here() -> None:
    assert FORMULAS.keys() == kinds("activation").keys()
    assert all(kind.formula for kind in kinds("activation").values())


@pytest.mark.parametrize("key", FORMULAS)
def test_activations_match_their_formulas(key: str) -> None:
    expected = [FORMULAS[key](x) for x in POINTS]
    assert outputs(kinds("activation")[key]()) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_parameters_of_activations_keep_their_meaning() -> None:
    for activation, formula in (
        (ELU(alpha=2.0), lambda x: x if x > 0 else 2 * (exp(x) - 1)),
        (CELU(alpha=2.0), lambda x: x if x > 0 else 2 * (exp(x / 2) - 1)),
        (Softplus(beta=3.0), lambda x: log1p(exp(3 * x)) / 3),
        (Threshold(threshold=1.0, value=-4.0), lambda x: x if x > 1 else -4.0),
        (PReLU(shared=False, init=0.5), lambda x: x if x > 0 else x / 2),
    ):
        expected = [formula(x) for x in POINTS]
        assert outputs(activation) == pytest.approx(expected, rel=1e-5, abs=1e-6)
