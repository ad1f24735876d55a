"""How the samples of a run were scaled, for its files."""

from __future__ import annotations

from typing import Any

from nnplay.experiment import ScriptScaling
from nnplay.link.scaling import SampleScaling


def scaling_table(scaling: SampleScaling) -> dict[str, Any]:
    """Return it as plain values: the network takes (x - shift) / size and learns (y - mean) / std.

    `shift` and `size` have the shape of one sample, or one that NumPy broadcasts to it.
    """
    inputs, targets = scaling.inputs, scaling.targets
    return {
        "inputs": None
        if inputs is None
        else {"shift": inputs.shift.tolist(), "size": inputs.size.tolist()},
        "targets": None
        if targets is None
        else {"mean": list(targets.mean), "std": list(targets.std)},
    }


def script_scaling(scaling: SampleScaling) -> ScriptScaling:
    """Return it for the exported script."""
    inputs, targets = scaling.inputs, scaling.targets
    of_inputs: dict[str, Any] = {}
    if inputs is not None:
        of_inputs = {
            "x_shape": inputs.shift.shape,
            "x_shift": tuple(inputs.shift.reshape(-1).tolist()),
            "x_size": tuple(inputs.size.reshape(-1).tolist()),
        }
    of_targets: dict[str, Any] = {}
    if targets is not None:
        of_targets = {"y_mean": targets.mean, "y_std": targets.std}
    return ScriptScaling(**of_inputs, **of_targets)
