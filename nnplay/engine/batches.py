"""The samples on the device, shuffled again in each epoch; every batch can be computed again."""

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
from nnplay.link.scaling import TargetScaling

_DIGEST_WORDS = 4
"""64-bit words in a SHA-256; the first is the seed."""


@dataclass(frozen=True)
class Tensors:
    """Samples on the device, with targets in the form that the loss takes."""

    x: Tensor
    """As the network takes them, or bytes that stand for multiples of 1/255."""
    y: Tensor
    """As the loss takes them: numbers to predict may be standardised."""
    exact: npt.NDArray[Any] | None = None
    """Numbers to predict (n, outputs) in the units of the data, if `y` has others."""

    def __len__(self) -> int:
        return len(self.x)

    @property
    def are_bytes(self) -> bool:
        """Whether a network cannot take `x` as it is."""
        return self.x.dtype == torch.uint8

    @property
    def values(self) -> npt.NDArray[Any]:
        """Numbers to predict (n, outputs) in the units of the data."""
        return self.y.cpu().numpy() if self.exact is None else self.exact

    def inputs(self, which: slice | Tensor | None = None) -> Tensor:
        """Return the inputs of all samples, or of some by index (n,), as the network takes them."""
        if which is None:
            x = self.x
        else:
            x = self.x[which] if isinstance(which, slice) else self.x.index_select(0, which)
        return x / WHITE if self.are_bytes else x


def to_device(
    samples: Samples,
    target_form: str,
    device: torch.device,
    scaling: TargetScaling | None = None,
) -> Tensors:
    """Return samples as tensors, with targets in the form of the loss, see `Loss.target_form`.

    Numbers to predict are standardised by `scaling`.

    On the CPU they share the memory of the samples, which nothing may write to. Elsewhere no inputs
    are bytes, as a GPU divides them less exactly.
    """
    raw, target = samples.raw, samples.y
    exact = None
    if target_form == "binary":
        target = target.astype(np.float32).reshape(-1, 1)
    elif target_form == "values" and (scaling is not None or target.dtype != np.float32):
        exact = target
        target = exact.astype(np.float32) if scaling is None else scaling.transform(exact)
    if raw.dtype == np.float64:
        raw = raw.astype(np.float32)
    x, y = (torch.from_numpy(_writable(one)) for one in (raw, target))
    here = Tensors(x, y, exact)
    if device.type == "cpu":
        return here
    return Tensors(here.inputs().to(device), y.to(device), exact)


def _writable(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(_WritableView(np.ascontiguousarray(array)))


class _WritableView:
    """Exposes a read-only array through NumPy's array interface as if it were writable.

    torch warns about read-only arrays, as it cannot know that nothing writes to its tensor.
    """

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self._array = array  # keeps the memory alive as long as the tensor
        address, _ = array.__array_interface__["data"]
        self.__array_interface__ = {**array.__array_interface__, "data": (address, False)}


class Batches:
    """The training samples cut into batches, in a new random order in every epoch.

    The order depends on the seed and the epoch alone, never on earlier calls. So a run can
    return to any step, and every stepper sees the same batches.
    """

    def __init__(
        self,
        samples: Tensors,
        batch_size: int | None,
        seed: int,
        *,
        shuffle: bool = True,
        drop_last: bool = False,
        augment: Callable[[Tensor, int], Tensor] | None = None,
    ) -> None:
        """Cut samples into batches; `augment` is applied to the inputs of a step, by its number."""
        self.samples = samples
        self._seed = seed
        self._augment = augment
        self.batch_size = min(batch_size or len(samples), len(samples))
        self.per_epoch = steps_per_epoch(len(samples), batch_size, drop_last)
        # The mean over a full batch is the same in any order, so shuffling would only cost time.
        self.shuffles = shuffle and self.batch_size < len(samples)
        self._epoch = -1
        self._order = torch.empty(0)

    def get(self, step: int) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of a step, counted from 0 through all epochs."""
        epoch, index = divmod(step, self.per_epoch)
        if self.batch_size == len(self.samples):
            # The tensors themselves: a copy of all samples in every step would cost more than small
            # networks take to train on them.
            x, y = self.samples.inputs(), self.samples.y
        else:
            here = slice(index * self.batch_size, (index + 1) * self.batch_size)
            which: slice | Tensor = here
            if self.shuffles:
                # The last permutation is kept, as steps nearly always follow on each other.
                if epoch != self._epoch:
                    self._order, self._epoch = self.order(epoch).to(self.samples.x.device), epoch
                which = self._order[here]
            x, y = self.samples.inputs(which), self.samples.y[which]
        # By the number of the step, so that repeating it gives the same images again.
        return (x if self._augment is None else self._augment(x, step)), y

    def size(self, step: int) -> int:
        """Return how many samples that step has; the last of an epoch may have fewer."""
        start = step % self.per_epoch * self.batch_size
        return min(self.batch_size, len(self.samples) - start)

    def sizes(self, first: int, steps: int) -> npt.NDArray[np.int64]:
        """Return the batch size of each of that many steps, from step `first` on."""
        # Only the last batch of an epoch differs, so every `per_epoch`-th entry is set.
        last = self.per_epoch - 1
        sizes = np.full(steps, self.batch_size)
        left = len(self.samples) - last * self.batch_size
        sizes[last - first % self.per_epoch :: self.per_epoch] = min(self.batch_size, left)
        return sizes

    def seeds_of(self, epochs: Iterable[int]) -> npt.NDArray[np.int64]:
        """Return the seeds of the permutations of some epochs, as `derive_seed` would.

        Computed together, as thousands of very short epochs may pass in one call of a stepper.
        """
        # Half of the first word: torch takes seeds as signed 64-bit integers, and 0 or more here.
        words = np.frombuffer(digests(self._seed, "shuffle", epochs), "<u8")
        return (words[::_DIGEST_WORDS] >> 1).astype(np.int64)

    def order(self, epoch: int) -> Tensor:
        """Return the permutation of the samples in an epoch."""
        generator = torch.Generator().manual_seed(int(self.seeds_of((epoch,))[0]))
        # A generator of its own, so that initial weights and dropout do not depend on shuffling;
        # on the CPU, so that a GPU sees the same batches.
        return torch.randperm(len(self.samples), generator=generator)
