"""What Python and the C kernels share: the structs of `kernels.h`, member for member."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_int64, c_void_p

import numpy as np
import numpy.typing as npt


def _fields(kind: type, names: str) -> list[tuple[str, type]]:
    return [(name, kind) for name in names.split()]


class Layer(ctypes.Structure):
    """A layer of the network; see `struct layer`."""

    _fields_ = [
        *_fields(c_void_p, "forward backward activation parameters"),
        *_fields(c_int64, "inputs units weight weight_count bias bias_count input output saved"),
        *_fields(c_int64, "mask is_frozen is_first overwrites"),
        *_fields(c_void_p, "running_mean running_variance"),
        *_fields(c_double, "l1 l2"),
    ]


class Memory(ctypes.Structure):
    """What an optimizer remembers of the whole network; see `struct memory`."""

    _fields_ = _fields(c_double, "has_momentum mu_product")


class Context(ctypes.Structure):
    """All of one run; see `struct context`."""

    _fields_ = [
        *_fields(c_int64, "sample_count feature_count output_count batch_size steps_per_epoch"),
        *_fields(c_int64, "mean_over block_size layer_count weight_count half_deltas mask_width"),
        *_fields(c_int64, "validation_count thread_count shuffles inputs_are_bytes"),
        *_fields(c_int64, "targets_are_classes counts_correct has_penalty shares_work"),
        *_fields(c_int64, "weights_divide epoch film_count film_numbers"),
        *_fields(c_double, "coupled_decay decoupled_decay clip_at"),
        *_fields(Memory, "last next"),
        *_fields(c_void_p, "layers loss_parameters hyperparameters class_weights"),
        *_fields(c_void_p, "x targets validation_x validation_targets order validation_order"),
        *_fields(c_void_p, "twister rates masks weights gradients state activations saved deltas"),
        *_fields(c_void_p, "block_targets film_steps film"),
        *_fields(c_void_p, "loss update clip sgemm share thread_number threads_running"),
        *_fields(c_void_p, "now_x now_order"),
        *_fields(c_int64, "now_count now_step"),
        *_fields(c_void_p, "now_masks"),
        *_fields(c_int64, "is_training batch_count block_start keeps_gradients"),
        *_fields(c_double, "rate"),
    ]

    def lay(self, name: str, array: npt.NDArray[np.generic]) -> None:
        """Point a member at an array, which lives as long as this context."""
        self._arrays: dict[str, npt.NDArray[np.generic]]
        self.__dict__.setdefault("_arrays", {})[name] = array
        setattr(self, name, array.ctypes.data)


class Kernel(ctypes.Structure):
    """A kernel by its name; see `struct kernel`."""

    _fields_ = [
        *_fields(c_char_p, "name names"),
        *_fields(c_void_p, "function backward"),
        *_fields(c_int64, "state_rows"),
    ]


Kernels = POINTER(Kernel)
"""A table of kernels, ended by a row without a name."""
LANES = 16
"""Numbers of a vector, as in `kernels.h`."""
TWISTER_WORDS = 624
"""Size of the state of the Mersenne Twister, as in `shuffle.c`."""
LOG_COLUMNS = LOSS, CORRECT, PENALTY = range(3)
"""The members of `struct log_row`, columns of a float64 array."""


def whole_vectors(count: int) -> int:
    """Return the number of values rounded up to whole vectors."""
    return -(-count // LANES) * LANES
