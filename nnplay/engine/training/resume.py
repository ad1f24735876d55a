"""Resume points: the state of a training as arrays, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnplay.engine.step import State, Stepper
from nnplay.experiment import Experiment
from nnplay.link.resume_point import Array, ResumePoint

_OPTIMIZER, _RANDOM, _CUDA_RANDOM = "optimizer", "random", "cuda_random"


class ResumeError(Exception):
    """A run cannot be continued from a point; the message says why."""


class Resumable(Protocol):
    """What follows a run and has to go on where it was: the schedule, early stopping, the clock."""

    def saved(self) -> tuple[dict[str, Array], Any]:
        """Return its state: arrays, and a value that JSON can hold."""

    def resume(self, arrays: Mapping[str, Array], value: Any) -> None:
        """Take over a saved state."""


def resume_point(
    stepper: Stepper,
    experiment: Experiment,
    state: State,
    seconds: float,
    loss_limit: float | None,
    parts: Mapping[str, Resumable],
) -> ResumePoint:
    """Return the present state of a run; `state` is what the stepper has just saved."""
    arrays: dict[str, Array] = {_RANDOM: state.random.numpy()}
    if state.cuda_random is not None:
        arrays[_CUDA_RANDOM] = state.cuda_random.numpy()
    values: dict[str, Any] = {
        "stepper": stepper.name,
        _OPTIMIZER: experiment.optimizer.key,
        "optimizer_state": _packed(dict(state.optimizer), _OPTIMIZER, arrays),
    }
    for name, part in parts.items():
        own, values[name] = part.saved()
        arrays |= {f"{name}/{key}": array for key, array in own.items()}
    # Not from the state, in which a stepper may keep weights in a form of its own.
    weights = {name: _copy(tensor) for name, tensor in stepper.model.state_dict().items()}
    return ResumePoint(state.step, seconds, loss_limit, weights, arrays, values)


def restore(
    point: ResumePoint, stepper: Stepper, experiment: Experiment, parts: Mapping[str, Resumable]
) -> None:
    """Put a run into the state of a point; raises ResumeError if it does not fit the network."""
    current = stepper.model.state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in current.items()}
    if shapes != {name: array.shape for name, array in point.weights.items()}:
        raise ResumeError
    stepper.model.load_state_dict(
        {name: torch.from_numpy(array.copy()) for name, array in point.weights.items()}
    )
    values, arrays = point.values, point.arrays
    # In the form of this stepper, which has the weights now.
    own_state = stepper.save()
    state = replace(own_state, step=point.step, random=_tensor(arrays[_RANDOM]))
    if _CUDA_RANDOM in arrays and state.cuda_random is not None:
        state = replace(state, cuda_random=_tensor(arrays[_CUDA_RANDOM]))
    try:
        if values["stepper"] == stepper.name and values[_OPTIMIZER] == experiment.optimizer.key:
            saved = _unpacked(values["optimizer_state"], arrays)
            learning = [one for one in stepper.model.parameters() if one.requires_grad]
            optimizer = _fitting(saved, own_state.optimizer, learning)
            state = replace(state, optimizer=optimizer)
        stepper.restore(state)
        for name, part in parts.items():
            start = f"{name}/"
            own = {
                key.removeprefix(start): array
                for key, array in arrays.items()
                if key.startswith(start)
            }
            part.resume(own, values[name])
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        # A point comes from a file, whose other values fit each other only if nnplay wrote them.
        raise ResumeError from error


def _fitting(
    saved: Mapping[str, Any], own: Mapping[str, Any], learning: list[nn.Parameter]
) -> Mapping[str, Any]:
    """Return a saved state of an optimizer; ResumeError if it is not one of these parameters.

    A step writes into these arrays without looking at their size.
    """
    if "param_groups" in own:
        for index, values in saved["state"].items():
            if index not in range(len(learning)):
                raise ResumeError
            shape = learning[index].shape
            for one in values.values():
                if isinstance(one, Tensor) and one.numel() != 1 and one.shape != shape:
                    raise ResumeError
        # Its hyperparameters are those of the experiment, and how it computes those of torch.
        found = {"state": saved["state"], "param_groups": own["param_groups"]}
        if "parts" in own:
            # Those of Muon: matrices, and what is not one.
            matrices = [one for one in learning if one.ndim == 2]
            others = [one for one in learning if one.ndim != 2]
            pairs = zip(saved["parts"], own["parts"], (matrices, others), strict=True)
            found["parts"] = [part and _fitting(one, part, some) for one, part, some in pairs]
        return found
    for name, one in own.items():
        kind = type(saved[name])
        if kind is not type(one) or (kind is tuple and len(one) != len(saved[name])):
            raise ResumeError
        if kind is np.ndarray and (one.shape, one.dtype) != (saved[name].shape, saved[name].dtype):
            raise ResumeError
    return dict(saved)


def _tensor(array: Array) -> Tensor:
    return torch.from_numpy(np.array(array, copy=True))


def _copy(tensor: Tensor) -> Array:
    array: npt.NDArray[Any] = np.array(tensor.detach().cpu().numpy(), copy=True)
    array.setflags(write=False)
    return array


def _packed(value: Any, name: str, arrays: dict[str, Array]) -> Any:
    """Return a nested value as JSON can hold it; its arrays are put into `arrays`.

    A dict becomes a list of pairs, as its keys may be numbers, and a tuple is marked as one.
    """
    if isinstance(value, Tensor):
        # Saved states are copies, so the memory may be shared.
        arrays[name] = value.detach().cpu().numpy()
        return {"tensor": name}
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return {"array": name}
    if isinstance(value, Mapping):
        pairs = [[key, _packed(one, f"{name}/{key}", arrays)] for key, one in value.items()]
        return {"dict": pairs}
    if isinstance(value, list | tuple):
        items = [_packed(one, f"{name}/{i}", arrays) for i, one in enumerate(value)]
        return {"tuple": items} if isinstance(value, tuple) else items
    if isinstance(value, float):
        arrays[name] = np.array(value)
        return {"float": name}
    return value


def _unpacked(value: Any, arrays: Mapping[str, Array]) -> Any:
    if isinstance(value, list):
        return [_unpacked(one, arrays) for one in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "dict":
        return dict(_pairs(content, arrays))
    if kind == "tuple":
        return tuple(_unpacked(one, arrays) for one in content)
    array = arrays[content]
    if kind == "tensor":
        return _tensor(array)
    return float(array) if kind == "float" else array


def _pairs(content: Any, arrays: Mapping[str, Array]) -> Iterator[tuple[Any, Any]]:
    for key, one in content:
        yield key, _unpacked(one, arrays)
