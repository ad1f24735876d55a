"""The result of a run, from what its evaluation found."""

from __future__ import annotations

from torch import Tensor

from nnplay.engine.final_evaluation import FinalEvaluation
from nnplay.engine.setup import Setup
from nnplay.engine.training.clock import Clock
from nnplay.link import ClassPredictions, LabelPredictions, Result, frozen_array
from nnplay.record.weights_digest import weights_sha256


def run_result(
    setup: Setup,
    found: FinalEvaluation,
    clock: Clock,
    step: int,
    stopped: bool,
    ending: str,
    penalty: Tensor | None,
    divergence: str,
) -> Result:
    """Return the result of a run that ended with the present weights, after a step."""
    scores, predictions = found.scores, found.class_predictions
    weights = {
        name: frozen_array(tensor.cpu().contiguous().numpy())
        for name, tensor in setup.model.state_dict().items()
    }
    return Result(
        experiment=setup.experiment,
        device=str(setup.device),
        threads=setup.threads,
        stepper=setup.stepper.name,
        stepper_why=setup.stepper.why,
        steps=step,
        epochs=step / setup.batches.per_epoch,
        seconds=clock.seconds,
        samples_per_second=clock.samples_per_second,
        stopped=stopped,
        train=scores["train"],
        validation=scores["validation"],
        test=scores["test"],
        class_predictions=predictions if isinstance(predictions, ClassPredictions) else None,
        label_predictions=predictions if isinstance(predictions, LabelPredictions) else None,
        weights=weights,
        weights_sha256=weights_sha256(weights),
        regression_predictions=found.regression_predictions,
        ending=ending,
        penalty=None if penalty is None else penalty.item(),
        scaling=setup.scaling,
        columns=setup.parts.columns,
        divergence=divergence,
    )
