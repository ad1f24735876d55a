"""The lines of an exported script that follow the training rules."""

from __future__ import annotations

from collections.abc import Iterator

from nnplay.experiment.seeds import derive_seed
from nnplay.experiment.sizes import part_sizes
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
_SHARES = {"precision": "taken", "recall": "support", "f1": "support + taken"}
"""What the correct predictions of a class are divided by."""
_MACRO = '''
def macro_average(target, predicted):
    """Return the mean {metric} of the classes that occur; both arrays hold class numbers."""
    counts = np.bincount(target * {classes} + predicted, minlength={classes}**2)
    counts = counts.reshape({classes}, {classes})
    right, support, taken = np.diag(counts).astype(float), counts.sum(1), counts.sum(0)
    shares = {factor}right / np.maximum({divisor}, 1)
    return shares[support + taken > 0].mean()
'''
_AUC = '''
def area_under_roc(target, probability):
    """Return the area under the ROC curve; `probability` is that of class 1."""
    order = np.argsort(-probability, kind="stable")
    at = np.flatnonzero(np.append(np.diff(probability[order]) != 0, True))
    hits = np.cumsum(target[order] == 1)[at]
    true_rate = np.concatenate(([0], hits)) / (target == 1).sum()
    false_rate = np.concatenate(([0], at + 1 - hits)) / (target != 1).sum()
    return np.diff(false_rate) @ (true_rate[1:] + true_rate[:-1]) / 2
'''


def watches(experiment: Experiment) -> bool:
    """Return whether anything depends on the monitored metric."""
    return experiment.policy.is_watching or experiment.schedule.uses_metric


def needs_validation(experiment: Experiment) -> bool:
    """Return whether the monitored metric is computed on the validation set."""
    return watches(experiment) and experiment.policy.metric.part == "validation"


def shuffles(experiment: Experiment) -> bool:
    """Return whether samples are reshuffled in every epoch; a full batch has no order."""
    size = part_sizes(experiment.data.spec(), experiment.split)[0]
    return experiment.policy.shuffle and (experiment.batch_size or size) < size


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
    metric = experiment.policy.metric.metric
    if watches(experiment) and metric in _SHARES:
        yield _MACRO.format(
            metric=metric,
            classes=experiment.data.spec().outputs,
            factor="2 * " if metric == "f1" else "",
            divisor=_SHARES[metric],
        )
    if watches(experiment) and metric == "auc":
        yield _AUC


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


def after_epoch(experiment: Experiment) -> Iterator[str]:
    """Yield the lines that find the monitored metric after an epoch.

    `loss` and `validation_loss` are known by then, and `output` for the validation samples.
    """
    monitored = experiment.policy.metric
    if not watches(experiment):
        return
    if monitored.part == "train":
        yield f"monitored = {'loss' if monitored.metric == 'loss' else 'correct / seen'}"
        return
    yield from _validation_metric(experiment)


def _validation_metric(experiment: Experiment) -> Iterator[str]:
    metric, form = experiment.policy.metric.metric, experiment.loss.target_form
    is_binary = form == "binary"
    predicted = "(output[:, 0] > 0).long()" if is_binary else "output.argmax(1)"
    residuals = "residuals = y_validation.double().numpy() - values_of(output).numpy()"
    if metric == "loss":
        yield "monitored = validation_loss"
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
        yield residuals
        yield "monitored = (residuals**2).mean() ** 0.5"
    elif metric == "mae":
        yield residuals
        yield "monitored = abs(residuals).mean()"
    elif metric == "r2":
        yield residuals
        yield "deviations = y_validation.double().numpy()"
        yield "deviations = deviations - deviations.mean(0)"
        yield "monitored = (1 - (residuals**2).sum(0) / (deviations**2).sum(0)).mean()"
    elif metric == "auc":
        score = "output.sigmoid()[:, 0]" if is_binary else "output.softmax(1)[:, 1]"
        yield f"monitored = area_under_roc(y_validation.numpy(), {score}.numpy())"
    else:
        yield f"monitored = macro_average(y_validation.numpy(), {predicted}.numpy())"


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
