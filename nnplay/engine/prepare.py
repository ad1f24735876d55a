"""From a run request to everything that the run works with."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import torch

from nnplay.catalog import DataSpec
from nnplay.data import Parts, load, prepared_parts
from nnplay.data.synthetic.label_noise import with_wrong_labels
from nnplay.data.synthetic.windows import Values, end_of_series
from nnplay.engine.batches import Batches, Tensors, to_device
from nnplay.engine.evaluation.running_predictions import RunningPredictions
from nnplay.engine.model.augmentation import Augmenter
from nnplay.engine.model.build import build_loss, build_network
from nnplay.engine.model.devices import choose_device
from nnplay.engine.model.own_random import OwnRandom
from nnplay.engine.model.precision import set_tf32, why_unsupported
from nnplay.engine.model.pretrained import start_from
from nnplay.engine.model.regularisation import Regulariser
from nnplay.engine.model.threads import thread_limit
from nnplay.engine.run_request import RunRequest
from nnplay.engine.setup import Setup
from nnplay.engine.steppers.select import choose_stepper, unsupported
from nnplay.engine.training.warm_up import Poll, run_in_background
from nnplay.experiment import Experiment, check, derive_seed, memory_bytes
from nnplay.link import Part, frozen_array
from nnplay.translation import _


class RunError(Exception):
    """A run cannot start or continue; the message says why, and `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def prepare(
    run_request: RunRequest, poll: Poll | None = None, random: OwnRandom | None = None
) -> Setup:
    """Load and split the data, build the network and select its stepper.

    Raises RunError, DataError, WeightsError or DeviceError if that is not possible. `poll` is
    called at intervals and may raise to cancel. Beside a training in another thread, `random` is to
    be the context in which this is called: PyTorch's default generator belongs to that training.
    """
    poll = poll or _never_cancel
    experiment = run_request.experiment
    # Everything that can be refused without the data comes first, before seconds are spent on them.
    problems = check(experiment)
    if problems:
        raise RunError("\n".join(str(p) for p in problems), _("Fix these and train again."))
    device, why = choose_device(experiment.device)
    unsupported = why_unsupported(experiment.precision, device)
    if unsupported:
        raise RunError(unsupported, _("Choose float32 or bfloat16 as the precision."))
    set_tf32(experiment.precision)
    _refuse_what_cannot_fit(experiment, device, run_request.copies)
    # OpenMP keeps this number for each thread, so it must be set in the one that trains.
    torch.set_num_threads(thread_limit(run_request))
    spec = experiment.data.spec()
    # A download or a large table takes long; only in another thread can it be left when the user
    # closes the run.
    parts, tail = run_in_background(partial(_load_parts, experiment), poll)
    _refuse_target_too_low(experiment, parts)
    if experiment.regularisation.label_noise:
        # In the training part alone, so that validation and test measure the true labels.
        share = experiment.regularisation.label_noise
        train = with_wrong_labels(parts.train, share, spec.outputs, experiment.seed)
        parts = replace(parts, train=train)
    form = experiment.loss.target_form
    tensors: dict[Part, Tensors] = {
        "train": to_device(parts.train, form, device, parts.target_scaling),
        "validation": to_device(parts.validation, form, device, parts.target_scaling),
        "test": to_device(parts.test, form, device, parts.target_scaling),
    }
    poll()
    # A seed for each purpose: a layer more in the network must not change the dropout masks, nor
    # another batch size the initial weights. The network is built on the CPU and moved, so that a
    # GPU starts from the same weights.
    seed = torch.manual_seed if random is None else random.manual_seed
    seed(derive_seed(experiment.seed, "init", experiment.draw))
    model = build_network(experiment.network, spec.in_shape)
    pretrained_note = start_from(experiment, model)
    model = model.to(device)
    if device.type == "cpu":
        # Convolutions on the CPU take half the time with the channels of a pixel side by side.
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    # After everything that draws initial weights: from here on only dropout and the like draw.
    seed(derive_seed(experiment.seed, "dropout"))
    loss_function = build_loss(experiment.loss, _counts(spec, parts.train.y)).to(device)
    policy = experiment.policy
    augment = None
    if experiment.augmentation.is_on:
        augment = Augmenter(experiment.augmentation, experiment.seed, device)
    batches = Batches(
        tensors["train"],
        experiment.batch_size,
        experiment.seed,
        shuffle=policy.shuffle,
        drop_last=policy.drop_last,
        augment=augment,
    )
    poll()
    regularisation = Regulariser(model, experiment.regularisation, experiment.network)
    # Last of what touches the weights: a stepper may move them to other memory.
    stepper = choose_stepper(
        experiment, model, loss_function, batches, tensors["validation"], regularisation
    )
    part: Part = "test" if len(parts.test) else "validation" if len(parts.validation) else "train"
    running_predictions = None
    if spec.has_accuracy:
        # The class numbers themselves: some losses take targets in another form.
        target = frozen_array(getattr(parts, part).y.astype(np.int64))
        running_predictions = RunningPredictions(part, tensors[part], form, target, spec.outputs)
    return Setup(
        experiment,
        spec,
        device,
        why,
        torch.get_num_threads(),
        parts,
        tensors,
        model,
        loss_function,
        batches,
        stepper,
        regularisation,
        running_predictions,
        part,
        pretrained_note,
        tail,
    )


def _never_cancel() -> None:
    """Let the preparation finish."""


def _load_parts(experiment: Experiment) -> tuple[Parts, Values | None]:
    """Return the parts of the data and, if they are windows of a series, its end."""
    source = load(experiment.data, experiment.seed)
    tail = end_of_series(experiment.data.spec(), source.samples)
    return prepared_parts(source, experiment), tail


def _counts(spec: DataSpec, target: npt.NDArray[Any]) -> list[int] | None:
    """Return how many training samples each class has, by their labels, right or wrong."""
    if spec.task != "classification":
        return None
    counts: list[int] = np.bincount(target, minlength=spec.outputs).tolist()
    return counts


def _refuse_target_too_low(experiment: Experiment, parts: Parts) -> None:
    least = experiment.loss.lowest_target
    # If the data say so before they are loaded, `check` has reported it already.
    if least is None or experiment.data.spec().lowest_target is not None:
        return
    lowest = min(
        float(part.y.min()) for part in (parts.train, parts.validation, parts.test) if len(part)
    )
    if lowest < least:
        raise RunError(
            _("{loss} needs targets of 0 or more; the lowest here is {lowest:g}.").format(
                loss=_(experiment.loss.label), lowest=lowest
            ),
            _("Choose another loss, such as the mean squared error."),
        )


def _refuse_what_cannot_fit(experiment: Experiment, device: torch.device, copies: int) -> None:
    needed = memory_bytes(experiment, copies=copies)
    if device.type == "cuda":
        free = torch.cuda.mem_get_info(device)[0]
    else:
        free = psutil.virtual_memory().available
    if needed > free and device.type == "cpu" and experiment.stepper != "eager":
        less = memory_bytes(experiment, in_blocks=True, copies=copies)
        if less <= free and not unsupported(experiment):
            needed = less
    if needed > free:
        raise RunError(
            _(
                "This run would need about {needed:.1f} GB of memory; {free:.1f} GB are free."
            ).format(needed=needed / 1e9, free=free / 1e9),
            _("Use fewer units or layers, a smaller batch, or fewer points.")
            if copies == 1
            else _("Compare fewer networks at once, or use fewer units or layers."),
        )
