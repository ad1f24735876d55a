"""The player of a web page computes what PyTorch computes."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from nnplay.catalog import (
    GRU,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Features,
    Flatten,
    GlobalAverage,
    LayerNorm,
    MaxPool2d,
    PictureRows,
    PReLU,
    ReLU,
    Reshape,
    Softmax,
    Tanh,
    kinds,
)
from nnplay.data.new_samples.drawing import as_drawn, as_in_digits, as_in_mnist
from nnplay.engine.model.build import build_network
from nnplay.exports.page.network import computed_targets, page_layers
from nnplay.exports.page.packing import EXACT_NUMBERS, HALF_NUMBERS, packed_weights
from tests.exports.page.node import evaluated, needs_node

Shape = tuple[int, ...]
IMAGE: Shape = (3, 9, 8)
TYPED = "x**2 - 3*y if x > y and not y == 0 else min(abs(x), 1, -y) % 0.7 + atan2(x, pi)"
NETWORKS: dict[str, tuple[Shape, tuple[Any, ...]]] = {
    "dense": ((5,), (Dense(7), Tanh(), Dropout(), Dense(3, bias=False), Softmax())),
    "features": ((2,), (Features(x2=True, sin_y=True, xy=True, typed=TYPED), Dense(2))),
    "one input": ((1,), (Features(x2=True, cos_x=True), Dense(1))),
    "normalised": ((6,), (BatchNorm(), Dense(4), LayerNorm(eps=1e-2), BatchNorm())),
    "convolution": (IMAGE, (Conv2d(4, 3, stride=2, padding=2), BatchNorm(), LayerNorm())),
    "grouped": ((4, 9, 9), (Conv2d(6, 2, dilation=3, groups=2, bias=False), Softmax())),
    "pooled": (IMAGE, (MaxPool2d(3, 2), ReLU(), AvgPool2d(2, 1), Flatten(), Dense(3))),
    "averaged": (IMAGE, (PReLU(shared=False), GlobalAverage(), PReLU())),
    "rows": (IMAGE, (PictureRows(), LayerNorm(), Softmax(), GlobalAverage())),
    "reshaped": ((24,), (Reshape(2, 4, 3), Conv2d(2), Flatten())),
}


def network_of(in_shape: Shape, network: tuple[Any, ...]) -> torch.nn.Sequential:
    torch.manual_seed(1)
    model = build_network(network, in_shape)
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) * 1.5 + 0.1 - 0.7 * (tensor.dim() > 1))
    return model.eval()


def weights_of(model: torch.nn.Module) -> dict[str, npt.NDArray[np.float32]]:
    state = model.state_dict()
    return {name: one.numpy() for name, one in state.items() if one.is_floating_point()}


def in_page(
    in_shape: Shape, network: tuple[Any, ...], model: torch.nn.Module, x: torch.Tensor
) -> npt.NDArray[np.float64]:
    weights = weights_of(model)
    given = {
        "layers": page_layers(network, in_shape, weights),
        "layout": [(name, one.shape) for name, one in weights.items()],
        "weights": packed_weights(weights),
        "x": x.flatten().tolist(),
        "count": len(x),
    }
    assert given["layers"] is not None
    code = (
        "Array.from(forward(input.layers, unpackedWeights(input.layout, input.weights), "
        "Float64Array.from(input.x), input.count))"
    )
    return np.array(evaluated(code, given))


@needs_node
@pytest.mark.parametrize("case", NETWORKS)
def test_the_page_computes_what_pytorch_computes(case: str) -> None:
    in_shape, network = NETWORKS[case]
    model = network_of(in_shape, network)
    x = torch.randn(5, *in_shape)
    with torch.no_grad():
        expected = model(x).flatten().numpy()
    found = in_page(in_shape, network, model, x)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


@needs_node
@pytest.mark.parametrize("kind", kinds("activation").values(), ids=lambda kind: kind.key)
def test_the_page_computes_every_activation(kind: Any) -> None:
    model = network_of((9,), (kind(),))
    x = torch.tensor([[-30.0, -3.2, -1.0, -0.3, 0.0, 0.2, 0.7, 4.1, 30.0]])
    with torch.no_grad():
        expected = model(x).flatten().numpy()
    found = in_page((9,), (kind(),), model, x)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_a_network_with_another_layer_is_not_computed() -> None:
    assert "torch.nn:Linear" in computed_targets()
    assert page_layers((PictureRows(), GRU(4), Dense(2)), (1, 8, 8), ()) is None


@needs_node
@pytest.mark.parametrize(
    ("inputs", "kind", "tolerance"),
    [(9, "float32", 0.0), (EXACT_NUMBERS // 8, "float16", 5e-4), (HALF_NUMBERS // 9, "int8", 4e-3)],
)
def test_large_networks_are_stored_in_fewer_bytes(inputs: int, kind: str, tolerance: float) -> None:
    weights = weights_of(network_of((inputs,), (Dense(10),)))
    packed = packed_weights(weights)
    assert packed["type"] == kind
    layout = [(name, one.shape) for name, one in weights.items()]
    names = [name for name, _shape in layout]
    code = "input.names.map((n) => Array.from(unpackedWeights(input.layout, input.packed)[n]))"
    found = evaluated(code, {"layout": layout, "packed": packed, "names": names})
    for array, values in zip(weights.values(), found, strict=True):
        largest = np.abs(array).max(initial=0)
        np.testing.assert_allclose(values, array.ravel(), rtol=0, atol=tolerance * largest)


def strokes(seed: int) -> npt.NDArray[np.uint8]:
    """Return a drawing (280, 280) of some thick strokes."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:280, :280]
    ink = np.zeros((280, 280))
    for _stroke in range(3):
        start, end = random.uniform(30, 250, (2, 2))
        for share in np.linspace(0, 1, 60):
            row, column = start + share * (end - start)
            ink = np.maximum(ink, 13.0 - np.hypot(rows - row, columns - column))
    return np.asarray(np.clip(ink, 0, 1) * 255, np.uint8)


@needs_node
@pytest.mark.parametrize("seed", range(4))
def test_drawings_become_samples_as_in_the_window(seed: int) -> None:
    ink = strokes(seed)
    code = "[asInMnist, asInDigits, (i) => asDrawn(i, 28)].map((f) => Array.from(f(input)))"
    found = evaluated(code, {"rows": 280, "columns": 280, "values": ink.ravel().tolist()})
    expected = as_in_mnist(ink), as_in_digits(ink), as_drawn(ink, 28)
    for values, image in zip(found, expected, strict=True):
        # The order of a sum may decide how a half is rounded.
        assert np.abs(np.array(values) - image.ravel()).max() <= 1
        assert image.max() > 0


@needs_node
def test_an_empty_drawing_is_an_empty_sample() -> None:
    code = "[asInMnist, asInDigits].map((f) => Math.max(...f(input)))"
    given = {"rows": 280, "columns": 280, "values": [0] * 280**2}
    assert evaluated(code, given) == [0, 0]
