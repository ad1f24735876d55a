"""Where a run can take place, and why there."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from nnplay.translation import _


@dataclass(frozen=True)
class DeviceChoice:
    """A device to offer: its key in an experiment, its name, and a word on it."""

    key: str
    label: str
    why: str


class DeviceError(Exception):
    """The device that was asked for is not there."""


def devices() -> tuple[DeviceChoice, ...]:
    """Return what this machine offers, automatic choice first."""
    auto, why = choose_device("auto")
    choices = [
        DeviceChoice("auto", _("automatic ({device})").format(device=auto), why),
        DeviceChoice("cpu", _("CPU"), _("always there; often fastest for small networks")),
    ]
    for index in range(torch.cuda.device_count()):
        name = torch.cuda.get_device_name(index)
        choices.append(DeviceChoice(f"cuda:{index}", name, _("GPU {n}").format(n=index)))
    return tuple(choices)


def choose_device(key: str) -> tuple[torch.device, str]:
    """Return the device for an experiment's `device` and the reason; DeviceError if absent."""
    found = torch.cuda.device_count()
    if key == "cpu":
        return torch.device("cpu"), _("the experiment asks for it")
    if key == "auto":
        if found:
            return torch.device("cuda:0"), _("a GPU is there and torch can use it")
        return torch.device("cpu"), _("torch finds no GPU on this machine")
    index = int(key.partition(":")[2] or 0)
    if index >= found:
        raise DeviceError(
            _("expected a GPU for device {key}, but torch finds {n} here").format(key=key, n=found)
        )
    return torch.device(f"cuda:{index}"), _("the experiment asks for it")
