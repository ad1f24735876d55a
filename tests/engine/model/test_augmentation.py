"""Only training images are augmented, as configured, and identically in the same step."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from nnplay.catalog import SGD, Adam, Circle, Dropout
from nnplay.data import load
from nnplay.engine import RunRequest
from nnplay.engine.model.augmentation import Augmenter
from nnplay.engine.modules.augment import augment
from nnplay.engine.prepare import prepare
from nnplay.engine.setup import Setup
from nnplay.experiment import Augmentation, check, pytorch_source
from tests.engine.rig import Run, assert_same_weights, digits, parts_of

EVERYTHING_ON = Augmentation(0.2, 30.0, 0.3, True, True, 0.1, 0.3)
CPU = torch.device("cpu")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 6, height: int = 10, width: int = 14) -> torch.Tensor:
    """Return smooth images, which can be compared between their pixels."""
    rough = np.random.default_rng(1).random((count, 3, height, width))
    smooth = ndimage.gaussian_filter(rough, (0, 0, 1.5, 1.5))
    return torch.tensor(smooth, dtype=torch.float32)


@pytest.mark.parametrize(
    "settings",
    [
        {"shift": 0.3},
        {"rotation": 60.0},
        {"scale": 0.4},
        {"flip_horizontal": True},
        {"flip_vertical": True},
        {"shift": 0.2, "rotation": 180.0, "scale": 0.5, "flip_horizontal": True},
    ],
)
def test_images_are_transformed_as_in_scipy(settings: dict[str, Any]) -> None:
    x = pictures()
    ours = augment(x, seeded(), **settings).numpy()
    draws = (2 * torch.rand(8, len(x), generator=seeded()) - 1).double().numpy()
    rules = Augmentation(**settings)
    height, width = x.shape[2:]
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    for picture, got, drawn in zip(x.numpy(), ours, draws.T, strict=True):
        turn, zoom, across, down, _left, _top, mirror, upend = drawn
        # Rows go down and columns to the right: mirrored, then turned, scaled and moved.
        angle = np.radians(rules.rotation) * turn
        turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        flipped = np.diag(
            [
                -1.0 if rules.flip_vertical and upend < 0 else 1.0,
                -1.0 if rules.flip_horizontal and mirror < 0 else 1.0,
            ]
        )
        forward = (1 + rules.scale * zoom) * turned @ flipped
        move = rules.shift * np.array([down * height, across * width])
        back = np.linalg.inv(forward)
        offset = middle - back @ (middle + move)
        for channel, mine in zip(picture, got, strict=True):
            theirs = ndimage.affine_transform(channel, back, offset, order=1, mode="nearest")
            assert mine == pytest.approx(theirs, abs=1e-4)
    assert not np.allclose(ours, x.numpy(), atol=1e-3)


def test_erasing_fills_one_rectangle_with_the_mean() -> None:
    x = pictures(40)
    changed = augment(x, seeded(), erasing=0.5)
    for before, after in zip(x, changed, strict=True):
        gone = (before != after).all(0)
        rows, columns = gone.any(1).nonzero().flatten(), gone.any(0).nonzero().flatten()
        assert (len(rows), len(columns), int(gone.sum())) == (5, 7, 35)
        assert after[:, gone].std(1) == pytest.approx([0, 0, 0], abs=1e-6)
        assert after[:, gone].mean(1) == pytest.approx(before.mean((1, 2)), abs=1e-6)
    places = {tuple((x[i] != changed[i]).all(0).nonzero()[0].tolist()) for i in range(40)}
    assert len(places) > 10


def test_noise_has_its_deviation() -> None:
    x = pictures(200)
    change = (augment(x, seeded(), noise=0.25) - x).double()
    assert float(change.std()) == pytest.approx(0.25, rel=0.02)
    assert float(change.mean()) == pytest.approx(0.0, abs=0.005)


@given(
    st.builds(
        Augmentation,
        *(st.floats(0, high) for high in (0.5, 180.0, 0.9)),
        *(st.booleans(),) * 2,
        *(st.floats(0, high) for high in (2.0, 0.9)),
    ),
    st.integers(0, 10**6),
)
def test_a_steps_augmentation_does_not_depend_on_earlier_steps(
    rules: Augmentation, step: int
) -> None:
    x = pictures(3, 8, 8)
    changer = Augmenter(rules, 4, CPU)
    first = changer(x, step)
    other = changer(x, step + 1)
    assert torch.equal(Augmenter(rules, 4, CPU)(x, step), first)
    assert torch.isfinite(first).all()
    assert first.shape == x.shape
    if rules.noise > 0.001:
        assert not torch.equal(first, other)
        assert not torch.equal(Augmenter(rules, 5, CPU)(x, step), first)


def both() -> tuple[Setup, Setup]:
    plain = digits(optimizer=SGD(0.1))
    return prepare(RunRequest(1, plain, 1)), prepare(
        RunRequest(1, replace(plain, augmentation=EVERYTHING_ON), 1)
    )


def test_only_the_images_of_batches_are_augmented() -> None:
    plain, changed = both()
    for name, weight in plain.model.state_dict().items():
        assert torch.equal(weight, changed.model.state_dict()[name])
    for part in ("train", "validation", "test"):
        assert torch.equal(plain.tensors[part].x, changed.tensors[part].x)
    for step in (0, 3, plain.batches.per_epoch):
        (x, y), (other, same) = plain.batches.get(step), changed.batches.get(step)
        assert torch.equal(y, same)
        assert all(not torch.equal(one, two) for one, two in zip(x, other, strict=True))


def test_metrics_are_computed_on_original_images() -> None:
    # With a learning rate of 0, all metrics are those of the initial weights.
    plain = digits(optimizer=SGD(lr=1e-12), epochs=1)
    run, other = Run(plain), Run(replace(plain, augmentation=EVERYTHING_ON))
    for part in ("train", "validation", "test"):
        assert getattr(other.result, part).loss == pytest.approx(
            getattr(run.result, part).loss, abs=1e-6
        )
    assert run.result.class_predictions is not None and other.result.class_predictions is not None
    np.testing.assert_allclose(
        other.result.class_predictions.probabilities,
        run.result.class_predictions.probabilities,
        atol=1e-6,
    )
    losses = [one.link.steps.column("loss") for one in (run, other)]
    assert np.abs(losses[0] - losses[1]).min() > 1e-6


def test_runs_repeat_to_the_byte() -> None:
    experiment = digits(optimizer=Adam(), augmentation=EVERYTHING_ON, epochs=1)
    one, two = Run(experiment), Run(experiment)
    assert one.result.weights_sha256 == two.result.weights_sha256
    assert one.link.steps.column("loss").tobytes() == two.link.steps.column("loss").tobytes()
    third = Run(replace(experiment, seed=6))
    assert third.result.weights_sha256 != one.result.weights_sha256


def test_rewinding_repeats_the_same_steps() -> None:
    experiment = digits(optimizer=Adam(), augmentation=EVERYTHING_ON)
    network = (*experiment.network[:3], Dropout(0.3), *experiment.network[3:])
    stepper = prepare(RunRequest(1, replace(experiment, network=network), 1)).stepper
    stepper.advance(3)
    state, inputs = stepper.save(), stepper.next_inputs()
    first = stepper.advance(20)
    stepper.restore(state)
    assert torch.equal(stepper.next_inputs(), inputs)
    assert stepper.advance(20).losses.tobytes() == first.losses.tobytes()


def test_the_exported_script_trains_as_the_run_did() -> None:
    experiment = digits(optimizer=SGD(0.1), augmentation=EVERYTHING_ON, epochs=2)
    source = pytorch_source(experiment)
    assert "nnplay." not in source
    assert "augment" not in pytorch_source(replace(experiment, augmentation=Augmentation()))
    names: dict[str, Any] = {}
    exec(source, names)
    train = parts_of(experiment).train
    names["train"](torch.tensor(train.x), torch.tensor(train.y))
    assert_same_weights(Run(experiment).result.weights, names["model"], 1e-5)


def test_check_reports_data_without_images() -> None:
    experiment = digits(optimizer=Adam(), augmentation=Augmentation(shift=0.1))
    assert check(experiment) == ()
    rows = replace(experiment, data=Circle())
    (problem,) = [p for p in check(rows) if str(p.where) == "augmentation"]
    assert problem.fix is not None
    assert problem.fix.experiment.augmentation == Augmentation()


def test_it_prevents_memorising() -> None:
    data = replace(digits(optimizer=Adam(lr=0.01)).data, samples=60)
    base = digits(optimizer=Adam(lr=0.01), epochs=60, batch_size=10, data=data)
    assert len(load(data, base.seed).samples) == 60
    changed = replace(base, augmentation=replace(EVERYTHING_ON, flip_vertical=False))
    memorised, augmented = (
        Run(one).link.steps.column("loss")[-20:].mean() for one in (base, changed)
    )
    assert memorised < 0.05 < augmented / 4
