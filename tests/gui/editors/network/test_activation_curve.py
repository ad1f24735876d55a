"""The drawn activation: its curve and slope in the form of the layer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    SGD,
    Circle,
    CrossEntropy,
    Dense,
    Hardshrink,
    LeakyReLU,
    Softmax,
    Tanh,
    kinds,
)
from nnplay.experiment import Experiment
from nnplay.gui.editors.network.activation_curve import ActivationCurve
from nnplay.gui.editors.network.editor import NetworkEditor
from tests.experiment.strategies import resolve

BASE = Experiment(Circle(), (Dense(4), LeakyReLU(), Dense(2)), CrossEntropy(), SGD(0.1))


@pytest.fixture
def curve(qtbot: QtBot) -> ActivationCurve:
    widget = ActivationCurve()
    qtbot.addWidget(widget)
    widget.resize(280, 100)
    return widget


@pytest.mark.parametrize("key", [key for key in kinds("activation") if key != "Softmax"])
def test_the_drawn_curves_match_torch_and_autograd(curve: ActivationCurve, key: str) -> None:
    activation: Any = kinds("activation")[key]()
    curve.show_layer(activation)
    slope, value = curve.plot.lines
    assert (slope.name, value.name) == ("slope", "value")
    assert slope.dashed and not value.dashed and slope.colour != value.colour
    call = activation.call((1,))
    module = resolve(call)(**call.args).double().eval()
    for line, derive in ((value, False), (slope, True)):
        keep = np.isfinite(line.y)
        assert keep.sum() >= 399 and line.x.min() == -4 and line.x.max() == 4
        x = torch.tensor(line.x[keep]).reshape(-1, 1).requires_grad_()
        y = module(x)
        expected = torch.autograd.grad(y.sum(), x)[0] if derive else y
        got = line.y[keep]
        wrong = ~np.isclose(got, expected.detach()[:, 0].numpy(), rtol=1e-5, atol=1e-6)
        assert not wrong.any()


def test_a_jump_is_a_gap(curve: ActivationCurve) -> None:
    curve.show_layer(Hardshrink(1.0))
    _slope, value = curve.plot.lines
    assert np.count_nonzero(np.isnan(value.y)) == 2


def test_rows_have_no_curve_and_layers_nothing(curve: ActivationCurve, qtbot: QtBot) -> None:
    curve.show_layer(Softmax())
    assert not curve.isHidden() and curve.plot.isHidden()
    assert not curve.words.isHidden() and "all inputs" in curve.words.text()
    curve.show_layer(Tanh())
    assert curve.words.isHidden() and not curve.plot.isHidden()
    assert "Tanh" in curve.plot.accessibleName()
    curve.show_layer(Dense(3))
    assert curve.isHidden()


def test_editing_a_parameter_changes_the_curve(open_editor: Callable[..., Any]) -> None:
    session = open_editor(NetworkEditor, BASE)
    editor = session.editor
    editor.view.setCurrentIndex(editor.model.index(2))
    assert editor.inspector.curve.isVisible()
    before = editor.inspector.curve.plot.lines[1].y
    leaky = replace(BASE, network=(Dense(4), LeakyReLU(0.5), Dense(2)))
    session.show(leaky)
    assert editor.inspector.curve.plot.lines[1].y[0] == -2 != before[0]
    editor.view.setCurrentIndex(editor.model.index(1))
    assert editor.inspector.curve.isHidden()
