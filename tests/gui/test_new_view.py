"""A view is added by two files, a probe and a panel: no other line of nnplay knows of it."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from nnplay.engine.probes import probe as probes
from nnplay.gui.panel import registry as panels
from nnplay.gui.panels.confusion import ConfusionPanel
from tests.gui.piloting import opening_windows

PROBE = '''
"""The largest weight of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.link import Payload

if TYPE_CHECKING:
    from nnplay.engine.setup import Setup


@dataclass(frozen=True)
class LargestWeight(Payload):
    """The largest weight without its sign."""

    value: float


@probe(LargestWeight)
class LargestWeightProbe(Probe[LargestWeight]):
    """Goes through all parameters."""

    def __init__(self, setup: Setup) -> None:
        self._model = setup.model

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        return experiment.data.spec().task == "classification"

    def take(self) -> LargestWeight:
        return LargestWeight(max(p.abs().max().item() for p in self._model.parameters()))
'''
PANEL = '''
"""A panel that writes the largest weight of a network."""

from PySide6.QtWidgets import QLabel

from {probe} import LargestWeight
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.registry import panel
from nnplay.translation import n_


@panel(
    n_("Largest weight"), "centre", 45,
    fits=lambda spec: spec.task == "classification", wants=(LargestWeight,),
)
class LargestWeightPanel(Panel):
    """Keeps what it was given."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.given = []
        self.text = QLabel(self)
        self.set_content(self.text)

    def show_frame(self, frame):
        weight = frame.get(LargestWeight)
        if weight is not None:
            self.given.append((frame.step, weight.value))
            self.text.setText(str(weight.value))
'''


@pytest.fixture
def two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Write the two modules where both registries are as they were afterwards."""
    (tmp_path / "toy_probe.py").write_text(PROBE)
    (tmp_path / "toy_panel.py").write_text(PANEL.format(probe="toy_probe"))
    monkeypatch.syspath_prepend(tmp_path)
    panels.panel_kinds()
    monkeypatch.setattr(probes, "_registry", probes.probes())
    monkeypatch.setattr(panels, "_registry", dict(panels._registry))
    yield tmp_path
    for name in ("toy_probe", "toy_panel"):
        sys.modules.pop(name, None)


def test_a_new_panel_gets_what_its_probe_takes_from_a_run(
    two_files: Path, qtbot: QtBot, nnplay_home: Path
) -> None:
    kind = import_module("toy_panel").LargestWeightPanel
    with opening_windows(qtbot, nnplay_home) as open_window:
        pilot = open_window()
        workspace = pilot.window.workspace
        pilot.open("digits-offline", epochs=3)
        bar = workspace.stacks["centre"].bar
        shown = [bar.tabText(at) for at in range(bar.count()) if bar.isTabVisible(at)]
        expected = ["Confusion matrix", "Network", "Gradients", "Largest weight", "Data"]
        assert shown == expected
        workspace.bring_up(kind)
        pilot.click_train()
        assert pilot.wait_phase("finished", "failed").phase == "finished"
        panel = workspace.panel(kind)
        pilot.wait(lambda: bool(panel.given) and panel.given[-1][0] == pilot.state.result.steps)
        weights = [abs(w).max() for w in pilot.state.result.weights.values()]
        assert panel.given[-1][1] == pytest.approx(max(weights))
        assert panel.text.text() == str(panel.given[-1][1])
        assert panel.entry.wants == {sys.modules["toy_probe"].LargestWeight}
        # For unsuitable data it has no tab, and hidden it requests nothing.
        workspace.bring_up(ConfusionPanel)
        assert not panel.entry.wants & workspace._demand
        pilot.open("linear-regression")
        assert not bar.isTabVisible(shown_index(bar, "Largest weight"))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def shown_index(bar, title: str) -> int:
    return next(at for at in range(bar.count()) if bar.tabText(at) == title)


def test_a_second_panel_of_the_same_title_is_refused(two_files: Path) -> None:
    import_module("toy_panel")
    with pytest.raises(ValueError, match="already the title of LargestWeightPanel"):
        panels.panel("Largest weight", "side")(ConfusionPanel)
