"""Saves images of a finished run, drawn by the panels of the window, without a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from nnplay.data import Parts, load, split
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.style.theme import LIGHT, apply
from nnplay.link import Frame, FrameHistory
from nnplay.record import RunRecord

SIZE = QSize(960, 600)
ANIMATION_SIZE = QSize(600, 400)
"""Small, since one file has up to a hundred frames of it."""
FRAME_MS = 80
LAST_FRAME_MS = 1500
MOST_FRAMES = 100

_NAMED: tuple[tuple[str, type[FitPanel | DecisionPanel | ConfusionPanel]], ...] = (
    ("fit", FitPanel),
    ("decision", DecisionPanel),
    ("confusion", ConfusionPanel),
)


def save_pictures(record: RunRecord, history: FrameHistory, out: Path) -> Sequence[Path]:
    """Save the curves, every panel that suits the data, and an animation of the first of these."""
    _app = QApplication.instance() or QApplication([])
    apply(LIGHT)
    experiment = record.experiment
    spec = experiment.data.spec()
    # Panels show the units of the data, whatever scaling the network got.
    plain = replace(experiment.split, scaling="none")
    parts = split(load(experiment.data, experiment.seed), plain, experiment.seed)
    curves = _shown(CurvesPanel(), parts, record)
    curves.show_traces(record.steps, record.epochs)
    made = [_save(curves, out / "curves.png")]
    _put_away(curves)
    frames = list(history)
    for name, kind in _NAMED:
        if not kind.fits(spec) or not frames:
            continue
        panel = _shown(kind(), parts, record)
        animates = len(made) == 1
        if animates:
            panel.resize(ANIMATION_SIZE)
            made.append(_animate(panel, frames, out / "animation.gif"))
            panel.resize(SIZE)
        panel.show_frame(frames[-1])
        made.append(_save(panel, out / f"{name}.png"))
        _put_away(panel)
    return made


def _shown(panel: Panel, parts: Parts, record: RunRecord) -> Panel:
    panel.resize(SIZE)
    panel.show_data(record.experiment.data.spec(), parts)
    panel.show()
    return panel


def _picture(panel: Panel) -> QPixmap:
    # Twice: the first round lays out and requests repaints, the second carries them out.
    QApplication.processEvents()
    QApplication.processEvents()
    return panel.grab()


def _save(panel: Panel, path: Path) -> Path:
    if not _picture(panel).save(str(path)):
        raise OSError(f"{path} cannot be written")
    return path


def _animate(panel: Panel, frames: list[Frame], path: Path) -> Path:
    chosen = frames[:: -(-len(frames) // MOST_FRAMES)]
    if chosen[-1] is not frames[-1]:
        chosen.append(frames[-1])
    images = []
    for frame in chosen:
        panel.show_frame(frame)
        images.append(_as_pillow(_picture(panel).toImage()))
    times = [FRAME_MS] * (len(images) - 1) + [LAST_FRAME_MS]
    images[0].save(path, save_all=True, append_images=images[1:], duration=times, loop=0)
    return path


def _as_pillow(image: QImage) -> Image.Image:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    size = (plain.width(), plain.height())
    data = bytes(plain.constBits())
    whole = Image.frombuffer("RGB", size, data, "raw", "RGB", plain.bytesPerLine(), 1)
    # One palette of 128 colours per frame keeps an animation of a hundred frames to a few MB.
    return whole.quantize(128)


def _put_away(panel: Panel) -> None:
    panel.close()
    panel.deleteLater()
