"""The Keras script has the same layers and as many parameters, or is refused."""

import ast
import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from nnplay.catalog import (
    GRU,
    LSTM,
    MSE,
    SGD,
    Adam,
    AdamW,
    AvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    Cosine,
    CrossEntropy,
    Dense,
    Diabetes,
    Dropout,
    Embedding,
    Features,
    Flatten,
    GlobalAverage,
    Huber,
    LayerNorm,
    Lion,
    MaxPool1d,
    MaxPool2d,
    MultiHinge,
    OneCycle,
    Parity,
    PictureRows,
    PReLU,
    RAdam,
    ReduceOnPlateau,
    ReLU,
    Reshape,
    ResidualBlock,
    RReLU,
    SelfAttention,
    Tanh,
    kinds,
)  # fmt: skip
from nnplay.experiment import Experiment, Policy, Regularisation, Split, preset, trace_shapes
from nnplay.exports import ExportError, ExportSource, export_formats
from tests.engine.rig import digits, small

(KERAS,) = [one for one in export_formats() if one.key == "keras"]
SEQUENCES = Experiment(Parity(samples=60), (), CrossEntropy(), SGD(0.1), epochs=1)
CASES: dict[str, Experiment] = {
    "plane": small(
        optimizer=AdamW(0.01),
        network=(
            Dense(6, l2=0.1, initialiser="He normal"), PReLU(), Dense(5, frozen=True), Dense(2),
        ),
        schedule=Cosine(),
        regularisation=Regularisation(l1=0.01, clip="by norm"),
    ),
    "one output": replace(preset("spiral").experiment, epochs=1),
    "table": Experiment(
        Diabetes(), (Dense(6), Tanh(), BatchNorm(), Dense(1)), Huber(), Lion(0.001),
        ReduceOnPlateau(), Split(0.2, 0.2, scaling="standardised"), epochs=2,
        policy=Policy(early_stopping=True, keep_best=True),
    ),
    "images": digits(
        optimizer=SGD(0.1, momentum=0.9),
        network=(
            Conv2d(4, padding=1), BatchNorm(), ReLU(), MaxPool2d(), ResidualBlock(6, stride=2),
            ResidualBlock(6), AvgPool2d(1, 1), LayerNorm(), PReLU(shared=False), GlobalAverage(),
            Dropout(), Dense(10),
        ),
        schedule=OneCycle(by="step"), epochs=1,
    ),
    "rows": digits(optimizer=Adam(0.01), network=(PictureRows(), GRU(5), Dense(10)), epochs=1),
    "reshaped": digits(
        optimizer=Adam(0.01),
        network=(Flatten(), Reshape(4, 4, 4), Conv2d(2), Flatten(), Dense(10)), epochs=1,
    ),
    "attention": replace(
        SEQUENCES,
        network=(Conv1d(4), MaxPool1d(), SelfAttention(heads=2), Flatten(), Dense(2)),
    ),
    "embedding": replace(
        SEQUENCES, network=(Flatten(), Embedding(2, 4), GRU(3, bidirectional=True), Dense(2))
    ),
}  # fmt: skip


def script_of(experiment: Experiment, folder: Path) -> Path:
    files = KERAS.files(ExportSource(experiment), "script.py")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    ast.parse((folder / "script.py").read_text("utf-8"))
    return folder / "script.py"


def parameters(experiment: Experiment) -> int:
    """Return the number of trainable parameters."""
    rows = trace_shapes(experiment.data.spec().in_shape, experiment.network)
    return sum(row.trainable or 0 for row in rows)


def run_in_keras(script: Path) -> str:
    """Run a script with Keras's PyTorch backend; print the trainable parameters at its end."""
    if find_spec("keras") is None:
        pytest.skip("needs Keras")
    code = (
        f"import sys; sys.argv = [{str(script)!r}]; names = {{'__name__': '__main__'}};"
        f"exec(open({str(script)!r}, encoding='utf-8').read(), names);"
        "print('trainable', sum(int(w.numpy().size if hasattr(w.numpy(), 'size') else 1)"
        " for w in [v.value.detach() for v in names['model'].trainable_variables]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env={**os.environ, "KERAS_BACKEND": "torch"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", CASES)
def test_the_script_trains_as_many_parameters(case: str, tmp_path: Path) -> None:
    experiment = CASES[case]
    said = run_in_keras(script_of(experiment, tmp_path))
    assert f"trainable {parameters(experiment)}" in said
    assert "training: {" in said


@pytest.mark.parametrize("case", CASES)
def test_the_script_names_every_layer_in_order(case: str, tmp_path: Path) -> None:
    text = script_of(CASES[case], tmp_path).read_text("utf-8")
    units = [layer.units for layer in CASES[case].network if isinstance(layer, Dense)]
    places = [text.index(f"layers.Dense({count}") for count in dict.fromkeys(units)]
    assert places == sorted(places)
    assert "torch" not in text and "import nnplay" not in text


@pytest.mark.parametrize("kind", kinds("activation").values(), ids=lambda kind: kind.key)
def test_every_activation_has_a_counterpart_or_is_refused(kind: Any, tmp_path: Path) -> None:
    experiment = small(optimizer=SGD(0.1), network=(Dense(6), kind(), Dense(2)))
    if kind is RReLU:
        with pytest.raises(ExportError, match="Randomised ReLU"):
            script_of(experiment, tmp_path)
        return
    script_of(experiment, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"network": (Features(), Dense(2))},
        {"network": (Dense(2), RReLU())},
        {"loss": MultiHinge()},
        {"loss": CrossEntropy(label_smoothing=0.1)},
        {"optimizer": RAdam()},
        {"optimizer": SGD(0.1, weight_decay=0.1)},
    ],
    ids=str,
)
def test_what_keras_lacks_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Keras has no counterpart") as caught:
        script_of(replace(small(optimizer=SGD(0.1)), **change), tmp_path)
    assert "PyTorch script" in caught.value.hint


def test_what_differs_is_said(tmp_path: Path) -> None:
    experiment = replace(SEQUENCES, network=(LSTM(3), Dense(2)))
    text = script_of(experiment, tmp_path).read_text("utf-8")
    assert "one bias in Keras and two in PyTorch" in text.replace("\n# ", " ")
    line = Experiment(Diabetes(), (Dense(1),), MSE(), SGD(0.1))
    assert "Not the same" not in script_of(line, tmp_path).read_text("utf-8")
