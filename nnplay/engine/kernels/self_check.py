"""Three small sums whose results are known: what a library computes before a run trusts it.

A library may load and still be wrong for the machine: from another version, damaged, or compiled
with instructions that an emulator gets wrong.
"""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt
import torch

from nnplay.engine.kernels.context import LANES, TWISTER_WORDS, Context, Layer
from nnplay.engine.kernels.library import Library
from nnplay.translation import _

_SEED = 5


def failed_check(library: Library) -> str:
    """Return which of the checks a library fails, '' where it passes all."""
    checks = (
        (_("an order of samples"), _shuffles),
        (_("a product of matrices"), _multiplies),
        (_("a step of Adam"), _learns),
    )
    return next((name for name, passes in checks if not passes(library)), "")


def _shuffles(library: Library) -> bool:
    order, words = np.zeros(7, np.int64), np.empty(TWISTER_WORDS, np.uint32)
    library.shuffle(order.ctypes.data, len(order), words.ctypes.data, _SEED)
    expected = torch.randperm(7, generator=torch.Generator().manual_seed(_SEED))
    return bool(np.array_equal(order, expected.numpy()))


def _multiplies(library: Library) -> bool:
    x = np.array([[1, 2], [3, 4]], np.float32)
    weights = np.array([[5, 6], [7, 8]], np.float32)
    context, layers = _network(library, x, weights)
    found, order = np.zeros((2, 2), np.float32), np.arange(2)
    library.predict(
        ctypes.addressof(context), x.ctypes.data, 2, order.ctypes.data, found.ctypes.data
    )
    assert layers
    return bool(np.array_equal(found, x @ weights.T))


def _learns(library: Library) -> bool:
    """Fit w = 1 to w x = 0.75 at x = 1: the gradient is 0.5, and Adam's first step lr long."""
    x, weights = np.ones((1, 1), np.float32), np.ones((1, 1), np.float32)
    context, layers = _network(library, x, weights)
    adam = library.tables["optimizers"]["Adam"]
    own = adam.pack({"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "amsgrad": False})
    context.hyperparameters, context.update = ctypes.addressof(own), adam.address
    context.loss = library.tables["losses"]["MSE"].address
    context.batch_size = context.steps_per_epoch = context.sample_count = 1
    context.mean_over = 1
    log, none = np.zeros((1, 3)), np.empty(0, np.int64)
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "targets": np.full((1, 1), 0.75, np.float32),
        "order": np.arange(1),
        "rates": np.array([0.1]),
        "gradients": np.zeros(LANES, np.float32),
        "state": np.zeros(2 * LANES, np.float32),
        "deltas": np.zeros(2 * LANES, np.float32),
        "block_targets": np.zeros(2 * LANES, np.float32),
    }
    for name, array in arrays.items():
        context.lay(name, array)
    library.take_steps(
        ctypes.addressof(context), 0, 1, none.ctypes.data, log.ctypes.data, log.ctypes.data
    )
    assert layers
    return bool(abs(weights[0, 0] - 0.9) < 1e-6 and abs(log[0, 0] - 0.0625) < 1e-6)


def _network(
    library: Library, x: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]
) -> tuple[Context, ctypes.Array[Layer]]:
    """Return a context of one Dense layer without biases, and its layers, which have to live on."""
    units, inputs = weights.shape
    dense = library.tables["layers"]["Dense"]
    layers = (Layer * 1)()
    layer = layers[0]
    layer.forward, layer.backward = dense.address, dense.backward
    layer.inputs, layer.units, layer.weight_count = inputs, units, weights.size
    layer.bias, layer.output, layer.is_first = -1, inputs, 1
    context = Context()
    context.layers, context.layer_count = ctypes.addressof(layers), 1
    context.feature_count, context.output_count = inputs, units
    context.block_size, context.weight_count, context.epoch = LANES, weights.size, -1
    context.lay("x", x)
    context.lay("weights", weights)
    context.lay("activations", np.zeros((inputs + units) * LANES, np.float32))
    return context, layers
