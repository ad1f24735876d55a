"""Building, stepping, probing: what turns an experiment into a trained network."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnplay.engine.loop import train
    from nnplay.engine.model.build import build_loss, build_network, build_optimizer, resolve
    from nnplay.engine.model.devices import DeviceChoice, DeviceError, choose_device, devices
    from nnplay.engine.run_request import RunRequest

__all__ = [
    "DeviceChoice",
    "DeviceError",
    "RunRequest",
    "build_loss",
    "build_network",
    "build_optimizer",
    "choose_device",
    "devices",
    "resolve",
    "train",
]

_MODULES = {
    "DeviceChoice": "model.devices",
    "DeviceError": "model.devices",
    "RunRequest": "run_request",
    "build_loss": "model.build",
    "build_network": "model.build",
    "build_optimizer": "model.build",
    "choose_device": "model.devices",
    "devices": "model.devices",
    "resolve": "model.build",
    "train": "loop",
}


def __getattr__(name: str) -> Any:
    """Import names on demand: the window reads `nnplay.engine.probes` before torch is loaded."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
