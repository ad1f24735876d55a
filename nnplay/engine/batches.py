"""The samples on the device, in a new order each epoch; any batch of any epoch can be had again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nnplay.data import Samples
from nnplay.data.arrays import WHITE
from nnplay.experiment import digests
from nnplay.experiment.sizes import steps_per_epoch

_DIGEST_WORDS = 4
"""Words of 64 bits in a SHA-256, the first of which is the seed."""


@dataclass(frozen=True)
class Tensors:
    """Samples on the device, their truth in the form that the loss takes."""

    x: Tensor
    """As the network takes them, or bytes, which stand for shares of 255."""
    y: Tensor

    def __len__(self) -> int:
        return len(self.x)

    @property
    def are_bytes(self) -> bool:
        """Whether a network cannot take `x` as it is."""
        return self.x.dtype == torch.uint8

    def inputs(self, which: slice | Tensor | None = None) -> Tensor:
        """Return the inputs of all or some samples (n,) by number, as the network takes them."""
        if which is None:
            x = self.x
        else:
            x = self.x[which] if isinstance(which, slice) else self.x.index_select(0, which)
        return x / WHITE if self.are_bytes else x


def to_device(samples: Samples, target_form: str, device: torch.device) -> Tensors:
    """Return samples as tensors, the truth in the loss's form: see `Loss.target_form`.

    On the CPU they are the samples' own memory, to which nothing may write. Elsewhere no inputs are
    bytes: a GPU divides them less exactly.
    """
    target = samples.y
    if target_form == "binary":
        target = target.astype(np.float32).reshape(-1, 1)
    x, y = (torch.from_numpy(_writable(one)) for one in (samples.raw, target))
    here = Tensors(x, y)
    if device.type == "cpu":
        return here
    return Tensors(here.inputs().to(device), y.to(device))


def _writable(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(_Lent(np.ascontiguousarray(array)))


class _Lent:
    """A read-only array as NumPy's interface for arrays of others has it, without that word.

    torch warns of read-only arrays, since it cannot know that nobody writes to its tensor.
    """

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self._array = array  # stays while the tensor does
        address, _ = array.__array_interface__["data"]
        self.__array_interface__ = {**array.__array_interface__, "data": (address, False)}


class Batches:
    """The training samples cut into batches, in an order drawn anew for every epoch."""

    def __init__(
        self,
        samples: Tensors,
        batch_size: int | None,
        seed: int,
        *,
        shuffle: bool = True,
        drop_last: bool = False,
        change: Callable[[Tensor, int], Tensor] | None = None,
    ) -> None:
        """Cut samples into batches; `change` makes other inputs of those of a step."""
        self.samples = samples
        self._seed = seed
        self._change = change
        self.batch_size = min(batch_size or len(samples), len(samples))
        self.per_epoch = steps_per_epoch(len(samples), batch_size, drop_last)
        # A full batch holds every sample in whatever order, so shuffling would change nothing.
        self.shuffles = shuffle and self.batch_size < len(samples)
        self._epoch = -1
        self._order = torch.empty(0)

    def get(self, step: int) -> tuple[Tensor, Tensor]:
        """Return inputs and truth of a step, counted from 0 through all epochs."""
        epoch, place = divmod(step, self.per_epoch)
        if self.batch_size == len(self.samples):
            x, y = self.samples.inputs(), self.samples.y
        else:
            here = slice(place * self.batch_size, (place + 1) * self.batch_size)
            which: slice | Tensor = here
            if self.shuffles:
                if epoch != self._epoch:
                    self._order, self._epoch = self.order(epoch).to(self.samples.x.device), epoch
                which = self._order[here]
            x, y = self.samples.inputs(which), self.samples.y[which]
        return (x if self._change is None else self._change(x, step)), y

    def size(self, step: int) -> int:
        """Return how many samples that step has; the last of an epoch may have fewer."""
        start = step % self.per_epoch * self.batch_size
        return min(self.batch_size, len(self.samples) - start)

    def sizes(self, first: int, steps: int) -> npt.NDArray[np.int64]:
        """Return how many samples each of so many steps has, from step `first` on."""
        last = self.per_epoch - 1
        sizes = np.full(steps, self.batch_size)
        left = len(self.samples) - last * self.batch_size
        sizes[last - first % self.per_epoch :: self.per_epoch] = min(self.batch_size, left)
        return sizes

    def seeds_of(self, epochs: Iterable[int]) -> npt.NDArray[np.int64]:
        """Return what torch's permutations of some epochs are drawn with, as `derive_seed` does.

        Thousands of very short epochs may pass in a call of the stepper: each is to cost little.
        """
        words = np.frombuffer(digests(self._seed, "shuffle", epochs), "<u8")
        return (words[::_DIGEST_WORDS] >> 1).astype(np.int64)

    def order(self, epoch: int) -> Tensor:
        """Return which sample comes when in an epoch of shuffled ones, drawn anew each time."""
        generator = torch.Generator().manual_seed(int(self.seeds_of((epoch,))[0]))
        # Drawn on the CPU so that a GPU sees the same batches.
        return torch.randperm(len(self.samples), generator=generator)
