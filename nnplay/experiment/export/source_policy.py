"""The lines of an exported script that follow the training rules."""

from __future__ import annotations

from collections.abc import Iterator

from nnplay.experiment.seeds import derive_seed
from nnplay.experiment.value import Experiment

_SEED_OF = '''
def shuffle_seed(epoch):
    """Return the seed of the order of the samples in an epoch."""
    digest = sha256(f"nnplay/{seed}/shuffle/{{epoch}}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
'''
_AUGMENT_SEED = '''
def augment_seed(step):
    """Return the seed of the augmentation in a step."""
    digest = sha256(f"nnplay/{seed}/augment/{{step}}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
'''
_WRONG_LABELS = '''
def with_wrong_labels(y):
    """Return y with wrong labels for a share of {share!r} of the samples."""
    rng = np.random.default_rng({seed})
    chosen = rng.permutation(len(y))[: round({share!r} * len(y))]
    y = y.clone()
{change}
    return y
'''
_OTHER_CLASS = """\
    shift = torch.from_numpy(rng.integers(1, {classes}, len(chosen)))
    y[chosen] = (y[chosen] + shift) % {classes}"""
_OTHER_LABEL = """\
    flipped = rng.integers({classes}, size=len(chosen))
    y[chosen, flipped] = 1 - y[chosen, flipped]"""
_BY_SKLEARN = {
    "precision": ("precision_score", "precision_score(target, predicted, {macro})"),
    "recall": ("recall_score", "recall_score(target, predicted, {macro})"),
    "f1": ("f1_score", "f1_score(target, predicted, {macro})"),
    "auc": ("roc_auc_score", "roc_auc_score(target, {score})"),
    "r2": ("r2_score", "r2_score(y_validation.numpy(), values_of(output).numpy())"),
}
"""The import and the call of the metrics that scikit-learn provides."""


def watches(experiment: Experiment) -> bool:
    """Return whether anything depends on the monitored metric."""
    return experiment.policy.is_watching or experiment.schedule.uses_metric


def needs_validation(experiment: Experiment) -> bool:
    """Return whether the monitored metric is computed on the validation set."""
    return watches(experiment) and experiment.policy.metric.part == "validation"


def shuffles(experiment: Experiment) -> bool:
    """Return whether samples are reshuffled in every epoch; a full batch has no order."""
    return experiment.policy.shuffle and experiment.batch_size is not None


def policy_imports(experiment: Experiment) -> Iterator[str]:
    """Yield the imports that the lines below need."""
    if experiment.policy.keep_best:
        yield "import copy"
    if experiment.policy.time_limit:
        yield "import time"
    if shuffles(experiment) or experiment.augmentation.is_on:
        yield "from hashlib import sha256"
    if experiment.regularisation.label_noise:
        yield "import numpy as np"
    metric = experiment.policy.metric.metric
    if watches(experiment) and metric in _BY_SKLEARN:
        yield f"from sklearn.metrics import {_BY_SKLEARN[metric][0]}"


def policy_functions(experiment: Experiment) -> Iterator[str]:
    """Yield the functions that `train` calls."""
    seed = experiment.seed
    if shuffles(experiment):
        yield _SEED_OF.format(seed=seed)
    if experiment.augmentation.is_on:
        yield _AUGMENT_SEED.format(seed=seed)
    share = experiment.regularisation.label_noise
    if share:
        number, classes = derive_seed(seed, "label_noise"), experiment.data.spec().outputs
        change = _OTHER_LABEL if experiment.loss.target_form == "labels" else _OTHER_CLASS
        change = change.format(classes=classes)
        yield _WRONG_LABELS.format(share=share, seed=number, change=change)


def order(experiment: Experiment) -> str:
    """Return the expression for the order of the samples in an epoch."""
    if not shuffles(experiment):
        return "torch.arange(len(x))"
    return "torch.randperm(len(x), generator=torch.Generator().manual_seed(shuffle_seed(epoch)))"


def before_training(experiment: Experiment) -> Iterator[str]:
    """Yield the lines before the first epoch."""
    policy = experiment.policy
    if experiment.augmentation.is_on:
        yield "generator, step = torch.Generator(x.device), 0"
    if experiment.regularisation.label_noise:
        yield "y = with_wrong_labels(y)"
    if policy.time_limit:
        yield f"deadline = time.perf_counter() + {policy.time_limit!r}"
    if policy.keep_best:
        yield "best = best_weights = None"
    if policy.early_stopping:
        worst = "-" if policy.metric.higher else ""
        yield f'reference, bad_epochs = {worst}float("inf"), 0'


def counts_correct(experiment: Experiment) -> bool:
    """Return whether the correct predictions of the training batches are counted."""
    return watches(experiment) and experiment.policy.metric.column == "train_accuracy"


def batch_correct(experiment: Experiment) -> str:
    """Return the expression for the number of correct predictions of a batch."""
    if experiment.loss.target_form == "binary":
        return "((output[:, 0] > 0) == (y[rows] > 0)).sum().item()"
    if experiment.loss.target_form == "labels":
        return "((output > 0) == (y[rows] > 0)).double().mean(1).sum().item()"
    return "(output.argmax(1) == y[rows]).sum().item()"


def after_epoch(experiment: Experiment, has_scaled_targets: bool) -> Iterator[str]:
    """Yield the lines after the last batch of an epoch, without those of the scheduler."""
    monitored = experiment.policy.metric
    if not watches(experiment):
        return
    if monitored.part == "train":
        yield (
            "monitored = total / seen"
            if monitored.metric == "loss"
            else "monitored = correct / seen"
        )
        return
    yield "model.eval()"
    yield "with torch.no_grad():"
    yield "    output = model(x_validation)"
    yield from _validation_metric(experiment, has_scaled_targets)


def _validation_metric(experiment: Experiment, has_scaled_targets: bool) -> Iterator[str]:
    metric, form = experiment.policy.metric.metric, experiment.loss.target_form
    is_binary = form == "binary"
    target = "y_validation.float().unsqueeze(1)" if is_binary else "y_validation"
    predicted = "(output[:, 0] > 0).long()" if is_binary else "output.argmax(1)"
    difference = "(values_of(output) - y_validation)"
    if has_scaled_targets:
        target = "network_targets(y_validation)"
    if metric == "loss":
        yield f"monitored = loss_function(output, {target}).item()"
    elif form == "labels":
        each = "" if metric == "accuracy" else ".all(1)"
        right = f"((output > 0) == (y_validation > 0)){each}"
        yield f"monitored = {right}.double().mean().item()"
    elif metric == "accuracy":
        yield f"monitored = ({predicted} == y_validation).double().mean().item()"
    elif metric == "top5":
        yield "top5 = output.topk(5).indices"
        yield "monitored = (top5 == y_validation[:, None]).any(1).double().mean().item()"
    elif metric == "rmse":
        yield f"monitored = {difference}.double().square().mean().sqrt().item()"
    elif metric == "mae":
        yield f"monitored = {difference}.double().abs().mean().item()"
    else:
        if metric != "r2":
            yield f"target, predicted = y_validation.numpy(), {predicted}.numpy()"
        macro = 'average="macro", zero_division=0'
        score = "output[:, 0].numpy()" if is_binary else "output.softmax(1)[:, 1].numpy()"
        call = _BY_SKLEARN[metric][1].format(macro=macro, score=score)
        yield f"monitored = {call}"


def ends(experiment: Experiment) -> Iterator[str]:
    """Yield the lines that keep the best weights and can end the loop over the epochs."""
    policy = experiment.policy
    higher = policy.metric.higher
    if policy.keep_best:
        yield f"if best is None or monitored {'>' if higher else '<'} best:"
        yield "    best, best_weights = monitored, copy.deepcopy(model.state_dict())"
    if policy.early_stopping:
        bound = f"{'+' if higher else '-'} {policy.min_delta!r}"
        yield f"if monitored {'>' if higher else '<'} reference {bound}:"
        yield "    reference, bad_epochs = monitored, 0"
        yield "else:"
        yield "    bad_epochs += 1"
    if policy.stop_at_target:
        yield f"if monitored {'>=' if higher else '<='} {policy.target!r}:"
        yield "    break  # target reached"
    if policy.early_stopping:
        yield f"if bad_epochs >= {policy.patience}:"
        yield "    break  # early stopping"


def after_training(experiment: Experiment) -> Iterator[str]:
    """Yield the lines after the last epoch."""
    if experiment.policy.keep_best:
        yield "if best_weights is not None:"
        yield "    model.load_state_dict(best_weights)"
