"""Lets the user predict files from a panel: with a button, or by dropping them on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from nnplay.gui.panel.panel import Panel
from nnplay.gui.style.plain import plain
from nnplay.link import Result
from nnplay.translation import _


class FileTool(QObject):
    """Can be used while there is a trained network."""

    def __init__(self, owner: Panel) -> None:
        """Add the button to a panel, which emits `files_asked`."""
        super().__init__(owner)
        self._owner = owner
        self.button = owner.add_tool(_("file…"), "", self._ask)
        owner.setAcceptDrops(True)
        owner.installEventFilter(self)
        self.show_result(None)

    def show_result(self, result: Result | None) -> None:
        """Let files be predicted by the network of a result, or by none."""
        self.button.setEnabled(result is not None)
        tip = _("Predict a file, or drop it here")
        if result is None:
            tip = _("Predict a file: possible when training has finished")
        self.button.setToolTip(plain(tip))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept files that are dropped on the panel."""
        # Without a network they fall through to the window, which imports them.
        if isinstance(event, QDropEvent) and self.button.isEnabled():
            paths = _files(event.mimeData())
            if paths and event.type() == QEvent.Type.Drop:
                event.acceptProposedAction()
                self._owner.files_asked.emit(paths)
                return True
            if paths and isinstance(event, QDragEnterEvent):
                event.acceptProposedAction()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _ask(self) -> None:
        self._owner.files_asked.emit([])


def _files(mime: QMimeData) -> list[Path]:
    urls = mime.urls() if mime.hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
