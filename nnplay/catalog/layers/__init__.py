"""The layers: each says what PyTorch call it is, what shape it makes and which weights it holds."""

from nnplay.catalog.layers.base import FORMS, Layer, Shape, ShapeError, shape_text
from nnplay.catalog.layers.features import Feature, Features
from nnplay.catalog.layers.plain import (
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    LayerNorm,
    PictureRows,
    Reshape,
)
from nnplay.catalog.layers.sequences import GRU, LSTM, RNN, Embedding, SelfAttention
from nnplay.catalog.layers.windows import (
    AvgPool1d,
    AvgPool2d,
    Conv1d,
    Conv2d,
    Dropout2d,
    GlobalAverage,
    MaxPool1d,
    MaxPool2d,
    ResidualBlock,
)

__all__ = [
    "FORMS",
    "GRU",
    "LSTM",
    "RNN",
    "AvgPool1d",
    "AvgPool2d",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "Dense",
    "Dropout",
    "Dropout2d",
    "Embedding",
    "Feature",
    "Features",
    "Flatten",
    "GlobalAverage",
    "Layer",
    "LayerNorm",
    "MaxPool1d",
    "MaxPool2d",
    "PictureRows",
    "Reshape",
    "ResidualBlock",
    "SelfAttention",
    "Shape",
    "ShapeError",
    "shape_text",
]
