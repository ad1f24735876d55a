"""The layers: each knows its PyTorch call, its output shape and its weights."""

from nnplay.catalog.layers.base import (
    FORMS,
    Layer,
    Learner,
    Shape,
    ShapeError,
    Weighted,
    shape_text,
)
from nnplay.catalog.layers.plain import (
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    LayerNorm,
    PictureRows,
    Reshape,
)
from nnplay.catalog.layers.points import FEATURES, Feature, Features
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
    "FEATURES",
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
    "Learner",
    "MaxPool1d",
    "MaxPool2d",
    "PictureRows",
    "Reshape",
    "ResidualBlock",
    "SelfAttention",
    "Shape",
    "ShapeError",
    "Weighted",
    "shape_text",
]
