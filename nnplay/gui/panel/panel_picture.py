"""Pictures of a panel: on the clipboard, or as a PNG or SVG file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QObject, QPoint, QSize, Signal, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from nnplay.filesystem import reason, replace_file
from nnplay.gui.style.theme import theme
from nnplay.translation import _

SCALE = 2
"""Pixels per pixel of the screen, so that a picture is sharp in print and on a projector."""


def picture_of(widget: QWidget) -> QImage:
    """Return a picture of a widget, larger than on the screen."""
    image = QImage(widget.size() * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(QColor(theme().surface))
    widget.render(image)
    return image


def save_picture(widget: QWidget, path: Path) -> None:
    """Write a picture of a widget, by the suffix as SVG or else as PNG; raises OSError."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if path.suffix.lower() == ".svg":
        drawing = QSvgGenerator()
        drawing.setOutputDevice(buffer)
        drawing.setSize(QSize(widget.width(), widget.height()))
        drawing.setViewBox(widget.rect())
        widget.render(drawing, QPoint())
    else:
        picture_of(widget).save(buffer, "PNG")  # type: ignore[call-overload]
    replace_file(path, bytes(buffer.data().data()))


class PanelPictures(QObject):
    """The context menu of panels."""

    saved = Signal(str)
    """A message about a picture."""
    failed = Signal(str)
    """What went wrong."""
    film_asked = Signal(object)
    """The panel of which a film is to be saved, None for the whole window."""

    @Slot()
    def ask_film(self) -> None:
        """Ask for a film of the whole window."""
        self.film_asked.emit(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the menu of a panel; a part of it with a menu of its own comes first."""
        if isinstance(event, QContextMenuEvent) and isinstance(watched, QWidget):
            self.menu(watched).popup(event.globalPos())
            return True
        return super().eventFilter(watched, event)

    def menu(self, panel: QWidget) -> QMenu:
        """Return the menu of a panel, which deletes itself."""
        menu = QMenu(panel)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(_("Copy picture")).triggered.connect(_Action(self, panel, menu).copy)
        menu.addAction(_("Save picture…")).triggered.connect(_Action(self, panel, menu).save)
        menu.addAction(_("Save film…")).triggered.connect(_Action(self, panel, menu).film)
        return menu


class _Action(QObject):
    """What an entry of the menu does to its panel; it lives as long as the menu."""

    def __init__(self, pictures: PanelPictures, panel: QWidget, menu: QMenu) -> None:
        super().__init__(menu)
        self._pictures, self._panel = pictures, panel

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(picture_of(self._panel))
        self._pictures.saved.emit(_("The picture is on the clipboard."))

    def film(self) -> None:
        """Ask for a film of the panel."""
        self._pictures.film_asked.emit(self._panel)

    def save(self) -> None:
        """Ask for a file, and write the picture."""
        name = f"{self._panel.accessibleName()}.png"
        kinds = _("PNG picture (*.png)") + ";;" + _("SVG drawing (*.svg)")
        chosen, kind = QFileDialog.getSaveFileName(self._panel, _("Save picture"), name, kinds)
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(".svg" if "svg" in kind else ".png")
        try:
            save_picture(self._panel, path)
        except OSError as error:
            text = _("{path} could not be saved: {why}.")
            self._pictures.failed.emit(text.format(path=path.name, why=reason(error)))
        else:
            self._pictures.saved.emit(_("The picture is saved as {path}.").format(path=path.name))
