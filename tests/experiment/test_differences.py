"""What differs between two experiments, for every kind of edit."""

from dataclasses import fields, replace
from typing import Any

import pytest

from nnplay.catalog import (
    MNIST,
    MSE,
    SGD,
    Adam,
    BatchNorm,
    Circle,
    Cosine,
    CrossEntropy,
    Dense,
    Dropout,
    LeakyReLU,
    Painted,
    ReLU,
    Spiral,
    Table,
    Tanh,
)
from nnplay.experiment import (
    Augmentation,
    Experiment,
    Policy,
    Regularisation,
    Split,
    differences,
    insert_layer,
    remove_layer,
    set_value,
)

BEFORE = Experiment(
    Circle(points=100), (Dense(8), ReLU(), Dense(2)), CrossEntropy(), SGD(0.03), device="cpu"
)
PAINTED = replace(BEFORE, data=Painted(points=((0.0, 0.0, 0),)))


@pytest.mark.parametrize(
    ("fields_changed", "expected"),
    [
        ({"data": Spiral()}, ("other data: Spiral",)),
        ({"data": Circle(points=200)}, ("data: points 100 → 200",)),
        ({"loss": MSE()}, ("loss: Cross-entropy → Mean squared error",)),
        ({"loss": CrossEntropy(label_smoothing=0.1)}, ("label smoothing 0 → 0.1",)),
        ({"optimizer": SGD(0.01)}, ("learning rate 0.03 → 0.01",)),
        ({"optimizer": SGD(0.03, momentum=0.9)}, ("momentum 0 → 0.9",)),
        ({"optimizer": SGD(0.00001)}, ("learning rate 0.03 → 1e-5",)),
        ({"optimizer": Adam(0.03)}, ("SGD → Adam",)),
        ({"optimizer": Adam(0.001)}, ("SGD → Adam", "learning rate 0.03 → 0.001")),
        ({"schedule": Cosine()}, ("schedule: Constant → Cosine",)),
        ({"batch_size": 1024}, ("batch size 32 → 1,024",)),
        ({"batch_size": None}, ("batch size 32 → full",)),
        ({"epochs": 20}, ("10 → 20 epochs",)),
        ({"epochs": 1}, ("10 → 1 epoch",)),
        ({"split": Split(0.2)}, ("split: validation 0 → 0.2",)),
        ({"split": Split(scaling="standardised")}, ("split: scaling none → standardised",)),
        ({"regularisation": Regularisation(l2=0.01)}, ("L2 0 → 0.01",)),
        ({"policy": Policy(early_stopping=True)}, ("early stopping on",)),
        ({"policy": Policy(shuffle=False)}, ("shuffle off",)),
        ({"augmentation": Augmentation(shift=0.1)}, ("augmentation: shift 0 → 0.1",)),
        ({"seed": 7}, ("seed 0 → 7",)),
        ({"draw": 1}, ("other initial weights",)),
        ({"start": "mnist-features"}, ("pretrained weights: mnist-features",)),
        ({"start": "/home/me/run 3/weights.safetensors"},
         ("pretrained weights: weights.safetensors",)),
        ({"device": "cuda"}, ("device cpu → cuda",)),
        ({"stepper": "eager"}, ("steps Fastest available → Plain PyTorch (eager)",)),
        ({"precision": "bfloat16"}, ("precision float32 → bfloat16",)),
        ({"name": "Other", "about": "Text"}, ()),
    ],
)  # fmt: skip
def test_edit_of_a_setting(fields_changed: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert differences(BEFORE, replace(BEFORE, **fields_changed)) == expected


def test_every_field_of_the_experiment_is_compared() -> None:
    other = Experiment(
        Spiral(), (Dense(4),), MSE(), Adam(0.1), Cosine(), Split(0.1),
        Regularisation(l1=0.1), Policy(patience=9), Augmentation(noise=0.1), 7, 3, 5, 6,
        "digits", "cuda", "eager", "tf32", "name", "about",
    )  # fmt: skip
    assert all(getattr(other, f.name) != getattr(BEFORE, f.name) for f in fields(Experiment))
    for f in fields(Experiment):
        changed = replace(BEFORE, **{f.name: getattr(other, f.name)})
        assert bool(differences(BEFORE, changed)) == (f.name not in ("name", "about")), f.name


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ((Dense(16), ReLU(), Dense(2)), ("Dense 8 → 16",)),
        ((Dense(8), Tanh(), Dense(2)), ("ReLU → Tanh",)),
        ((Dense(8), Dense(2)), ("ReLU removed",)),
        ((Dense(8), ReLU(), Dense(16), ReLU(), Dense(2)), ("Dense 16 added", "ReLU added")),
        ((Dense(8), ReLU(), Dropout(0.5), Dense(2)), ("Dropout 0.5 added",)),
        ((Dense(8), BatchNorm(), ReLU(), Dense(2)), ("Batch normalisation added",)),
        ((Dense(8, bias=False), ReLU(), Dense(2)), ("Dense: bias off",)),
        ((Dense(8, frozen=True), ReLU(), Dense(2)), ("Dense 8 frozen",)),
        ((Dense(8, name="first"), ReLU(), Dense(2)), ("Dense 8 named “first”",)),
        ((ReLU(), Dense(8), Dense(2)), ("ReLU added", "ReLU removed")),
        ((), ("Dense 8 removed", "ReLU removed", "Dense 2 removed")),
    ],
)
def test_edit_of_the_network(network: tuple[Any, ...], expected: tuple[str, ...]) -> None:
    assert differences(BEFORE, replace(BEFORE, network=network)) == expected


def test_the_same_edit_of_several_layers_is_counted() -> None:
    before = replace(BEFORE, network=(Dense(8), ReLU(), Dense(8), ReLU(), Dense(2)))
    after = replace(before, network=(Dense(8), Tanh(), Dense(8), Tanh(), Dense(2)))
    assert differences(before, after) == ("ReLU → Tanh (2 times)",)


def test_parameters_of_activations_have_names() -> None:
    before = set_value(BEFORE, "network[1]", LeakyReLU(0.01))
    after = set_value(BEFORE, "network[1]", LeakyReLU(0.2))
    assert differences(before, after) == ("Leaky ReLU: negative slope 0.01 → 0.2",)


def test_painted_points_are_not_listed() -> None:
    after = replace(PAINTED, data=Painted(points=((0.0, 0.0, 0), (0.5, 0.5, 1))))
    assert differences(PAINTED, after) == ("points edited",)


def test_special_values_are_written_in_words() -> None:
    before = replace(BEFORE, data=MNIST(samples=1000))
    assert differences(before, replace(before, data=MNIST())) == ("data: images used 1,000 → all",)


def test_another_file_is_other_data() -> None:
    before = replace(BEFORE, data=Table(file="a.csv"))
    after = replace(BEFORE, data=Table(file="b.csv"))
    assert differences(before, after) == ("other data: b.csv",)


def test_removing_what_was_inserted_leaves_no_difference() -> None:
    edited = insert_layer(BEFORE, 1, Tanh())
    assert differences(BEFORE, edited) == ("Tanh added",)
    assert differences(edited, BEFORE) == ("Tanh removed",)
    assert differences(BEFORE, remove_layer(edited, 1)) == ()
