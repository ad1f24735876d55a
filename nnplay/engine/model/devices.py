"""The devices that a run can use, and which one it should."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from nnplay.translation import _


@dataclass(frozen=True)
class DeviceChoice:
    """A device to choose: its key in an experiment, its name, and a note on it."""

    key: str
    label: str
    why: str


class DeviceError(Exception):
    """The requested device does not exist."""


def devices() -> tuple[DeviceChoice, ...]:
    """Return the devices of this machine, after the automatic choice."""
    auto, why = choose_device("auto")
    choices = [
        DeviceChoice("auto", _("automatic ({device})").format(device=auto), why),
        DeviceChoice("cpu", _("CPU"), _("often fastest for small networks")),
    ]
    for index in range(torch.cuda.device_count()):
        name = torch.cuda.get_device_name(index)
        choices.append(DeviceChoice(f"cuda:{index}", name, _("GPU {n}").format(n=index)))
    return tuple(choices)


def choose_device(key: str) -> tuple[torch.device, str]:
    """Return the device for an experiment's `device`, and why; DeviceError if it does not exist."""
    found = torch.cuda.device_count()
    if key == "cpu":
        return torch.device("cpu"), _("chosen in the experiment")
    if key == "auto":
        if found:
            return torch.device("cuda:0"), _("torch can use this GPU")
        return torch.device("cpu"), _("no GPU found")
    index = int(key.partition(":")[2] or 0)
    if index >= found:
        raise DeviceError(
            _("Device {key} does not exist: torch finds {n} GPUs.").format(key=key, n=found)
        )
    return torch.device(f"cuda:{index}"), _("chosen in the experiment")
