"""Every panel opens alone, in both themes, empty and with data, and is deleted when closed."""

import gc
import importlib
import weakref
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from nnplay.gui.panel import standalone as alone
from nnplay.gui.panel.example_runs import ExampleKey, example_run
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.gui.panels.data_table import DataPanel
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.panels.forecast import ForecastPanel
from nnplay.gui.panels.gradients import GradientsPanel
from nnplay.gui.panels.network import NetworkPanel
from nnplay.gui.panels.predict import PredictPanel
from nnplay.gui.panels.residuals import ResidualsPanel
from nnplay.gui.panels.results import ResultsPanel
from nnplay.gui.panels.roc import RocPanel
from nnplay.gui.panels.runs import RunsPanel
from nnplay.gui.style import theme
from nnplay.link import EPOCH_COLUMNS, STEP_COLUMNS, Frame, Progress, Trace

PANELS: list[type[Panel]] = [
    FitPanel, DecisionPanel, CurvesPanel, ConfusionPanel, PredictPanel, ResultsPanel, DataPreview,
    RocPanel, ResidualsPanel, DataPanel, ForecastPanel, RunsPanel, NetworkPanel,
    GradientsPanel,
]  # fmt: skip
SORTS: list[ExampleKey] = ["curve", "plane", "images"]
each_panel = pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.__name__)


def colours_of(image: QImage) -> np.ndarray:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(plain.constBits(), dtype=np.uint32) & 0xFFFFFF
    return flat.reshape(plain.height(), plain.width())


def has_colour(image: QImage, colour: str) -> bool:
    return bool((colours_of(image) == QColor(colour).rgb() & 0xFFFFFF).any())


@each_panel
def test_a_new_panel_says_what_will_fill_it(kind: type[Panel], qtbot: QtBot) -> None:
    panel = kind()
    qtbot.addWidget(panel)
    assert len(panel.empty_text) > 20


@each_panel
@pytest.mark.parametrize("look", ["light", "dark"])
def test_opens_alone_and_saves_an_image(
    kind: type[Panel], look: str, tmp_path: Path, qapp: object
) -> None:
    out = tmp_path / "panel.png"
    assert alone.main(kind, ["--save", str(out), "--theme", look, "--size", "420x300"]) == 0
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (420, 300)
    ground = theme.DARK.surface if look == "dark" else theme.LIGHT.surface
    assert has_colour(picture, ground)
    assert len(np.unique(colours_of(picture))) > 20  # something is drawn on it


def test_an_image_that_cannot_be_written_is_reported(
    tmp_path: Path, qapp: object, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "nowhere" / "panel.png"
    assert alone.main(FitPanel, ["--save", str(out)]) == 1
    assert "nowhere" in capsys.readouterr().err


@each_panel
def test_says_what_to_do_while_it_is_empty(kind: type[Panel], open_panel) -> None:
    assert len(open_panel(kind).empty_text) > 20


@each_panel
@pytest.mark.parametrize("sort", SORTS)
def test_shows_and_clears_any_data(kind: type[Panel], sort: ExampleKey, open_panel) -> None:
    panel = open_panel(kind)
    now = example_run(sort)
    if kind.fits(now.spec):
        alone.feed(panel, now)
        assert panel.empty_text == ""
    else:
        panel.show_data(now.spec, now.parts)
        assert panel.isHidden() or panel.empty_text
    panel.clear()
    panel.show_data(example_run("curve").spec, example_run("curve").parts)
    panel.grab()


@each_panel
def test_accepts_a_frame_without_its_payload(kind: type[Panel], open_panel) -> None:
    panel = open_panel(kind)
    progress = Progress(0, 10, 0.0, 1, 0.0, 0.0, 0.0)
    panel.show_frame(Frame(1, 0, progress, float("nan"), 0.1))
    panel.show_traces(Trace(STEP_COLUMNS), Trace(EPOCH_COLUMNS))
    assert panel.empty_text


@each_panel
def test_changes_its_theme_while_open(kind: type[Panel], open_panel) -> None:
    # Pictures on black ground have white of their own.
    kinds: dict[type[Panel], ExampleKey] = {
        DecisionPanel: "plane",
        DataPanel: "plane",
        FitPanel: "curve",
    }
    sort: ExampleKey = kinds.get(kind, "images")
    panel = open_panel(kind, sort)
    light = panel.grab().toImage()
    theme.apply(theme.DARK)
    dark = panel.grab().toImage()
    assert has_colour(light, theme.LIGHT.surface)
    # No large area of the other theme is left: images may be white, backgrounds may not.
    left = np.mean(colours_of(dark) == QColor(theme.LIGHT.surface).rgb() & 0xFFFFFF)
    assert left < 0.05
    assert has_colour(dark, theme.DARK.surface)


@each_panel
def test_every_button_has_a_name_and_a_tip(kind: type[Panel], open_panel) -> None:
    panel = open_panel(kind)
    assert panel.accessibleName()
    own = [b for b in panel.findChildren(QAbstractButton) if b.parent() is panel]
    for button in own:
        assert button.accessibleName()
        assert button.toolTip()


@each_panel
def test_is_deleted_when_closed(kind: type[Panel], qapp: object) -> None:
    panel = kind()
    alone.feed(panel, example_run("images" if kind.fits(example_run("images").spec) else "curve"))
    panel.resize(400, 300)
    panel.grab()
    gone = weakref.ref(panel)
    panel.close()
    panel.deleteLater()
    del panel
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    theme.bus.changed.emit()  # deleted panels are not called
    assert gone() is None


@pytest.mark.parametrize(
    "module",
    [
        "fit",
        "decision",
        "forecast",
        "curves",
        "confusion",
        "predict",
        "results",
        "data_preview",
        "data_table",
        "roc",
        "residuals",
        "gradients",
    ],
)
def test_modules_can_be_run(module: str) -> None:
    source = importlib.import_module(f"nnplay.gui.panels.{module}").__file__
    assert source is not None
    assert 'if __name__ == "__main__":' in Path(source).read_text("utf-8")


@each_panel
def test_labels_are_meaningful(kind: type[Panel], open_panel) -> None:
    panel = open_panel(kind)
    headings = [
        label.text() for label in panel.findChildren(QLabel) if label.objectName() == "heading"
    ]
    assert len(headings) == 1
    assert headings[0]
