"""Pictures of a panel, as a user takes them by its context menu."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu

from nnplay.gui.panel.panel_picture import SCALE, save_picture
from nnplay.gui.panels.fit import FitPanel
from tests.gui.piloting import OpenWindow, Pilot


@pytest.fixture
def pilot(open_window: OpenWindow) -> Pilot:
    return open_window()


def colours(image: QImage) -> int:
    """Return how many colours a picture has."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    return len(np.unique(np.frombuffer(rgb.constBits(), np.uint32)))


def panel_of(pilot: Pilot) -> FitPanel:
    panel = pilot.window.workspace.panel(FitPanel)
    pilot.wait(lambda: panel.note == "100,000 points")
    return panel


def entry(menu: QMenu, number: int) -> None:
    menu.actions()[number].trigger()
    menu.aboutToHide.emit()


def test_picture_is_twice_as_large_as_the_panel(pilot: Pilot, tmp_path: Path) -> None:
    panel = panel_of(pilot)
    save_picture(panel, tmp_path / "fit.png")
    image = QImage(str(tmp_path / "fit.png"))
    assert (image.width(), image.height()) == (SCALE * panel.width(), SCALE * panel.height())
    assert colours(image) > 20


def test_svg_has_the_texts_of_the_panel(pilot: Pilot, tmp_path: Path) -> None:
    panel = panel_of(pilot)
    save_picture(panel, tmp_path / "fit.svg")
    root = ElementTree.parse(tmp_path / "fit.svg").getroot()
    assert root.attrib["viewBox"] == f"0 0 {panel.width()} {panel.height()}"
    texts = "".join(root.itertext())
    assert "Fit" in texts
    assert "100,000 points" in texts


def test_menu_copies_and_saves(
    pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, pictures = panel_of(pilot), pilot.window.workspace.pictures
    size = panel.size() * SCALE
    entry(pictures.menu(panel), 0)
    assert QGuiApplication.clipboard().image().size() == size
    assert pilot.notice == "The picture is on the clipboard."
    chosen = str(tmp_path / "mine"), "SVG drawing (*.svg)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: chosen)
    entry(pictures.menu(panel), 1)
    assert (tmp_path / "mine.svg").read_bytes().startswith(b"<?xml")
    assert pilot.notice == "The picture is saved as mine.svg."
    missing = str(tmp_path / "no" / "mine.png"), "PNG picture (*.png)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: missing)
    entry(pictures.menu(panel), 1)
    assert pilot.notice.startswith("mine.png could not be saved: ")
