"""The stepper that runs any network, one PyTorch operation after the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nnplay.catalog import Optimizer
from nnplay.engine.evaluation.accuracy import are_correct
from nnplay.engine.model.fused import UnwrappedOptimizer
from nnplay.engine.step import Factors, Floats, StepLog, constant_factors
from nnplay.engine.steppers.torch_stepper import TorchStepper, TorchTraining
from nnplay.engine.steppers.train_step import train_step
from nnplay.translation import n_


class EagerStepper(TorchStepper):
    """Takes each step in PyTorch, on any device."""

    name = n_("eager")
    is_ready = True

    def __init__(self, training: TorchTraining, why: str) -> None:
        super().__init__(training, why)
        self._lean = UnwrappedOptimizer(self._optimizer)

    def get_ready(self) -> None:
        """Do nothing: PyTorch is ready."""

    def advance(self, steps: int) -> StepLog:
        """Take that many steps."""
        rates = self._lr * self._factors(self.step, steps)
        first, classifies = self.step, self._target_form != "values"
        # Metrics stay on the device until all steps are taken: reading one waits for the device.
        losses: list[Tensor] = []
        penalties: list[Tensor] = []
        correct: list[Tensor] = []
        for rate in rates.tolist():
            # Set in every step rather than by a torch scheduler, which cannot go back.
            for group in self._optimizer.param_groups:
                group["lr"] = rate
            x, y = self._batches.get(self.step)
            loss, penalty, logits = train_step(
                self._forward, self._loss_function, self._lean, self._regularisation, x, y
            )
            losses.append(loss)
            if penalty is not None:
                penalties.append(penalty)
            if classifies:
                # Compared at once, so that the logits of all steps need not be kept.
                correct.append(are_correct(logits, y, self._target_form))
            self.step += 1
        # `correct` holds a value per sample, so one sum per step is left to do on the CPU.
        sizes = self._batches.sizes(first, steps)
        unknown = np.full(steps, np.nan)
        return StepLog(
            _on_cpu(torch.stack(losses)),
            _per_step(_on_cpu(torch.cat(correct)), sizes) / sizes if classifies else unknown,
            _on_cpu(torch.stack(penalties)) if penalties else unknown,
            rates,
        )

    def tune(self, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Use an optimizer's hyperparameters, its learning rate times the factor of each step."""
        self._lr, self._factors = optimizer.lr, factors
        for group in self._optimizer.param_groups:
            group.update(optimizer.args())


def _on_cpu(metrics: Tensor) -> Floats:
    on_cpu: Floats = metrics.double().cpu().numpy()
    return on_cpu


def _per_step(correct: Floats, sizes: npt.NDArray[np.int64]) -> Floats:
    """Return the number of correct samples of each step, which lie one behind the other."""
    per_sample = correct.mean(1) if correct.ndim > 1 else correct
    counts: Floats = np.add.reduceat(per_sample, np.cumsum(sizes) - sizes)
    return counts
