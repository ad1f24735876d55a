"""The layers for sequences: recurrent layers, attention and embedding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from nnplay.catalog.kind import layer, param
from nnplay.catalog.layers.base import Shape, ShapeError, Weighted
from nnplay.translation import n_


@layer(n_("Embedding"), formula="y = row of a table that is learnt")
class Embedding(Weighted):
    """Gives every token (an integer from 0) features that are learnt; the first layer of a network.

    A vector of tokens becomes a sequence; numbers outside the vocabulary are clipped to it.
    """

    target: ClassVar[str] = "nnplay.engine.modules.embedding:Embedding"
    takes: ClassVar[tuple[int, ...]] = (1,)
    passes_gradients: ClassVar[bool] = False
    words: int = param(
        1000, low=1, high=10_000_000, help=n_("Vocabulary size: number of distinct tokens.")
    )
    features: int = param(16, low=1, high=10_000, help=n_("Number of features of each token."))

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        return (in_shape[0], self.features)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"num_embeddings": self.words, "embedding_dim": self.features}

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        return {"weight": (self.words, self.features)}


@dataclass(frozen=True)
class _Recurrent(Weighted):
    target: ClassVar[str] = "nnplay.engine.modules.recurrent:Recurrent"
    works_in_vmap: ClassVar[bool] = False
    takes: ClassVar[tuple[int, ...]] = (2,)
    gates: ClassVar[int]
    units: int = param(
        32, low=1, high=10_000, help=n_("Size of the state that is carried from step to step.")
    )
    layers: int = param(1, low=1, high=16, help=n_("Number of stacked recurrent layers."))
    bidirectional: bool = param(
        False, help=n_("Also reads the sequence backwards, with separate units.")
    )
    whole: bool = param(
        False,
        label=n_("whole sequence"),
        help=n_("On: returns the state after every step. Off: only the final state."),
    )

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        features = self.units * (2 if self.bidirectional else 1)
        return (in_shape[0], features) if self.whole else (features,)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"cell": self.key, "features": in_shape[1], **self.own_values()}

    def saved_numbers(self, in_shape: Shape) -> int:
        states = self.layers * self.units * (2 if self.bidirectional else 1)
        return in_shape[0] * states * (self.gates + 1)

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        found: dict[str, Shape] = {}
        rows, features = self.gates * self.units, in_shape[1]
        for number in range(self.layers):
            for way in ("", "_reverse") if self.bidirectional else ("",):
                end = f"l{number}{way}"
                found[f"rnn.weight_ih_{end}"] = (rows, features)
                found[f"rnn.weight_hh_{end}"] = (rows, self.units)
                found[f"rnn.bias_ih_{end}"] = found[f"rnn.bias_hh_{end}"] = (rows,)
            features = self.units * (2 if self.bidirectional else 1)
        return found


@layer(n_("Recurrent (RNN)"), formula="h ← tanh(W x + U h + b)")
class RNN(_Recurrent):
    """Reads a sequence step by step and carries a state: simple, but forgets quickly."""

    gates: ClassVar[int] = 1


@layer(n_("LSTM"), formula="c ← f c + i tanh(W x + U h + b), h ← o tanh(c)")
class LSTM(_Recurrent):
    """A recurrent layer whose gates control what to keep, so that it remembers over many steps."""

    gates: ClassVar[int] = 4


@layer(n_("GRU"), formula="h ← (1 - z) n + z h")
class GRU(_Recurrent):
    """An LSTM with fewer gates: remembers nearly as well with three quarters of the weights."""

    gates: ClassVar[int] = 3


@layer(n_("Self-attention"), formula="y = norm(x + softmax(Q Kᵀ / √d) V)")
class SelfAttention(Weighted):
    """Lets every step attend to every other and take from it what it needs, as in a transformer.

    The result is added to the step, and the sum is normalised.
    """

    target: ClassVar[str] = "nnplay.engine.modules.attention:SelfAttention"
    works_in_vmap: ClassVar[bool] = False
    takes: ClassVar[tuple[int, ...]] = (2,)
    heads: int = param(
        1,
        low=1,
        high=256,
        help=n_("Number of attention heads; features are split evenly among them."),
    )
    positions: bool = param(
        True,
        help=n_(
            "Adds sine waves that encode the position of each step, which attention"
            " alone cannot see."
        ),
    )

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        if in_shape[1] % self.heads:
            raise ShapeError(n_("features that can be split evenly among its heads"), in_shape)
        return in_shape

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"steps": in_shape[0], "features": in_shape[1], **self.own_values()}

    def saved_numbers(self, in_shape: Shape) -> int:
        steps, features = in_shape
        return self.heads * steps**2 + 6 * steps * features

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        size = in_shape[1]
        return {
            "attention.in_proj_weight": (3 * size, size),
            "attention.in_proj_bias": (3 * size,),
            "attention.out_proj.weight": (size, size),
            "attention.out_proj.bias": (size,),
            "norm.weight": (size,),
            "norm.bias": (size,),
        }
