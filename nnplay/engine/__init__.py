"""Building, stepping, probing: what turns an experiment into a trained network."""

from nnplay.engine.loop import train
from nnplay.engine.model.build import build_loss, build_network, build_optimizer, resolve
from nnplay.engine.model.devices import DeviceChoice, DeviceError, choose_device, devices
from nnplay.engine.run_request import RunRequest
from nnplay.engine.steppers.select import prepare_steps

__all__ = [
    "DeviceChoice",
    "DeviceError",
    "RunRequest",
    "build_loss",
    "build_network",
    "build_optimizer",
    "choose_device",
    "devices",
    "prepare_steps",
    "resolve",
    "train",
]
