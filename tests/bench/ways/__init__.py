"""The implementations that are compared; each is a class that trains one job."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Protocol

from tests.bench.jobs import Job


class Trainer(Protocol):
    """One job trained by one implementation, made as `Trainer(job, device)`."""

    note: str
    """What it chose itself, such as the number of threads."""

    def loss(self, seed: int) -> float:
        """Train `job.checked` from initial weights of a seed; return the loss over all samples."""

    def speed(self, seconds: float) -> float:
        """Train `job.experiment` for about that long; return samples per second."""


@dataclass(frozen=True)
class Way:
    """Where an implementation is, the packages that it needs, and the jobs that it cannot do."""

    target: str
    packages: str = ""
    not_for: str = ""
    only_for: str = ""
    devices: str = "cpu"

    @property
    def missing(self) -> str:
        """The first package that is not installed, or nothing."""
        names = self.packages.split()
        return next((name for name in names if importlib.util.find_spec(name) is None), "")

    def serves(self, job: str, device: str) -> bool:
        """Say whether it can do a job, named by its letter, on a device."""
        able = job in self.only_for if self.only_for else job not in self.not_for
        return able and device in self.devices.split()

    def make(self, job: Job, device: str) -> Trainer:
        """Import it and hand it a job."""
        module, _, name = self.target.partition(":")
        trainer: Trainer = getattr(importlib.import_module(f"{__name__}.{module}"), name)(
            job, device
        )
        return trainer


BASE = "PyTorch loop"
WAYS = {
    "ours": Way("own:Ours", devices="cpu cuda"),
    "ours, eager": Way("own:Eager", devices="cpu cuda"),
    "ours, bfloat16": Way("own:Bfloat16", only_for="G", devices="cpu cuda"),
    BASE: Way("loop:Loop", devices="cpu cuda"),
    "captured graph": Way("cuda:Captured", devices="cuda"),
    "Lightning": Way("lightning_way:Lightning", "lightning"),
    "skorch": Way("skorch_way:Skorch", "skorch"),
    "scikit-learn": Way("sklearn_way:ScikitLearn", "sklearn", not_for="G"),
    "Keras/torch": Way("keras_way:KerasTorch", "keras"),
    "Keras/jax": Way("keras_way:KerasJax", "keras jax"),
    "Keras/tensorflow": Way("keras_way:KerasTensorflow", "keras tensorflow"),
}
