"""Each loss matches torch's own over 50 steps, including the weights, to the last bit."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor, nn
from torch.nn import functional

import nnplay.engine.evaluation.evaluate
from nnplay.catalog import (
    MAE,
    MSE,
    SGD,
    BinaryCrossEntropy,
    BinaryHinge,
    Blobs,
    Circle,
    CrossEntropy,
    Dataset,
    Dense,
    Discs,
    Hills,
    Huber,
    KLDivergence,
    LabelCrossEntropy,
    Line,
    Loss,
    MultiHinge,
    Painted,
    Poisson,
    kinds,
)
from nnplay.data.synthetic.label_noise import with_wrong_labels
from nnplay.engine.model.build import build_loss
from nnplay.experiment import Experiment, Regularisation, Split, check, pytorch_source
from tests.engine.rig import (
    Run,
    assert_same_weights,
    batches_of,
    initial_weights,
    parts_of,
    plain_loop,
)

BLOBS = Blobs(points=90, classes=4, imbalance=0.5, noise=2.0)
WEIGHTS = torch.tensor([0.5, 1.0, 2.0, 1e-3])
TYPED = {"class_weights": "typed", "typed_weights": "0.5, 1; 2 1e-3"}
Function = Callable[[Tensor, Tensor], Tensor]


def smoothed_kl(smoothing: float) -> Function:
    own = nn.KLDivLoss(reduction="batchmean")

    def value(logits: Tensor, target: Tensor) -> Tensor:
        one_hot = functional.one_hot(target, 4).float()
        smoothed = (1 - smoothing) * one_hot + smoothing / 4
        return own(functional.log_softmax(logits, dim=1), smoothed)  # type: ignore[no-any-return]

    return value


def hinge(logits: Tensor, target: Tensor) -> Tensor:
    return functional.relu(1 - (2 * target - 1) * logits).mean()


def positive(weight: float) -> nn.Module:
    return nn.BCEWithLogitsLoss(pos_weight=torch.tensor([weight]))


CASES: list[tuple[Dataset, Loss, Function]] = [
    (Line(points=90), MSE(), nn.MSELoss()),
    (Hills(points=90), MAE(), nn.L1Loss()),
    (Line(points=90), Huber(0.3), nn.HuberLoss(delta=0.3)),
    (Line(points=90, low=0.0, noise=0.0), Poisson(True), nn.PoissonNLLLoss(full=True)),
    (BLOBS, CrossEntropy(), nn.CrossEntropyLoss()),
    (BLOBS, CrossEntropy(0.2, **TYPED), nn.CrossEntropyLoss(WEIGHTS, label_smoothing=0.2)),
    (BLOBS, KLDivergence(), smoothed_kl(0.0)),
    (BLOBS, KLDivergence(0.3), smoothed_kl(0.3)),
    (BLOBS, MultiHinge(2.0, 2, **TYPED), nn.MultiMarginLoss(p=2, margin=2.0, weight=WEIGHTS)),
    (Circle(points=90), BinaryCrossEntropy(), nn.BCEWithLogitsLoss()),
    (Circle(points=90), BinaryCrossEntropy(positive_weight=3.0), positive(3.0)),
    (Circle(points=90), BinaryHinge(), hinge),
    (Discs(points=90), LabelCrossEntropy(), nn.BCEWithLogitsLoss()),
    (Discs(points=90), LabelCrossEntropy(positive_weight=0.5), positive(0.5)),
]


def case(data: Dataset, loss: Loss) -> Experiment:
    outputs = 1 if loss.target_form == "binary" else data.spec().outputs
    return Experiment(
        data, (Dense(outputs),), loss, SGD(0.05), batch_size=8, epochs=5, stepper="eager"
    )


@pytest.mark.parametrize(("data", "loss", "own"), CASES, ids=[str(c[1]) for c in CASES])
def test_each_loss_matches_torch(data: Dataset, loss: Loss, own: Function) -> None:
    experiment = case(data, loss)
    assert check(experiment) == ()
    run = Run(experiment)
    inputs, outputs = data.spec().in_shape[0], experiment.network[0].values()["units"]
    model = initial_weights(experiment, lambda: nn.Sequential(nn.Linear(inputs, int(outputs))))
    steps = range(60)
    losses = plain_loop(
        model, own, torch.optim.SGD(model.parameters(), 0.05), batches_of(experiment), steps
    )
    assert len(losses) >= 50
    np.testing.assert_array_equal(run.link.steps.read()[:, 2], losses)
    assert_same_weights(run.result.weights, model, tolerance=0)


@pytest.mark.parametrize(("data", "loss", "own"), CASES, ids=[str(c[1]) for c in CASES])
def test_the_fastest_stepper_matches_the_loss_too(data: Dataset, loss: Loss, own: Function) -> None:
    slow, quick = Run(case(data, loss)), Run(replace(case(data, loss), stepper="auto"))
    np.testing.assert_allclose(
        quick.link.steps.read()[:, 2], slow.link.steps.read()[:, 2], rtol=1e-4, atol=1e-6
    )
    for name in ("train", "validation", "test"):
        scores, others = (getattr(run.result, name) for run in (quick, slow))
        assert scores.accuracy == pytest.approx(others.accuracy)
    assert quick.result.stepper == "compiled"


def test_every_loss_is_tested() -> None:
    assert {type(loss) for _data, loss, _own in CASES} == set(kinds("loss").values())


def test_kl_is_cross_entropy_minus_the_entropy_of_the_target() -> None:
    logits, target = torch.randn(6, 5, dtype=torch.float64), torch.arange(6) % 5
    entropy = nn.CrossEntropyLoss(label_smoothing=0.4)(logits, target)
    shares = torch.full((5,), 0.08, dtype=torch.float64)
    shares[0] = 0.68
    own = build_loss(KLDivergence(0.4))(logits, target)
    assert own.item() == pytest.approx((entropy + (shares * shares.log()).sum()).item())
    assert build_loss(KLDivergence())(100.0 * torch.eye(5), torch.arange(5)).item() < 1e-6


@pytest.mark.parametrize("kind", [CrossEntropy, MultiHinge])
def test_balanced_weights_match_scikit_learn_on_the_training_part(
    kind: type[CrossEntropy | MultiHinge],
) -> None:
    experiment = replace(
        case(BLOBS, kind(class_weights="balanced")),
        split=Split(0.3),
        regularisation=Regularisation(label_noise=0.1),
    )
    run = Run(experiment)
    train = with_wrong_labels(parts_of(experiment).train, 0.1, 4, experiment.seed)
    weights = compute_class_weight("balanced", classes=np.arange(4), y=train.y)
    assert weights.max() > 2 * weights.min()
    typed = ", ".join(repr(float(w)) for w in weights)
    same = replace(experiment.loss, class_weights="typed", typed_weights=typed)  # type: ignore[type-var]
    again = Run(replace(experiment, loss=same))
    np.testing.assert_array_equal(run.link.steps.read()[:, 2], again.link.steps.read()[:, 2])


@pytest.mark.parametrize("pieces", [False, True])
def test_the_loss_of_a_part_is_its_weighted_mean(
    pieces: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if pieces:
        monkeypatch.setattr(nnplay.engine.evaluation.evaluate, "CHUNK_NUMBERS", 14)
    experiment = case(BLOBS, CrossEntropy(**TYPED))
    run, samples = Run(experiment), parts_of(experiment).train
    logits = samples.x @ run.result.weights["0.weight"].T + run.result.weights["0.bias"]
    probabilities = torch.tensor(logits, dtype=torch.float64).softmax(1).numpy()
    weights = WEIGHTS.numpy()[samples.y]
    expected = log_loss(samples.y, probabilities, sample_weight=weights)
    assert run.result.train.loss == pytest.approx(expected, rel=1e-5)


def test_a_class_only_in_validation_is_not_a_divergence() -> None:
    points = tuple((float(i % 5), float(i % 3), float(i == 0)) for i in range(20))
    for seed in range(60):
        experiment = replace(
            case(Painted(points=points, classes=3), CrossEntropy(class_weights="balanced")),
            split=Split(0.05),
            seed=seed,
            epochs=1,
        )
        if parts_of(experiment).validation.y.tolist() == [1]:
            break
    run = Run(experiment)
    assert run.divergences == []
    assert np.isfinite(run.result.validation.loss)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [CrossEntropy, MultiHinge])
@pytest.mark.parametrize("how", ["typed", "balanced"])
def test_the_exported_source_weighs_as_the_run_did(
    how: str, kind: type[CrossEntropy | MultiHinge], capsys: pytest.CaptureFixture[str]
) -> None:
    loss = kind(class_weights=how, typed_weights=TYPED["typed_weights"])
    experiment = replace(case(BLOBS, loss), batch_size=None, epochs=30)
    names: dict[str, object] = {}
    exec(pytorch_source(experiment), names)
    samples = parts_of(experiment).train
    names["train"](torch.tensor(samples.x), torch.tensor(samples.y))  # type: ignore[operator]
    run = Run(experiment)
    model = names["model"]
    assert isinstance(model, nn.Module)
    assert_same_weights(run.result.weights, model, tolerance=1e-5)
    plain = Run(replace(experiment, loss=kind()))
    assert not np.allclose(plain.result.weights["0.weight"], run.result.weights["0.weight"])
