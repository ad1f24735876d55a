"""The lines of an exported script that follow the policy: what it watches and when it ends."""

from __future__ import annotations

from collections.abc import Iterator

from nnplay.experiment.seeds import derive_seed
from nnplay.experiment.value import Experiment

_SEED_OF = '''
def shuffle_seed(epoch):
    """Return the seed of the order in which an epoch takes the samples."""
    digest = sha256(f"nnplay/{seed}/shuffle/{{epoch}}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
'''
_AUGMENT_SEED = '''
def augment_seed(step):
    """Return the seed of the changes of the pictures in a step."""
    digest = sha256(f"nnplay/{seed}/augment/{{step}}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
'''
_WRONG_LABELS = '''
def with_wrong_labels(y):
    """Return the truth with a share of {share!r} of the samples wrong, drawn from the seed."""
    chance = np.random.default_rng({seed})
    chosen = chance.permutation(len(y))[: round({share!r} * len(y))]
    y = y.clone()
{change}
    return y
'''
_OTHER_CLASS = """\
    shift = torch.from_numpy(chance.integers(1, {classes}, len(chosen)))
    y[chosen] = (y[chosen] + shift) % {classes}"""
_OTHER_LABEL = """\
    flipped = chance.integers({classes}, size=len(chosen))
    y[chosen, flipped] = 1 - y[chosen, flipped]"""
_BY_SKLEARN = {
    "precision": ("precision_score", "precision_score(truth, predicted, {macro})"),
    "recall": ("recall_score", "recall_score(truth, predicted, {macro})"),
    "f1": ("f1_score", "f1_score(truth, predicted, {macro})"),
    "auc": ("roc_auc_score", "roc_auc_score(truth, {likelihood})"),
    "r2": ("r2_score", "r2_score(y_validation.numpy(), answer.numpy())"),
}
"""What is imported, and the call, of the figures that scikit-learn has."""


def watches(experiment: Experiment) -> bool:
    """Say whether anything goes by the watched figure."""
    return experiment.policy.is_watching or experiment.schedule.listens


def needs_validation(experiment: Experiment) -> bool:
    """Say whether the watched figure is of the validation part."""
    return watches(experiment) and experiment.policy.figure.part == "validation"


def shuffles(experiment: Experiment) -> bool:
    """Say whether samples come in another order in each epoch; a full batch has no order."""
    return experiment.policy.shuffle and experiment.batch_size is not None


def policy_imports(experiment: Experiment) -> Iterator[str]:
    """Yield what the lines below import."""
    if experiment.policy.keep_best:
        yield "import copy"
    if experiment.policy.time_limit:
        yield "import time"
    if shuffles(experiment) or experiment.augmentation.is_on:
        yield "from hashlib import sha256"
    if experiment.regularisation.label_noise:
        yield "import numpy as np"
    metric = experiment.policy.figure.metric
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
    """Return the expression of the order of the samples in an epoch."""
    if not shuffles(experiment):
        return "torch.arange(len(x))"
    return "torch.randperm(len(x), generator=torch.Generator().manual_seed(shuffle_seed(epoch)))"


def before_training(experiment: Experiment) -> Iterator[str]:
    """Yield the lines ahead of the first epoch."""
    policy = experiment.policy
    if experiment.augmentation.is_on:
        yield "chance, step = torch.Generator(x.device), 0"
    if experiment.regularisation.label_noise:
        yield "y = with_wrong_labels(y)"
    if policy.time_limit:
        yield f"end = time.perf_counter() + {policy.time_limit!r}"
    if policy.keep_best:
        yield "best = weights_of_best = None"
    if policy.early_stopping:
        worst = "-" if policy.figure.higher else ""
        yield f'mark, without = {worst}float("inf"), 0'


def counts_hits(experiment: Experiment) -> bool:
    """Say whether the right answers of the training batches are counted."""
    return watches(experiment) and experiment.policy.figure.column == "train_accuracy"


def batch_hits(experiment: Experiment) -> str:
    """Return the expression of how many answers of a batch are right."""
    if experiment.loss.target_form == "binary":
        return "((answer[:, 0] > 0) == (y[rows] > 0)).sum().item()"
    if experiment.loss.target_form == "labels":
        return "((answer > 0) == (y[rows] > 0)).double().mean(1).sum().item()"
    return "(answer.argmax(1) == y[rows]).sum().item()"


def after_epoch(experiment: Experiment) -> Iterator[str]:
    """Yield the lines behind the last batch of an epoch, without the scheduler's."""
    figure = experiment.policy.figure
    if not watches(experiment):
        return
    if figure.part == "train":
        yield "watched = total / seen" if figure.metric == "loss" else "watched = hits / seen"
        return
    yield "model.eval()"
    yield "with torch.no_grad():"
    yield "    answer = model(x_validation)"
    yield from _validation_figure(experiment)


def _validation_figure(experiment: Experiment) -> Iterator[str]:
    metric, form = experiment.policy.figure.metric, experiment.loss.target_form
    is_binary = form == "binary"
    target = "y_validation.float().unsqueeze(1)" if is_binary else "y_validation"
    predicted = "(answer[:, 0] > 0).long()" if is_binary else "answer.argmax(1)"
    difference = "(answer - y_validation)"
    if metric == "loss":
        yield f"watched = loss_function(answer, {target}).item()"
    elif form == "labels":
        each = "" if metric == "accuracy" else ".all(1)"
        right = f"((answer > 0) == (y_validation > 0)){each}"
        yield f"watched = {right}.double().mean().item()"
    elif metric == "accuracy":
        yield f"watched = ({predicted} == y_validation).double().mean().item()"
    elif metric == "top5":
        yield "likeliest = answer.topk(5).indices"
        yield "watched = (likeliest == y_validation[:, None]).any(1).double().mean().item()"
    elif metric == "rmse":
        yield f"watched = {difference}.double().square().mean().sqrt().item()"
    elif metric == "mae":
        yield f"watched = {difference}.double().abs().mean().item()"
    else:
        if metric != "r2":
            yield f"truth, predicted = y_validation.numpy(), {predicted}.numpy()"
        classes = 2 if is_binary else experiment.data.spec().outputs
        macro = f'labels=range({classes}), average="macro", zero_division=0'
        likelihood = "answer[:, 0].numpy()" if is_binary else "answer.softmax(1)[:, 1].numpy()"
        call = _BY_SKLEARN[metric][1].format(macro=macro, likelihood=likelihood)
        yield f"watched = {call}"


def ends(experiment: Experiment) -> Iterator[str]:
    """Yield the lines that keep the best weights and may end the loop over the epochs."""
    policy = experiment.policy
    higher = policy.figure.higher
    if policy.keep_best:
        yield f"if best is None or watched {'>' if higher else '<'} best:"
        yield "    best, weights_of_best = watched, copy.deepcopy(model.state_dict())"
    if policy.early_stopping:
        bound = f"{'+' if higher else '-'} {policy.min_delta!r}"
        yield f"if watched {'>' if higher else '<'} mark {bound}:"
        yield "    mark, without = watched, 0"
        yield "else:"
        yield "    without += 1"
    if policy.stop_at_target:
        yield f"if watched {'>=' if higher else '<='} {policy.target!r}:"
        yield "    break  # the target is reached"
    if policy.early_stopping:
        yield f"if without >= {policy.patience}:"
        yield "    break  # no improvement for too long"


def after_training(experiment: Experiment) -> Iterator[str]:
    """Yield the lines behind the last epoch."""
    if experiment.policy.keep_best:
        yield "if weights_of_best is not None:"
        yield "    model.load_state_dict(weights_of_best)"
