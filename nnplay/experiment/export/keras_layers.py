"""The layers of a network as calls of Keras 3, with images as height × width × channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nnplay.catalog import Layer, Shape, Weighted
from nnplay.experiment.value import Experiment

INITIALISERS = {
    "Xavier uniform": '"glorot_uniform"',
    "Xavier normal": '"glorot_normal"',
    "He uniform": '"he_uniform"',
    "He normal": '"he_normal"',
    "orthogonal": '"orthogonal"',
    "normal": "keras.initializers.RandomNormal(stddev=0.05)",
    "uniform": "keras.initializers.RandomUniform(-0.05, 0.05)",
    "zeros": '"zeros"',
}
Calls = Iterator[str]
"""Expressions in `x`, to be assigned to `x` one after another."""


class NotInKeras(Exception):
    """A part has no counterpart in Keras; the message is its label."""


def keras_lines(layer: Layer, in_shape: Shape, experiment: Experiment) -> tuple[str, ...]:
    """Return the lines of a layer that takes and assigns `x`; raises NotInKeras."""
    make = _LAYERS.get(layer.key)
    if make is None:
        raise NotInKeras(layer.label)
    options = "".join(_options(layer, experiment))
    return tuple(f"x = {call}" for call in make(layer, in_shape, options))


def _options(layer: Layer, experiment: Experiment) -> Iterator[str]:
    if layer.frozen:
        yield ", trainable=False"
    if not isinstance(layer, Weighted):
        return
    name = "embeddings" if layer.key == "Embedding" else "kernel"
    if layer.initialiser in INITIALISERS:
        yield f", {name}_initializer={INITIALISERS[layer.initialiser]}"
    l1, l2 = (
        own + of_all
        for own, of_all in zip(
            layer.penalties, (experiment.regularisation.l1, experiment.regularisation.l2),
            strict=True,
        )
    )  # fmt: skip
    if l1 or l2:
        yield f", {name}_regularizer=keras.regularizers.L1L2({l1!r}, {l2!r})"


def _dense(layer: Any, _shape: Shape, options: str) -> Calls:
    bias = "" if layer.bias else ", use_bias=False"
    yield f"layers.Dense({layer.units}{bias}{options})(x)"


def _convolution(dimensions: int) -> Callable[[Any, Shape, str], Calls]:
    def calls(layer: Any, _shape: Shape, options: str) -> Calls:
        if layer.stride > 1 and layer.dilation > 1:
            raise NotInKeras(layer.label)
        if layer.padding:
            yield f"layers.ZeroPadding{dimensions}D({layer.padding})(x)"
        more = "".join(
            f", {name}={value}"
            for name, value in (
                ("strides", layer.stride),
                ("dilation_rate", layer.dilation),
                ("groups", layer.groups),
            )
            if value != 1
        )
        bias = "" if layer.bias else ", use_bias=False"
        sizes = f"{layer.filters}, {layer.kernel_size}"
        yield f"layers.Conv{dimensions}D({sizes}{more}{bias}{options})(x)"

    return calls


def _pooling(name: str) -> Callable[[Any, Shape, str], Calls]:
    def calls(layer: Any, _shape: Shape, _options: str) -> Calls:
        yield f"layers.{name}({layer.kernel_size}, strides={layer.stride})(x)"

    return calls


def _plain(name: str) -> Callable[[Any, Shape, str], Calls]:
    def calls(_layer: Any, _shape: Shape, _options: str) -> Calls:
        yield f"layers.{name}(x)"

    return calls


def _dropout(name: str) -> Callable[[Any, Shape, str], Calls]:
    def calls(layer: Any, _shape: Shape, _options: str) -> Calls:
        yield f"layers.{name}({layer.p!r})(x)"

    return calls


def _batch_norm(layer: Any, _shape: Shape, options: str) -> Calls:
    yield (
        f"layers.BatchNormalization(momentum={1 - layer.momentum!r}, "
        f"epsilon={layer.eps!r}{options})(x)"
    )


def _layer_norm(layer: Any, shape: Shape, options: str) -> Calls:
    axis = "(1, 2, 3)" if len(shape) == 3 else "-1"
    yield f"layers.LayerNormalization(axis={axis}, epsilon={layer.eps!r}{options})(x)"


def _global_average(_layer: Any, shape: Shape, _options: str) -> Calls:
    yield f"layers.GlobalAveragePooling{len(shape) - 1}D()(x)"


def _reshape(layer: Any, shape: Shape, _options: str) -> Calls:
    out = layer.out_shape(shape)
    yield f"layers.Reshape({out})(x)"
    if len(out) == 3:
        yield "layers.Permute((2, 3, 1))(x)"


def _picture_rows(layer: Any, shape: Shape, _options: str) -> Calls:
    yield f"layers.Reshape({layer.out_shape(shape)})(x)"


def _embedding(layer: Any, _shape: Shape, options: str) -> Calls:
    yield f"layers.Embedding({layer.words}, {layer.features}{options})(x)"


def _recurrent(layer: Any, _shape: Shape, options: str) -> Calls:
    name = {"RNN": "SimpleRNN"}.get(layer.key, layer.key)
    for number in range(layer.layers):
        whole = ", return_sequences=True" if layer.whole or number < layer.layers - 1 else ""
        cell = f"layers.{name}({layer.units}{whole}{options})"
        yield f"layers.Bidirectional({cell})(x)" if layer.bidirectional else f"{cell}(x)"


def _attention(layer: Any, shape: Shape, options: str) -> Calls:
    if layer.positions:
        yield f"x + positions({shape[0]}, {shape[1]})"
    attention = f"layers.MultiHeadAttention({layer.heads}, {shape[1] // layer.heads}{options})"
    yield f"layers.LayerNormalization(epsilon=1e-5)(x + {attention}(x, x))"


def _residual(layer: Any, shape: Shape, _options: str) -> Calls:
    projects = shape[0] != layer.filters or layer.stride != 1
    yield f"residual_block(x, {layer.filters}, {layer.stride}, projects={projects})"


def _activation(name: str, **arguments: str) -> Callable[[Any, Shape, str], Calls]:
    """Return an activation of `keras.activations`, with parameters of the layer as arguments."""

    def calls(layer: Any, _shape: Shape, _options: str) -> Calls:
        if not arguments:
            yield f'layers.Activation("{name}")(x)'
            return
        given = ", ".join(f"{key}={getattr(layer, own)!r}" for key, own in arguments.items())
        yield f"keras.activations.{name}(x, {given})"

    return calls


def _gelu(layer: Any, _shape: Shape, _options: str) -> Calls:
    yield f"keras.activations.gelu(x, approximate={layer.approximate != 'none'})"


def _prelu(layer: Any, shape: Shape, options: str) -> Calls:
    # Keras learns a slope for each place, unless it is shared along an axis.
    axes = [*range(1, len(shape))] if len(shape) > 1 else []
    if layer.shared:
        axes = [*range(1, len(shape) + 1)]
    start = f"alpha_initializer=keras.initializers.Constant({layer.init!r})"
    yield f"layers.PReLU({start}, shared_axes={axes or None}{options})(x)"


def _softplus(layer: Any, _shape: Shape, _options: str) -> Calls:
    yield f"keras.activations.softplus({layer.beta!r} * x) / {layer.beta!r}"


def _hard_tanh(layer: Any, _shape: Shape, _options: str) -> Calls:
    yield f"keras.ops.clip(x, {layer.min_val!r}, {layer.max_val!r})"


_LAYERS: dict[str, Callable[[Any, Shape, str], Calls]] = {
    "Dense": _dense,
    "Flatten": _plain("Flatten()"),
    "Dropout": _dropout("Dropout"),
    "Dropout2d": _dropout("SpatialDropout2D"),
    "BatchNorm": _batch_norm,
    "LayerNorm": _layer_norm,
    "Conv2d": _convolution(2),
    "Conv1d": _convolution(1),
    "MaxPool2d": _pooling("MaxPooling2D"),
    "AvgPool2d": _pooling("AveragePooling2D"),
    "MaxPool1d": _pooling("MaxPooling1D"),
    "AvgPool1d": _pooling("AveragePooling1D"),
    "GlobalAverage": _global_average,
    "Reshape": _reshape,
    "PictureRows": _picture_rows,
    "Embedding": _embedding,
    "RNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "SelfAttention": _attention,
    "ResidualBlock": _residual,
    "ReLU": _activation("relu"),
    "LeakyReLU": _activation("leaky_relu", negative_slope="negative_slope"),
    "PReLU": _prelu,
    "ReLU6": _activation("relu6"),
    "ELU": _activation("elu", alpha="alpha"),
    "CELU": _activation("celu", alpha="alpha"),
    "SELU": _activation("selu"),
    "GELU": _gelu,
    "SiLU": _activation("silu"),
    "Mish": _activation("mish"),
    "Hardswish": _activation("hard_silu"),
    "Softplus": _softplus,
    "Threshold": _activation("threshold", threshold="threshold", default_value="value"),
    "Sigmoid": _activation("sigmoid"),
    "Hardsigmoid": _activation("hard_sigmoid"),
    "LogSigmoid": _activation("log_sigmoid"),
    "Tanh": _activation("tanh"),
    "Hardtanh": _hard_tanh,
    "Softsign": _activation("softsign"),
    "Softmax": _activation("softmax"),
    "Tanhshrink": _activation("tanh_shrink"),
    "Softshrink": _activation("soft_shrink", threshold="lambd"),
    "Hardshrink": _activation("hard_shrink", threshold="lambd"),
    "Identity": _activation("linear"),
}
"""By the key of the layer."""
